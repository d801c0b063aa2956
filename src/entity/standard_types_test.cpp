// The object types of the program on the real road: what the object files promise, holds.
#include <gtest/gtest.h>

#include "entity/catalog/catalog_store.hpp"
#include "entity/catalog/object_file.hpp"
#include "entity/road.hpp"
#include "entity/road_testing.hpp"
#include "store/migration.hpp"

namespace rapport::entity {
namespace {

using testing::item;
using testing::name;
using testing::text;

void make(store::Pool& pool) {
  const auto migrations = store::embedded_migrations();
  ASSERT_TRUE(migrations);
  ASSERT_TRUE(store::migrate(pool, *migrations));
  const auto objects = read_object_files(embedded_object_types());
  ASSERT_TRUE(objects);
  ASSERT_TRUE(CatalogStore::open(pool, *objects));
}

class StandardTypes : public ::testing::Test {
 protected:
  StandardTypes() : database("standard_types", make), catalog(open()) {}

  std::unique_ptr<CatalogStore> open() {
    auto objects = read_object_files(embedded_object_types());
    auto store = CatalogStore::open(database.pool(), *std::move(objects));
    EXPECT_TRUE(store);
    return *std::move(store);
  }

  base::Result<WorkResult> write(Write one) {
    return road.write(caller,
                      {.writes = {std::move(one)}, .partial = false, .effect = "", .note = {}});
  }

  base::Id made(const std::string& object, Item one) {
    const auto done = write(Create{object, {std::move(one)}});
    EXPECT_TRUE(done) << (done ? "" : done.error().message + " " + done.error().details);
    return done ? done->writes[0][0].id : base::Id{};
  }

  store::TestDatabase database;
  std::unique_ptr<CatalogStore> catalog;
  Rules rules;
  Road road{database.pool(), *catalog, rules, base::system_now};
  Caller caller = program({.kind = "test", .id = std::nullopt, .depth = 0});
};

base::Value euro(std::int64_t amount) {
  return base::Money{base::Decimal(amount), "EUR"};
}

TEST_F(StandardTypes, KeepAPersonWithAnOrderAndItsLines) {
  const auto company = made("company", item({{"name", text("Alpina GmbH")}}));
  const auto person = made(
      "person", item({{"name", name("Ana López")},
                      {"email", text("ana@alpina.example")},
                      {"phone", text("+34911234567")},
                      {"company", base::Value{company}},
                      {"address", base::Address{"Gran Vía 1", "", "Madrid", "", "28013", "ES"}}}));
  const auto product = made("product", item({{"name", text("Rope")}, {"price", euro(99)}}));
  const auto order = made("order", item({{"number", text("A-1")},
                                         {"placed_at", base::Value{road.now()}},
                                         {"person", base::Value{person}},
                                         {"total", euro(198)}}));
  made("order_line", item({{"order", base::Value{order}},
                           {"person", base::Value{person}},
                           {"product", base::Value{product}},
                           {"quantity", base::Value{base::Decimal(2)}},
                           {"total", euro(198)}}));
  const auto page = road.list(caller, {.object = "order_line",
                                       .where = "order.number = 'A-1' and total >= 100 EUR and "
                                                "person.company.name starts with 'Alp'",
                                       .fields = {"order.number", "product.name", "total"}});
  ASSERT_TRUE(page) << page.error().message;
  ASSERT_EQ(page->records.size(), 1u);
  std::string json;
  base::JsonWriter writer(json);
  write_json(writer, *page, page->records[0]);
  EXPECT_NE(json.find(R"("order.number":"A-1","product.name":"Rope",)"
                      R"("total":{"amount":"198.00","currency":"EUR"})"),
            std::string::npos)
      << json;
}

TEST_F(StandardTypes, RefuseASecondOwnerOfAnExclusiveIdentity) {
  made("person", item({{"name", name("Ana")}, {"email", text("ana@alpina.example")}}));
  const auto done = write(
      Create{"person", {item({{"name", name("Bo")}, {"email", text("ana@alpina.example")}})}});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, base::ProblemKind::conflict) << done.error().message;
}

TEST_F(StandardTypes, SayABrokenLinkInTheUsersWords) {
  const auto done = write(Create{
      "task", {item({{"subject", text("Call")}, {"company", base::Value{base::new_id()}}})}});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, "gather.no_such_record");
}

TEST_F(StandardTypes, AreWrittenOnAfterAnotherProcessHasAddedAField) {
  const auto other = open();
  Field field;
  field.name = "x_size";
  field.type = FieldType::integer;
  ASSERT_TRUE(other->add_field("person", field));
  made("person", item({{"name", name("Ana")}}));
  made("person", item({{"name", name("Bo")}, {"x_size", base::Value{std::int64_t{42}}}}));
  const auto page = road.list(caller, {.object = "person", .where = "x_size = 42"});
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(page->records.size(), 1u);
}

}  // namespace
}  // namespace rapport::entity
