// Scores of many customers. What a customer who is still there will buy depends on purchases and
// age alone: for each number of purchases it is interpolated over the ages, so that a customer
// costs two logarithms for being alive and a few multiplications for what is to come.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "analytics/purchase/beta_geometric.hpp"
#include "analytics/purchase/chebyshev.hpp"
#include "analytics/purchase/fitted.hpp"
#include "analytics/purchase/future.hpp"
#include "analytics/purchase/likelihood.hpp"
#include "analytics/purchase/pareto_nbd.hpp"
#include "analytics/purchase/purchase.hpp"

namespace rapport::analytics {

namespace {

using Ahead = std::array<double, 2>;  // expected, discounted
using Parameters = std::array<double, 4>;

// The moments at which is discounted, and what a purchase in the period before each counts for.
struct Timetable {
  std::vector<double> moments, factors;

  explicit Timetable(const Horizon& horizon) {
    for (int i = 1; i <= horizon.periods; ++i) {
      moments.push_back(horizon.length * i / horizon.periods);
      factors.push_back(std::pow(1 + horizon.discount, -i));
    }
  }

  // `up_to(t)` is expected up to t.
  template <typename Function>
  [[nodiscard]] Ahead of(Function up_to) const {
    Ahead sum{};
    for (std::size_t i = 0; i < moments.size(); ++i) {
      const double expected = up_to(moments[i]);
      sum[1] += factors[i] * (expected - sum[0]);
      sum[0] = expected;
    }
    return sum;
  }
};

// What is to come from those with one number of purchases, by age, if they are still there.
template <int flips>
class BetaGeometricAhead {
 public:
  BetaGeometricAhead(const Parameters& parameters, std::int32_t purchases)
      : rate_(parameters[0] + purchases),
        alpha_(parameters[1]),
        points_(parameters[2], parameters[3] + purchases + flips) {}
  [[nodiscard]] double shift() const { return alpha_; }
  [[nodiscard]] Ahead at(double age, const Timetable& times) const {
    return times.of([&](double t) { return points_.still_to_come(rate_, t / (alpha_ + age)); });
  }

 private:
  double rate_, alpha_;
  BetaPoints points_;
};

class ParetoAhead {
 public:
  ParetoAhead(const Parameters& parameters, std::int32_t purchases)
      : parameters_(parameters), rate_(parameters[0] + purchases) {}
  [[nodiscard]] double shift() const { return std::min(parameters_[1], parameters_[3]); }
  [[nodiscard]] Ahead at(double age, const Timetable& times) const {
    const auto& [r, alpha, s, beta] = parameters_;
    return times.of(
        [&](double t) { return rate_ / (alpha + age) * expected_stay(s, beta + age, t); });
  }

 private:
  Parameters parameters_;
  double rate_;
};

// Customers with the same covariates and number of purchases: places in the order from … to.
struct Group {
  std::size_t from = 0, to = 0;
};

// Places of customers, those of one group side by side.
struct Grouped {
  std::vector<std::uint32_t> order;
  std::vector<Group> groups;
};

[[nodiscard]] std::span<const double> covariates_of(const Customers& customers, std::size_t i) {
  return customers.covariates.subspan(i * customers.covariate_count, customers.covariate_count);
}

// By purchases, by counting where there are few numbers of them; with covariates by sorting.
Grouped grouped(const Customers& customers) {
  Grouped all;
  const std::size_t n = customers.size();
  all.order.resize(n);
  const auto& x = customers.purchases;
  const std::int32_t most = n == 0 ? 0 : *std::ranges::max_element(x);
  if (customers.covariate_count == 0 && static_cast<std::size_t>(most) < n + 1000) {
    std::vector<std::size_t> begins(static_cast<std::size_t>(most) + 2);
    for (const std::int32_t purchases : x) ++begins[static_cast<std::size_t>(purchases) + 1];
    std::partial_sum(begins.begin(), begins.end(), begins.begin());
    for (std::size_t i = 0; i + 1 < begins.size(); ++i)
      if (begins[i] < begins[i + 1]) all.groups.push_back({begins[i], begins[i + 1]});
    for (std::size_t i = 0; i < n; ++i)
      all.order[begins[static_cast<std::size_t>(x[i])]++] = static_cast<std::uint32_t>(i);
    return all;
  }
  std::iota(all.order.begin(), all.order.end(), 0U);
  const auto compare = [&](std::uint32_t a, std::uint32_t b) {
    const auto left = covariates_of(customers, a), right = covariates_of(customers, b);
    if (!std::ranges::equal(left, right))
      return std::ranges::lexicographical_compare(left, right) ? -1 : 1;
    return x[a] < x[b] ? -1 : x[a] > x[b] ? 1 : 0;
  };
  std::ranges::sort(all.order, [&](std::uint32_t a, std::uint32_t b) { return compare(a, b) < 0; });
  for (std::size_t i = 0; i < n; ++i) {
    if (i == 0 || compare(all.order[i - 1], all.order[i]) != 0) all.groups.push_back({i, i});
    all.groups.back().to = i + 1;
  }
  return all;
}

template <typename Model, typename ModelAhead>
class Scorer {
 public:
  Scorer(const PurchaseFit& fit, const Customers& customers, const Horizon& horizon,
         const PurchaseScores& scores)
      : customers_(customers), scores_(scores), times_(horizon), all_(grouped(customers)) {
    for (const Parameter& parameter : fit.parameters)
      point_.push_back(point_.size() < 4 ? std::log(parameter.value) : parameter.value);
  }

