#include "analytics/inference/promoters.hpp"

#include <algorithm>
#include <cmath>
#include <string>

namespace rapport::analytics {

namespace {

constexpr int answer_max = 10, promoter_min = 9, passive_min = 7;

}  // namespace

base::Result<Promoters> promoters_of(std::span<const int> answers) {
  Promoters counts;
  for (const int answer : answers) {
    if (answer < 0 || answer > answer_max)
      return base::refuse(base::ProblemKind::invalid, "analytics.bad_answer",
                          "Answers are from 0 to 10; one is " + std::to_string(answer) + ".");
    ++(answer >= promoter_min  ? counts.promoters
       : answer >= passive_min ? counts.passives
                               : counts.detractors);
  }
  return counts;
}

// The variance of a mean of n values of +1, 0 and -1, with n - 1 as of any sample.
base::Result<PromoterScore> promoter_score(const Promoters& counts, double confidence) {
  const auto n = static_cast<double>(counts.promoters + counts.passives + counts.detractors);
  if (n < 2)
    return base::refuse(base::ProblemKind::invalid, "analytics.too_few",
                        "A score needs two answers or more.");
  const double up = static_cast<double>(counts.promoters) / n;
  const double down = static_cast<double>(counts.detractors) / n;
  const double net = up - down;
  const double error = 100 * std::sqrt((up + down - net * net) / (n - 1));
  const double reach = normal_bound(confidence) * error;
  return PromoterScore{.score = {.estimate = 100 * net,
                                 .low = std::max(-100.0, 100 * net - reach),
                                 .high = std::min(100.0, 100 * net + reach)},
                       .error = error};
}

}  // namespace rapport::analytics
