// The churn warning: a rule on top of the purchase model that a reader can follow. What speaks for
// leaving has a weight each; together they make none, watch or act:
//
//   silent for longer than twice the own rhythm (three purchases or more)   silence / (4 × rhythm)
//   the probability of being a customer still below one half                1 − probability
//   a third or more of the last year's purchases given back                 the share
//   interactions of the last 90 days left unresolved                            .4 each, 1 at most
//   the latest purchases less than half of those before (four or more)      the fall
//
// Who is silent or fading and reaches 1.2 calls for action, who reaches .5 is watched. Who has
// almost surely left already (below 3 %) is warned of no more: that is a case for winning back.
#pragma once

#include <array>
#include <bitset>
#include <string>
#include <string_view>
#include <vector>

#include "crm/insight/scores/score_row.hpp"

namespace rapport::crm {

inline constexpr std::array<std::string_view, 5> churn_warning_codes{"silence", "fading", "returns",
                                                                     "unresolved", "falling"};

// The heaviest reason first. None where nothing speaks for leaving.
[[nodiscard]] std::vector<Reason> churn_warning_reasons(const ScoreRow& row,
                                                        const ReasonContext& context);
[[nodiscard]] Warning churn_warning(const ScoreRow& row);

// Which of churn_warning_codes speak for leaving, in their order: the same that are told in words.
using WarningReasons = std::bitset<churn_warning_codes.size()>;
[[nodiscard]] WarningReasons warning_reasons(const ScoreRow& row);
[[nodiscard]] std::string codes_of(const WarningReasons& reasons);  // "silence fading"; "" of none

}  // namespace rapport::crm