  void run() {
    // Groups are of very unequal size: a long one is cut, so that cores share it.
    for (const Group& group : all_.groups) {
      for (std::size_t from = group.from; from < group.to; from += stretch)
        pieces_.push_back({from, std::min(from + stretch, group.to)});
    }
    tables_.resize(all_.groups.size());
    (void)in_parallel(
        all_.groups.size(),
        [this](std::size_t from, std::size_t to) {
          for (std::size_t i = from; i < to; ++i) tabulate(i);
          return 0;
        },
        2);
    (void)in_parallel(
        pieces_.size(),
        [this](std::size_t from, std::size_t to) {
          for (std::size_t i = from; i < to; ++i) score(pieces_[i]);
          return 0;
        },
        2);
  }

 private:
  static constexpr std::size_t stretch = 16'384;
  using Table = std::optional<Chebyshev<2>>;

  [[nodiscard]] Parameters parameters_of(std::size_t customer) const {
    return parameters_at<Model>(point_, covariates_of(customers_, customer));
  }
  [[nodiscard]] bool looks_ahead() const {
    return !scores_.expected.empty() || !scores_.discounted.empty();
  }

  // For the groups that are larger than a table.
  void tabulate(std::size_t group) {
    const auto& [from, to] = all_.groups[group];
    if (!looks_ahead()) return;
    const std::size_t first = all_.order[from];
    const ModelAhead ahead(parameters_of(first), customers_.purchases[first]);
    double low = customers_.age[first], high = low;
    for (std::size_t i = from; i < to; ++i) {
      low = std::min(low, customers_.age[all_.order[i]]);
      high = std::max(high, customers_.age[all_.order[i]]);
    }
    const double shift = ahead.shift();
    const double begin = std::log(shift + low), end = std::log(shift + high);
    const std::size_t points = chebyshev_points(end - begin);
    if (to - from <= points) return;
    tables_[group].emplace(begin, end, points, [&](double u) {
      return ahead.at(std::clamp(std::exp(u) - shift, low, high), times_);
    });
  }

  void score(const Group& piece) {
    const auto found = std::ranges::upper_bound(all_.groups, piece.from, {}, &Group::to);
    const Table& table = tables_[static_cast<std::size_t>(found - all_.groups.begin())];
    const std::size_t first = all_.order[piece.from];
    const Parameters parameters = parameters_of(first);
    const Model model(parameters, 0);
    const ModelAhead ahead(parameters, customers_.purchases[first]);
    for (std::size_t i = piece.from; i < piece.to; ++i) {
      const std::size_t at = all_.order[i];
      const double age = customers_.age[at];
      const double alive = model.alive({.recency = customers_.recency[at],
                                        .age = age,
                                        .weight = 1,
                                        .purchases = customers_.purchases[at]});
      if (!scores_.alive.empty()) scores_.alive[at] = alive;
      if (!looks_ahead()) continue;
      const Ahead come = table ? (*table)(std::log(ahead.shift() + age)) : ahead.at(age, times_);
      if (!scores_.expected.empty()) scores_.expected[at] = alive * come[0];
      if (!scores_.discounted.empty()) scores_.discounted[at] = alive * come[1];
    }
  }

