// Lists: order, keyset pages, counts, and that an index serves them.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "entity/plan/read_plan.hpp"
#include "entity/query/select_sql.hpp"
#include "entity/road_testing.hpp"

namespace rapport::entity {
namespace {

using namespace testing;

class ListTest : public ::testing::Test {
 protected:
  ListTest() {
    Create some{.object = "person"};
    std::mt19937 random(7);
    for (int i = 0; i < people; ++i) {
      std::vector<std::pair<std::string, Input>> fields;
      const auto pick = random() % 10;
      // Same names, no names, accents: what an order must be told apart by the id in.
      if (pick > 2) fields.push_back({"name", name(names[random() % names.size()])});
      if (pick > 4) fields.push_back({"email", text(fmt::format("p{}@x.example", i))});
      if (pick > 5) fields.push_back({"birth_date", base::Date{static_cast<int>(random() % 20)}});
      some.items.push_back(item(std::move(fields)));
    }
    const auto done = shop.road.write(shop.caller, {.writes = {std::move(some)}});
    EXPECT_TRUE(done) << (done ? "" : done.error().message + done.error().details);
  }

  Page must_list(const List& list) {
    auto page = shop.road.list(shop.caller, list);
    EXPECT_TRUE(page) << (page ? "" : page.error().message + page.error().details);
    return page ? std::move(*page) : Page{};
  }

  std::vector<base::Id> all_by_pages(List list, int limit) {
    list.limit = limit;
    std::vector<base::Id> ids;
    do {
      const Page page = must_list(list);
      for (const Record& record : page.records) ids.push_back(record.id);
      list.after = page.after;
    } while (!list.after.empty() && ids.size() < 1000);
    return ids;
  }

  std::string explain(const List& list) {
    const auto plan = plan_list(shop.road.catalog(), shop.caller, list, shop.road.now());
    EXPECT_TRUE(plan) << plan.error().message;
    const SqlText sql = page_sql(*plan);
    auto tx = shop.database.pool().begin(store::Mode::read_only);
    tx->run({"test", "set local enable_seqscan = off"});
    tx->run({"test", "set local enable_bitmapscan = off"});
    const auto rows = tx->run({"test", "explain " + sql.text}, to_params(sql.parameters));
    if (!rows) return "error: " + rows.error().message;
    std::string out;
    for (std::size_t i = 0; i < rows->size(); ++i) out += std::string(rows->text(i, 0)) + "\n";
    return out;
  }

