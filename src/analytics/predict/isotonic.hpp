// Turns scores that only rank into probabilities that are true: the non-decreasing function of the
// score that fits the outcomes best, by pooling adjacent violators (Ayer et al. 1955; Zadrozny &
// Elkan 2002). It is fitted on cases later than those the model was fitted on, since a model is
// always too sure of what it has seen.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/json_fwd.hpp"
#include "base/problem.hpp"

namespace rapport::analytics {

inline constexpr std::size_t isotonic_rows_min = 50;

class Isotonic {
 public:
  // Refused: different lengths (analytics.uneven_columns), fewer than isotonic_rows_min cases
  // (analytics.too_few_rows), one outcome only (analytics.one_outcome), a score that is not finite
  // (analytics.not_finite).
  [[nodiscard]] static base::Result<Isotonic> of(std::span<const double> scores,
                                                 std::span<const std::uint8_t> outcomes);

  // Straight lines between the middles of the blocks, level outside. Never 0 or 1: at each end one
  // case that went against the trend is supposed, so a lowest block of n cases in which none
  // happened gives 1/(n + 1), not "never".
  [[nodiscard]] double probability(double score) const;

  [[nodiscard]] base::Json to_json() const;
  [[nodiscard]] static base::Result<Isotonic> from_json(const base::Json& json);

 private:
  std::vector<double> scores_;  // ascending
  std::vector<double> probabilities_;
};

// The blocks themselves, for equal weights: the least-squares non-decreasing fit to `values`.
[[nodiscard]] std::vector<double> pooled(std::span<const double> values);

}  // namespace rapport::analytics
