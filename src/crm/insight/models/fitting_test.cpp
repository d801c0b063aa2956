#include "crm/insight/models/fitting.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/json.hpp"
#include "crm/insight/models/inputs.hpp"
#include "crm/insight/models/parameters_json.hpp"
#include "crm/insight/models/testing.hpp"

namespace rapport::crm {
namespace {

constexpr std::int32_t kToday = TestCrowd::today;
constexpr std::int64_t kEuro = 10'000;

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

// Days on which all was free were no purchases here and were in a file: eight of CDNOW's customers
// fell out of the fit.
TEST(Histories, ADayOnWhichAllWasFreeIsAPurchaseThatNobodyPaidFor) {
  const struct {
    std::string_view what;
    std::vector<std::int64_t> amounts;  // of one day
    std::size_t days;
    std::int32_t paid;
  } cases[] = {{"a gift", {0}, 1, 0},
               {"two gifts", {0, 0}, 1, 0},
               {"a gift and more", {0, 5}, 1, 1},
               {"a gift, and something given back", {0, -5}, 0, 0},
               {"all given back", {5, -5}, 0, 0},
               {"less given back", {9, -5}, 1, 1}};
  for (const auto& one : cases) {
    const std::vector<std::uint32_t> customer(one.amounts.size());
    const std::vector<std::int32_t> day(one.amounts.size(), 7);
    const auto histories =
        histories_of({.customers = 1, .customer = customer, .day = day, .amount = one.amounts});
    EXPECT_EQ(histories.days_of(0).size(), one.days) << one.what;
    const auto rows = model_rows(histories, 7);
    EXPECT_EQ(rows.customer.size(), one.days) << one.what;
    if (one.days > 0) {
      EXPECT_EQ(rows.spenders().purchases[0], one.paid) << one.what;
    }
  }
}

TEST(Histories, AmountsAreThoseThatWerePaidAndFitsRestOnRepeatedOnes) {
  const std::vector<std::uint32_t> customer{0, 0, 0, 0};
  const std::vector<std::int32_t> day{0, 7, 14, 21};
  const std::vector<std::int64_t> amount{60 * kEuro, 10 * kEuro, 0, 20 * kEuro};
  const auto histories =
      histories_of({.customers = 1, .customer = customer, .day = day, .amount = amount});
  const auto rows = model_rows(histories, 28);
  EXPECT_EQ(rows.purchases, std::vector<std::int32_t>{3});
  EXPECT_EQ(rows.paid, std::vector<std::int32_t>{3});
  EXPECT_EQ(rows.mean_amount, std::vector<double>{30});
  EXPECT_EQ(rows.paid_again, std::vector<std::int32_t>{2});
  EXPECT_EQ(rows.mean_again, std::vector<double>{15});
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
  const TestCrowd crowd(3000);
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
  const TestCrowd crowd(500, 100);
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
    Contest contest;
    bool worse;
  } cases[] = {{{1.0, 1.0}, false}, {{1.01, 1.0}, false}, {{1.05, 1.0}, true}, {{.8, 1.0}, false}};
  for (const auto& one : cases) {
    EXPECT_EQ(predicts_worse(one.contest), one.worse) << one.contest.fresh;
  }
  EXPECT_FALSE(predicts_worse(std::nullopt));
}

// The error kept with the model in use was that of its own hold-out, mostly other days than those
// of the new fit: after a calm time every fit of a lively one was refused, and after a lively time
// a bad fit of a calm one was let through.
TEST(Fitting, TheModelInUseIsJudgedOnTheSameDaysAsTheNewFit) {
  const TestCrowd crowd(3000);
  const auto histories = histories_of(crowd.orders());
  const auto held = holdout_days(histories, kToday);
  ASSERT_TRUE(held);
  const auto made = compare_models(histories, kToday);
  ASSERT_TRUE(made);
  EXPECT_FALSE(made->contest);
  const auto& best = made->fits.front();

  // The very fit of today in use: whatever error its record has, it does as well as itself.
  const auto same = compare_models(histories, kToday, Incumbent{.fit = best.fit, .until = kToday});
  ASSERT_TRUE(same && same->contest);
  EXPECT_DOUBLE_EQ(same->contest->fresh, same->contest->incumbent);
  EXPECT_FALSE(predicts_worse(same->contest));

  // One that ends before the hold-out meets the new one as it was before the hold-out too.
  const auto before =
      compare_models(histories, kToday, Incumbent{.fit = best.fit, .until = held->first});
  ASSERT_TRUE(before && before->contest);
  EXPECT_DOUBLE_EQ(before->contest->fresh, best.holdout->error);

  // One that expects next to nothing of anybody is displaced; where it were the new one, it would
  // be refused.
  auto bad = best.fit;
  for (auto& parameter : bad.parameters) {
    if (parameter.name == "alpha") parameter.value *= 100;
  }
  const auto worse = compare_models(histories, kToday, Incumbent{.fit = bad, .until = kToday});
  ASSERT_TRUE(worse && worse->contest);
  EXPECT_FALSE(predicts_worse(worse->contest));
  EXPECT_TRUE(predicts_worse(
      Contest{.fresh = worse->contest->incumbent, .incumbent = worse->contest->fresh}));
}

TEST(Inputs, DriftIsToldWhereCustomersHaveChanged) {
  const TestCrowd crowd(3000);
  const auto histories = histories_of(crowd.orders());
  const auto baseline = baseline_of(histories, kToday);
  ASSERT_TRUE(baseline);
  const auto kept = base::to_text(baseline->to_json());
  auto now = inputs_of(model_rows(histories, kToday));
  const auto steady = drift_since(kept, now);
  ASSERT_TRUE(steady) << steady.error().message;
  ASSERT_EQ(steady->size(), 4u);
  for (const auto& one : *steady) {
    EXPECT_NEAR(one["psi"].get<double>(), 0, 1e-9) << one.dump();
    EXPECT_EQ(one["level"], "steady");
  }
  for (auto& amount : std::get<std::vector<double>>(now.columns[3])) amount *= 3;
  const auto moved = drift_since(kept, now);
  ASSERT_TRUE(moved);
  EXPECT_EQ((*moved)[3]["input"], "average_order");
  EXPECT_EQ((*moved)[3]["level"], "act") << moved->dump();
  EXPECT_GT((*moved)[3]["psi"].get<double>(), analytics::drift_act);
  EXPECT_EQ((*moved)[0]["level"], "steady");
  EXPECT_FALSE(drift_since("[1]", now));
}

TEST(Parameters, AnErrorThatIsNotFiniteIsNoneBothWays) {
  const std::vector<analytics::Parameter> parameters{
      {.name = "r", .value = .25, .error = .01},
      {.name = "alpha", .value = 4.4, .error = std::numeric_limits<double>::infinity()},
      {.name = "a", .value = .8}};
  const auto json = json_of(parameters);
  EXPECT_TRUE(json[1]["error"].is_null());
  const auto read = parameters_of(*base::parse_json(base::to_text(json)));
  ASSERT_EQ(read.size(), 3u);
  EXPECT_EQ(read[0].error, .01);
  EXPECT_FALSE(read[1].error || read[2].error);
  EXPECT_EQ(read[2].value, .8);
  EXPECT_TRUE(parameters_of(base::Json("none")).empty());
}

}  // namespace
}  // namespace rapport::crm
