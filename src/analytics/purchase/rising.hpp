// Rising factorials (c)_n = c (c + 1) … (c + n - 1) = Gamma(c + n) / Gamma(c) of one base and many
// n.
#pragma once

#include <boost/math/special_functions/digamma.hpp>
#include <cmath>
#include <cstddef>
#include <vector>

namespace rapport::analytics {

class Rising {
 public:
  // Answers for n up to n_max from a table, as far as that is worth its memory.
  Rising(double base, std::size_t n_max) : base_(base), rows_(std::min(n_max, table_max) + 1) {
    for (std::size_t n = 1; n < rows_.size(); ++n) {
      const double factor = base + static_cast<double>(n - 1);
      rows_[n] = {rows_[n - 1].log + std::log(factor), rows_[n - 1].slope + 1 / factor};
    }
  }

  [[nodiscard]] double log(std::size_t n) const {
    if (n < rows_.size()) return rows_[n].log;
    int sign = 0;
    return ::lgamma_r(base_ + static_cast<double>(n), &sign) - ::lgamma_r(base_, &sign);
  }
  // The derivative of log by the base.
  [[nodiscard]] double slope(std::size_t n) const {
    if (n < rows_.size()) return rows_[n].slope;
    return boost::math::digamma(base_ + static_cast<double>(n)) - boost::math::digamma(base_);
  }

 private:
  static constexpr std::size_t table_max = 4096;
  struct Row {
    double log = 0, slope = 0;
  };
  double base_;
  std::vector<Row> rows_;
};

}  // namespace rapport::analytics
