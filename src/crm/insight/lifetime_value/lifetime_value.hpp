// The reasons of what purchase models say: lifetime value, probability of being a customer still,
// expected purchases; and of the historic value.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "crm/insight/scores/score_row.hpp"

namespace rapport::crm {

inline constexpr std::array<std::string_view, 3> lifetime_value_codes{"purchases", "average",
                                                                      "discount"};
inline constexpr std::array<std::string_view, 3> probability_alive_codes{"rhythm", "once",
                                                                         "silence"};
inline constexpr std::array<std::string_view, 3> expected_purchases_codes{"alive", "rhythm",
                                                                          "once"};
inline constexpr std::array<std::string_view, 3> historic_value_codes{"orders", "returns",
                                                                      "only_returns"};

[[nodiscard]] std::vector<Reason> lifetime_value_reasons(const ScoreRow& row,
                                                         const ReasonContext& context);
[[nodiscard]] std::vector<Reason> probability_alive_reasons(const ScoreRow& row,
                                                            const ReasonContext& context);
[[nodiscard]] std::vector<Reason> expected_purchases_reasons(const ScoreRow& row,
                                                             const ReasonContext& context);
[[nodiscard]] std::vector<Reason> historic_value_reasons(const ScoreRow& row,
                                                         const ReasonContext& context);

}  // namespace rapport::crm
