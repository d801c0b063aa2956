// What must hold of a catalog as a whole; a fault each, with its pointer: "/person/fields/email".
#pragma once

#include <vector>

#include "base/problem.hpp"
#include "entity/catalog/catalog.hpp"

namespace rapport::entity {

struct CatalogLimits {
  static constexpr std::size_t name_max = 40;     // bytes of an object's or field's name
  static constexpr std::size_t fields_max = 400;  // of one object; PostgreSQL ends at 1,600 columns
  static constexpr std::size_t objects_max = 500;
  static constexpr std::size_t choices_max = 500;
};

// Names, links, layouts, keys, checks.
[[nodiscard]] std::vector<base::FieldProblem> faults_of(const Catalog& catalog);

// Personal data is declared: purpose, basis, retention of the object and sensitivity of the field
// wherever a record belongs to a person or a field is personal by its type. Asked of object files
// and custom fields; the engine itself works without.
[[nodiscard]] std::vector<base::FieldProblem> undeclared_in(const ObjectType& object);

}  // namespace rapport::entity
