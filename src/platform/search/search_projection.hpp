// Keeps search rows beside the records: reads the present state of records through the road, and
// writes what differs from what search holds of them.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/id.hpp"
#include "base/problem.hpp"
#include "entity/catalog/catalog.hpp"
#include "store/database.hpp"

namespace rapport::entity {
class Road;
}

namespace rapport::platform {

// Object types found as one types: with a title and searchable fields, not pouring in (torrents are
// looked up by their exact number instead), and with a page of their own.
[[nodiscard]] bool is_searched(const entity::ObjectType& object);
[[nodiscard]] std::vector<const entity::Field*> searched_fields(const entity::ObjectType& object);
// Changes when what is kept of an object type changes: then it is built anew.
[[nodiscard]] std::string search_fingerprint(const entity::ObjectType& object);

inline constexpr std::size_t kRefreshMax = 500;  // records read and written at once

// Within a transaction that holds the cursor of search.
[[nodiscard]] base::Result<void> refresh_search(store::Transaction& transaction, entity::Road& road,
                                                const entity::ObjectType& object,
                                                std::span<const base::Id> ids);

}  // namespace rapport::platform
