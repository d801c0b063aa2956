// Lets rules and checks have their say on every record that is to be written.
#pragma once

#include "entity/gather/draft.hpp"
#include "entity/rules/compiled.hpp"
#include "entity/rules/rules.hpp"

namespace rapport::entity {

void decide(Draft& draft, const Rules& rules, const CompiledChecks& checks);

}  // namespace rapport::entity
