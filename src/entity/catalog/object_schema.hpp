// Checks the JSON of one object file against object.schema.json.
#pragma once

#include <vector>

#include "base/json_fwd.hpp"
#include "base/problem.hpp"

namespace rapport::entity {

// Faults with pointers into the JSON.
[[nodiscard]] std::vector<base::FieldProblem> schema_faults(const base::Json& json);

}  // namespace rapport::entity
