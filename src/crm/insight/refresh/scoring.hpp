// The scores of customers from their facts: a pure function, the same for everybody at night and
// for one whose orders have just changed.
#pragma once

#include <vector>

#include "base/problem.hpp"
#include "crm/insight/facts/facts.hpp"
#include "crm/insight/facts/histories.hpp"
#include "crm/insight/refresh/basis.hpp"
#include "crm/insight/scores/score_row.hpp"

namespace rapport::crm {

inline constexpr int unresolved_days = 90;

// One row for each customer, who has an order or a return; offers are left out. Who only returned
// has historic value and profit, and none of what speaks of purchases. `months` are his, ascending
// by customer.
[[nodiscard]] base::Result<std::vector<ScoreRow>> score_customers(
    const Facts& facts, const Histories& histories, std::span<const CustomerMonth> months,
    const Basis& basis, std::int32_t today);

}  // namespace rapport::crm
