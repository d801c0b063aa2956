#include "analytics/contract/cox.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <string>

#include "analytics/contract/remission_testing.hpp"

namespace rapport::analytics {
namespace {

TEST(Cox, GivesTheRatioOfTheRemissions) {
  std::vector<double> untreated(remission().size(), 1);
  std::fill_n(untreated.begin(), remission_treated, 0.0);
  const auto fit = fit_cox(remission(), {.values = untreated, .count = 1});
  ASSERT_TRUE(fit.has_value());
  // R survival 3.5, coxph, Efron's ties.
  const CoxCoefficient& b = fit->coefficients.front();
  EXPECT_NEAR(b.value, 1.572125148829, 1e-9);
  EXPECT_NEAR(b.error, 0.412396717709, 1e-9);
  EXPECT_NEAR(b.hazard_ratio, 4.8169, 5e-5);
  EXPECT_NEAR(b.low, 2.147, 5e-4);
  EXPECT_NEAR(b.high, 10.81, 5e-3);
  EXPECT_NEAR(b.z, 3.812, 5e-4);
  EXPECT_NEAR(b.p, 0.000138, 5e-7);
  EXPECT_NEAR(fit->log_likelihood_null, -93.184269996848, 1e-9);
  EXPECT_NEAR(fit->log_likelihood, -85.008424577372, 1e-9);
  EXPECT_NEAR(fit->likelihood_ratio, 16.35, 5e-3);
  EXPECT_EQ(fit->ended, 30U);
}

// Therneau's first test data, with two covariates and three ties, in any order and any unit.
TEST(Cox, TakesTiesAsEfronDoes) {
  const std::vector<double> time{4, 3, 1, 1, 2, 2, 3};
  const std::vector<std::uint8_t> ended{1, 1, 1, 0, 1, 1, 0};
  const std::vector<double> rows{0, 0, 2, 0, 1, 0, 1, 0, 1, 1, 0, 1, 0, 1};
  const auto fit = fit_cox({.time = time, .ended = ended}, {.values = rows, .count = 2});
  ASSERT_TRUE(fit.has_value());
  EXPECT_NEAR(fit->coefficients[0].value, 0.781181930528, 1e-8);
  EXPECT_NEAR(fit->coefficients[1].value, 0.933783220801, 1e-8);
  EXPECT_NEAR(fit->coefficients[0].error, 0.797568915454, 1e-8);
  EXPECT_NEAR(fit->coefficients[1].error, 1.408110018178, 1e-8);
  EXPECT_NEAR(fit->log_likelihood_null, -6.040254711277, 1e-9);
  EXPECT_NEAR(fit->log_likelihood, -5.472813879798, 1e-9);
  const std::vector<double> customer{1, 0};
  const double expected[] = {1, 0.90024449375, 0.66048444338, 0.50789979269, 0.05718159216};
  for (int at = 0; at <= 4; ++at)
    EXPECT_NEAR(survival_of(*fit, customer, at), expected[at], 1e-8) << at;

  std::vector<double> thousands = rows;
  for (std::size_t i = 0; i < rows.size(); i += 2) thousands[i] = 5e6 + 1000 * rows[i];
  const auto same = fit_cox({.time = time, .ended = ended}, {.values = thousands, .count = 2});
  ASSERT_TRUE(same.has_value());
  EXPECT_NEAR(same->coefficients[0].value, 0.000781181930528, 1e-11);
  EXPECT_NEAR(same->log_likelihood, -5.472813879798, 1e-9);
}

TEST(Cox, RefusesWhatHasNoAnswer) {
  const std::vector<double> time{5, 6, 7, 8, 9, 10};
  const std::vector<std::uint8_t> ended{1, 1, 0, 1, 1, 0}, none(6, 0);
  struct Case {
    std::vector<double> rows;
    std::size_t count;
    std::string code, at;
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const Case cases[] = {
      {{1, 3, 2, 5, 4, 1}, 1, "fitted", ""},
      {{2, 2, 2, 2, 2, 2}, 1, "analytics.constant_covariate", "covariate 1"},
      {{0.1, 0.1, 0.1, 0.1, 0.1, 0.1}, 1, "analytics.constant_covariate", "covariate 1"},
      {{1, 2, 3, 6, 2, 4, 5, 10, 4, 8, 1, 2}, 2, "analytics.collinear", "covariate 2"},
      // Whoever has more leaves earlier, always.
      {{9, 8, 7, 6, 5, 4}, 1, "analytics.no_maximum", "covariate 1"},
      {{1, 3, nan, 5, 4, 1}, 1, "analytics.bad_covariate", ""},
      {{1, 3}, 1, "analytics.bad_covariate", ""},
      {{}, 0, "analytics.bad_covariate", ""},
  };
  for (const Case& example : cases) {
    const auto fit =
        fit_cox({.time = time, .ended = ended}, {.values = example.rows, .count = example.count});
    EXPECT_EQ(fit ? "fitted" : fit.error().code, example.code);
    const std::string details = fit ? "" : fit.error().details;
    EXPECT_NE(details.find(example.at), std::string::npos) << example.code;
  }
  const std::vector<double> x{1, 3, 2, 5, 4, 1};
  EXPECT_EQ(fit_cox({.time = time, .ended = none}, {.values = x, .count = 1}).error().code,
            "analytics.no_ends");
  EXPECT_EQ(fit_cox({}, {.values = {}, .count = 1}).error().code, "analytics.no_ends");
}

}  // namespace
}  // namespace rapport::analytics
