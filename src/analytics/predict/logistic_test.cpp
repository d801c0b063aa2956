#include "analytics/predict/logistic.hpp"

#include <gmock/gmock.h>

#include <random>

namespace rapport::analytics {
namespace {

SparseRows one_column(const std::vector<double>& values) {
  SparseRows made;
  made.columns = 1;
  for (const double value : values) {
    made.add(0, value);
    made.end_row();
  }
  return made;
}

// Henderson & Velleman (1981), 32 cars: weight in 1000 lb, manual gearbox or not.
const std::vector<double> weights{2.62,  2.875, 2.32,  3.215, 3.44,  3.46, 3.57,  3.19,
                                  3.15,  3.44,  3.44,  4.07,  3.73,  3.78, 5.25,  5.424,
                                  5.345, 2.2,   1.615, 1.835, 2.465, 3.52, 3.435, 3.84,
                                  3.845, 1.935, 2.14,  1.513, 3.17,  2.77, 3.57,  2.78};
const std::vector<std::uint8_t> manual{1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                                       0, 1, 1, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1};

// As R's glm(am ~ wt, binomial, mtcars) prints it; its errors are those of the last iteration but
// one.
TEST(Logistic, RepeatsThePublishedFitOfTheCars) {
  const auto fit = fit_logistic(one_column(weights), manual, 0);
  ASSERT_TRUE(fit) << fit.error().message;
  EXPECT_NEAR(fit->coefficients[0], 12.040, 0.0005);
  EXPECT_NEAR(fit->errors[0], 4.510, 0.002);
  EXPECT_NEAR(fit->coefficients[1], -4.024, 0.0005);
  EXPECT_NEAR(fit->errors[1], 1.436, 0.002);
  EXPECT_NEAR(-2 * fit->log_likelihood, 19.176, 0.0005);
}

// The gradient of the penalised likelihood is nought at the fit.
TEST(Logistic, ARidgeFitIsWhereThePenaltyBalancesTheData) {
  constexpr double ridge = 2;
  const auto fit = fit_logistic(one_column(weights), manual, ridge);
  ASSERT_TRUE(fit);
  double gradient = -ridge * fit->coefficients[1], intercept = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const double rest =
        manual[i] - logistic(fit->coefficients[0] + fit->coefficients[1] * weights[i]);
    gradient += rest * weights[i];
    intercept += rest;
  }
  EXPECT_NEAR(gradient, 0, 1e-5);
  EXPECT_NEAR(intercept, 0, 1e-5);
  EXPECT_LT(std::abs(fit->coefficients[1]), 4.024);
}

TEST(Logistic, SaysWhatHasNoFit) {
  SparseRows twice, constant;
  twice.columns = constant.columns = 2;
  for (const double weight : weights) {
    twice.add(0, weight);
    twice.add(1, 2 * weight);
    twice.end_row();
    constant.add(0, weight);
    constant.end_row();
  }
  std::vector<std::uint8_t> light, lightest;
  for (const double weight : weights) {
    light.push_back(weight < 3 ? 1 : 0);
    lightest.push_back(0);
  }
  // Quasi-separation: no heavy car, and half of the light ones.
  std::vector<double> heavy;
  std::vector<std::uint8_t> half;
  for (int i = 0; i < 60; ++i) {
    heavy.push_back(i % 2);
    half.push_back(i % 2 == 0 && i % 4 == 0 ? 1 : 0);
  }
  struct Case {
    SparseRows rows;
    std::vector<std::uint8_t> outcomes;
    std::string code;
  };
  for (const auto& [rows, outcomes, code] :
       std::vector<Case>{{one_column(weights), light, "analytics.separated"},
                         {one_column(heavy), half, "analytics.separated"},
                         {twice, manual, "analytics.collinear"},
                         {constant, manual, "analytics.collinear"},
                         {one_column(weights), lightest, "analytics.one_outcome"},
                         {one_column({1, 2}), {0, 1}, "analytics.too_few_rows"},
                         {one_column({1, 2}), {0, 1, 1}, "analytics.uneven_columns"}}) {
    const auto fit = fit_logistic(rows, outcomes, 0);
    ASSERT_FALSE(fit) << code;
    EXPECT_EQ(fit.error().code, code);
  }
  EXPECT_TRUE(fit_logistic(one_column(weights), light, 1));
  EXPECT_TRUE(fit_logistic(twice, manual, 1));
}

TEST(Logistic, FindsTheCoefficientsThatMadeTheData) {
  std::mt19937 random(5);  // NOLINT: the same each time
  std::normal_distribution<double> value(0, 1);
  std::uniform_real_distribution<double> chance(0, 1);
  SparseRows rows;
  rows.columns = 3;
  std::vector<std::uint8_t> outcomes;
  for (int i = 0; i < 20'000; ++i) {
    const double a = value(random), b = i % 3 == 0 ? 1 : 0, c = 1000 * value(random);
    rows.add(0, a);
    rows.add(1, b);
    rows.add(2, c);
    rows.end_row();
    outcomes.push_back(chance(random) < logistic(-1 + 0.7 * a - 0.5 * b + 0.0003 * c) ? 1 : 0);
  }
  const auto fit = fit_logistic(rows, outcomes, 0);
  ASSERT_TRUE(fit);
  const std::vector<double> truth{-1, 0.7, -0.5, 0.0003};
  for (std::size_t i = 0; i < truth.size(); ++i) {
    EXPECT_LT(std::abs(fit->coefficients[i] - truth[i]), 3.5 * fit->errors[i]);
    EXPECT_LT(fit->errors[i], 0.05);
  }
}

TEST(Logistic, FarOddsDoNotOverflow) {
  EXPECT_EQ(logistic(1000), 1);
  EXPECT_EQ(logistic(-1000), 0);
  EXPECT_DOUBLE_EQ(logistic(0), 0.5);
}

}  // namespace
}  // namespace rapport::analytics
