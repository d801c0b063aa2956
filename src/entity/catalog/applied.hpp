// The applied catalog as rows: read, compared, written back.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/problem.hpp"
#include "entity/catalog/catalog.hpp"
#include "entity/catalog/ddl.hpp"
#include "store/database.hpp"

namespace rapport::entity {

// One row of catalog_objects or catalog_fields, as text, so that "nothing changed" is "equal".
struct DefinitionRow {
  std::string object, field;  // field empty: the object itself
  std::string type, definition;
  friend bool operator==(const DefinitionRow&, const DefinitionRow&) = default;
};

struct AppliedCatalog {
  std::int64_t version = 0;
  std::vector<DefinitionRow> rows;
  std::map<std::string, std::vector<Piece>> pieces;  // by table
};

[[nodiscard]] base::Result<AppliedCatalog> read_applied(store::Transaction& tx);
[[nodiscard]] base::Result<std::vector<ObjectType>> objects_of(const AppliedCatalog& applied);
[[nodiscard]] std::vector<DefinitionRow> rows_of(const std::vector<ObjectType>& objects);

// Replaces all and notifies the other processes.
[[nodiscard]] base::Result<void> write_applied(store::Transaction& tx,
                                               const AppliedCatalog& applied);

}  // namespace rapport::entity
