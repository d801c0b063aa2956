// Pareto/NBD: a customer leaves at a rate of its own, unseen, at any time. With r, alpha the gamma
// distribution of rates of purchase, with s, beta that of rates of leaving.
//
// Schmittlein, Morrison & Colombo 1987 ("Counting Your Customers", Management Science 33), as
// derived by Fader & Hardie 2005 ("A Note on Deriving the Pareto/NBD Model and Related
// Expressions"), the moment of leaving u integrated out:
//
//   L = (r)_x alpha^r beta^s { M(T) + s int_{t_x}^T (alpha+u)^-(r+x) (beta+u)^-(s+1) du },
//   M(y) = (alpha+y)^-(r+x) (beta+y)^-s
//
// The literature writes the integral as a difference of two Gaussian hypergeometric functions. Here
// each is taken in the form whose terms are all positive and fall (Euler's transformation), so that
// neither cancels: with m = r+s+x,
//
//   int_y^oo … = M(y)/m · 2F1(r+x, 1; m+1; (alpha-beta)/(alpha+y))                     alpha >=
//   beta
//              = M(y)/m · (alpha+y)/(beta+y) · 2F1(s+1, 1; m+1; (beta-alpha)/(beta+y)) else
//
// and is differentiated term by term. Where the argument comes near 1, the integral itself is
// summed by Gauss's rule, and so are its derivatives.
#pragma once

#include <array>

#include "analytics/purchase/rising.hpp"
#include "analytics/purchase/rows.hpp"

namespace rapport::analytics {

class ParetoNbd {
 public:
  static constexpr std::array<const char*, 4> names = {"r", "alpha", "s", "beta"};
  struct Scaled {
    std::size_t parameter;
    double sign;
  };
  static constexpr std::array<Scaled, 2> scaled = {{{1, -1}, {3, -1}}};

  ParetoNbd(const std::array<double, 4>& parameters, std::size_t purchases_max);

  // The row's log-likelihood; `slopes` by the logarithms of the four parameters.
  double log_likelihood(const CustomerRow& row, std::array<double, 4>& slopes);

  [[nodiscard]] double alive(const CustomerRow& row) const;

  // Arguments of the series up to this are summed by it, others by quadrature.
  static constexpr double series_argument_max = 0.9;

 private:
  // What the integral adds beside M(t_x): s / M(t_x) times it; and its derivatives by the
  // logarithms of the parameters, where wanted.
  struct Left {
    double value = 0;
    std::array<double, 4> slopes{};
  };
  struct Place;
  template <bool with_slopes>
  [[nodiscard]] Left left(const CustomerRow& row, const Place& at) const;
  template <bool with_slopes>
  [[nodiscard]] Left left_by_series(const CustomerRow& row, const Place& at) const;
  template <bool with_slopes>
  [[nodiscard]] Left left_by_quadrature(const CustomerRow& row) const;
  [[nodiscard]] Place place_of(const CustomerRow& row) const;

  double r_, alpha_, s_, beta_, log_alpha_, log_beta_;
  Rising of_r_;
};

}  // namespace rapport::analytics
