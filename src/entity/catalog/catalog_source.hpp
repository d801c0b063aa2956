// Where the road gets its catalog from. The applied catalog in the database is one; an engine test
// with object types made by hand is another.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/problem.hpp"
#include "entity/catalog/catalog.hpp"
#include "store/database.hpp"

namespace rapport::entity {

// What a broken constraint means to a user.
struct Sentence {
  std::string field;  // of the object the constraint stands on; empty: the record as a whole
  std::string code;   // "write.not_unique"
  std::string message;
};

class CatalogSource {
 public:
  virtual ~CatalogSource() = default;

  // The snapshot a request works with from beginning to end.
  [[nodiscard]] virtual std::shared_ptr<const Catalog> snapshot() const = 0;

  // Takes the shared catalog lock until the transaction ends and raises SQLSTATE RC001 where the
  // applied version is not $1. Sent with the first statements of each write, so it costs no trip.
  [[nodiscard]] virtual store::Statement assertion() const = 0;

  // Reads the applied catalog anew, after the assertion failed.
  virtual base::Result<void> reload() = 0;

  // The user's sentence for a constraint of an object's table.
  [[nodiscard]] virtual std::optional<Sentence> sentence(const Catalog& catalog,
                                                         const ObjectType& object,
                                                         std::string_view constraint) const = 0;
};

inline constexpr std::string_view sqlstate_catalog_changed = "RC001";

}  // namespace rapport::entity
