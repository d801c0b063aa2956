#include "analytics/purchase/future.hpp"

#include <algorithm>
#include <boost/math/quadrature/gauss.hpp>
#include <cmath>

namespace rapport::analytics {

namespace {

constexpr double step_max = 0.4;         // in logit(p): the rule errs by exp(-pi pi / step)
constexpr double steps_in_width = 0.75;  // of the density's standard deviation in logit(p)
constexpr double density_least = 36;     // logarithms below the peak
constexpr double logit_reach = 45;       // beyond, nothing but the density's tails changes

}  // namespace

BetaPoints::BetaPoints(double a, double b) {
  const double peak = std::log(a / b);
  const double step = std::min(step_max, steps_in_width * std::sqrt(1 / a + 1 / b));
  // Of p^a (1-p)^b, the density in v = logit(p), without its constant.
  const auto log_density = [&](double v) {
    const double below = v > 0 ? std::exp(-v) : std::exp(v);
    const double log_p = v > 0 ? -std::log1p(below) : v - std::log1p(below);
    return a * log_p + b * (log_p - v);
  };
  const double highest = log_density(peak);
  const auto add = [&](double v) {
    const double weight = std::exp(log_density(v) - highest);
    points_.push_back({v > 0 ? 1 / (1 + std::exp(-v)) : std::exp(v) / (1 + std::exp(v)), weight});
    return weight > std::exp(-density_least);
  };
  // Beyond the reach the weights are a geometric series and the integrand stays as it is.
  double v = peak;
  while (add(v) && v < logit_reach) v += step;
  if (v >= logit_reach) points_.back().weight /= 1 - std::exp(-b * step);
  v = peak - step;
  while (add(v) && v > -logit_reach) v -= step;
  if (v <= -logit_reach) points_.back().weight /= 1 - std::exp(-a * step);
  double sum = 0;
  for (const Point& point : points_) sum += point.weight;
  for (Point& point : points_) point.weight /= sum;
}

double BetaPoints::still_to_come(double power, double z) const {
  double sum = 0;
  for (const auto& [p, weight] : points_) {
    const double pz = p * z;
    sum += weight * (pz < 1e-12 ? power * z : -std::expm1(-power * std::log1p(pz)) / p);
  }
  return sum;
}

double expected_stay(double s, double c, double t) {
  const double fall = std::log1p(t / c), over = s - 1;
  if (std::abs(over * fall) < 1e-12) return c * fall;
  return -c * std::expm1(-over * fall) / over;
}

// In v = log(1 + u/c): c int exp(-rate c (e^v - 1) - (s-1) v) dv.
double discounted_stay(double s, double c, double rate) {
  using Rule = boost::math::quadrature::gauss<double, 20>;
  constexpr double panel = 0.5, fall = 60;
  const double scale = rate * c;
  const double end = std::log1p((fall + 2 * std::abs(s - 1)) / scale);
  const auto integrand = [&](double v) { return std::exp(-scale * std::expm1(v) - (s - 1) * v); };
  const int panels = static_cast<int>(std::ceil(end / panel));
  double sum = 0;
  for (int i = 0; i < panels; ++i)
    sum += Rule::integrate(integrand, end * i / panels, end * (i + 1) / panels);
  return c * sum;
}

}  // namespace rapport::analytics
