// Parameters as JSON: [{"name","value","error"}], as models and bases of scores keep them.
#pragma once

#include <vector>

#include "analytics/purchase/purchase.hpp"
#include "base/json_fwd.hpp"

namespace rapport::crm {

// An error that is not known or not finite is null: JSON has no other word for it.
[[nodiscard]] base::Json json_of(const std::vector<analytics::Parameter>& parameters);
// What is no list of parameters gives none.
[[nodiscard]] std::vector<analytics::Parameter> parameters_of(const base::Json& json);

}  // namespace rapport::crm
