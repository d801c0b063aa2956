#include "analytics/purchase/spending.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/digamma.hpp>
#include <cmath>
#include <map>

#include "analytics/parallel.hpp"
#include "analytics/purchase/maximise.hpp"

namespace rapport::analytics {

namespace {

constexpr double spenders_min = 10;
constexpr double reach = 8;  // of logarithms of parameters, as in the purchase models
constexpr double wall = 0.01;

base::Result<void> check(const Spenders& spenders) {
  const auto bad = [](std::string message) {
    return base::refuse(base::ProblemKind::invalid, "analytics.bad_customers", std::move(message));
  };
  if (spenders.mean_amount.size() != spenders.size())
    return bad("The figures of customers are not of one length.");
  for (std::size_t i = 0; i < spenders.size(); ++i) {
    if (spenders.purchases[i] < 0)
      return bad(
          fmt::format("Row {} of the customers has {} purchases.", i, spenders.purchases[i]));
    if (spenders.purchases[i] > 0 && !std::isfinite(spenders.mean_amount[i]))
      return bad(fmt::format("Row {} of the customers has a mean amount of {}.", i,
                             spenders.mean_amount[i]));
  }
  return {};
}

// Those who bought, with what does not depend on the parameters: how many have each number of
// purchases, and sums.
struct Buyers {
  std::vector<std::pair<double, double>> counts;  // purchases, customers with so many
  std::vector<double> purchases, totals;          // of each customer
  double log_terms = 0;                           // sum of x log x - log z
  double x_log_means = 0;                         // sum of x log z
  double x_log_x = 0;
  double sum = 0, orders = 0;
  [[nodiscard]] double size() const { return static_cast<double>(totals.size()); }
};

Buyers buyers_of(const Spenders& spenders, double& left_out) {
  Buyers all;
  std::vector<std::int32_t> numbers;
  for (std::size_t i = 0; i < spenders.size(); ++i) {
    const double x = spenders.purchases[i], z = spenders.mean_amount[i];
    if (x == 0) continue;
    if (z <= 0) {
      ++left_out;
      continue;
    }
    numbers.push_back(spenders.purchases[i]);
    all.purchases.push_back(x);
    all.totals.push_back(x * z);
    all.log_terms -= std::log(z);
    all.x_log_means += x * std::log(z);
    all.x_log_x += x * std::log(x);
    all.sum += x * z;
    all.orders += x;
  }
  std::ranges::sort(numbers);
  for (const double x : numbers) {
    if (all.counts.empty() || all.counts.back().first != x) all.counts.emplace_back(x, 0);
    ++all.counts.back().second;
  }
  return all;
}

double log_gamma(double value) {
  int sign = 0;
  return ::lgamma_r(value, &sign);
}

// The sum of log G(px+q)/(G(px) G(q)) g^q z^(px-1) x^(px) / (g + xz)^(px+q) over the buyers, by the
// logarithms of p, q and g.
double sum_log_likelihood(const Buyers& all, const std::vector<double>& point,
                          std::vector<double>& gradient) {
  using boost::math::digamma;
  const double p = std::exp(point[0]), q = std::exp(point[1]), g = std::exp(point[2]);
  double value = p * (all.x_log_means + all.x_log_x) + all.log_terms +
                 all.size() * (q * point[2] - log_gamma(q));
  double by_p = all.x_log_means + all.x_log_x, by_q = all.size() * (point[2] - digamma(q));
  double by_g = all.size() * q / g;
  for (const auto& [x, customers] : all.counts) {
    value += customers * (log_gamma(p * x + q) - log_gamma(p * x));
    const double slope = digamma(p * x + q);
    by_p += customers * x * (slope - digamma(p * x));
    by_q += customers * slope;
  }
  struct Sum {
    double value = 0, x_logs = 0, logs = 0, inverse = 0;
  };
  for (const Sum& part : in_parallel(all.totals.size(), [&](std::size_t from, std::size_t to) {
         Sum sum;
         for (std::size_t i = from; i < to; ++i) {
           const double log = std::log(g + all.totals[i]);
           const double power = p * all.purchases[i] + q;
           sum.value -= power * log;
           sum.x_logs += all.purchases[i] * log;
           sum.logs += log;
           sum.inverse += power / (g + all.totals[i]);
         }
         return sum;
       })) {
    value += part.value;
    by_p -= part.x_logs;
    by_q -= part.logs;
    by_g -= part.inverse;
  }
  gradient = {p * by_p, q * by_q, g * by_g};
  return value;
}

Objective objective_of(const Buyers& all, const std::vector<double>& expected) {
  return [&all, &expected](const std::vector<double>& point, std::vector<double>& gradient) {
    double value = sum_log_likelihood(all, point, gradient) / all.size();
    for (std::size_t i = 0; i < point.size(); ++i) {
      gradient[i] /= all.size();
      const double off = point[i] - expected[i], beyond = std::abs(off) - reach;
      if (beyond <= 0) continue;
      value -= wall * beyond * beyond;
      gradient[i] -= 2 * wall * std::copysign(beyond, off);
    }
    return value;
  };
}

void take_parameters(SpendingFit& fit, const Buyers& all, const Maximum& found,
                     const std::vector<double>& expected) {
  auto curvature = curvature_at(objective_of(all, expected), found.point, found.gradient);
  for (double& second : curvature) second *= all.size();
  auto errors = standard_errors(curvature);
  for (std::size_t i = 0; i < 3; ++i)
    if (std::abs(found.point[i] - expected[i]) > reach - 0.1) errors.clear();
  if (errors.empty())
    fit.note =
        "The data do not settle p, q and gamma: expected amounts hold, the parameters mean "
        "little and have no errors.";
  constexpr std::array names = {"p", "q", "gamma"};
  for (std::size_t i = 0; i < 3; ++i) {
    Parameter parameter{.name = names[i], .value = std::exp(found.point[i])};
    if (!errors.empty()) parameter.error = errors[i] * parameter.value;
    fit.parameters.push_back(std::move(parameter));
  }
  if (fit.parameters[1].value <= 1)
    fit.note += std::string(fit.note.empty() ? "" : " ") +
                "q is not above 1: the model's mean over customers is infinite; the data's own "
                "serves for those who have not bought.";
}

bool all_alike(const Buyers& all) {
  const double first = all.totals[0] / all.purchases[0];
  for (std::size_t i = 1; i < all.totals.size(); ++i)
    if (std::abs(all.totals[i] / all.purchases[i] - first) > 1e-9 * first) return false;
  return true;
}

}  // namespace

base::Result<SpendingFit> fit_spending(const Spenders& spenders) {
  if (auto right = check(spenders); !right) return std::unexpected(right.error());
  SpendingFit fit;
  const Buyers all = buyers_of(spenders, fit.left_out);
  fit.customers = all.size();
  fit.purchases = all.orders;
  if (all.orders > 0) fit.mean = all.sum / all.orders;
  const auto fall_back = [&fit](std::string why) {
    fit.note = why + " The mean amount over all orders is used instead.";
    fit.why_mean = std::move(why);
    return fit;
  };
  if (all.size() < spenders_min)
    return fall_back(fmt::format("Only {} customer{} spent something; a model needs {}.",
                                 all.size(), all.size() == 1 ? "" : "s", spenders_min));
  if (all_alike(all)) return fall_back("All customers spend the same on an order.");
  // p and q of order 1; gamma in the unit of money.
  const std::vector<double> expected{0, 0, std::log(fit.mean)};
  std::vector<double> start{std::log(3.0), std::log(3.0), std::log(fit.mean)};
  const Maximum found = maximise(objective_of(all, expected), start);
  double steepest = 0;
  for (const double slope : found.gradient) steepest = std::max(steepest, std::abs(slope));
  fit.evaluations = found.evaluations;
  if (!std::isfinite(found.value) || !(steepest < 1e-5))
    return fall_back("The search for the likeliest parameters did not come to an end.");
  take_parameters(fit, all, found, expected);
  std::vector<double> gradient;
  fit.log_likelihood = sum_log_likelihood(all, found.point, gradient);
  return fit;
}

base::Result<void> expected_spending(const SpendingFit& fit, const Spenders& spenders,
                                     std::span<double> amounts) {
  if (auto right = check(spenders); !right) return right;
  const bool fitted = fit.parameters.size() == 3;
  if (amounts.size() != spenders.size() || !(fitted || fit.parameters.empty()))
    return base::refuse(
        base::ProblemKind::invalid, "analytics.bad_fit",
        "A fit of spending has p, q and gamma, and room for one answer a customer.");
  if (!fitted) {
    std::ranges::fill(amounts, fit.mean);
    return {};
  }
  const double p = fit.parameters[0].value, q = fit.parameters[1].value;
  const double g = fit.parameters[2].value;
  const double mean = q > 1 ? p * g / (q - 1) : fit.mean;
  for (std::size_t i = 0; i < amounts.size(); ++i) {
    const double x = spenders.purchases[i], z = spenders.mean_amount[i];
    const bool known = x > 0 && z > 0 && p * x + q > 1;
    amounts[i] = known ? p * (g + x * z) / (p * x + q - 1) : mean;
  }
  return {};
}

std::vector<AmountCount> fit_by_amount(const SpendingFit& fit, const Spenders& spenders,
                                       std::span<const double> bounds) {
  std::vector<AmountCount> counts;
  if (fit.parameters.size() != 3 || bounds.empty()) return counts;
  for (const double bound : bounds) counts.push_back({.from = bound});
  std::map<std::int32_t, double> customers;  // by purchases
  for (std::size_t i = 0; i < spenders.size(); ++i) {
    const double z = spenders.mean_amount[i];
    if (spenders.purchases[i] == 0 || z <= 0) continue;
    ++customers[spenders.purchases[i]];
    const auto above = std::ranges::upper_bound(bounds, z) - bounds.begin();
    counts[static_cast<std::size_t>(std::max<std::ptrdiff_t>(above, 1)) - 1].actual += 1;
  }
  const double p = fit.parameters[0].value, q = fit.parameters[1].value;
  const double g = fit.parameters[2].value;
  for (const auto& [x, count] : customers) {
    const auto below = [&, x = static_cast<double>(x)](double z) {
      return boost::math::ibeta(p * x, q, x * z / (g + x * z));
    };
    double least = 0;  // the share below this bin; nothing is below nought
    for (std::size_t i = 0; i < counts.size(); ++i) {
      const double most = i + 1 < counts.size() ? below(bounds[i + 1]) : 1;
      counts[i].expected += count * (most - least);
      least = most;
    }
  }
  return counts;
}

}  // namespace rapport::analytics
