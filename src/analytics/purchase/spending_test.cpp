#include "analytics/purchase/spending.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace rapport::analytics {
namespace {

struct Sample {
  std::vector<std::int32_t> x;
  std::vector<double> mean;
};

Sample simulated(double p, double q, double g, int count) {
  std::mt19937_64 random(3);
  Sample sample;
  for (int i = 0; i < count; ++i) {
    const std::int32_t x = i % 5;
    const double scale = std::gamma_distribution(q, 1 / g)(random);
    sample.x.push_back(x);
    sample.mean.push_back(x == 0 ? 0 : std::gamma_distribution(p * x, 1 / scale)(random) / x);
  }
  return sample;
}

TEST(SpendingFit, finds_the_parameters_that_amounts_were_made_with) {
  const auto sample = simulated(6, 3.7, 15, 20'000);
  const auto fit = fit_spending({sample.x, sample.mean});
  ASSERT_TRUE(fit) << fit.error().message;
  EXPECT_EQ(fit->customers, 16'000);
  EXPECT_EQ(fit->note, "");
  const std::vector<double> wanted{6, 3.7, 15};
  for (std::size_t i = 0; i < 3; ++i) {
    ASSERT_TRUE(fit->parameters[i].error);
    EXPECT_NEAR(fit->parameters[i].value, wanted[i], 4 * *fit->parameters[i].error);
  }
}

TEST(ExpectedSpending, lies_between_ones_own_mean_and_that_of_all) {
  SpendingFit fit;
  fit.parameters = {
      {.name = "p", .value = 6}, {.name = "q", .value = 4}, {.name = "gamma", .value = 15}};
  fit.mean = 31;
  const std::vector<std::int32_t> x{0, 1, 1000};
  const std::vector<double> mean{0, 90, 90};
  std::vector<double> amounts(3);
  ASSERT_TRUE(expected_spending(fit, {x, mean}, amounts));
  EXPECT_DOUBLE_EQ(amounts[0], 30);  // p gamma / (q - 1)
  EXPECT_DOUBLE_EQ(amounts[1], 6 * (15 + 90) / 9.0);
  EXPECT_NEAR(amounts[2], 90, 0.1);
  fit.parameters[1].value = 0.9;  // no mean over all
  ASSERT_TRUE(expected_spending(fit, {x, mean}, amounts));
  EXPECT_DOUBLE_EQ(amounts[0], 31);
}

TEST(SpendingFit, falls_back_to_the_mean_where_the_data_are_too_poor_and_says_why) {
  const std::vector<std::int32_t> few{1, 3, 2}, many(40, 2);
  const std::vector<double> amounts{10, 20, -5}, same(40, 12.5);
  const auto small = fit_spending({few, amounts});
  EXPECT_TRUE(small->parameters.empty());
  EXPECT_NE(small->note.find("Only 2 customers"), std::string::npos) << small->note;
  EXPECT_EQ(small->left_out, 1);
  EXPECT_DOUBLE_EQ(small->mean, 70 / 4.0);
  const auto alike = fit_spending({many, same});
  EXPECT_TRUE(alike->parameters.empty());
  EXPECT_NE(alike->note.find("spend the same"), std::string::npos) << alike->note;
  std::vector<double> expected(40);
  ASSERT_TRUE(expected_spending(*alike, {many, same}, expected));
  EXPECT_DOUBLE_EQ(expected[7], 12.5);
}

// The density of the mean amount, as published (Fader & Hardie 2013, eq. 1a), summed up by hand.
TEST(FitByAmount, is_the_integral_of_the_published_density) {
  SpendingFit fit;
  const double p = 6.25, q = 3.74, g = 15.44;
  fit.parameters = {
      {.name = "p", .value = p}, {.name = "q", .value = q}, {.name = "gamma", .value = g}};
  const std::vector<std::int32_t> x{3, 3, 3, 0, 3};
  const std::vector<double> mean{25, 45, 20, 0, -1}, bounds{0, 20, 40};
  const auto told = fit_by_amount(fit, {x, mean}, bounds);
  ASSERT_EQ(told.size(), 3U);
  const double n = 3;
  const auto density = [&](double z) {
    return std::exp(std::lgamma(p * n + q) - std::lgamma(p * n) - std::lgamma(q) + q * std::log(g) +
                    (p * n - 1) * std::log(z) + p * n * std::log(n) -
                    (p * n + q) * std::log(g + n * z));
  };
  constexpr double step = 1e-3;
  double sums[3] = {};
  for (int i = 0; i < 40'000; ++i) {
    sums[i < 20'000 ? 0 : 1] += 3 * density((i + .5) * step) * step;
  }
  sums[2] = 3 - sums[0] - sums[1];
  const double actual[] = {0, 2, 1};
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_NEAR(told[i].expected, sums[i], 1e-4) << i;
    EXPECT_EQ(told[i].actual, actual[i]) << i;
  }
}

TEST(FitByAmount, expects_as_many_customers_as_there_are) {
  const auto sample = simulated(6, 3.7, 15, 20'000);
  const auto fit = fit_spending({sample.x, sample.mean});
  ASSERT_TRUE(fit);
  const std::vector<double> bounds{0, 10, 20, 30, 40, 50};
  const auto told = fit_by_amount(*fit, {sample.x, sample.mean}, bounds);
  double actual = 0, expected = 0;
  for (const auto& one : told) {
    actual += one.actual;
    expected += one.expected;
    EXPECT_NEAR(one.expected, one.actual, 5 * std::sqrt(one.actual)) << one.from;
  }
  EXPECT_EQ(actual, fit->customers);
  EXPECT_NEAR(expected, actual, 1e-6);
  EXPECT_TRUE(fit_by_amount({}, {sample.x, sample.mean}, bounds).empty());
}

TEST(SpendingFit, names_the_row_that_is_wrong) {
  const std::vector<std::int32_t> x{1, -3};
  const std::vector<double> mean{10, 20};
  const auto fit = fit_spending({x, mean});
  ASSERT_FALSE(fit);
  EXPECT_EQ(fit.error().message, "Row 1 of the customers has -3 purchases.");
}

}  // namespace
}  // namespace rapport::analytics
