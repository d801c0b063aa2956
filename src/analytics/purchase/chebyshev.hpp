// A smooth function of one variable, taken at a few Chebyshev points and interpolated: what is dear
// to compute for each of a million customers is computed some thirty times instead. `width`
// functions at once, since a lone one waits for its own last step.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <vector>

namespace rapport::analytics {

template <std::size_t width>
class Chebyshev {
 public:
  using Values = std::array<double, width>;

  // Of `function(u)` for u from low to high, at `count` points.
  template <typename Function>
  Chebyshev(double low, double high, std::size_t count, Function function)
      : middle_((low + high) / 2), half_(std::max((high - low) / 2, 1e-300)), terms_(count) {
    std::vector<Values> at(count);
    for (std::size_t i = 0; i < count; ++i) at[i] = function(middle_ + half_ * point(i, count));
    for (std::size_t k = 0; k < count; ++k) {
      Values sum{};
      for (std::size_t i = 0; i < count; ++i) {
        const double wave = std::cos(static_cast<double>(k) * angle(i, count));
        for (std::size_t j = 0; j < width; ++j) sum[j] += at[i][j] * wave;
      }
      for (double& term : sum) term *= (k == 0 ? 1.0 : 2.0) / static_cast<double>(count);
      terms_[k] = sum;
    }
  }

  // Clenshaw's recurrence. Beyond the ends the value at the end.
  [[nodiscard]] Values operator()(double u) const {
    const double y = std::clamp((u - middle_) / half_, -1.0, 1.0);
    Values last{}, before{};
    for (std::size_t k = terms_.size() - 1; k > 0; --k) {
      for (std::size_t j = 0; j < width; ++j) {
        const double next = 2 * y * last[j] - before[j] + terms_[k][j];
        before[j] = last[j];
        last[j] = next;
      }
    }
    for (std::size_t j = 0; j < width; ++j) last[j] = y * last[j] - before[j] + terms_[0][j];
    return last;
  }

 private:
  static double angle(std::size_t i, std::size_t count) {
    return std::numbers::pi * (static_cast<double>(i) + 0.5) / static_cast<double>(count);
  }
  static double point(std::size_t i, std::size_t count) { return std::cos(angle(i, count)); }

  double middle_, half_;
  std::vector<Values> terms_;
};

// How many points an interval of log(c + t) this long needs for some 13 digits, of functions that
// are smooth in a strip of half width pi / 2 around the real axis: the terms fall by rho.
[[nodiscard]] inline std::size_t chebyshev_points(double length) {
  const double strip = std::numbers::pi / std::max(length, 1e-3);  // in halves of the interval
  const double rho = strip + std::sqrt(1 + strip * strip);
  return std::clamp<std::size_t>(static_cast<std::size_t>(std::ceil(32 / std::log(rho))), 6, 128);
}

}  // namespace rapport::analytics
