// An object type as JSON: what an object file says, read from YAML or from the applied catalog in
// the database, is one form.
#pragma once

#include <string>
#include <vector>

#include "base/json_fwd.hpp"
#include "base/problem.hpp"
#include "entity/catalog/catalog.hpp"

namespace rapport::entity {

// The JSON has the shape that object.schema.json asks for. Faults carry pointers into it
// (`/fields/amount/default`).
[[nodiscard]] ObjectType object_from_json(const base::Json& json,
                                          std::vector<base::FieldProblem>& faults);
[[nodiscard]] Field field_from_json(std::string_view name, const base::Json& json,
                                    const std::string& pointer,
                                    std::vector<base::FieldProblem>& faults);

// And back; system fields are not written.
[[nodiscard]] base::Json json_of(const ObjectType& object);

}  // namespace rapport::entity
