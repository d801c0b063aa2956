// What the models say of a new customer, and of all customers since they came: the pictures that a
// fit is judged by.
#include <algorithm>
#include <boost/math/quadrature/gauss.hpp>
#include <cmath>
#include <functional>
#include <optional>

#include "analytics/purchase/beta_geometric.hpp"
#include "analytics/purchase/chebyshev.hpp"
#include "analytics/purchase/future.hpp"
#include "analytics/purchase/likelihood.hpp"
#include "analytics/purchase/pareto_nbd.hpp"
#include "analytics/purchase/purchase.hpp"

namespace rapport::analytics {

namespace {

constexpr std::size_t ages_worth_a_table = 256;
constexpr std::size_t table_points = 96;  // of distributions over age, which vary more than means
constexpr double panel = 0.5;             // of logarithms of time, to a rule of 20 points

using Parameters = std::array<double, 4>;

int flips_of(PurchaseModel model) {
  return model == PurchaseModel::mbg_nbd ? 1 : 0;
}

// The gamma-Poisson counts n = 0 … counts.size() - 1 within t, without anyone leaving.
void negative_binomial(double r, double alpha, double t, std::span<double> counts) {
  const double share = t / (alpha + t);
  double probability = std::exp(-r * std::log1p(t / alpha));
  for (std::size_t n = 0; n < counts.size(); ++n) {
    counts[n] = probability;
    probability *= (r + static_cast<double>(n)) / (static_cast<double>(n) + 1) * share;
  }
}

// Fader, Hardie & Lee 2005, eq. (8): still there after n purchases, or gone at the last flip, when
// time for more than n would have been left. MBG/NBD has one flip more.
void beta_geometric_counts(const Parameters& parameters, int first_flips, double t,
                           std::span<double> counts) {
  const auto& [r, alpha, a, b] = parameters;
  negative_binomial(r, alpha, t, counts);
  double at_least = 1;  // probability of n or more, if nobody left
  double kept = 1;      // probability of having stayed at n + first_flips flips …
  double left = 0;      // … and of having left at the last of them
  if (first_flips == 1) {
    kept = b / (a + b);
    left = a / (a + b);
  }
  for (std::size_t n = 0; n < counts.size(); ++n) {
    const double there = counts[n];
    counts[n] = kept * there + left * at_least;
    at_least = std::max(at_least - there, 0.0);
    const double flips = static_cast<double>(n) + first_flips;
    left = kept * a / (a + b + flips);
    kept *= (b + flips) / (a + b + flips);
  }
}

// Purchases up to leaving at u, summed over u, or up to t if still there then.
void pareto_counts(const Parameters& parameters, double t, std::span<double> counts) {
  using Rule = boost::math::quadrature::gauss<double, 20>;
  const auto& [r, alpha, s, beta] = parameters;
  const double c = std::min(alpha, beta), end = std::log1p(t / c);
  negative_binomial(r, alpha, t, counts);
  const double there = std::exp(-s * std::log1p(t / beta));
  for (double& count : counts) count *= there;
  std::vector<double> gone(counts.size());
  const auto add = [&](double v, double weight) {
    const double u = c * std::expm1(v);
    negative_binomial(r, alpha, u, gone);
    const double leaving = s / (beta + u) * std::exp(-s * std::log1p(u / beta)) * (c + u);
    for (std::size_t n = 0; n < counts.size(); ++n) counts[n] += weight * leaving * gone[n];
  };
  const int panels = std::max(1, static_cast<int>(std::ceil(end / panel)));
  const double half = end / panels / 2;
  for (int i = 0; i < panels; ++i) {
    const double middle = (2 * i + 1) * half;
    for (std::size_t k = 0; k < Rule::abscissa().size(); ++k) {
      add(middle - half * Rule::abscissa()[k], half * Rule::weights()[k]);
      add(middle + half * Rule::abscissa()[k], half * Rule::weights()[k]);
    }
  }
}

void poisson_counts(double mean, std::span<double> counts) {
  double probability = std::exp(-mean);
  for (std::size_t n = 0; n < counts.size(); ++n) {
    counts[n] = probability;
    probability *= mean / (static_cast<double>(n) + 1);
  }
}

// The fit with four parameters as they are for customers with these covariates.
PurchaseFit fit_for(const PurchaseFit& fit, std::span<const double> covariates) {
  PurchaseFit own = fit;
  if (covariates.empty() || fit.model == PurchaseModel::pooled) return own;
  std::vector<double> point;
  for (const Parameter& parameter : fit.parameters)
    point.push_back(point.size() < 4 ? std::log(parameter.value) : parameter.value);
  const Parameters parameters = fit.model == PurchaseModel::pareto_nbd
                                    ? parameters_at<ParetoNbd>(point, covariates)
                                    : parameters_at<BgNbd>(point, covariates);
  own.parameters.resize(4);
  for (std::size_t i = 0; i < 4; ++i) own.parameters[i].value = parameters[i];
  return own;
}

Parameters parameters_of(const PurchaseFit& fit) {
  Parameters parameters{};
  for (std::size_t i = 0; i < 4; ++i) parameters[i] = fit.parameters[i].value;
  return parameters;
}

// A function of time that is interpolated where it is asked for often.
class OfTime {
 public:
  template <typename Function>
  OfTime(Function function, double shift, double t_max, bool often)
      : function_(function), shift_(shift) {
    if (often && t_max > 0)
      table_.emplace(std::log(shift), std::log(shift + t_max), table_points,
                     [&](double u) { return std::array{function(std::exp(u) - shift)}; });
  }
  [[nodiscard]] double operator()(double t) const {
    return table_ ? (*table_)(std::log(shift_ + t))[0] : function_(t);
  }

