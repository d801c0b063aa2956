// What the firm said of its costs: pools by channel and month, minutes by channel and activity.
#pragma once

#include <string_view>
#include <vector>

#include "crm/insight/profitability/profit.hpp"
#include "store/database.hpp"

namespace rapport::crm {

[[nodiscard]] base::Result<MinuteRates> read_rates(store::Transaction& tx);
// Pools of months that begin within these days, in whole cents; several of one channel and month
// are one.
[[nodiscard]] base::Result<std::vector<Pool>> read_pools(store::Transaction& tx,
                                                         std::string_view currency,
                                                         std::int32_t from, std::int32_t until);

}  // namespace rapport::crm
