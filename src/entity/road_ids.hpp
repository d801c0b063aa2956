// The ids of a whole list, for what goes through all of it and wants it as it was at one moment.
#pragma once

#include <vector>

#include "base/id.hpp"
#include "base/problem.hpp"
#include "entity/policy.hpp"
#include "entity/request/request.hpp"

namespace rapport::entity {

class Road;

// All that the list asks for, in its order, by one statement: 16 bytes a record. Limit, after,
// offset, count and fields of the list are ignored; it is refused as the list would be.
[[nodiscard]] base::Result<std::vector<base::Id>> ids_of(Road& road, const Caller& caller,
                                                         const List& list);

}  // namespace rapport::entity