  static constexpr int people = 200;
  const std::vector<std::string> names{"Ana",   "ana",   "Ána",   "Bob", "Zoë",
                                       "zebra", "Ñandú", "Nadia", "Élan"};
  Shop shop;
};

TEST_F(ListTest, PagesHoldEveryRecordOnceInTheOrderOfTheWhole) {
  const std::vector<std::vector<std::string>> orders{{},
                                                     {"id"},
                                                     {"-id"},
                                                     {"name"},
                                                     {"-name"},
                                                     {"birth_date"},
                                                     {"-birth_date"},
                                                     {"email", "name"},
                                                     {"-email"},
                                                     {"birth_date", "-name"},
                                                     {"-birth_date", "name", "-created_at"},
                                                     {"-created_at"},
                                                     {"name.family", "email"},
                                                     {"-name", "id"},
                                                     {"company.name", "-name"}};
  for (const auto& order : orders) {
    const List list{.object = "person", .order = order, .limit = 1000};
    std::vector<base::Id> whole;
    for (const Record& record : must_list(list).records) whole.push_back(record.id);
    EXPECT_EQ(whole.size(), people);
    for (const int limit : {1, 7, 50}) {
      EXPECT_EQ(all_by_pages(list, limit), whole)
          << (order.empty() ? "none" : order[0]) << " by " << limit;
    }
  }
}

TEST_F(ListTest, AnIndexServesEveryIndexedOrderWithoutSorting) {
  for (const char* order : {"name", "-name", "email", "-email", "-created_at", "changed_at",
                            "lifecycle", "-lifecycle"}) {
    List list{
        .object = "person", .order = {order}, .limit = 20, .fields = {"name", "company.name"}};
    std::string plan = explain(list);
    EXPECT_EQ(plan.find("Sort  ("), std::string::npos) << order << "\n" << plan;
    EXPECT_NE(plan.find("Index"), std::string::npos) << order << "\n" << plan;
    list.after = must_list(list).after;
    ASSERT_FALSE(list.after.empty());
    plan = explain(list);
    EXPECT_EQ(plan.find("Sort  ("), std::string::npos) << order << "\n" << plan;
    EXPECT_NE(plan.find("Index Cond"), std::string::npos) << order << "\n" << plan;
  }
}

TEST_F(ListTest, StaysInPlaceWhileRowsComeAndGo) {
  List list{.object = "person", .order = {"name"}, .limit = 10};
  Page page = must_list(list);
  const base::Id last = page.records.back().id;
  Item gone = item({});
  gone.id = last;
  ASSERT_TRUE(shop.road.write(shop.caller, {.writes = {Remove{"person", {gone}}}}));
  List second = list;
  second.offset = 9;
  list.after = page.after;
  const Page next = must_list(list);
  const Page by_offset = must_list(second);
  ASSERT_EQ(next.records.size(), 10U);
  EXPECT_EQ(next.records[0].id, by_offset.records[0].id);
}

TEST_F(ListTest, Counts) {
  List list{.object = "person", .where = "name is empty", .limit = 5};
  EXPECT_FALSE(must_list(list).count);
  list.count = Counting::exact;
  const auto exact = must_list(list).count;
  ASSERT_TRUE(exact);
  EXPECT_TRUE(exact->exact);
  EXPECT_EQ(std::to_string(exact->value),
            shop.one("select count(*) from persons where name is null"));
  list.count = Counting::estimated;
  EXPECT_TRUE(must_list(list).count);
  list.limit = 1000;
  const auto known = must_list(list).count;
  EXPECT_TRUE(known->exact);
  EXPECT_EQ(known->value, exact->value);
}

TEST_F(ListTest, RefusesOrdersAndCursorsItCannotFollow) {
  const auto code = [&](List list) {
    list.object = "person";
    const auto page = shop.road.list(shop.caller, list);
    return page ? "none" : page.error().code;
  };
  EXPECT_EQ(code({.order = {"nme"}}), "plan.unknown_field");
  EXPECT_EQ(code({.order = {"note"}}), "plan.not_sortable");
  EXPECT_EQ(code({.order = {"tags"}}), "plan.not_sortable");
  EXPECT_EQ(code({.order = {"address"}}), "plan.not_sortable");
  EXPECT_EQ(code({.order = {"name'; drop table persons; --"}}), "plan.unknown_field");
  EXPECT_EQ(code({.after = "AAAA"}), "plan.bad_cursor");
  EXPECT_EQ(code({.limit = 1001}), "plan.limit");
  EXPECT_EQ(code({.offset = -1}), "plan.offset");
  EXPECT_EQ(code({.fields = {"name.first.second.third.fourth.fifth"}}), "plan.too_many_links");
  EXPECT_EQ(code({.fields = {"company.nothing"}}), "plan.unknown_field");
  const auto after = must_list({.object = "person", .order = {"name"}, .limit = 3}).after;
  EXPECT_EQ(code({.order = {"-name"}, .after = after}), "plan.bad_cursor");
}

TEST_F(ListTest, AGetIsOneStatementAndAListIsOne) {
  auto& pool = shop.database.pool();
  const auto statements = [&] { return pool.statistics().statements; };
  const Page page = must_list({.object = "person", .order = {"name"}, .limit = 3});
  auto before = statements();
  must_list({.object = "person", .order = {"name"}, .limit = 3, .fields = {"company.name"}});
  EXPECT_EQ(statements() - before, 1);
  before = statements();
  must_list({.object = "person", .limit = 3, .count = Counting::exact});
  EXPECT_EQ(statements() - before, 2);
  before = statements();
  ASSERT_TRUE(shop.road.get(shop.caller, {.object = "person", .ids = {page.records[0].id}}));
  EXPECT_EQ(statements() - before, 1);
}

}  // namespace
}  // namespace rapport::entity
