// Bins of amounts that span decades, as what customers are worth does: in bins of one width nearly
// all would stand in the first. Bounds are nought and ±1, 2 and 5 times powers of ten; the step
// next to nought is the one that a twentieth of the amounts, at most, lie closer to nought than.
//
//   3.00, 12.00, 40.00, 700.00 EUR  →  [2, 5) [5, 10) [10, 20) [20, 50) … [500, 1000)
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "analytics/value/spread.hpp"

namespace rapport::crm {

// Of whole ten-thousandths up to ±10^18. In order and without gaps; each holds amounts from `from`
// to below `to`; the first and the last hold some. None where there are no amounts.
[[nodiscard]] std::vector<analytics::Bin> value_bins(std::span<const std::int64_t> amounts);

}  // namespace rapport::crm