 private:
  std::function<double(double)> function_;
  double shift_;
  std::optional<Chebyshev<1>> table_;
};

// Ages that occur, with the weight of who has them, by profile of covariates.
struct Ages {
  PurchaseFit fit;
  std::vector<std::pair<double, double>> weights;
  [[nodiscard]] double oldest() const { return weights.empty() ? 0 : weights.back().first; }
};

std::vector<Ages> ages_of(const PurchaseFit& fit, const CustomerRows& all) {
  std::vector<Ages> profiles;
  for (const CovariateProfile& profile : all.profiles) {
    Ages ages{.fit = fit_for(fit, profile.covariates), .weights = {}};
    for (std::size_t i = profile.from; i < profile.to; ++i)
      ages.weights.emplace_back(all.rows[i].age, all.rows[i].weight);
    std::ranges::sort(ages.weights);
    std::vector<std::pair<double, double>> distinct;
    for (const auto& [age, weight] : ages.weights) {
      if (distinct.empty() || distinct.back().first != age) distinct.emplace_back(age, 0);
      distinct.back().second += weight;
    }
    ages.weights = std::move(distinct);
    profiles.push_back(std::move(ages));
  }
  return profiles;
}

// A scale of time on which the model's means and counts change.
double shift_of(const PurchaseFit& fit) {
  if (fit.model == PurchaseModel::pooled) return 1;
  const Parameters parameters = parameters_of(fit);
  return fit.model == PurchaseModel::pareto_nbd ? std::min(parameters[1], parameters[3])
                                                : parameters[1];
}

}  // namespace

double expected_of_new(const PurchaseFit& fit, double t) {
  if (t <= 0) return 0;
  if (fit.model == PurchaseModel::pooled) return fit.parameters[0].value * t;
  const auto [r, alpha, third, fourth] = parameters_of(fit);
  if (fit.model == PurchaseModel::pareto_nbd) return r / alpha * expected_stay(third, fourth, t);
  const int flips = flips_of(fit.model);
  const double kept = flips == 1 ? fourth / (third + fourth) : 1;
  return kept * BetaPoints(third, fourth + flips).still_to_come(r, t / alpha);
}

std::vector<double> purchase_distribution(const PurchaseFit& fit, double t, std::size_t count) {
  std::vector<double> counts(count);
  if (t <= 0) {
    if (count > 0) counts[0] = 1;
  } else if (fit.model == PurchaseModel::pooled) {
    poisson_counts(fit.parameters[0].value * t, counts);
  } else if (fit.model == PurchaseModel::pareto_nbd) {
    pareto_counts(parameters_of(fit), t, counts);
  } else {
    beta_geometric_counts(parameters_of(fit), flips_of(fit.model), t, counts);
  }
  return counts;
}

std::vector<PurchaseCount> fit_by_purchases(const PurchaseFit& fit, const Customers& customers,
                                            std::size_t count) {
  std::vector<PurchaseCount> counts(count);
  if (count == 0) return counts;
  const CustomerRows all = collapsed(customers);
  for (const CustomerRow& row : all.rows)
    counts[std::min(static_cast<std::size_t>(row.purchases), count - 1)].actual += row.weight;
  double named = 0;
  for (const Ages& ages : ages_of(fit, all)) {
    const bool often = ages.weights.size() > ages_worth_a_table;
    for (std::size_t n = 0; n + 1 < count && often; ++n) {
      const OfTime probability(
          [&](double t) { return purchase_distribution(ages.fit, t, n + 1)[n]; },
          shift_of(ages.fit), ages.oldest(), true);
      for (const auto& [age, weight] : ages.weights)
        counts[n].expected += weight * std::max(probability(age), 0.0);
    }
    for (const auto& [age, weight] : ages.weights) {
      if (often) break;
      const auto probabilities = purchase_distribution(ages.fit, age, count - 1);
      for (std::size_t n = 0; n + 1 < count; ++n) counts[n].expected += weight * probabilities[n];
    }
  }
  for (const PurchaseCount& one : counts) named += one.expected;
  counts.back().expected = std::max(all.weight - named, 0.0);
  return counts;
}

std::vector<double> expected_cumulative(const PurchaseFit& fit, const Customers& customers,
                                        std::span<const double> moments) {
  std::vector<double> sums(moments.size());
  if (moments.empty()) return sums;
  const double last = std::max(0.0, *std::ranges::max_element(moments));
  for (const Ages& ages : ages_of(fit, collapsed(customers))) {
    const OfTime expected([&](double t) { return expected_of_new(ages.fit, t); },
                          shift_of(ages.fit), ages.oldest() + last,
                          ages.weights.size() * moments.size() > ages_worth_a_table);
    for (std::size_t i = 0; i < moments.size(); ++i) {
      for (const auto& [age, weight] : ages.weights)
        if (const double t = age + moments[i]; t > 0) sums[i] += weight * expected(t);
    }
  }
  return sums;
}

}  // namespace rapport::analytics
