// Many questions at once, and questions without a formula.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "analytics/inference/compare.hpp"

namespace rapport::analytics {

// Who asks twenty questions at 5 % finds one that is none. Benjamini & Hochberg (1995): taking all
// whose adjusted probability is at most q, no more than a share q of what is found is false on
// average. The adjusted ones come in the order given. Refuses (`analytics.bad_probability`) values
// that are not within 0 to 1.
[[nodiscard]] base::Result<std::vector<double>> benjamini_hochberg(
    std::span<const double> probabilities);

struct BootstrapOptions {
  std::uint32_t replicates = 10'000;
  std::uint64_t seed = 1;
  double confidence = usual_confidence;
};
inline constexpr std::uint32_t bootstrap_replicates_min = 100;

struct Bootstrap {
  Interval interval;  // the statistic of the values themselves; percentiles of the replicates
  double error = 0;   // standard deviation of the replicates
};

// The spread of any statistic (Efron 1979): it is computed of `replicates` samples drawn from the
// values with replacement. The same seed gives the same result on any machine and any number of
// cores. `statistic` must be safe to call from several threads, and may reorder what it is given.
// Refuses fewer than two values (`analytics.too_few`), fewer replicates than the minimum, and a
// statistic that is no number (`analytics.bad_statistic`).
[[nodiscard]] base::Result<Bootstrap> bootstrap(
    std::span<const double> values, const std::function<double(std::span<double>)>& statistic,
    const BootstrapOptions& options = {});

}  // namespace rapport::analytics
