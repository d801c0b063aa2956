// The reasons of the recency-frequency-money cell; the cell itself is analytics::rfm_cell.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "crm/insight/scores/score_row.hpp"

namespace rapport::crm {

inline constexpr std::array<std::string_view, 3> rfm_cell_codes{"recency", "frequency", "money"};
// One reason a digit, weighted by the digit; none where there is no cell.
[[nodiscard]] std::vector<Reason> rfm_cell_reasons(const ScoreRow& row,
                                                   const ReasonContext& context);

}  // namespace rapport::crm
