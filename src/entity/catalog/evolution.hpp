// How the catalog moves from what is applied in the database to what the object files say.
// Additions apply themselves; a rename says `was:`; a drop or a change of type needs a named
// migration, because only people know what should become of the data.
#pragma once

#include <string>
#include <vector>

#include "base/problem.hpp"
#include "entity/catalog/catalog.hpp"

namespace rapport::entity {

struct Rename {
  std::string table;     // as it is called now
  std::string from, to;  // columns; or, where `from` is empty, the table's new name is `to`
};

struct Reconciled {
  std::vector<ObjectType> objects;  // the standard ones, with applied ids and custom fields
  std::vector<Rename> renames;
};

// Object types must be complete (system fields).
[[nodiscard]] base::Result<Reconciled> reconciled(const std::vector<ObjectType>& standard,
                                                  const std::vector<ObjectType>& applied);

}  // namespace rapport::entity