  const Customers& customers_;
  const PurchaseScores& scores_;
  Timetable times_;
  Grouped all_;
  std::vector<Group> pieces_;
  std::vector<Table> tables_;
  std::vector<double> point_;
};

void score_pooled(const PurchaseFit& fit, const Horizon& horizon, const PurchaseScores& scores) {
  const double rate = fit.parameters[0].value;
  const Ahead ahead = Timetable(horizon).of([&](double t) { return rate * t; });
  std::ranges::fill(scores.alive, std::numeric_limits<double>::quiet_NaN());
  std::ranges::fill(scores.expected, ahead[0]);
  std::ranges::fill(scores.discounted, ahead[1]);
}

base::Result<void> check_horizon(const Horizon& horizon) {
  const bool right = std::isfinite(horizon.length) && horizon.length >= 0 && horizon.periods >= 1 &&
                     horizon.periods <= horizon_periods_max && std::isfinite(horizon.discount) &&
                     horizon.discount > -1;
  if (right) return {};
  return base::refuse(base::ProblemKind::invalid, "analytics.bad_horizon",
                      "The horizon must be a length of time in at least one period.");
}

base::Result<void> check(const PurchaseFit& fit, const Customers& customers,
                         std::initializer_list<std::span<double>> answers) {
  if (auto checked = check_fit(fit, customers.covariate_count); !checked) return checked;
  if (auto checked = check_customers(customers); !checked) return checked;
  for (const auto answer : answers)
    if (!answer.empty() && answer.size() != customers.size())
      return base::refuse(base::ProblemKind::invalid, "analytics.bad_customers",
                          "There must be room for one answer a customer.");
  return {};
}

}  // namespace

base::Result<void> score_purchases(const PurchaseFit& fit, const Customers& customers,
                                   const Horizon& horizon, const PurchaseScores& scores) {
  if (auto right = check_horizon(horizon); !right) return right;
  auto right = check(fit, customers, {scores.alive, scores.expected, scores.discounted});
  if (!right) return right;
  switch (fit.model) {
    case PurchaseModel::bg_nbd:
      Scorer<BgNbd, BetaGeometricAhead<0>>(fit, customers, horizon, scores).run();
      break;
    case PurchaseModel::mbg_nbd:
      Scorer<MbgNbd, BetaGeometricAhead<1>>(fit, customers, horizon, scores).run();
      break;
    case PurchaseModel::pareto_nbd:
      Scorer<ParetoNbd, ParetoAhead>(fit, customers, horizon, scores).run();
      break;
    case PurchaseModel::pooled:
      score_pooled(fit, horizon, scores);
  }
  return {};
}

void lifetime_values(std::span<const double> discounted, std::span<const double> order_value,
                     double margin, std::span<double> values) {
  const std::size_t n = std::min({discounted.size(), order_value.size(), values.size()});
  for (std::size_t i = 0; i < n; ++i) values[i] = discounted[i] * order_value[i] * margin;
}

base::Result<void> residual_transactions(const PurchaseFit& fit, const Customers& customers,
                                         double rate, std::span<double> discounted) {
  if (auto right = check(fit, customers, {discounted}); !right) return right;
  if (fit.model != PurchaseModel::pareto_nbd)
    return base::refuse(base::ProblemKind::invalid, "analytics.bad_fit",
                        "Only pareto_nbd is summed without an end.");
  if (!(rate > 0) || !std::isfinite(rate))
    return base::refuse(base::ProblemKind::invalid, "analytics.bad_horizon",
                        "Without an end the rate of discount must be above 0.");
  std::vector<double> alive(customers.size());
  auto done = score_purchases(fit, customers, {}, {.alive = alive});
  if (!done) return done;
  std::vector<double> point;
  for (const Parameter& parameter : fit.parameters)
    point.push_back(point.size() < 4 ? std::log(parameter.value) : parameter.value);
  (void)in_parallel(customers.size(), [&](std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i) {
      const auto [r, alpha, s, beta] = parameters_at<ParetoNbd>(point, covariates_of(customers, i));
      const double age = customers.age[i];
      discounted[i] = alive[i] * (r + customers.purchases[i]) / (alpha + age) *
                      discounted_stay(s, beta + age, rate);
    }
    return 0;
  });
  return {};
}

}  // namespace rapport::analytics
