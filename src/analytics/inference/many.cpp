#include "analytics/inference/many.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "analytics/parallel.hpp"
#include "base/hash.hpp"

namespace rapport::analytics {

namespace {

using base::ProblemKind;

// SplitMix64 (Steele, Lea & Flood 2014): each replicate has a stream of its own, whoever runs it.
class Stream {
 public:
  Stream(std::uint64_t seed, std::uint64_t replicate) : state_(seed) {
    state_ = next() ^ (replicate + 1) * base::splitmix_step;
  }
  // Below `bound`, by the upper half of a product (Lemire 2019); its bias, at most bound / 2^64,
  // is far below what replicates can show.
  std::size_t below(std::size_t bound) {
    return static_cast<std::size_t>(static_cast<Wide>(next()) * bound >> 64);
  }

 private:
  __extension__ using Wide = unsigned __int128;
  std::uint64_t next() { return base::splitmix_mixed(state_ += base::splitmix_step); }
  std::uint64_t state_;
};

// Linear between the values (Hyndman & Fan 1996, type 7); `values` ascend.
double quantile(const std::vector<double>& values, double share) {
  const double at = share * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  if (below + 1 >= values.size()) return values.back();
  return std::lerp(values[below], values[below + 1], at - static_cast<double>(below));
}

}  // namespace

base::Result<std::vector<double>> benjamini_hochberg(std::span<const double> probabilities) {
  for (std::size_t i = 0; i < probabilities.size(); ++i)
    if (!(probabilities[i] >= 0 && probabilities[i] <= 1))
      return base::refuse(ProblemKind::invalid, "analytics.bad_probability",
                          "A probability is not within 0 to 1.",
                          "It is number " + std::to_string(i + 1) + ".");
  std::vector<std::size_t> order(probabilities.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, std::ranges::greater{}, [&](std::size_t i) { return probabilities[i]; });
  std::vector<double> adjusted(probabilities.size());
  const auto all = static_cast<double>(order.size());
  double least = 1;
  for (std::size_t k = 0; k < order.size(); ++k) {
    const double rank = all - static_cast<double>(k);
    least = std::min(least, probabilities[order[k]] * all / rank);
    adjusted[order[k]] = least;
  }
  return adjusted;
}

base::Result<Bootstrap> bootstrap(std::span<const double> values,
                                  const std::function<double(std::span<double>)>& statistic,
                                  const BootstrapOptions& options) {
  if (values.size() < 2)
    return base::refuse(ProblemKind::invalid, "analytics.too_few",
                        "The spread of a statistic needs two values or more.");
  if (options.replicates < bootstrap_replicates_min)
    return base::refuse(
        ProblemKind::invalid, "analytics.too_few",
        "At least " + std::to_string(bootstrap_replicates_min) + " replicates are wanted.");
  std::vector<double> replicates(options.replicates);
  in_parallel(replicates.size(), [&](std::size_t from, std::size_t to) {
    std::vector<double> drawn(values.size());
    for (std::size_t replicate = from; replicate < to; ++replicate) {
      Stream stream(options.seed, replicate);
      for (double& value : drawn) value = values[stream.below(values.size())];
      replicates[replicate] = statistic(drawn);
    }
    return 0;
  });
  std::vector<double> own(values.begin(), values.end());
  Bootstrap result;
  result.interval.estimate = statistic(own);
  if (!std::isfinite(result.interval.estimate) ||
      !std::ranges::all_of(replicates, [](double value) { return std::isfinite(value); }))
    return base::refuse(ProblemKind::invalid, "analytics.bad_statistic",
                        "The statistic is no number for some samples of the values.");
  std::ranges::sort(replicates);
  const double outside = (1 - options.confidence) / 2;
  result.interval.low = quantile(replicates, outside);
  result.interval.high = quantile(replicates, 1 - outside);
  result.error = std::sqrt(sample_of(replicates).variance);
  return result;
}

}  // namespace rapport::analytics
