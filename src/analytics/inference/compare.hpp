// Whether a difference is one: shares, means, and the split of an experiment.
//
//   two_proportions({48, 80}, {56, 70})   // 56 of 70 bought with the offer, 48 of 80 without
//   sample_ratio({821'588, 815'482}, {})  // was the coin of the experiment fair?
#pragma once

#include <cstdint>
#include <span>

#include "analytics/inference/tails.hpp"
#include "base/problem.hpp"

namespace rapport::analytics {

// An estimate with what it may be as well, at the confidence asked for.
struct Interval {
  double estimate = 0, low = 0, high = 0;
};

struct Proportion {
  std::uint64_t hits = 0, of = 0;
};

// Wilson's interval (1927), right for small counts and shares near 0 or 1 too. Refuses
// (`analytics.bad_counts`) none, and more hits than there are.
[[nodiscard]] base::Result<Interval> wilson(Proportion proportion,
                                            double confidence = usual_confidence);

struct ProportionTest {
  Interval difference;  // second less first; Newcombe's hybrid score interval (1998, method 10)
  double z = 0, p = 1;  // pooled, two-sided; z is 0 where both shares are 0 or both 1
};

// Refuses as wilson() does.
[[nodiscard]] base::Result<ProportionTest> two_proportions(Proportion first, Proportion second,
                                                           double confidence = usual_confidence);

// What a mean is judged by; sample_of() makes it of values.
struct Sample {
  double count = 0, mean = 0, variance = 0;  // variance with count - 1
};
[[nodiscard]] Sample sample_of(std::span<const double> values);

struct MeanTest {
  Interval difference;  // second less first
  double t = 0, degrees = 0, p = 1;
};

// Welch's test (1947) with the degrees of freedom of Satterthwaite (1946). Refuses fewer than two
// values on a side, numbers that are none (`analytics.too_few`), and values without any spread
// (`analytics.no_spread`).
[[nodiscard]] base::Result<MeanTest> welch(const Sample& first, const Sample& second,
                                           double confidence = usual_confidence);

// Below this probability the split is not what was planned, and no result of the experiment may be
// believed (Fabijan et al. 2019; Kohavi, Tang & Xu 2020, chapter 21).
inline constexpr double sample_ratio_alarm = 0.0005;

struct SampleRatio {
  double chi_square = 0;
  int degrees = 0;
  double p = 1;
  bool mismatch = false;  // p < sample_ratio_alarm
};

// `counts` of each variant against the `planned` shares (in any scale: {1, 1}, {90, 10}); empty:
// all alike. Refuses (`analytics.bad_counts`) fewer than two, none at all, or a plan that is not as
// many or not above 0.
[[nodiscard]] base::Result<SampleRatio> sample_ratio(std::span<const std::uint64_t> counts,
                                                     std::span<const double> planned);

}  // namespace rapport::analytics
