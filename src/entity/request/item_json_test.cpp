#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/json.hpp"
#include "entity/road_testing.hpp"

namespace rapport::entity {
namespace {

base::Result<Item> read(const std::string& json, const std::string& object = "person") {
  static const auto catalog = testing::small_catalog();
  return item_from_json(*catalog->find(object), *base::parse_json(json), "/records/3");
}

TEST(ItemFromJson, ReadsIdVersionKeysAndFields) {
  const auto item = read(R"({"id": "0190b5e0-7c1e-7000-8000-000000000001", "version": 3,
                             "external": [{"source": "shop", "value": " 4711 "}],
                             "email": "Ana@Alpina.Example", "birth_date": null})");
  ASSERT_TRUE(item) << item.error().message;
  EXPECT_EQ(base::to_text(*item->id), "0190b5e0-7c1e-7000-8000-000000000001");
  EXPECT_EQ(item->version, 3);
  EXPECT_EQ(item->keys.at(0), testing::external("shop", "4711"));
  ASSERT_EQ(item->fields.size(), 2U);
  EXPECT_EQ(std::get<base::Value>(item->fields[0].input), testing::text("ana@alpina.example"));
  EXPECT_EQ(std::get<base::Value>(item->fields[1].input), base::Value{});
  EXPECT_EQ(item->pointer, "/records/3");
}

TEST(ItemFromJson, LinksAreIdsOrKeys) {
  const auto by_field = read(R"({"company": {"number": "7"}})");
  ASSERT_TRUE(by_field);
  EXPECT_EQ(std::get<Key>(by_field->fields[0].input), (Key{Key::Kind::field, "number", "7"}));
  const auto by_external =
      read(R"({"person": {"external": {"source": "shop", "value": "1"}}})", "order");
  ASSERT_TRUE(by_external);
  EXPECT_EQ(std::get<Key>(by_external->fields[0].input), testing::external("shop", "1"));
  const auto by_identity = read(R"({"person": {"email": "a@x.example"}})", "order");
  ASSERT_TRUE(by_identity);
  EXPECT_EQ(std::get<Key>(by_identity->fields[0].input),
            (Key{Key::Kind::identity, "email", "a@x.example"}));
}

TEST(ItemFromJson, RefusesByCodeAndPointer) {
  struct Case {
    const char *json, *code, *pointer;
  };
  const Case cases[] = {
      {R"([])", "request.not_a_record", "/records/3"},
      {R"({"id": 7})", "request.id", "/records/3/id"},
      {R"({"id": "x"})", "request.id", "/records/3/id"},
      {R"({"version": 0})", "request.version", "/records/3/version"},
      {R"({"version": "1"})", "request.version", "/records/3/version"},
      {R"({"external": {}})", "request.key", "/records/3/external"},
      {R"({"external": [{"source": "shop"}]})", "request.key", "/records/3/external/0"},
      {R"({"external": [{"source": "shop", "value": ""}]})", "request.key",
       "/records/3/external/0"},
      {R"({"nmae": "x"})", "plan.unknown_field", "/records/3/nmae"},
      {R"({"a/b~c": "x"})", "plan.unknown_field", "/records/3/a~1b~0c"},
      {R"({"created_at": "2026-01-01T00:00:00Z"})", "plan.read_only", "/records/3/created_at"},
      {R"({"points": 3})", "plan.read_only", "/records/3/points"},
      {R"({"company": {}})", "request.key", "/records/3/company"},
      {R"({"company": {"number": 7}})", "request.key", "/records/3/company/number"},
  };
  for (const Case& one : cases) {
    const auto item = read(one.json);
    ASSERT_FALSE(item) << one.json;
    EXPECT_EQ(item.error().code, one.code) << one.json;
    ASSERT_FALSE(item.error().fields.empty()) << one.json;
    EXPECT_EQ(item.error().fields[0].field, one.pointer) << one.json;
  }
}

TEST(ItemFromJson, SaysAllThatIsWrongAtOnce) {
  const auto item = read(R"({"nmae": "x", "email": "not one", "birth_date": "tomorrow"})");
  ASSERT_FALSE(item);
  EXPECT_EQ(item.error().fields.size(), 3U);
}

// Each column of each type, put into a write: none that the program keeps goes through.
TEST(ItemFromJson, NoSystemFieldCanBeSet) {
  for (const ObjectType& object : testing::small_catalog()->objects()) {
    for (const Field& field : object.fields) {
      if (!field.system || field.name == "id" || field.name == "version") continue;
      const auto item = read(fmt::format(R"({{"{}": null}})", field.name), object.name);
      ASSERT_FALSE(item) << object.name << "." << field.name;
      EXPECT_EQ(item.error().code, "plan.read_only");
    }
  }
}

}  // namespace
}  // namespace rapport::entity
