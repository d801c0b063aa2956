#include "crm/insight/models/fitting.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace rapport::crm {
namespace {

constexpr std::int32_t kToday = 20'000;
constexpr std::int64_t kEuro = 10'000;

// Customers who buy at rates of their own and leave after a purchase with a chance of theirs.
struct Crowd {
  std::vector<std::uint32_t> customer;
  std::vector<std::int32_t> day;
  std::vector<std::int64_t> amount;
  std::size_t customers = 0;

  explicit Crowd(std::size_t size, std::int32_t days = 700) : customers(size) {
    std::mt19937_64 random(11);
    std::gamma_distribution<> rates(.8, 1. / 40);
    std::uniform_real_distribution<> uniform(1e-9, 1);
    for (std::uint32_t i = 0; i < size; ++i) {
      const double rate = rates(random), leaves = uniform(random) * .4;
      double at = uniform(random) * days * .6;
      while (at < days) {
        customer.push_back(i);
        day.push_back(kToday - days + static_cast<std::int32_t>(at));
        amount.push_back(static_cast<std::int64_t>(20 + 60 * uniform(random)) * kEuro);
        if (uniform(random) < leaves) break;
        at += std::max(1., -std::log(uniform(random)) / rate);
      }
    }
  }
  [[nodiscard]] analytics::Orders orders() const {
    return {.customers = customers, .customer = customer, .day = day, .amount = amount};
  }
};

TEST(Histories, ADayWithMoreGivenBackThanBoughtIsNoPurchase) {
  const std::vector<std::uint32_t> customer{0, 0, 0, 1, 1, 2};
  const std::vector<std::int32_t> day{5, 9, 5, 7, 7, 3};
  const std::vector<std::int64_t> amount{40, 10, -15, 20, -20, -5};
  const auto histories =
      histories_of({.customers = 4, .customer = customer, .day = day, .amount = amount});
  ASSERT_EQ(histories.size(), 4u);
  EXPECT_EQ(histories.days_of(0).size(), 2u);
  EXPECT_EQ(histories.nets_of(0)[0], 25);
  EXPECT_EQ(histories.days_of(0)[1], 9);
  for (const std::size_t none : {1U, 2U, 3U}) EXPECT_TRUE(histories.days_of(none).empty());
}

TEST(Histories, RowsEndWithTheirDay) {
  const std::vector<std::uint32_t> customer{0, 0, 0, 1};
  const std::vector<std::int32_t> day{10, 24, 40, 50};
  const std::vector<std::int64_t> amount{10 * kEuro, 20 * kEuro, 90 * kEuro, kEuro};
  const auto histories =
      histories_of({.customers = 2, .customer = customer, .day = day, .amount = amount});
  const auto rows = model_rows(histories, 31);
  ASSERT_EQ(rows.customer, std::vector<std::uint32_t>{0});
  EXPECT_EQ(rows.purchases[0], 1);
  EXPECT_DOUBLE_EQ(rows.recency[0], 2);
  EXPECT_DOUBLE_EQ(rows.age[0], 3);
  EXPECT_DOUBLE_EQ(rows.mean_amount[0], 15);
  EXPECT_EQ(purchases_between(histories.days_of(0), 24, 40), 1);
}

TEST(Fitting, TheBestModelPredictsTheHoldoutAndIsFittedOnEverything) {
  const Crowd crowd(3000);
  const auto histories = histories_of(crowd.orders());
  const auto made = compare_models(histories, kToday);
  ASSERT_TRUE(made) << made.error().message;
  ASSERT_EQ(made->fits.size(), 3u);
  const auto& best = made->fits.front();
  EXPECT_NE(best.fit.model, analytics::PurchaseModel::pooled);
  EXPECT_EQ(best.until, kToday);
  EXPECT_EQ(best.customers, 3000u);
  ASSERT_TRUE(best.holdout);
  EXPECT_NEAR(best.holdout->predicted / best.holdout->actual, 1, .15);
  EXPECT_FALSE(best.weeks.empty());
  EXPECT_NEAR(best.weeks.back().expected / best.weeks.back().actual, 1, .1);
  double actual = 0;
  for (const auto& bar : best.bars) actual += bar.actual;
  EXPECT_NEAR(actual, 3000, 1e-6);
  for (std::size_t i = 1; i < made->fits.size(); ++i) {
    EXPECT_GE(made->fits[i].holdout->error, best.holdout->error);
    EXPECT_LT(made->fits[i].until, kToday);
  }
}

TEST(Fitting, AShortHistoryHoldsNothingOut) {
  const Crowd crowd(500, 100);
  const auto made = compare_models(histories_of(crowd.orders()), kToday);
  ASSERT_TRUE(made);
  ASSERT_EQ(made->fits.size(), 1u);
  EXPECT_FALSE(made->fits.front().holdout);
}

TEST(Fitting, NoOrdersGiveNoModel) {
  const auto made = compare_models(histories_of({}), kToday);
  ASSERT_TRUE(made);
  EXPECT_TRUE(made->fits.empty());
}

TEST(Fitting, AFitIsWorseBeyondChanceAlone) {
  const struct {
    double fresh;
    std::optional<double> last;
    bool worse;
  } cases[] = {
      {1.0, {}, false}, {1.0, 1.0, false}, {1.01, 1.0, false}, {1.05, 1.0, true}, {.8, 1.0, false}};
  for (const auto& one : cases) {
    EXPECT_EQ(predicts_worse(Holdout{.error = one.fresh}, one.last), one.worse) << one.fresh;
  }
  EXPECT_FALSE(predicts_worse(std::nullopt, 1.0));
}

}  // namespace
}  // namespace rapport::crm
