#include "analytics/value/whale.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

namespace rapport::analytics {
namespace {

// A share is a decimal that a double holds a little below or above: 0.29 of 100 are 29.
constexpr double share_tolerance = 1e-9;

std::size_t best_count(double share, std::size_t customers) {
  const double count = std::floor(share * static_cast<double>(customers) + share_tolerance);
  return std::clamp<std::size_t>(static_cast<std::size_t>(std::max(1.0, count)), 1, customers);
}

}  // namespace

base::Result<WhaleCurve> whale_curve(std::span<const std::int64_t> money,
                                     std::span<const double> best) {
  if (money.empty()) {
    return base::refuse(base::ProblemKind::invalid, "analytics.too_few_customers",
                        "There are no customers to draw a curve of.");
  }
  std::vector<std::int64_t> sorted(money.begin(), money.end());
  std::ranges::sort(sorted, std::greater{});
  std::vector<std::int64_t> sums(sorted.size() + 1, 0);
  WhaleCurve made{.customers = sorted.size()};
  std::size_t peak = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    if (__builtin_add_overflow(sums[i], sorted[i], &sums[i + 1])) {
      return base::refuse(base::ProblemKind::invalid, "analytics.too_much_money",
                          "The sum over all customers is too large to be exact.");
    }
    if (sums[i + 1] > sums[peak]) peak = i + 1;
    made.nought_count += sorted[i] == 0 ? 1 : 0;
    if (sorted[i] >= 0) continue;
    ++made.negative_count;
    made.negative_sum += sorted[i];
  }
  made.total = sums.back();
  if (made.total <= 0) {
    return base::refuse(base::ProblemKind::invalid, "analytics.no_net",
                        "The customers together bring nothing, so no one has a share of it.", {},
                        "Choose a longer range, or another measure.");
  }
  const auto point = [&](std::size_t count) {
    return WhalePoint{
        .share = static_cast<double>(count) / static_cast<double>(sorted.size()),
        .cumulative = static_cast<double>(sums[count]) / static_cast<double>(made.total),
        .count = count,
        .sum = sums[count]};
  };
  made.peak = point(peak);
  for (const double share : best) made.best.push_back(point(best_count(share, sorted.size())));
  const std::size_t steps = std::min(whale_points_max, sorted.size());
  for (std::size_t i = 0; i <= steps; ++i) {
    const std::size_t count = i * sorted.size() / steps;
    const bool before = made.points.empty() || made.points.back().count < peak;
    if (before && count > peak) made.points.push_back(made.peak);
    made.points.push_back(point(count));
  }
  return made;
}

}  // namespace rapport::analytics
