#include "crm/demo/demo.hpp"

#include <gtest/gtest.h>

#include <memory>

#include "entity/catalog/catalog_store.hpp"
#include "entity/catalog/object_file.hpp"
#include "entity/rules/rules.hpp"
#include "store/migration.hpp"
#include "store/testing.hpp"

namespace rapport::crm {
namespace {

class DemoTest : public testing::Test {
 protected:
  DemoTest() {
    const auto migrations = store::embedded_migrations();
    EXPECT_TRUE(migrations && store::migrate(database_.pool(), *migrations));
    auto objects = entity::read_object_files(entity::embedded_object_types());
    EXPECT_TRUE(objects) << objects.error().details;
    auto opened = entity::CatalogStore::open(database_.pool(), std::move(*objects));
    EXPECT_TRUE(opened) << opened.error().message << opened.error().details;
    catalog_ = std::move(*opened);
    road_ = std::make_unique<entity::Road>(database_.pool(), *catalog_, rules_,
                                           [] { return base::system_now(); });
  }

  DemoProgress load(DemoOptions options) {
    options.date = base::date_of({2026, 3, 1});
    const auto done = load_demo(*road_, options);
    EXPECT_TRUE(done) << done.error().code << ": " << done.error().message << " "
                      << done.error().details;
    for (std::size_t i = 0; !done && i < done.error().fields.size() && i < 5; ++i) {
      ADD_FAILURE() << done.error().fields[i].field << ": " << done.error().fields[i].message;
    }
    return done ? *done : DemoProgress{};
  }

  std::int64_t count(const std::string& object, const std::string& where = "",
                     bool stand_ins = false) {
    entity::List list;
    list.object = object;
    list.where = where;
    list.limit = 1;
    list.count = entity::Counting::exact;
    list.stand_ins = stand_ins;
    const auto page = road_->list(entity::program({}), list);
    EXPECT_TRUE(page) << page.error().message << page.error().details;
    return page && page->count ? page->count->value : -1;
  }

  // Cents of all orders, page by page.
  std::int64_t revenue() {
    entity::List list;
    list.object = "order";
    list.fields = {"total"};
    list.order = {"placed_at"};
    list.limit = 1000;
    std::int64_t cents = 0;
    do {
      const auto page = road_->list(entity::program({}), list);
      EXPECT_TRUE(page) << page.error().message << page.error().details;
      if (!page) return -1;
      for (const auto& record : page->records) {
        const auto& money = std::get<base::Money>(record.values.at(0));
        cents += static_cast<std::int64_t>(
            base::rounded(money.amount, 2, base::Rounding::half_even).coefficient());
      }
      list.after = page->after;
    } while (!list.after.empty());
    return cents;
  }

  store::TestDatabase database_;
  entity::Rules rules_;
  std::unique_ptr<entity::CatalogStore> catalog_;
  std::unique_ptr<entity::Road> road_;
};

TEST_F(DemoTest, TheSmallCompanyIsInTheDatabaseAsItWasTold) {
  const DemoProgress told = load({});
  EXPECT_EQ(told.persons, DemoOptions::persons_small);
  EXPECT_EQ(count("person"), told.persons);
  EXPECT_EQ(count("person", "", true), told.persons + told.stand_ins);
  EXPECT_EQ(count("company"), told.companies);
  EXPECT_EQ(count("order"), told.orders);
  EXPECT_EQ(count("order_line"), told.order_lines);
  EXPECT_EQ(count("interaction"), told.interactions);
  EXPECT_EQ(count("task"), told.tasks);
  EXPECT_EQ(revenue(), told.revenue_cents);
  // The cast.
  EXPECT_EQ(count("person", "name = 'Marta Soler Vidal' and lifecycle = 'at_risk'"), 1);
  EXPECT_EQ(count("order", "person.name = 'Marta Soler Vidal'"), 14);
  EXPECT_EQ(count("company", "parent.name = 'Alpenhaus Gruppe'"), 2);
  EXPECT_EQ(count("team", "manager.full_name = 'Lena Hofer'"), 1);
  EXPECT_EQ(count("order", "kind = 'return' and total >= 0"), 0);
}

TEST_F(DemoTest, ALoadThatWasCutOffIsTakenUpWhereItStood) {
  DemoOptions options;
  options.size = DemoSize::large;
  options.persons = 1300;
  int chunks = 0;
  options.progress = [&](const DemoProgress&) { return ++chunks <= 1; };
  const DemoProgress cut = load(options);
  EXPECT_LT(cut.persons, 1300);
  EXPECT_EQ(count("person"), cut.persons);
  options.progress = nullptr;
  const DemoProgress whole = load(options);
  EXPECT_EQ(whole.persons, 1300);
  EXPECT_EQ(count("person"), 1300);
  EXPECT_EQ(count("order"), whole.orders);
  EXPECT_EQ(revenue(), whole.revenue_cents);
}

}  // namespace
}  // namespace rapport::crm
