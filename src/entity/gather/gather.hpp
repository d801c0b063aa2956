// Everything a write must see, read set-wise: the records it changes, the records it points at,
// whom its keys name, and what rules and checks have named. One trip where ids are known, one more
// where keys had to be looked up first.
#pragma once

#include <string>

#include "base/problem.hpp"
#include "entity/gather/draft.hpp"
#include "entity/rules/compiled.hpp"
#include "entity/rules/rules.hpp"
#include "store/database.hpp"

namespace rapport::entity {

// Goes through the plans: which fields of which records are wanted. Reads nothing.
void name_reads(Draft& draft, const CompiledChecks& checks, const Rules& rules);

// Reads them. What was sent before on the transaction travels with the first trip.
[[nodiscard]] std::expected<void, store::DatabaseError> gather(Draft& draft,
                                                               store::Transaction& tx);

}  // namespace rapport::entity
