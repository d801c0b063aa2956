// For tests of the road: a handful of small object types made by hand, their tables, and a road
// over them. Shops with visitors: enough for links, torrents, stand-ins, identities, keys and
// checks.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "entity/catalog/catalog.hpp"
#include "entity/catalog/catalog_store.hpp"
#include "entity/road.hpp"
#include "entity/rules/rules.hpp"
#include "store/testing.hpp"

namespace rapport::entity::testing {

[[nodiscard]] std::vector<ObjectType> small_types();
// The same, checked; with no database.
[[nodiscard]] std::shared_ptr<const Catalog> small_catalog();

// A database with the small types, a road, and a clock that moves a second a look.
class Shop {
 public:
  Shop();
  store::TestDatabase database;
  std::unique_ptr<CatalogStore> catalog;
  Rules rules;
  std::atomic<std::int64_t> time_us;
  Road road;
  Caller caller;

  // Every table's rows as one number: equal before and after what must change nothing.
  [[nodiscard]] std::string checksum();
  [[nodiscard]] std::string one(std::string_view sql);
  base::Id user;
};

[[nodiscard]] Item item(std::vector<std::pair<std::string, Input>> fields,
                        std::vector<Key> keys = {});
[[nodiscard]] Key external(std::string source, std::string value);
[[nodiscard]] base::Value text(std::string value);
[[nodiscard]] base::Value name(std::string full);

}  // namespace rapport::entity::testing
