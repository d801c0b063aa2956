#include "analytics/inference/compare.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace rapport::analytics {

namespace {

using base::ProblemKind;

double share(Proportion proportion) {
  return static_cast<double>(proportion.hits) / static_cast<double>(proportion.of);
}

}  // namespace

base::Result<Interval> wilson(Proportion proportion, double confidence) {
  if (proportion.of == 0 || proportion.hits > proportion.of)
    return base::refuse(ProblemKind::invalid, "analytics.bad_counts",
                        "A share needs at least one, and no more hits than there are.");
  const auto n = static_cast<double>(proportion.of);
  const double p = share(proportion), z = normal_bound(confidence);
  const double middle = p + z * z / (2 * n);
  const double reach = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  const double scale = 1 + z * z / n;
  return Interval{.estimate = p,
                  .low = proportion.hits == 0 ? 0 : (middle - reach) / scale,
                  .high = proportion.hits == proportion.of ? 1 : (middle + reach) / scale};
}

base::Result<ProportionTest> two_proportions(Proportion first, Proportion second,
                                             double confidence) {
  const auto one = wilson(first, confidence), two = wilson(second, confidence);
  if (!one) return std::unexpected(one.error());
  if (!two) return std::unexpected(two.error());
  ProportionTest test;
  const double d = two->estimate - one->estimate;
  test.difference = {.estimate = d,
                     .low = d - std::hypot(two->estimate - two->low, one->high - one->estimate),
                     .high = d + std::hypot(two->high - two->estimate, one->estimate - one->low)};
  const double pooled = share({first.hits + second.hits, first.of + second.of});
  const double variance = pooled * (1 - pooled) *
                          (1 / static_cast<double>(first.of) + 1 / static_cast<double>(second.of));
  if (variance > 0) test.z = d / std::sqrt(variance);
  test.p = normal_tails(test.z);
  return test;
}

// Two passes, so that a great mean does not swallow a small spread. The mean of equal values may
// miss them by a hair (0.1 three times), which would be a spread of its own.
Sample sample_of(std::span<const double> values) {
  Sample sample{.count = static_cast<double>(values.size()), .mean = 0, .variance = 0};
  if (values.empty()) return sample;
  if (std::ranges::all_of(values, [&](double value) { return value == values[0]; })) {
    sample.mean = values[0];
    return sample;
  }
  sample.mean = std::accumulate(values.begin(), values.end(), 0.0) / sample.count;
  for (const double value : values)
    sample.variance += (value - sample.mean) * (value - sample.mean);
  if (values.size() > 1) sample.variance /= sample.count - 1;
  return sample;
}

base::Result<MeanTest> welch(const Sample& first, const Sample& second, double confidence) {
  const double one = first.variance / first.count, two = second.variance / second.count;
  if (!(first.count >= 2 && second.count >= 2) ||
      !std::isfinite(one + two + first.mean + second.mean) || one < 0 || two < 0)
    return base::refuse(ProblemKind::invalid, "analytics.too_few",
                        "Means are compared of two numbers or more on each side.");
  const double variance = one + two;
  if (variance == 0)
    return base::refuse(ProblemKind::invalid, "analytics.no_spread",
                        "All values of a side are alike, so chance cannot be judged.");
  MeanTest test;
  const double deviation = std::sqrt(variance), d = second.mean - first.mean;
  test.degrees =
      variance * variance / (one * one / (first.count - 1) + two * two / (second.count - 1));
  test.t = d / deviation;
  test.p = student_tails(test.t, test.degrees);
  const double reach = student_bound(confidence, test.degrees) * deviation;
  test.difference = {.estimate = d, .low = d - reach, .high = d + reach};
  return test;
}

base::Result<SampleRatio> sample_ratio(std::span<const std::uint64_t> counts,
                                       std::span<const double> planned) {
  const std::vector<double> alike(counts.size(), 1);
  if (planned.empty()) planned = alike;
  double all = 0, shares = 0;
  for (const std::uint64_t count : counts) all += static_cast<double>(count);
  for (const double part : planned) shares += part;
  if (counts.size() < 2 || planned.size() != counts.size() || all == 0 || !std::isfinite(shares) ||
      std::ranges::any_of(planned, [](double part) { return !(part > 0); }))
    return base::refuse(ProblemKind::invalid, "analytics.bad_counts",
                        "A split has two parts or more, each with a planned share above 0.");
  SampleRatio ratio;
  ratio.degrees = static_cast<int>(counts.size()) - 1;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double expected = all * planned[i] / shares;
    const double off = static_cast<double>(counts[i]) - expected;
    ratio.chi_square += off * off / expected;
  }
  ratio.p = chi_square_tail(ratio.chi_square, ratio.degrees);
  ratio.mismatch = ratio.p < sample_ratio_alarm;
  return ratio;
}

}  // namespace rapport::analytics
