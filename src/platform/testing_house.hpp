// For tests: the applied catalog of the standard object types, and the road to their records.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "entity/catalog/catalog_store.hpp"
#include "entity/catalog/object_file.hpp"
#include "entity/policy.hpp"
#include "entity/road.hpp"
#include "entity/rules/rules.hpp"
#include "platform/testing.hpp"

namespace rapport::platform {

inline std::unique_ptr<entity::CatalogStore> open_catalog(store::Pool& pool) {
  auto standard = entity::read_object_files(entity::embedded_object_types());
  if (!standard) throw std::runtime_error(standard.error().details);
  auto opened = entity::CatalogStore::open(pool, std::move(*standard));
  if (!opened) throw std::runtime_error(opened.error().message + opened.error().details);
  return std::move(*opened);
}

inline void make_house(store::Pool& pool) {
  make_platform_tables(pool);
  (void)open_catalog(pool);
}

// A house with all its tables, empty of records.
struct TestHouse {
  TestHouse() : database("house", make_house), catalog(open_catalog(database.pool())) {}

  store::Pool& pool() { return database.pool(); }

  // Creates one record from field names and values; gives its id.
  base::Id create(const std::string& object,
                  std::vector<std::pair<std::string, base::Value>> fields) {
    entity::Item item;
    for (auto& [name, value] : fields) item.fields.push_back({name, std::move(value)});
    const auto result = write(entity::Create{.object = object, .items = {std::move(item)}});
    return result.id;
  }

  entity::ItemResult write(entity::Write write) {
    entity::Work work;
    work.writes.push_back(std::move(write));
    const auto done = road.write(entity::program({.kind = "test", .id = {}, .depth = 0}), work);
    if (!done) {
      std::string says = done.error().message + " " + done.error().details;
      for (const auto& field : done.error().fields) says += " " + field.field + field.message;
      throw std::runtime_error(says);
    }
    const auto& result = done->writes.at(0).at(0);
    if (result.problem) throw std::runtime_error(result.problem->message);
    return result;
  }

  store::TestDatabase database;
  TestClock clock;
  std::unique_ptr<entity::CatalogStore> catalog;
  entity::Rules rules;
  entity::Road road{database.pool(), *catalog, rules, clock.clock()};
};

}  // namespace rapport::platform
