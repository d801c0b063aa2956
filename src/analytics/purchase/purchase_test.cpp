#include "analytics/purchase/purchase.hpp"

#include <gtest/gtest.h>

#include <boost/math/special_functions/beta.hpp>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <cmath>
#include <random>

#include "analytics/purchase/beta_geometric.hpp"
#include "analytics/purchase/likelihood.hpp"
#include "analytics/purchase/pareto_nbd.hpp"

namespace rapport::analytics {
namespace {

using Wide = boost::multiprecision::cpp_bin_float_50;
using Parameters = std::array<double, 4>;

// Gaussian hypergeometric function by its own series, for |z| < 1.
template <typename Number>
Number hypergeometric(const Number& a, const Number& b, const Number& c, const Number& z) {
  Number sum = 1, term = 1;
  for (int n = 0; n < 100'000; ++n) {
    term *= (a + n) * (b + n) / ((c + n) * (n + 1)) * z;
    sum += term;
    if (abs(term) < abs(sum) * std::numeric_limits<Number>::epsilon() / 1000) break;
  }
  return sum;
}

template <typename Number>
Number log_rising(const Number& base, int n) {
  Number sum = 0;
  for (int k = 0; k < n; ++k) sum += log(base + k);
  return sum;
}

// The published forms; logs: of the four parameters.
template <typename Number>
Number published_pareto(const std::array<Number, 4>& logs, const CustomerRow& row) {
  const Number r = exp(logs[0]), alpha = exp(logs[1]), s = exp(logs[2]), beta = exp(logs[3]);
  const Number x = row.purchases, m = r + s + x, none = 0;
  const auto a0 = [&](const Number& y) -> Number {
    const bool leads = alpha >= beta;
    const Number leader = leads ? alpha : beta, second = leads ? Number(s + 1) : Number(r + x);
    const Number apart = leads ? Number(alpha - beta) : Number(beta - alpha);
    return hypergeometric<Number>(m, second, m + 1, apart / (leader + y)) / pow(leader + y, m);
  };
  const Number end = alpha + row.age, end_beta = beta + row.age;
  const Number inner = 1 / (pow(end, Number(r + x)) * pow(end_beta, s)) +
                       s / m * (a0(none + row.recency) - a0(none + row.age));
  return log_rising(r, row.purchases) + r * logs[1] + s * logs[3] + log(inner);
}

template <typename Number>
Number published_beta_geometric(const std::array<Number, 4>& logs, const CustomerRow& row,
                                int first_flips) {
  const Number r = exp(logs[0]), alpha = exp(logs[1]), a = exp(logs[2]), b = exp(logs[3]);
  const Number rate = r + row.purchases, ab = a + b;
  const int flips = row.purchases + first_flips;
  Number inner = 1 / pow(Number(alpha + row.age), rate);
  if (flips > 0) inner += a / (b + flips - 1) / pow(Number(alpha + row.recency), rate);
  return log_rising(r, row.purchases) + r * logs[1] + log_rising(b, flips) - log_rising(ab, flips) +
         log(inner);
}

// Arguments of the functions up to 0.97: series and quadrature are both met.
const std::vector<Parameters> pareto_cases = {
    {0.553, 10.578, 0.606, 11.669},  // CDNOW
    {0.553, 11.669, 0.606, 10.578},  // alpha leads
    {1.5, 5, 2.5, 5},                // the argument is 0
    {0.2, 40, 0.1, 5},
    {3, 2, 0.4, 60},
    {0.9, 1, 1.2, 20},
    {0.9, 20, 1.2, 0.8},
    {50, 300, 8, 90},
    {0.05, 15, 30, 400},
};
const std::vector<CustomerRow> rows_tried = {
    {0, 0, 1, 0},     {0, 38.86, 1, 0}, {30.43, 38.86, 1, 2}, {30.86, 31, 1, 26},
    {0.14, 78, 1, 1}, {70, 70, 1, 9},   {12, 300, 1, 140},    {250, 300, 1, 3},
};

template <typename Number, typename Model, typename Published>
void expect_as_published(const Parameters& parameters, const CustomerRow& row, Published published,
                         double tolerance, double step) {
  std::array<Number, 4> logs;
  for (std::size_t i = 0; i < 4; ++i) logs[i] = log(Number(parameters[i]));
  Model model(parameters, static_cast<std::size_t>(row.purchases));
  Parameters slopes{};
  const double value = model.log_likelihood(row, slopes);
  const std::string at = testing::PrintToString(parameters) +
                         " x=" + std::to_string(row.purchases) + " T=" + std::to_string(row.age);
  const auto wanted = static_cast<double>(published(logs, row));
  EXPECT_NEAR(value, wanted, 1e-12 * (1 + std::abs(value))) << at;
  for (std::size_t i = 0; i < 4; ++i) {
    const auto off = [&](int steps) {
      auto moved = logs;
      moved[i] += Number(step) * steps;
      return published(moved, row);
    };
    const Number difference = 8 * (off(1) - off(-1)) - (off(2) - off(-2));
    const auto slope = static_cast<double>(difference / (12 * Number(step)));
    EXPECT_NEAR(slopes[i], slope, tolerance * (1 + std::abs(value))) << at << " by " << i;
  }
}

TEST(ParetoNbd, likelihood_and_gradient_are_the_published_ones) {
  for (const auto& parameters : pareto_cases)
    for (const auto& row : rows_tried)
      expect_as_published<long double, ParetoNbd>(parameters, row, published_pareto<long double>,
                                                  1e-11, 1e-4);
}

TEST(ParetoNbd, likelihood_and_gradient_are_the_published_ones_in_fifty_digits) {
  for (std::size_t i = 1; i < 5; ++i)
    expect_as_published<Wide, ParetoNbd>(pareto_cases[i % 2], rows_tried[i], published_pareto<Wide>,
                                         1e-13, 1e-9);
}

TEST(BetaGeometric, likelihood_and_gradient_are_the_published_ones) {
  const std::vector<Parameters> cases = {
      {0.243, 4.414, 0.793, 2.426}, {5, 100, 0.01, 30}, {0.02, 0.1, 40, 1}, {1, 1, 1, 1}};
  using Logs = std::array<long double, 4>;
  for (const auto& parameters : cases) {
    for (const auto& row : rows_tried) {
      expect_as_published<long double, BgNbd>(
          parameters, row,
          [](const Logs& logs, const CustomerRow& one) {
            return published_beta_geometric<long double>(logs, one, 0);
          },
          1e-11, 1e-4);
      expect_as_published<long double, MbgNbd>(
          parameters, row,
          [](const Logs& logs, const CustomerRow& one) {
            return published_beta_geometric<long double>(logs, one, 1);
          },
          1e-11, 1e-4);
    }
  }
}

PurchaseFit fit_of(PurchaseModel model, std::vector<double> values) {
  PurchaseFit fit{.model = model, .parameters = {}, .note = {}};
  for (const double value : values) fit.parameters.push_back({.name = "", .value = value});
  return fit;
}

struct Sample {
  std::vector<std::int32_t> x;
  std::vector<double> recency, age, covariates;
  std::size_t covariate_count = 0;
  [[nodiscard]] Customers customers() const {
    return {.purchases = x,
            .recency = recency,
            .age = age,
            .weight = {},
            .covariates = covariates,
            .covariate_count = covariate_count};
  }
};

// Customers as a model makes them; `covariate` moves the rates of purchase and of leaving.
Sample simulated(PurchaseModel model, const Parameters& p, std::size_t count, std::uint64_t seed,
                 double gamma1 = 0, double gamma2 = 0) {
  std::mt19937_64 random(seed);
  Sample sample;
  const auto gamma = [&](double shape) { return std::gamma_distribution(shape)(random); };
  std::uniform_real_distribution<> uniform;
  for (std::size_t i = 0; i < count; ++i) {
    const double z = static_cast<double>(i % 2);
    const double rate = gamma(p[0]) / (p[1] * std::exp(-gamma1 * z));
    const bool pareto = model == PurchaseModel::pareto_nbd;
    const double a = p[2] * (pareto ? 1 : std::exp(gamma2 * z));
    const double one = gamma(a), other = gamma(p[3]);
    const double leave = pareto ? one / (p[3] * std::exp(-gamma2 * z)) : one / (one + other);
    const double age = std::floor(uniform(random) * 300 + 100) / 7;
    const double end = pareto ? std::min(age, std::exponential_distribution(leave)(random)) : age;
    double t = 0, last = 0;
    int x = 0;
    bool there = model != PurchaseModel::mbg_nbd || uniform(random) >= leave;
    while (there) {
      t += std::exponential_distribution(rate)(random);
      if (t > end) break;
      last = t;
      ++x;
      if (!pareto) there = uniform(random) >= leave;
    }
    sample.x.push_back(x);
    sample.recency.push_back(last);
    sample.age.push_back(age);
    if (gamma1 != 0) sample.covariates.push_back(z);
  }
  sample.covariate_count = gamma1 != 0 ? 1 : 0;
  return sample;
}

TEST(PurchaseFit, finds_the_parameters_that_customers_were_made_with) {
  struct Case {
    PurchaseModel model;
    Parameters parameters;
  };
  const std::vector<Case> cases = {{PurchaseModel::bg_nbd, {0.5, 6, 0.9, 2.5}},
                                   {PurchaseModel::mbg_nbd, {1.2, 9, 0.8, 3}},
                                   {PurchaseModel::pareto_nbd, {0.8, 8, 0.7, 12}}};
  for (const auto& [model, parameters] : cases) {
    const auto sample = simulated(model, parameters, 8'000, 7);
    const auto fit = fit_purchases(model, sample.customers());
    ASSERT_TRUE(fit) << fit.error().message;
    ASSERT_EQ(fit->model, model) << fit->note;
    EXPECT_EQ(fit->note, "");
    for (std::size_t i = 0; i < 4; ++i) {
      const auto& [name, value, error] = fit->parameters[i];
      ASSERT_TRUE(error);
      EXPECT_NEAR(value, parameters[i], 4 * *error) << name_of(model) << ' ' << name;
      EXPECT_LT(*error, value);
    }
  }
}

TEST(PurchaseFit, finds_what_covariates_do) {
  struct Case {
    PurchaseModel model;
    Parameters parameters;
    std::vector<double> gammas;
  };
  const std::vector<Case> cases = {{PurchaseModel::bg_nbd, {0.8, 6, 0.6, 2.5}, {0.7, 0.5, 0}},
                                   {PurchaseModel::pareto_nbd, {0.8, 8, 0.7, 12}, {0.6, 0.8}}};
  for (const auto& [model, parameters, gammas] : cases) {
    const auto sample = simulated(model, parameters, 8'000, 11, gammas[0], gammas[1]);
    const auto fit = fit_purchases(model, sample.customers());
    ASSERT_TRUE(fit) << fit.error().message;
    ASSERT_EQ(fit->parameters.size(), 4 + gammas.size()) << fit->note;
    EXPECT_EQ(fit->parameters[4].name, "gamma1_1");
    for (std::size_t i = 0; i < gammas.size(); ++i) {
      const auto& [name, value, error] = fit->parameters[4 + i];
      ASSERT_TRUE(error) << fit->note;
      EXPECT_NEAR(value, gammas[i], 4 * *error) << name_of(model) << ' ' << name;
    }
    // With covariates customers are scored by the parameters scaled for them.
    const Customers one{.purchases = std::span(sample.x).subspan(1, 1),
                        .recency = std::span(sample.recency).subspan(1, 1),
                        .age = std::span(sample.age).subspan(1, 1)};
    auto own = fit_of(model, {});
    for (std::size_t i = 0; i < 4; ++i) own.parameters.push_back(fit->parameters[i]);
    const auto scale = [&](std::size_t i, double by) { own.parameters[i].value *= std::exp(by); };
    const auto gamma = [&](std::size_t i) { return fit->parameters[4 + i].value; };
    scale(1, -gamma(0));
    scale(model == PurchaseModel::pareto_nbd ? 3 : 2,
          model == PurchaseModel::pareto_nbd ? -gamma(1) : gamma(1));
    if (model != PurchaseModel::pareto_nbd) scale(3, gamma(2));
    std::vector<double> all(sample.x.size()), single(1);
    const Horizon ten{.length = 10};
    ASSERT_TRUE(score_purchases(*fit, sample.customers(), ten, {.expected = all}));
    ASSERT_TRUE(score_purchases(own, one, ten, {.expected = single}));
    EXPECT_NEAR(all[1], single[0], 1e-10);
  }
}

TEST(PurchaseFit, weights_stand_for_customers_alike) {
  const auto sample = simulated(PurchaseModel::bg_nbd, {0.5, 6, 0.9, 2.5}, 500, 3);
  Sample twice = sample;
  twice.x.insert(twice.x.end(), sample.x.begin(), sample.x.end());
  twice.recency.insert(twice.recency.end(), sample.recency.begin(), sample.recency.end());
  twice.age.insert(twice.age.end(), sample.age.begin(), sample.age.end());
  const std::vector<double> weight(sample.x.size(), 2);
  auto weighted = sample.customers();
  weighted.weight = weight;
  const auto one = fit_purchases(PurchaseModel::bg_nbd, weighted);
  const auto other = fit_purchases(PurchaseModel::bg_nbd, twice.customers());
  EXPECT_EQ(one->rows, other->rows);
  EXPECT_NEAR(one->log_likelihood, other->log_likelihood, 1e-7);
  EXPECT_EQ(one->customers, 1000);
}

struct Poor {
  const char* what;
  std::vector<std::int32_t> x;
  std::vector<double> recency, age;
  const char* note;
};

TEST(PurchaseFit, falls_back_where_the_data_are_too_poor_and_says_why) {
  const std::vector<Poor> cases = {
      {"none", {}, {}, {}, "There are no customers."},
      {"nobody twice", {0, 0, 0}, {0, 0, 0}, {5, 6, 7}, "No customer bought again."},
      {"a few", {1, 0, 2}, {2, 0, 3}, {5, 6, 7}, "Only 2 customers bought again"},
      {"all alike", std::vector<std::int32_t>(50, 1), std::vector<double>(50, 2.0),
       std::vector<double>(50, 5.0), "too much alike"}};
  for (const auto& [what, x, recency, age, note] : cases) {
    for (const auto model :
         {PurchaseModel::bg_nbd, PurchaseModel::mbg_nbd, PurchaseModel::pareto_nbd}) {
      const Customers customers{.purchases = x, .recency = recency, .age = age};
      const auto fit = fit_purchases(model, customers);
      ASSERT_TRUE(fit) << what;
      EXPECT_EQ(fit->model, PurchaseModel::pooled);
      EXPECT_NE(fit->note.find(note), std::string::npos) << fit->note;
      std::vector<double> alive(x.size()), expected(x.size());
      ASSERT_TRUE(
          score_purchases(*fit, customers, {.length = 10}, {.alive = alive, .expected = expected}));
      double purchases = 0, ages = 0;
      for (std::size_t i = 0; i < x.size(); ++i) purchases += x[i], ages += age[i];
      for (std::size_t i = 0; i < x.size(); ++i) {
        EXPECT_TRUE(std::isnan(alive[i]));
        EXPECT_DOUBLE_EQ(expected[i], 10 * purchases / ages);
      }
    }
  }
}

TEST(PurchaseFit, keeps_the_model_where_customers_are_too_alike_to_settle_it) {
  // All buy at one rate and nobody leaves: r and alpha, b run away together.
  std::mt19937_64 random(5);
  Sample sample;
  for (int i = 0; i < 1000; ++i) {
    double t = 0, last = 0;
    int x = 0;
    while ((t += std::exponential_distribution(0.2)(random)) < 40) last = t, ++x;
    sample.x.push_back(x);
    sample.recency.push_back(last);
    sample.age.push_back(40);
  }
  for (const auto model :
       {PurchaseModel::bg_nbd, PurchaseModel::mbg_nbd, PurchaseModel::pareto_nbd}) {
    const auto fit = fit_purchases(model, sample.customers());
    ASSERT_TRUE(fit);
    EXPECT_NE(fit->note, "");
    for (const auto& parameter : fit->parameters) EXPECT_FALSE(parameter.error) << name_of(model);
    std::vector<double> expected(sample.x.size());
    ASSERT_TRUE(score_purchases(*fit, sample.customers(), {.length = 10}, {.expected = expected}));
    double sum = 0;
    for (const double one : expected) sum += one;
    EXPECT_NEAR(sum / 1000, 2.0, 0.1) << name_of(model) << ": " << fit->note;
  }
}

TEST(PurchaseFit, says_where_the_likeliest_model_is_still_not_true) {
  // As many purchases in a day as in a year: no rate of purchase explains that.
  Sample sample;
  for (int i = 0; i < 300; ++i) {
    sample.x.push_back(5 + i % 10);
    sample.age.push_back(i % 3 == 0 ? 365 : i % 3 == 1 ? 20 : 1);
    sample.recency.push_back(sample.age.back() * 0.9);
  }
  const auto fit = fit_purchases(PurchaseModel::bg_nbd, sample.customers());
  ASSERT_TRUE(fit);
  EXPECT_NE(fit->note.find("does not describe these customers"), std::string::npos) << fit->note;
}

TEST(PurchaseFit, names_the_row_that_is_wrong) {
  const std::vector<std::int32_t> x{0, 1};
  const std::vector<double> recency{0, 9}, age{5, 6};
  const auto fit = fit_purchases(PurchaseModel::bg_nbd, {x, recency, age});
  ASSERT_FALSE(fit);
  EXPECT_EQ(fit.error().code, "analytics.bad_customers");
  EXPECT_EQ(fit.error().message, "Row 1 of the customers has a recency of 9 beyond its age of 6.");
}

// Expected purchases as Fader, Hardie & Lee (2005, eq. (10)) write them.
double published_expected(const Parameters& p, const CustomerRow& row, double t, int flips) {
  const long double r = p[0], alpha = p[1], a = p[2], b = p[3];
  const long double x = row.purchases, n = x + flips;
  const long double share = t / (alpha + row.age + t);
  const long double top =
      (a + b + n - 1) / (a - 1) *
      (1 - pow(1 - share, r + x) * hypergeometric(r + x, b + n, a + b + n - 1, share));
  long double bottom = 1;
  if (n > 0) bottom += a / (b + n - 1) * pow((alpha + row.age) / (alpha + row.recency), r + x);
  return static_cast<double>(top / bottom);
}

TEST(PurchaseScores, are_the_published_expectations_whether_tabulated_or_not) {
  const Parameters p{0.243, 4.414, 0.793, 2.426};
  // Enough customers of few kinds for tables over ages, and some of rare kinds without.
  auto sample = simulated(PurchaseModel::bg_nbd, {2, 6, 0.9, 9}, 3000, 5);
  for (const auto& [model, flips] :
       {std::pair(PurchaseModel::bg_nbd, 0), std::pair(PurchaseModel::mbg_nbd, 1)}) {
    const auto fit = fit_of(model, {p.begin(), p.end()});
    std::vector<double> expected(sample.x.size());
    ASSERT_TRUE(score_purchases(fit, sample.customers(), {.length = 39, .periods = 3},
                                {.expected = expected}));
    for (std::size_t i = 0; i < expected.size(); i += 97) {
      const CustomerRow row{sample.recency[i], sample.age[i], 1, sample.x[i]};
      const double wanted = published_expected(p, row, 39, flips);
      EXPECT_NEAR(expected[i], wanted, 1e-10 * (1 + wanted)) << sample.x[i];
    }
  }
}

TEST(PurchaseScores, pareto_tables_agree_with_single_customers) {
  const auto sample = simulated(PurchaseModel::pareto_nbd, {2, 6, 0.9, 9}, 3000, 5);
  const auto fit = fit_of(PurchaseModel::pareto_nbd, {0.55, 10.6, 0.6, 0.7});
  const Horizon year{.length = 52, .periods = 12, .discount = 0.01};
  std::vector<double> alive(3000), expected(3000), discounted(3000);
  const PurchaseScores scores{alive, expected, discounted};
  ASSERT_TRUE(score_purchases(fit, sample.customers(), year, scores));
  for (std::size_t i = 0; i < 3000; i += 41) {
    std::vector<double> a(1), e(1), d(1);
    const Customers one{.purchases = std::span(sample.x).subspan(i, 1),
                        .recency = std::span(sample.recency).subspan(i, 1),
                        .age = std::span(sample.age).subspan(i, 1)};
    ASSERT_TRUE(score_purchases(fit, one, year, {a, e, d}));
    EXPECT_DOUBLE_EQ(alive[i], a[0]);
    EXPECT_NEAR(expected[i], e[0], 1e-10);
    EXPECT_NEAR(discounted[i], d[0], 1e-10);
    EXPECT_LT(d[0], e[0]);
  }
}

TEST(PurchaseScores, residual_transactions_are_the_limit_of_a_long_horizon) {
  const auto fit = fit_of(PurchaseModel::pareto_nbd, {0.55, 10.6, 1.6, 11.7});
  const std::vector<std::int32_t> x{2, 26};
  const std::vector<double> recency{30.43, 30.86}, age{38.86, 31};
  const Customers customers{x, recency, age};
  std::vector<double> endless(2), long_run(2);
  ASSERT_TRUE(residual_transactions(fit, customers, 0.05, endless));
  const Horizon horizon{.length = 600, .periods = 1200, .discount = std::expm1(0.05 * 0.5)};
  ASSERT_TRUE(score_purchases(fit, customers, horizon, {.discounted = long_run}));
  // Half a unit's purchases are discounted from its end: less by a quarter of a unit on average.
  for (int i = 0; i < 2; ++i)
    EXPECT_NEAR(long_run[i] * std::exp(0.05 * 0.25), endless[i], 1e-3 * endless[i]);
  EXPECT_FALSE(
      residual_transactions(fit_of(PurchaseModel::bg_nbd, {1, 1, 1, 1}), customers, 0.05, endless));
}

TEST(NewCustomers, counts_sum_to_one_and_their_mean_is_the_expectation) {
  const std::vector<PurchaseFit> fits = {
      fit_of(PurchaseModel::bg_nbd, {0.6, 5, 0.8, 2.4}),
      fit_of(PurchaseModel::mbg_nbd, {0.6, 5, 0.8, 2.4}),
      fit_of(PurchaseModel::bg_nbd, {0.6, 5, 1, 2.4}),  // where the published form divides by 0
      fit_of(PurchaseModel::pareto_nbd, {0.6, 5, 0.8, 7}),
      fit_of(PurchaseModel::pareto_nbd, {0.6, 5, 1, 7}),
      fit_of(PurchaseModel::pooled, {0.1})};
  for (const auto& fit : fits) {
    for (const double t : {0.5, 20.0}) {
      const auto counts = purchase_distribution(fit, t, 500);
      double sum = 0, mean = 0;
      for (std::size_t n = 0; n < counts.size(); ++n)
        sum += counts[n], mean += static_cast<double>(n) * counts[n];
      EXPECT_NEAR(sum, 1, 1e-10) << name_of(fit.model);
      EXPECT_NEAR(mean, expected_of_new(fit, t), 1e-8) << name_of(fit.model) << ' ' << t;
    }
  }
}

TEST(NewCustomers, pictures_agree_with_the_customers_they_were_made_from) {
  for (const auto model :
       {PurchaseModel::bg_nbd, PurchaseModel::mbg_nbd, PurchaseModel::pareto_nbd}) {
    const Parameters p{0.8, 8, 0.7, model == PurchaseModel::pareto_nbd ? 12 : 2.5};
    const auto sample = simulated(model, p, 8'000, 17);
    const auto fit = fit_of(model, {p.begin(), p.end()});
    double actual = 0;
    for (const auto x : sample.x) actual += x;
    const auto counts = fit_by_purchases(fit, sample.customers(), 8);
    double sum = 0;
    for (const auto& count : counts) {
      EXPECT_NEAR(count.actual, count.expected, 5 * std::sqrt(count.expected)) << name_of(model);
      sum += count.expected;
    }
    EXPECT_NEAR(sum, 8'000, 1e-6);
    const std::vector<double> moments{-1000, -10, 0, 10};
    const auto cumulative = expected_cumulative(fit, sample.customers(), moments);
    EXPECT_EQ(cumulative[0], 0);
    EXPECT_NEAR(cumulative[2], actual, 0.06 * actual) << name_of(model);
    EXPECT_GT(cumulative[3], cumulative[2]);
  }
}

}  // namespace
}  // namespace rapport::analytics
