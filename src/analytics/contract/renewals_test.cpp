#include "analytics/contract/renewals.hpp"

#include <gtest/gtest.h>

#include <boost/math/quadrature/tanh_sinh.hpp>
#include <cmath>

namespace rapport::analytics {
namespace {

// Fader & Hardie 2007, table 1: of 1,000 customers those still there after each year.
const std::vector<double> high_end{1000, 869, 743, 653, 593, 551, 517, 491};
const std::vector<double> regular{1000, 631, 468, 382, 326, 289, 262, 241};

TEST(Renewals, GiveTheFiguresOfThePaper) {
  struct Case {
    std::vector<double> survivors;
    double alpha, beta, log_likelihood, alpha_error, beta_error, survival_12;
  };
  // The paper's figures; further digits and errors from R's optim on the same likelihood.
  for (const Case& expected :
       {Case{high_end, 0.66808756, 3.80608919, -1611.1581474, 0.10373468, 0.78552971, 0.37799918},
        Case{regular, 0.70407702, 1.18204244, -1680.265188, 0.06559892, 0.15247551, 0.17003750}}) {
    const auto fit = fit_renewals(renewals_of_survivors(expected.survivors));
    ASSERT_TRUE(fit.has_value());
    EXPECT_EQ(fit->model, RenewalModel::shifted_beta_geometric);
    EXPECT_NEAR(fit->alpha, expected.alpha, 2e-6);
    EXPECT_NEAR(fit->beta, expected.beta, 1e-5);
    EXPECT_NEAR(fit->log_likelihood, expected.log_likelihood, 1e-6);
    EXPECT_NEAR(*fit->alpha_error, expected.alpha_error, 1e-4);
    EXPECT_NEAR(*fit->beta_error, expected.beta_error, 1e-3);
    EXPECT_NEAR(survival(*fit, 12), expected.survival_12, 1e-6);
    EXPECT_EQ(fit->customers, 1000);
    EXPECT_TRUE(fit->note.empty());
  }
}

TEST(Renewals, RiseWithAgeAndMultiplyToSurvival) {
  const auto fit = fit_renewals(renewals_of_survivors(regular));
  double product = 1;
  for (int period = 1; period <= 30; ++period) {
    EXPECT_GT(retention(*fit, period + 1), retention(*fit, period));
    product *= retention(*fit, period);
    EXPECT_NEAR(survival(*fit, period), product, 1e-12);
  }
  EXPECT_EQ(survival(*fit, 0), 1);
}

TEST(Renewals, OfMixedAgesAreTheSameAsRowByRow) {
  // Each customer a row, some known for fewer years; against the likelihood with beta functions.
  const std::vector<Renewals> rows{{1, true, 30},  {2, true, 9},   {3, true, 4}, {1, false, 50},
                                   {2, false, 40}, {3, false, 35}, {0, false, 7}};
  const auto fit = fit_renewals(rows);
  ASSERT_TRUE(fit.has_value());
  const auto log_beta = [](double a, double b) {
    return std::lgamma(a) + std::lgamma(b) - std::lgamma(a + b);
  };
  const auto log_likelihood = [&](double alpha, double beta) {
    double sum = 0;
    for (const Renewals& row : rows)
      sum += row.weight * ((row.ended ? log_beta(alpha + 1, beta + row.periods - 1)
                                      : log_beta(alpha, beta + row.periods)) -
                           log_beta(alpha, beta));
    return sum;
  };
  EXPECT_NEAR(fit->log_likelihood, log_likelihood(fit->alpha, fit->beta), 1e-9);
  for (const double off : {0.98, 1.02}) {
    EXPECT_LT(log_likelihood(fit->alpha * off, fit->beta), fit->log_likelihood);
    EXPECT_LT(log_likelihood(fit->alpha, fit->beta * off), fit->log_likelihood);
    EXPECT_LT(log_likelihood(fit->alpha * off, fit->beta * off), fit->log_likelihood);
  }
}

TEST(Renewals, FallBackToOneProbabilityWhereThatIsAllOneCanTell) {
  struct Case {
    std::vector<double> survivors;
    double leaving;
  };
  for (const Case& example : {Case{{1000, 800, 640, 512}, 0.2},        // all alike
                              Case{{1000, 900}, 0.1},                  // one period
                              Case{{1000, 900, 700, 300}, 0.7 / 2.6},  // worse with age
                              Case{{10, 0}, 1.0}}) {
    const auto fit = fit_renewals(renewals_of_survivors(example.survivors));
    ASSERT_TRUE(fit.has_value());
    EXPECT_EQ(fit->model, RenewalModel::geometric);
    EXPECT_NEAR(fit->leaving, example.leaving, 1e-12);
    EXPECT_FALSE(fit->note.empty());
    EXPECT_NEAR(survival(*fit, 3), std::pow(1 - example.leaving, 3), 1e-12);
  }
}

TEST(Renewals, RefuseWhatCannotBeTold) {
  const auto code = [](const std::vector<Renewals>& rows) {
    const auto fit = fit_renewals(rows);
    return fit ? std::string("fitted") : fit.error().code;
  };
  EXPECT_EQ(code({}), "analytics.no_ends");
  EXPECT_EQ(code({{3, false, 10}}), "analytics.no_ends");
  EXPECT_EQ(code({{1, true, 10}, {5, false, 20}}), "analytics.no_maximum");
  EXPECT_EQ(code({{0, true, 1}}), "analytics.bad_row");
  EXPECT_EQ(code({{-1, false, 1}}), "analytics.bad_row");
  EXPECT_EQ(code({{1, true, -2}}), "analytics.bad_row");
  EXPECT_EQ(code({{renewal_periods_max + 1, false, 1}}), "analytics.bad_row");
}

// (beta + n - 1) / (alpha + beta + n - 1) 2F1(1, beta + n; alpha + beta + n; 1 / (1 + d)), the
// hypergeometric function by Euler's integral.
double discounted_by_integral(double alpha, double beta, int n, double discount) {
  boost::math::quadrature::tanh_sinh<double> integrator;
  const double b = beta + n, z = 1 / (1 + discount);
  const double integral = integrator.integrate(
      [&](double t, double from_end) {
        const double other = t < 0.5 ? 1 - t : from_end;
        return std::pow(t, b - 1) * std::pow(std::abs(other), alpha - 1) / (1 - z * t);
      },
      0.0, 1.0);
  const double scale = std::exp(std::lgamma(alpha + b) - std::lgamma(b) - std::lgamma(alpha));
  return (b - 1) / (alpha + b - 1) * scale * integral;
}

TEST(Renewals, AreWorthWhatThePaperOnCustomerBasesSays) {
  const auto fit = fit_renewals(renewals_of_survivors(high_end));
  for (const int periods : {1, 2, 5, 20})
    for (const double discount : {0.1, 0.01})
      EXPECT_NEAR(discounted_renewals(*fit, periods, discount) /
                      discounted_by_integral(fit->alpha, fit->beta, periods, discount),
                  1, 1e-6);
  // One probability for all: a geometric series.
  const auto alike = fit_renewals(renewals_of_survivors(std::vector<double>{1000, 800, 640, 512}));
  EXPECT_NEAR(discounted_renewals(*alike, 4, 0.1), 0.8 / (1 - 0.8 / 1.1), 1e-9);
}

}  // namespace
}  // namespace rapport::analytics
