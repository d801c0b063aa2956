// Logistic regression by iteratively reweighted least squares (McCullagh & Nelder 1989, §2.5), with
// a ridge penalty (le Cessie & van Houwelingen 1992): the explained baseline that a stronger model
// must beat.
//
//   log odds = intercept + Σ coefficient · value
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/problem.hpp"

namespace rapport::analytics {

// A matrix of which most cells are nought (levels of categories), row by row.
struct SparseRows {
  std::size_t columns = 0;
  std::vector<std::size_t> starts{0};  // of each row in the two below, and the end
  std::vector<std::uint32_t> column;
  std::vector<double> value;

  [[nodiscard]] std::size_t rows() const { return starts.size() - 1; }
  void add(std::size_t at, double number) {
    if (number == 0) return;
    column.push_back(static_cast<std::uint32_t>(at));
    value.push_back(number);
  }
  void end_row() { starts.push_back(column.size()); }
};

inline constexpr int logistic_iterations_max = 60;

struct LogisticFit {
  // The intercept first, which is not penalised, then the columns.
  std::vector<double> coefficients;
  // Standard errors from the penalised Hessian H: H⁻¹ I H⁻¹, I the information (their equation 6);
  // without a penalty I⁻¹.
  std::vector<double> errors;
  double log_likelihood = 0;  // without the penalty
  int iterations = 0;
};

// Maximises log likelihood − ridge/2 · Σ coefficient². Refused: lengths that differ
// (analytics.uneven_columns), one outcome only (analytics.one_outcome), fewer rows than columns + 2
// (analytics.too_few_rows), and without a ridge what has no maximum or not only one: outcomes that
// the columns separate (analytics.separated), columns that repeat others (analytics.collinear).
[[nodiscard]] base::Result<LogisticFit> fit_logistic(const SparseRows& rows,
                                                     std::span<const std::uint8_t> outcomes,
                                                     double ridge);

// 1 / (1 + e^−x), without overflow.
[[nodiscard]] double logistic(double log_odds);

}  // namespace rapport::analytics
