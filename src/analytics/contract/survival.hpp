// How long customers stay who say so when they leave: of each is known how long she has stayed,
// and whether she has left then or is still there (her true time is longer: "censored").
//
//   const Stays stays{.time = months, .ended = left};
//   auto curve = kaplan_meier(stays);             // share still there after each time
//   curve->survival_at(12)                        // 0.843
//   auto same = log_rank(stays, contract, 3);     // do three groups leave at the same pace?
//
// The estimate is Kaplan & Meier's (1958); its variance Greenwood's (1926), and the interval is
// made on the scale of log(-log S), which never leaves 0 to 1 (Kalbfleisch & Prentice 1980,
// section 1.3; `conf.type = "log-log"` of R's survival).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "analytics/inference/tails.hpp"
#include "base/problem.hpp"

namespace rapport::analytics {

// One row a customer; spans of one length. Who left at the time another was last seen left first.
struct Stays {
  std::span<const double> time;         // 0 or more, in any unit
  std::span<const std::uint8_t> ended;  // 1: left then; 0: still there

  [[nodiscard]] std::size_t size() const { return time.size(); }
};

struct SurvivalPoint {
  double time = 0;
  std::size_t at_risk = 0;  // still there just before
  std::size_t ended = 0;    // left then
  double survival = 1;      // share still there just after
  // Of the survival. Where nobody has left yet the bounds are 1 by custom; where nobody is left
  // there are none, since Greenwood's variance does not exist.
  std::optional<double> error, low, high;
};

struct SurvivalCurve {
  std::size_t customers = 0, ended = 0;
  std::vector<SurvivalPoint> points;  // one for each time that occurs, ascending

  [[nodiscard]] double survival_at(double time) const;
  // The first time by which half have left; none where the curve stays above.
  [[nodiscard]] std::optional<double> median() const;
};

// No customers: a curve without points. Refuses times that are negative or no numbers
// (`analytics.bad_time`) and spans of different length (`analytics.uneven_columns`).
[[nodiscard]] base::Result<SurvivalCurve> kaplan_meier(const Stays& stays,
                                                       double confidence = usual_confidence);

struct LogRank {
  struct Group {
    std::size_t customers = 0, observed = 0;  // of whom left
    double expected = 0;                      // would have left if all groups left at one pace
  };
  double chi_square = 0;
  int degrees = 0;  // groups that can be compared, less one
  double p = 1;     // 0 below what a double holds
  std::vector<Group> groups;
};

inline constexpr std::uint32_t log_rank_groups_max = 200;

// Mantel's test (1966; for k groups Peto & Peto 1972) with the hypergeometric variance. `group`
// says for each customer which of `groups` (0 …) is hers. Refuses one group
// (`analytics.one_group`), more than log_rank_groups_max (`analytics.too_many_groups`), and data
// that compare nothing: nobody left, or never from two groups (`analytics.nothing_to_compare`).
[[nodiscard]] base::Result<LogRank> log_rank(const Stays& stays,
                                             std::span<const std::uint32_t> group,
                                             std::uint32_t groups);

// Problem of stays that are none, else nothing; for those who build on them.
[[nodiscard]] std::optional<base::Problem> problem_of(const Stays& stays);

}  // namespace rapport::analytics
