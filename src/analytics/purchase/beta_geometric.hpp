// BG/NBD and MBG/NBD: a customer flips a coin after each purchase and may leave. With r, alpha the
// gamma distribution of rates, with a, b the beta distribution of the coin.
//
// BG/NBD, Fader, Hardie & Lee 2005 ("'Counting Your Customers' the Easy Way", Marketing Science
// 24), eq. (6), summed by logarithms:
//
//   L = (b)_x / (a+b)_x · (r)_x alpha^r [ (alpha+T)^-(r+x) + [x>0] a/(b+x-1) (alpha+t_x)^-(r+x) ]
//
// with (c)_n the rising factorial. MBG/NBD (Batislam, Denizel & Filiztekin 2007) flips once
// more, after the first purchase: n = x + 1 coins instead of n = x everywhere.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>

#include "analytics/purchase/rising.hpp"
#include "analytics/purchase/rows.hpp"

namespace rapport::analytics {

template <int first_flips>  // 0: BG/NBD, 1: MBG/NBD
class BetaGeometric {
 public:
  static constexpr std::array<const char*, 4> names = {"r", "alpha", "a", "b"};
  // Which parameters covariates scale, and by exp of which sign (Fader & Hardie 2007).
  struct Scaled {
    std::size_t parameter;
    double sign;
  };
  static constexpr std::array<Scaled, 3> scaled = {{{1, -1}, {2, 1}, {3, 1}}};

  BetaGeometric(const std::array<double, 4>& parameters, std::size_t purchases_max)
      : r_(parameters[0]),
        alpha_(parameters[1]),
        a_(parameters[2]),
        b_(parameters[3]),
        log_alpha_(std::log(alpha_)),
        of_r_(r_, purchases_max),
        of_b_(b_, purchases_max + first_flips),
        of_ab_(a_ + b_, purchases_max + first_flips) {}

  // The logarithm of how much likelier it is that the customer left than that it is still there.
  [[nodiscard]] double log_odds_left(const CustomerRow& row, double log_age,
                                     double log_recency) const {
    const double flips = row.purchases + first_flips;
    return std::log(a_ / (b_ + flips - 1)) + (r_ + row.purchases) * (log_age - log_recency);
  }

  [[nodiscard]] double alive(const CustomerRow& row) const {
    if (row.purchases + first_flips == 0) return 1;
    const double odds =
        log_odds_left(row, std::log(alpha_ + row.age), std::log(alpha_ + row.recency));
    return 1 / (1 + std::exp(odds));
  }

  // The row's log-likelihood; `slopes` by the logarithms of the four parameters.
  double log_likelihood(const CustomerRow& row, std::array<double, 4>& slopes) {
    const auto x = static_cast<std::size_t>(row.purchases);
    const std::size_t flips = x + first_flips;
    const double rate = r_ + row.purchases;
    if (row.age != age_) {
      age_ = row.age;
      log_age_ = std::log(alpha_ + age_);
    }
    double value = of_r_.log(x) + r_ * log_alpha_ - rate * log_age_;
    double mean_log = log_age_, mean_inverse = 1 / (alpha_ + row.age);
    slopes[2] = slopes[3] = 0;
    if (flips > 0) {
      const double log_recency = std::log(alpha_ + row.recency);
      const double odds = log_odds_left(row, log_age_, log_recency);
      // exp(-|odds|) serves the sum and the share of those who left.
      const double small = std::exp(-std::abs(odds));
      const double left = odds > 0 ? 1 / (1 + small) : small / (1 + small);
      value += of_b_.log(flips) - of_ab_.log(flips) + std::max(odds, 0.0) + std::log1p(small);
      mean_log += left * (log_recency - log_age_);
      mean_inverse += left * (1 / (alpha_ + row.recency) - mean_inverse);
      slopes[2] = left - a_ * of_ab_.slope(flips);
      slopes[3] = b_ * (of_b_.slope(flips) - of_ab_.slope(flips) -
                        left / (b_ + static_cast<double>(flips) - 1));
    }
    slopes[0] = r_ * (of_r_.slope(x) + log_alpha_ - mean_log);
    slopes[1] = r_ - alpha_ * rate * mean_inverse;
    return value;
  }

 private:
  double r_, alpha_, a_, b_, log_alpha_;
  Rising of_r_, of_b_, of_ab_;
  double age_ = -1, log_age_ = 0;  // of the row before: neighbours share it
};

using BgNbd = BetaGeometric<0>;
using MbgNbd = BetaGeometric<1>;

}  // namespace rapport::analytics
