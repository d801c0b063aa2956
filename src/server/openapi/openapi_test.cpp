#include "server/openapi/openapi.hpp"

#include <gtest/gtest.h>

#include <set>

#include "base/json.hpp"
#include "entity/catalog/object_file.hpp"

namespace rapport::server {
namespace {

base::Json document() {
  const auto catalog = entity::catalog_of_files(entity::embedded_object_types());
  EXPECT_TRUE(catalog);
  const auto json = base::parse_json(openapi(**catalog));
  EXPECT_TRUE(json) << json.error().message;
  return *json;
}

void follow(const base::Json& json, const base::Json& root) {
  if (json.is_object() && json.contains("$ref")) {
    const auto pointer = json["$ref"].get<std::string>().substr(1);
    EXPECT_TRUE(root.contains(base::Json::json_pointer(pointer))) << pointer;
  }
  if (json.is_structured()) {
    for (const auto& part : json) follow(part, root);
  }
}

TEST(Openapi, PointsOnlyAtWhatItHolds) {
  const auto json = document();
  follow(json, json);
}

TEST(Openapi, HasEveryGenericRouteOfEveryObjectType) {
  const auto json = document();
  for (const std::string plural : {"persons", "companies", "identities", "products", "orders",
                                   "order_lines", "interactions", "tasks", "users", "teams"}) {
    const auto has = [&](const std::string& path, const std::string& method) {
      const auto& paths = json["paths"];
      EXPECT_TRUE(paths.contains(path) && paths[path].contains(method)) << method << " " << path;
    };
    const std::string base = "/api/v1/" + plural;
    has(base, "get");
    has(base, "post");
    has(base + "/query", "post");
    has(base + "/upsert", "post");
    has(base + "/changes", "post");
    has(base + "/removals", "post");
    has(base + "/export", "get");
    has(base + "/{id}", "get");
    has(base + "/{id}", "patch");
    has(base + "/{id}", "delete");
    has(base + "/{id}/restoration", "post");
    has(base + "/{id}/changes", "get");
  }
}

TEST(Openapi, ListsQueriesAndExportsTakeSets) {
  const auto json = document();
  for (const std::string path : {"/api/v1/persons", "/api/v1/orders/export"}) {
    const auto parameters = json["paths"][path]["get"]["parameters"].dump();
    EXPECT_NE(parameters.find("#/components/parameters/set"), std::string::npos) << path;
    EXPECT_TRUE(json["paths"][path]["get"]["responses"].contains("400")) << path;
  }
  EXPECT_NE(json["paths"]["/api/v1/persons/query"]["post"].dump().find("\"set\""),
            std::string::npos);
}

TEST(Openapi, NamesEveryOperationOnce) {
  const auto json = document();
  std::set<std::string> names;
  for (const auto& path : json["paths"]) {
    for (const auto& operation : path) {
      const auto name = operation["operationId"].get<std::string>();
      EXPECT_TRUE(names.insert(name).second) << name;
    }
  }
}

TEST(Openapi, SaysWhatARecordNeeds) {
  const auto json = document();
  const auto& schemas = json["components"]["schemas"];
  EXPECT_EQ(schemas["OrderCreate"]["required"], base::Json({"placed_at", "person"}));
  EXPECT_EQ(schemas["Order"]["properties"]["total"]["oneOf"][0]["$ref"],
            "#/components/schemas/Money");
  EXPECT_FALSE(schemas["OrderChange"]["properties"].contains("created_at"));
  EXPECT_EQ(schemas["TaskCreate"]["properties"]["priority"]["default"], "normal");
}

}  // namespace
}  // namespace rapport::server
