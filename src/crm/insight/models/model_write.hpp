// How this folder writes records of models.
#pragma once

#include <string>
#include <vector>

#include "base/problem.hpp"
#include "entity/policy.hpp"
#include "entity/request/request.hpp"

namespace rapport::entity {
class Road;
}

namespace rapport::crm {

// The program itself; `kind` is the cause that the audit names.
[[nodiscard]] entity::Caller models_caller(std::string kind);

// All of them in one transaction; those without items are left out.
[[nodiscard]] base::Result<void> write_models(entity::Road& road, const entity::Caller& caller,
                                              std::vector<entity::Write> writes);

}  // namespace rapport::crm
