// What is to come from one customer who is still there: the models' expectations, in forms that
// neither cancel nor need a hypergeometric function.
//
// BG/NBD and MBG/NBD: given the coin p and the rate, purchases up to t come to (1 - e^(-rate p t))
// / p. With the rate gamma(R = r+x, A = alpha+T) and p beta(a, B) distributed,
//
//   E[Y(t)] = int_0^1 (1 - (1 + p t/A)^-R) / p  Beta(p; a, B) dp
//
// which is Fader, Hardie & Lee 2005 eq. (10) before it is written with 2F1 (there B = b+x and the
// factor of being alive is apart; MBG/NBD: B = b+x+1). In logit(p) the integrand is smooth in a
// strip of half width pi/2, so that the trapezoidal rule gives full precision (Trefethen & Weideman
// 2014, theorem 5.1), for a near 1 too, where the published form divides 0 by 0.
//
// Pareto/NBD (Schmittlein, Morrison & Colombo 1987, the conditional expectation):
//
//   E[Y(t)] = R (beta+T) / (alpha+T) · (1 - ((beta+T) / (beta+T+t))^(s-1)) / (s-1)
#pragma once

#include <array>
#include <vector>

namespace rapport::analytics {

// A beta distribution as points and weights that sum to 1.
class BetaPoints {
 public:
  BetaPoints(double a, double b);

  // int (1 - (1 + p z)^-power) / p Beta(p) dp
  [[nodiscard]] double still_to_come(double power, double z) const;

 private:
  struct Point {
    double p, weight;
  };
  std::vector<Point> points_;
};

// int_0^t ((c) / (c + u))^s du = c (1 - (c / (c+t))^(s-1)) / (s-1), for s = 1, too: how long one
// who leaves at a rate that is gamma(s, c) distributed stays within t.
[[nodiscard]] double expected_stay(double s, double c, double t);

// The same without an end, discounted by exp(-rate u).
[[nodiscard]] double discounted_stay(double s, double c, double rate);

}  // namespace rapport::analytics
