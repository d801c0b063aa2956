// Work that takes a table away from everybody else, without making them wait for it.
#pragma once

#include <functional>

#include "store/database.hpp"

namespace rapport::store {

// Whoever waits for a table keeps others waiting behind, so each try waits a moment only; if the
// table is in use for longer, it is given back and tried again half a second later, until
// `wait_max` has passed. True: `work` was done, and the locks are held until `tx` ends; false: the
// tables were in use all the time, and `tx` is as it was before. Leaves a `lock_timeout` of its
// own.
[[nodiscard]] std::expected<bool, DatabaseError> with_short_locks(
    Transaction& tx, base::Duration wait_max, const std::function<Done()>& work);

}  // namespace rapport::store
