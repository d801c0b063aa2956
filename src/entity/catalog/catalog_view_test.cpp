#include "entity/catalog/catalog_view.hpp"

#include <gtest/gtest.h>

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
