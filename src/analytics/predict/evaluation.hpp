// How good probabilities are: whether they rank (area under the curve), whether they are true
// (calibration), and what one gains by acting on the best (lift).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/problem.hpp"

namespace rapport::analytics {

// The chance that a case that happened is ranked above one that did not; ties count a half
// (Mann & Whitney 1947). Infinite scores rank first or last. Refused: columns of different lengths
// (analytics.uneven_columns), outcomes that are not 0 or 1 (analytics.bad_outcome), scores that are
// no numbers (analytics.not_finite), or one outcome only (analytics.one_outcome).
[[nodiscard]] base::Result<double> area_under_curve(std::span<const double> scores,
                                                    std::span<const std::uint8_t> outcomes);

struct CalibrationBin {
  double from = 0;  // of the probabilities; to the next bin's
  std::size_t count = 0;
  double predicted = 0;  // mean
  double actual = 0;     // share that happened
};

struct Calibration {
  std::vector<CalibrationBin> bins;  // empty ones left out
  double error = 0;  // expected calibration error (Naeini et al. 2015): mean |predicted − actual|
};

inline constexpr std::size_t calibration_bins = 10;

// In bins of equal width. Refused: none (analytics.no_data), uneven columns, outcomes that are not
// 0 or 1, probabilities outside 0 … 1 (analytics.no_probability).
[[nodiscard]] base::Result<Calibration> calibration_of(std::span<const double> probabilities,
                                                       std::span<const std::uint8_t> outcomes);

// How far probabilities are from what happened, each case alike; less is better.
struct Losses {
  double log_loss = 0;  // mean −ln of the probability given to what happened (Good 1952)
  double brier = 0;     // mean square of the distance (Brier 1950)
};

// Refused as calibration_of. A sure probability that was wrong costs an endless log loss.
[[nodiscard]] base::Result<Losses> losses_of(std::span<const double> probabilities,
                                             std::span<const std::uint8_t> outcomes);

struct LiftRow {
  double share = 0;  // of the cases, best first: 0.1, 0.2 … 1
  std::size_t count = 0;
  std::size_t happened = 0;
  double captured = 0;  // of all that happened
  double lift = 0;      // times what a random choice of as many would find
};

// Cumulative, in tenths; equal scores are taken in the order of rows. Refused as the area.
[[nodiscard]] base::Result<std::vector<LiftRow>> lift_table(std::span<const double> scores,
                                                            std::span<const std::uint8_t> outcomes);

}  // namespace rapport::analytics
