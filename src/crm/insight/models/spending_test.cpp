#include "crm/insight/models/spending.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "crm/insight/models/testing.hpp"
#include "crm/insight/models/verdict.hpp"

namespace rapport::crm {
namespace {

constexpr std::int32_t kToday = TestCrowd::today;

// Each spends around a mean of his own, as Gamma-Gamma has it (p 6, q 4, gamma 60: a mean of 120).
struct Spending : TestCrowd {
  explicit Spending(std::size_t size, std::int32_t days = 700) : TestCrowd(size, days) {
    std::mt19937_64 random(5);
    std::vector<double> scale(size);
    for (double& one : scale) one = std::gamma_distribution(4., 1 / 60.)(random);
    for (std::size_t i = 0; i < customer.size(); ++i) {
      amount[i] = 100 * static_cast<std::int64_t>(
                            std::gamma_distribution(6., 100 / scale[customer[i]])(random));
    }
  }
};

// Where hardly anyone has come back, the first purchases tell what one comes to.
TEST(Fitting, SpendingRestsOnRepeatedPurchasesWhereThereAreEnough) {
  const TestCrowd crowd(3000);
  const auto rows = model_rows(histories_of(crowd.orders()), kToday);
  const auto fit = fit_spending_of(rows);
  ASSERT_TRUE(fit);
  EXPECT_EQ(fit->customers, std::ranges::count_if(rows.purchases, [](auto n) { return n > 0; }));
  const auto first = model_rows(histories_of(crowd.orders()), kToday - 699);
  const auto of_all = fit_spending_of(first);
  ASSERT_TRUE(of_all);
  EXPECT_GT(of_all->mean, 0);
  EXPECT_EQ(of_all->customers, static_cast<double>(first.customer.size()));
}

// Spending came into use whatever it predicted: nothing was held out of it.
TEST(Spending, IsJudgedByWhatPurchasesOfTheHoldoutCameTo) {
  const Spending crowd(3000);
  const auto histories = histories_of(crowd.orders());
  const auto made = compare_spending(histories, kToday);
  ASSERT_TRUE(made) << made.error().message;
  const auto& fitted = made->fitted;
  EXPECT_TRUE(fitted.is_model());
  EXPECT_EQ(fitted.until, kToday);
  EXPECT_FALSE(made->contest);
  ASSERT_TRUE(fitted.holdout);
  const auto held = holdout_days(histories, kToday);
  EXPECT_EQ(fitted.holdout->from, held->first + 1);
  EXPECT_EQ(fitted.holdout->until, held->second);
  // By hand: what those who had bought before paid within these days.
  double money = 0;
  for (std::size_t i = 0; i < histories.size(); ++i) {
    const auto days = histories.days_of(i);
    for (std::size_t k = 0; k < days.size(); ++k) {
      if (days.front() > held->first || days[k] <= held->first || days[k] > held->second) continue;
      money += static_cast<double>(histories.nets_of(i)[k]) / analytics::amount_unit;
    }
  }
  EXPECT_NEAR(fitted.holdout->actual, money, 1e-6 * money);
  EXPECT_NEAR(fitted.holdout->predicted / money, 1, .05);
  // Own means vary by 1 / sqrt(q - 2) = .71 of their mean: one mean for all is off by more.
  EXPECT_LT(fitted.holdout->error, .71);
  EXPECT_GT(fitted.holdout->error, .2);
}

TEST(Spending, HasAPictureOfItsFitAndOfItsHoldout) {
  const Spending crowd(3000);
  const auto made = compare_spending(histories_of(crowd.orders()), kToday);
  ASSERT_TRUE(made);
  const auto& fitted = made->fitted;
  ASSERT_GT(fitted.bins.size(), 4U);
  EXPECT_LE(fitted.bins.size(), amount_bins_max);
  double actual = 0, expected = 0;
  for (const auto& bin : fitted.bins) {
    actual += bin.actual;
    expected += bin.expected;
    EXPECT_NEAR(bin.expected, bin.actual, 5 * std::sqrt(bin.actual) + 5) << bin.from;
  }
  EXPECT_EQ(actual, fitted.fit.customers);
  EXPECT_NEAR(expected, actual, 1e-6);
  ASSERT_EQ(fitted.groups.size(), spending_groups);
  for (std::size_t i = 1; i < fitted.groups.size(); ++i) {
    EXPECT_GE(fitted.groups[i].expected, fitted.groups[i - 1].expected);
  }
  EXPECT_GT(fitted.groups.back().actual, 2 * fitted.groups.front().actual)
      << "who was expected to spend more did";
}

TEST(Spending, IsComparedWithTheOneInUseOnTheSameDays) {
  const Spending crowd(3000);
  const auto histories = histories_of(crowd.orders());
  const auto held = holdout_days(histories, kToday);
  const auto alone = compare_spending(histories, kToday);
  ASSERT_TRUE(alone);
  const auto& good = alone->fitted.fit;
  auto bad = good;  // expects the tenth of it
  for (auto& parameter : bad.parameters) {
    if (parameter.name == "gamma") parameter.value /= 10;
    if (parameter.name == "p") parameter.value /= 10;
  }
  const analytics::SpendingFit mean{.parameters = {}, .mean = good.mean};
  const struct {
    std::string_view what;
    SpendingIncumbent incumbent;
    bool adopted;
    std::string_view state;
  } cases[] = {
      {"the very same", {good, kToday}, false, "in_use"},
      {"the very same, adopted", {good, kToday}, true, "candidate"},
      {"one that had seen none of it", {good, held->first}, false, "in_use"},
      {"a bad one", {bad, kToday}, false, "in_use"},
      {"a bad one, adopted", {bad, kToday}, true, "in_use"},
      {"one mean for all, adopted", {mean, held->first}, true, "in_use"},
  };
  for (const auto& one : cases) {
    const auto made = compare_spending(histories, kToday, one.incumbent);
    ASSERT_TRUE(made && made->contest) << one.what;
    EXPECT_EQ(
        verdict_on(made->contest, {.until = one.incumbent.until, .adopted = one.adopted}).state,
        one.state)
        << one.what << " " << made->contest->fresh << " " << made->contest->incumbent;
  }
  const auto same = compare_spending(histories, kToday, SpendingIncumbent{good, kToday});
  EXPECT_DOUBLE_EQ(same->contest->fresh, same->contest->incumbent);
  const auto before = compare_spending(histories, kToday, SpendingIncumbent{good, held->first});
  EXPECT_DOUBLE_EQ(before->contest->fresh, alone->fitted.holdout->error);
}

TEST(Spending, WithoutAHoldoutOrPaidPurchasesThereIsNothingToJudge) {
  const Spending young(500, 100);
  const auto made = compare_spending(histories_of(young.orders()), kToday);
  ASSERT_TRUE(made);
  EXPECT_FALSE(made->fitted.holdout);
  Spending given(500);
  std::ranges::fill(given.amount, 0);
  const auto gifts = compare_spending(histories_of(given.orders()), kToday);
  ASSERT_TRUE(gifts) << gifts.error().message;
  EXPECT_FALSE(gifts->fitted.is_model());
  EXPECT_FALSE(gifts->fitted.holdout);
  EXPECT_FALSE(gifts->fitted.fit.note.empty());
}

TEST(Verdict, SomeonesWordStaysUntilSomethingBetterComes) {
  const struct {
    std::optional<Contest> contest;
    bool adopted;
    std::string_view state;
  } cases[] = {
      {std::nullopt, false, "in_use"},      {std::nullopt, true, "candidate"},
      {Contest{1, 1}, false, "in_use"},     {Contest{1, 1}, true, "candidate"},
      {Contest{.99, 1}, true, "candidate"},  // no better than chance moves it
      {Contest{.97, 1}, true, "in_use"},    {Contest{1.01, 1}, false, "in_use"},
      {Contest{1.03, 1}, false, "refused"}, {Contest{1.03, 1}, true, "refused"},
  };
  for (const auto& one : cases) {
    const auto verdict = verdict_on(one.contest, {.until = 0, .adopted = one.adopted});
    EXPECT_EQ(verdict.state, one.state) << (one.contest ? one.contest->fresh : 0) << one.adopted;
    EXPECT_EQ(verdict.note.empty(), one.state == "in_use");
  }
}

}  // namespace
}  // namespace rapport::crm
