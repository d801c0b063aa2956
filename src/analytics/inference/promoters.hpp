// The net promoter score (Reichheld 2003): "would you recommend us, from 0 to 10?"; the share who
// say 9 or 10 less the share who say 0 to 6, from -100 to 100. As a mean of +1, 0 and -1 it has a
// standard error, without which a change of a few points means nothing.
#pragma once

#include <cstdint>
#include <span>

#include "analytics/inference/compare.hpp"

namespace rapport::analytics {

struct Promoters {
  std::uint64_t promoters = 0, passives = 0, detractors = 0;
};

struct PromoterScore {
  Interval score;    // -100 to 100
  double error = 0;  // standard, in points
};

// Counts answers of 0 to 10; refuses others (`analytics.bad_answer`).
[[nodiscard]] base::Result<Promoters> promoters_of(std::span<const int> answers);

// Refuses (`analytics.too_few`) fewer than two answers.
[[nodiscard]] base::Result<PromoterScore> promoter_score(const Promoters& counts,
                                                         double confidence = usual_confidence);

}  // namespace rapport::analytics
