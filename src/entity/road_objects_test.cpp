// The road over the object types that ship with the program.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "entity/catalog/object_file.hpp"
#include "entity/road_testing.hpp"
#include "store/migration.hpp"

namespace rapport::entity {
namespace {

using namespace testing;

std::unique_ptr<CatalogStore> open_standard(store::Pool& pool) {
  const auto migrations = store::embedded_migrations();
  if (!migrations || !store::migrate(pool, *migrations)) std::abort();
  auto types = read_object_files(embedded_object_types());
  if (!types) std::abort();
  auto made = CatalogStore::open(pool, std::move(*types));
  if (!made) std::abort();
  return std::move(*made);
}

class ObjectsTest : public ::testing::Test {
 protected:
  ObjectsTest()
      : database("road.standard", [](store::Pool& pool) { open_standard(pool); }),
        catalog(open_standard(database.pool())),
        road(database.pool(), *catalog, rules, base::system_now),
        caller(program({})) {}

  WorkResult must(const Work& work) {
    auto done = road.write(caller, work);
    EXPECT_TRUE(done) << (done ? ""
                               : done.error().code + " " + done.error().message + " " +
                                     done.error().details);
    return done ? std::move(*done) : WorkResult{};
  }

  store::TestDatabase database;
  std::unique_ptr<CatalogStore> catalog;
  Rules rules;
  Road road;
  Caller caller;
};

TEST_F(ObjectsTest, EveryTypeIsListedInItsOwnOrderAndInEveryIndexedOne) {
  for (const ObjectType& object : road.catalog()->objects()) {
    const auto page = road.list(caller, {.object = object.name,
                                         .count = Counting::exact,
                                         .bin = List::Bin::with,
                                         .stand_ins = true,
                                         .titles = true});
    EXPECT_TRUE(page) << object.name << ": " << (page ? "" : page.error().message);
    for (const Field& field : object.fields) {
      if (!field.indexed || field.type == FieldType::address) continue;
      const auto sorted = road.list(caller, {.object = object.name, .order = {"-" + field.name}});
      EXPECT_TRUE(sorted) << object.name << " by " << field.name;
    }
  }
}

TEST_F(ObjectsTest, AShopsFileGoesDownTheRoad) {
  const base::Value at = *base::parse_instant("2026-01-02T10:00:00Z");
  base::Money price;
  price.amount = *base::parse_decimal("12.50");
  price.currency = "EUR";
  const auto row = [&](const char* person, const char* order, const char* product) {
    Work work;
    work.writes.push_back(Upsert{.object = "product",
                                 .items = {item({{"name", text("Rope")}, {"number", text(product)}},
                                                {external("shop", product)})}});
    std::vector<std::pair<std::string, Input>> fields{{"number", text(order)}, {"placed_at", at}};
    if (person != nullptr) {
      work.writes.push_back(
          Upsert{.object = "person",
                 .items = {item({{"number", text(person)}}, {external("shop", person)})}});
      fields.push_back({"person", external("shop", person)});
    }
    work.writes.push_back(
        Upsert{.object = "order", .items = {item(std::move(fields), {external("shop", order)})}});
    work.writes.push_back(
        Upsert{.object = "order_line",
               .items = {item({{"order", external("shop", order)},
                               {"product", external("shop", product)},
                               {"quantity", base::Value{base::Decimal(-2)}},
                               {"unit_price", base::Value{price}}},
                              {external("shop", fmt::format("{}/{}", order, product))})}});
    return work;
  };
  for (int round = 0; round < 2; ++round) {
    for (const auto& [person, order, product] :
         {std::tuple{"17850", "536365", "85123A"}, std::tuple{"17850", "536365", "71053"},
          std::tuple<const char*, const char*, const char*>{nullptr, "536414", "22139"}}) {
      const auto done = must(row(person, order, product));
      if (round == 0) continue;
      for (const auto& items : done.writes) EXPECT_EQ(items[0].outcome, Outcome::unchanged);
    }
  }
  const auto count = [&](const char* object, bool stand_ins) {
    const auto page =
        road.list(caller, {.object = object, .count = Counting::exact, .stand_ins = stand_ins});
    return page ? page->count->value : -1;
  };
  EXPECT_EQ(count("order", false), 2);
  EXPECT_EQ(count("order_line", false), 3);
  EXPECT_EQ(count("person", false), 1);
  EXPECT_EQ(count("person", true), 2);
}

TEST_F(ObjectsTest, ACustomFieldIsAFieldLikeAnyOther) {
  Field shoe;
  shoe.name = "x_shoe_size";
  shoe.type = FieldType::integer;
  const auto made = must({.writes = {Create{"person", {item({{"name", name("Ana")}})}}}});
  ASSERT_TRUE(catalog->add_field("person", shoe));
  Item one = item({{"x_shoe_size", base::Value{std::int64_t{38}}}});
  one.id = made.writes[0][0].id;
  must({.writes = {Change{"person", {one}}}});
  const auto page = road.list(caller, {.object = "person", .where = "x_shoe_size > 37"});
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(page->records.size(), 1U);
}

TEST_F(ObjectsTest, AnotherProcessesCatalogIsNoticedAndPlannedAnew) {
  auto other = open_standard(database.pool());
  Road second(database.pool(), *other, rules, base::system_now);
  Field shoe;
  shoe.name = "x_shoe_size";
  shoe.type = FieldType::integer;
  ASSERT_TRUE(catalog->add_field("person", shoe));
  const Work work{.writes = {Create{"person", {item({{"name", name("Ana")}})}}}};
  const auto done = second.write(caller, work);
  ASSERT_TRUE(done) << done.error().message << done.error().details;
  EXPECT_NE(second.catalog()->find("person")->find("x_shoe_size"), nullptr);
}

}  // namespace
}  // namespace rapport::entity
