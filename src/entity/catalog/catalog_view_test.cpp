#include "entity/catalog/catalog_view.hpp"

#include <gtest/gtest.h>

#include <set>

#include "base/json.hpp"
#include "entity/catalog/object_file.hpp"

namespace rapport::entity {
namespace {

// Reads all but users and notes, changes tasks alone.
class Narrow : public Policy {
 public:
  bool may(Operation operation, const ObjectType& object) const override {
    return operation == Operation::read ? object.name != "user" : object.name == "task";
  }
  bool may_see(const ObjectType&, const Field& field) const override {
    return field.name != "note";
  }
  bool may_set(const ObjectType& object, const Field&) const override {
    return object.name == "task";
  }
  std::optional<expression::Expression> condition(Operation, const ObjectType&) const override {
    return std::nullopt;
  }
};

const base::Json* named(const base::Json& list, std::string_view name) {
  for (const auto& item : list) {
    if (item["name"] == name) return &item;
  }
  return nullptr;
}

// Sees everything but the fields of these names.
class Veiled : public Policy {
 public:
  explicit Veiled(std::set<std::string, std::less<>> hidden) : hidden_(std::move(hidden)) {}
  bool may(Operation, const ObjectType&) const override { return true; }
  bool may_see(const ObjectType&, const Field& field) const override {
    return !hidden_.contains(field.name);
  }
  bool may_set(const ObjectType&, const Field&) const override { return true; }
  std::optional<expression::Expression> condition(Operation, const ObjectType&) const override {
    return std::nullopt;
  }

 private:
  std::set<std::string, std::less<>> hidden_;
};

TEST(CatalogJson, NamesAHiddenFieldNowhere) {
  const auto catalog = catalog_of_files(embedded_object_types());
  ASSERT_TRUE(catalog);
  std::set<std::string, std::less<>> shown;  // in the layouts of all types
  for (const ObjectType& object : (*catalog)->objects()) {
    for (const auto* names : {&object.list.columns, &object.page.highlights, &object.timeline})
      shown.insert(names->begin(), names->end());
    shown.insert(object.timeline_at);
    shown.insert(object.title);
    shown.insert(object.list.order.substr(object.list.order.starts_with('-') ? 1 : 0));
  }
  ASSERT_GT(shown.size(), 20u);
  const Veiled policy(shown);
  const auto json = base::parse_json(catalog_json(**catalog, policy));
  ASSERT_TRUE(json) << json.error().message;
  for (const auto& object : (*json)["objects"]) {
    EXPECT_EQ(object["title"], "") << object["name"];
    EXPECT_EQ(object["list"], (base::Json{{"columns", base::Json::array()}, {"order", ""}}))
        << object["name"];
    EXPECT_TRUE(object["page"]["highlights"].empty()) << object["name"];
    EXPECT_TRUE(object["timeline"].is_null()) << object["name"];
    for (const auto& field : object["fields"])
      EXPECT_FALSE(shown.contains(field["name"].get<std::string>())) << field["name"];
  }
}

TEST(CatalogJson, ShowsWhatTheCallerMay) {
  const auto catalog = catalog_of_files(embedded_object_types());
  ASSERT_TRUE(catalog);
  const auto json = base::parse_json(catalog_json(**catalog, Narrow()));
  ASSERT_TRUE(json) << json.error().message;
  const base::Json& objects = (*json)["objects"];
  EXPECT_EQ(named(objects, "user"), nullptr);
  const base::Json* team = named(objects, "team");
  ASSERT_NE(team, nullptr);
  EXPECT_TRUE((*team)["page"]["related"].empty());  // users
  const base::Json* person = named(objects, "person");
  ASSERT_NE(person, nullptr);
  EXPECT_EQ((*person)["may"]["change"], false);
  EXPECT_EQ(named((*person)["fields"], "note"), nullptr);
  const base::Json* lifecycle = named((*person)["fields"], "lifecycle");
  ASSERT_NE(lifecycle, nullptr);
  EXPECT_EQ((*lifecycle)["choices"][3]["name"], "at_risk");
  EXPECT_EQ((*lifecycle)["may_set"], false);
  EXPECT_EQ((*person)["timeline"], nullptr);
  const base::Json* task = named(objects, "task");
  EXPECT_EQ((*task)["may"]["create"], true);
  EXPECT_EQ((*named((*task)["fields"], "priority"))["default"], "normal");
  EXPECT_EQ((*named((*task)["fields"], "person"))["back"], "tasks");
  EXPECT_EQ((*named((*task)["fields"], "created_at"))["may_set"], false);
  EXPECT_EQ((*task)["timeline"]["at"], "created_at");
}

}  // namespace
}  // namespace rapport::entity
