// Says which record each item means and lays its values on it: found by id or key, or new. What
// cannot be is refused, item by item, in words that name the record in the way.
#pragma once

#include "entity/gather/draft.hpp"
#include "entity/rules/rules.hpp"

namespace rapport::entity {

// Write by write: a later one sees what an earlier one makes.
void resolve(Draft& draft, const Rules& rules);

// Refuses what points at refused records of this work, and gives refusals of records to their
// items.
void settle(Draft& draft);

// How a record is named in a sentence: its title, or its id.
[[nodiscard]] std::string title_of(const DraftRecord& record);

}  // namespace rapport::entity
