#include "analytics/purchase/pareto_nbd.hpp"

#include <algorithm>
#include <boost/math/quadrature/gauss.hpp>
#include <cmath>
#include <numbers>

namespace rapport::analytics {

namespace {

constexpr int terms_max = 2000;
constexpr double term_min = 1e-17;  // of the sum
constexpr double panel_fall = 6;    // logarithms that the integrand may fall within a panel
constexpr double panel_width = 1;
using Rule = boost::math::quadrature::gauss<double, 20>;

// S(z) = sum (c)_n / (m+1)_n z^n at two arguments, with its derivatives by c, m and z.
struct Series {
  double sum = 1, by_c = 0, by_m = 0, by_z = 0;
  double term = 1;

  template <bool with_slopes>
  void add(double z, double ratio, double n, double c_slope, double m_slope) {
    const double before = term * ratio;  // the term without its last z
    term = before * z;
    sum += term;
    if constexpr (with_slopes) {
      by_z += n * before;
      by_c += term * c_slope;
      by_m -= term * m_slope;
    }
  }
};

template <bool with_slopes>
void add_up(double c, double m, double z_first, double z_second, Series& first, Series& second) {
  double c_slope = 0, m_slope = 0;
  for (int i = 1; i <= terms_max; ++i) {
    const double n = i;
    const double top = c + n - 1, inverse = 1 / (m + n);
    if constexpr (with_slopes) {
      c_slope += 1 / top;
      m_slope += inverse;
    }
    const double ratio = top * inverse;
    first.add<with_slopes>(z_first, ratio, n, c_slope, m_slope);
    second.add<with_slopes>(z_second, ratio, n, c_slope, m_slope);
    // The second argument is the smaller one. Derivatives carry a factor of up to n.
    if (first.term * n <= term_min * first.sum) return;
  }
}

}  // namespace

// Logarithms at the last purchase and at the end.
struct ParetoNbd::Place {
  double rate, m;                   // r + x, r + s + x
  double alpha_recency, alpha_age;  // log(alpha + t_x), log(alpha + T)
  double beta_recency, beta_age;
  double fall;  // log M(t_x) - log M(T)
};

ParetoNbd::ParetoNbd(const std::array<double, 4>& parameters, std::size_t purchases_max)
    : r_(parameters[0]),
      alpha_(parameters[1]),
      s_(parameters[2]),
      beta_(parameters[3]),
      log_alpha_(std::log(alpha_)),
      log_beta_(std::log(beta_)),
      of_r_(r_, purchases_max) {}

ParetoNbd::Place ParetoNbd::place_of(const CustomerRow& row) const {
  Place at{};
  at.rate = r_ + row.purchases;
  at.m = at.rate + s_;
  at.alpha_recency = row.recency > 0 ? std::log(alpha_ + row.recency) : log_alpha_;
  at.alpha_age = std::log(alpha_ + row.age);
  at.beta_recency = row.recency > 0 ? std::log(beta_ + row.recency) : log_beta_;
  at.beta_age = std::log(beta_ + row.age);
  at.fall = at.rate * (at.alpha_age - at.alpha_recency) + s_ * (at.beta_age - at.beta_recency);
  return at;
}

double ParetoNbd::alive(const CustomerRow& row) const {
  const Place at = place_of(row);
  const double still = std::exp(-at.fall);
  return still / (still + left<false>(row, at).value);
}

double ParetoNbd::log_likelihood(const CustomerRow& row, std::array<double, 4>& slopes) {
  const Place at = place_of(row);
  const Left gone = left<true>(row, at);
  const auto x = static_cast<std::size_t>(row.purchases);
  const double still = std::exp(-at.fall);
  const double both = still + gone.value;
  // Slopes of log M(T) and log M(t_x); the likelihood is M(t_x) (still + gone).
  const double share = still / both;
  const double left_share = 1 - share;
  const auto by = [&](std::size_t i, double own, double at_age, double at_recency) {
    slopes[i] = own + share * at_age + left_share * at_recency + gone.slopes[i] / both;
  };
  const double rate = at.rate;
  by(0, r_ * (of_r_.slope(x) + log_alpha_), -r_ * at.alpha_age, -r_ * at.alpha_recency);
  by(1, r_, -rate * alpha_ / (alpha_ + row.age), -rate * alpha_ / (alpha_ + row.recency));
  by(2, s_ * log_beta_, -s_ * at.beta_age, -s_ * at.beta_recency);
  by(3, s_, -s_ * beta_ / (beta_ + row.age), -s_ * beta_ / (beta_ + row.recency));
  return of_r_.log(x) + r_ * log_alpha_ + s_ * log_beta_ - rate * at.alpha_recency -
         s_ * at.beta_recency + std::log(both);
}

template <bool with_slopes>
ParetoNbd::Left ParetoNbd::left(const CustomerRow& row, const Place& at) const {
  const double apart = std::abs(alpha_ - beta_);
  const double argument = apart / (std::max(alpha_, beta_) + row.recency);
  return argument <= series_argument_max ? left_by_series<with_slopes>(row, at)
                                         : left_by_quadrature<with_slopes>(row);
}

template <bool with_slopes>
ParetoNbd::Left ParetoNbd::left_by_series(const CustomerRow& row, const Place& at) const {
  const bool alpha_leads = alpha_ >= beta_;
  const double leader = alpha_leads ? alpha_ : beta_;
  const double follower = alpha_leads ? beta_ : alpha_;
  const double c = alpha_leads ? at.rate : s_ + 1;
  const double still = std::exp(-at.fall);
  Series recent, end;
  const double of_recent = 1 / (leader + row.recency), of_end = 1 / (leader + row.age);
  add_up<with_slopes>(c, at.m, (leader - follower) * of_recent, (leader - follower) * of_end,
                      recent, end);
  // s/m S(z), times (alpha+y)/(beta+y) where beta leads.
  const double q_recent = alpha_leads ? 1 : (alpha_ + row.recency) * of_recent;
  const double q_end = alpha_leads ? 1 : (alpha_ + row.age) * of_end;
  const double at_recent = s_ / at.m * q_recent * recent.sum;
  const double at_end = s_ / at.m * q_end * end.sum * still;
  Left gone{.value = std::max(at_recent - at_end, 0.0)};
  if constexpr (with_slopes) {
    // Slopes of the logarithm of each half, by r, alpha, s, beta.
    const auto slopes_at = [&](const Series& series, double y, double of_y) {
      const double by_m = series.by_m / series.sum - 1 / at.m, by_c = series.by_c / series.sum;
      const double by_z = series.by_z / series.sum;
      const double by_leader = by_z * (follower + y) * of_y * of_y, by_follower = -by_z * of_y;
      std::array<double, 4> by{};
      by[0] = r_ * (by_m + (alpha_leads ? by_c : 0));
      by[2] = 1 + s_ * (by_m + (alpha_leads ? 0 : by_c));
      by[1] = alpha_ * (alpha_leads ? by_leader : by_follower + 1 / (alpha_ + y));
      by[3] = beta_ * (alpha_leads ? by_follower : by_leader - of_y);
      return by;
    };
    const auto first = slopes_at(recent, row.recency, of_recent);
    const auto second = slopes_at(end, row.age, of_end);
    // `still` = M(T) / M(t_x) moves, too.
    const std::array<double, 4> fall = {
        r_ * (at.alpha_age - at.alpha_recency),
        at.rate * alpha_ * (1 / (alpha_ + row.age) - 1 / (alpha_ + row.recency)),
        s_ * (at.beta_age - at.beta_recency),
        s_ * beta_ * (1 / (beta_ + row.age) - 1 / (beta_ + row.recency))};
    for (std::size_t i = 0; i < 4; ++i)
      gone.slopes[i] = at_recent * first[i] - at_end * (second[i] - fall[i]);
  }
  return gone;
}

// Over v = log(c + u), c the smaller of alpha and beta, in which the integrand is one smooth hump.
template <bool with_slopes>
ParetoNbd::Left ParetoNbd::left_by_quadrature(const CustomerRow& row) const {
  const double rate = r_ + row.purchases;
  const double c = std::min(alpha_, beta_);
  const double begin = std::log(c + row.recency), end = std::log(c + row.age);
  const double alpha_recency = std::log(alpha_ + row.recency);
  const double beta_recency = std::log(beta_ + row.recency);
  Left gone;
  const auto add = [&](double v, double weight) {
    const double u = std::exp(v) - c;
    const double log_alpha = std::log(alpha_ + u) - alpha_recency;
    const double log_beta = std::log(beta_ + u) - beta_recency;
    const double part =
        weight * s_ * std::exp(v - rate * log_alpha - (s_ + 1) * log_beta - beta_recency);
    gone.value += part;
    if constexpr (with_slopes) {
      gone.slopes[0] -= part * r_ * log_alpha;
      gone.slopes[1] -= part * rate * alpha_ * (1 / (alpha_ + u) - 1 / (alpha_ + row.recency));
      gone.slopes[2] += part * (1 - s_ * log_beta);
      gone.slopes[3] -= part * beta_ * ((s_ + 1) / (beta_ + u) - s_ / (beta_ + row.recency));
    }
    return part;
  };
  // Panels as wide as the integrand is smooth: it falls by `rate` e^v / (alpha + u) + … a unit of
  // v, which grows by e at most from one unit to the next.
  double most = 0;
  for (double v = begin; v < end;) {
    const double u = std::exp(v) - c;
    const double slope = (rate / (alpha_ + u) + (s_ + 1) / (beta_ + u)) * (u + c);
    const double width =
        std::min({panel_width, panel_fall / (1 + std::numbers::e * slope), end - v});
    double panel = 0;
    for (std::size_t k = 0; k < Rule::abscissa().size(); ++k) {
      const double off = Rule::abscissa()[k] * width / 2, weight = Rule::weights()[k] * width / 2;
      panel += add(v + width / 2 - off, weight) + add(v + width / 2 + off, weight);
    }
    most = std::max(most, panel);
    if (panel < most && panel < 1e-17 * gone.value) break;
    v = end - v <= width ? end : v + width;
  }
  return gone;
}

}  // namespace rapport::analytics
