// The risk of leaving, learnt from customers of whom it is known who left.
#include "crm/insight/churn_risk/fitting.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <random>

#include "crm/insight/facts/testing.hpp"
#include "crm/insight/models/verdict.hpp"

namespace rapport::crm {
namespace {

constexpr std::int64_t kEuro = 10'000;
constexpr std::int32_t kToday = 20'000;

// Customers who buy about every three weeks. Those who spend little leave with a chance of four in
// ten a purchase, the others of one in twenty: planted, for a model to find.
struct Crowd : OrderColumns {
  Histories histories;

  Crowd(std::size_t size, std::int32_t days, bool planted = true) {
    customers = size;
    std::mt19937_64 random(3);
    std::uniform_real_distribution<> uniform(1e-9, 1);
    for (std::uint32_t i = 0; i < size; ++i) {
      const bool small = uniform(random) < .5;
      const double leaves = !planted ? .1 : small ? .4 : .05;
      double at = uniform(random) * days;
      while (at < days) {
        order(i, kToday - days + 1 + static_cast<std::int32_t>(at),
              static_cast<std::int64_t>((small ? 10 : 60) + 20 * uniform(random)));
        if (uniform(random) < leaves) break;
        at += std::max(1., -std::log(uniform(random)) * 21);
      }
    }
    histories = histories_of(orders());
  }
  [[nodiscard]] ChurnSources sources() const {
    return {.histories = histories, .orders = orders(), .talks = {}, .talks_from = 0};
  }
};

TEST(ChurnFitting, FindsAPlantedSignalAndBeatsTheBaseRate) {
  const Crowd crowd(4000, 400);
  const auto made = compare_churn(crowd.sources(), kToday);
  ASSERT_TRUE(made) << made.error().message << " " << made.error().details;
  ASSERT_EQ(made->fits.size(), 2U);
  const auto& best = made->fits.front();
  EXPECT_EQ(best.model.horizon, 45);  // four of five gaps end within 21 · ln 5 = 34 days
  EXPECT_EQ(best.judged.until, kToday);
  EXPECT_EQ(best.until, kToday);
  EXPECT_EQ(best.judged_until, kToday - 45);
  EXPECT_TRUE(best.model.model.report().calibrated);
  EXPECT_GT(best.judged.area, .9);
  EXPECT_LT(best.judged.log_loss, best.judged.base_log_loss * .6);
  EXPECT_LT(best.judged.calibration.error, .05);
  EXPECT_NEAR(best.judged.predicted / static_cast<double>(best.judged.left), 1, .1);
  ASSERT_TRUE(made->rival);
  EXPECT_GT(best.judged.area, made->rival->alive_area);
  EXPECT_GT(best.judged.area, made->rival->expected_area);
  EXPECT_EQ(verdict_on(*made, {}).state, "in_use");
}

TEST(ChurnFitting, PrefersTheKindWhoseWeightsCanBeReadUnlessTheTreesAreClearlyBetter) {
  const Crowd crowd(4000, 400);
  const auto made = compare_churn(crowd.sources(), kToday);
  ASSERT_TRUE(made);
  const bool trees_first = made->fits[0].model.model.kind() == analytics::ModelKind::boosted;
  const auto& trees = made->fits[trees_first ? 0 : 1].judged;
  const auto& plain = made->fits[trees_first ? 1 : 0].judged;
  EXPECT_EQ(trees_first, trees.log_loss < plain.log_loss * (1 - boosted_margin));
}

TEST(ChurnFitting, TooLittleIsTold) {
  const struct {
    std::string_view what;
    std::size_t customers;
    std::int32_t days;
    std::string_view says;
  } cases[] = {{"a short history", 3000, 149, "less than 150 days ago"},
               {"few customers", 130, 400, "customers had bought"},
               {"nobody", 0, 400, "Nobody has come back"}};
  for (const auto& one : cases) {
    const Crowd crowd(one.customers, one.days);
    const auto made = compare_churn(crowd.sources(), kToday);
    ASSERT_FALSE(made) << one.what;
    EXPECT_EQ(made.error().code, "insight.no_fit") << one.what;
    EXPECT_NE(made.error().details.find(one.says), std::string::npos) << made.error().details;
  }
}

TEST(ChurnFitting, WhatIsSavedAndLoadedScoresTheSame) {
  const Crowd crowd(2000, 400);
  const auto made = compare_churn(crowd.sources(), kToday);
  ASSERT_TRUE(made);
  for (const auto& fit : made->fits) {
    const auto saved = fit.model.save();
    ASSERT_TRUE(saved);
    const auto loaded = ChurnModel::load(*saved);
    ASSERT_TRUE(loaded) << loaded.error().details;
    EXPECT_EQ(loaded->horizon, fit.model.horizon);
    EXPECT_EQ(loaded->interactions, fit.model.interactions);
    const auto cases = churn_cases(crowd.sources(), kToday, fit.model.horizon, false, 500);
    EXPECT_EQ(*loaded->model.probabilities(cases.table),
              *fit.model.model.probabilities(cases.table));
    EXPECT_EQ(loaded->model.report().gains.size(), fit.model.model.report().gains.size());
  }
  for (const auto* bad : {"", "{}", "[1]", R"({"horizon":1,"interactions":true,"model":"{}"})"}) {
    EXPECT_EQ(ChurnModel::load(bad).error().code, "analytics.malformed_model") << bad;
  }
}

TEST(ChurnFitting, GainsOfTheTreesAddUpToOne) {
  const Crowd crowd(2000, 400);
  const auto made = compare_churn(crowd.sources(), kToday);
  ASSERT_TRUE(made);
  for (const auto& fit : made->fits) {
    const auto& report = fit.model.model.report();
    EXPECT_NE(report.gains.empty(), report.weights.empty());
    if (report.gains.empty()) continue;
    EXPECT_GE(report.gains.front().share, report.gains.back().share);
    EXPECT_NEAR(std::accumulate(report.gains.begin(), report.gains.end(), 0.,
                                [](double sum, const auto& one) { return sum + one.share; }),
                1, 1e-9);
  }
}

TEST(ChurnFitting, AWorseOneIsNotUsedByItself) {
  const Crowd crowd(3000, 400);
  auto made = compare_churn(crowd.sources(), kToday);
  ASSERT_TRUE(made);
  EXPECT_FALSE(made->contest);
  const struct {
    std::optional<SkillContest> contest;
    bool adopted;
    std::string_view state;
  } cases[] = {
      {std::nullopt, false, "in_use"},          {std::nullopt, true, "candidate"},
      {SkillContest{.4, .4}, false, "in_use"},  {SkillContest{.4, .4}, true, "candidate"},
      {SkillContest{.39, .4}, false, "in_use"}, {SkillContest{.37, .4}, false, "refused"},
      {SkillContest{.37, .4}, true, "refused"}, {SkillContest{.43, .4}, true, "in_use"},
  };
  for (const auto& one : cases) {
    made->contest = one.contest;
    const auto verdict = verdict_on(*made, {.until = kToday, .adopted = one.adopted});
    EXPECT_EQ(verdict.state, one.state) << verdict.note;
    EXPECT_EQ(verdict.note.empty(), one.state == "in_use");
  }
  made->fits.front().judged.log_loss = made->fits.front().judged.base_log_loss;
  EXPECT_NE(verdict_on(*made, {}).note.find("no more than"), std::string::npos);
}

// One that has seen the days held out is compared with the new one as fitted anew on them.
TEST(ChurnFitting, TheModelInUseIsJudgedOnTheSameDaysAsTheNewFit) {
  const Crowd crowd(3000, 400);
  const auto made = compare_churn(crowd.sources(), kToday);
  ASSERT_TRUE(made);
  const auto& best = made->fits.front();
  const auto again =
      compare_churn(crowd.sources(), kToday, {.incumbent = &best.model, .incumbent_until = kToday});
  ASSERT_TRUE(again && again->contest);
  EXPECT_NEAR(again->contest->fresh, again->contest->incumbent, 1e-12) << "the very same";
  // The fit of a horizon ago has seen none of them.
  const auto early = compare_churn(crowd.sources(), kToday - best.model.horizon);
  ASSERT_TRUE(early);
  const auto& before = early->fits.front();
  ASSERT_EQ(before.model.horizon, best.model.horizon);
  const auto unseen = compare_churn(crowd.sources(), kToday,
                                    {.incumbent = &before.model, .incumbent_until = before.until});
  ASSERT_TRUE(unseen && unseen->contest);
  EXPECT_DOUBLE_EQ(unseen->contest->fresh, best.judged.skill());
}

// A seasonal firm, where nobody bought within the window of the base rate, had a loss of the base
// rate without end and so a skill of 1, which no new fit could match; and of another horizon the
// days were others.
TEST(ChurnFitting, AModelOfAnotherHorizonIsNoneToCompareWith) {
  Crowd crowd(3000, 400);
  auto made = compare_churn(crowd.sources(), kToday);
  ASSERT_TRUE(made);
  auto& other = made->fits.front().model;
  other.horizon = 60;
  const auto compared =
      compare_churn(crowd.sources(), kToday, {.incumbent = &other, .incumbent_until = kToday});
  ASSERT_TRUE(compared);
  EXPECT_FALSE(compared->contest);
}

// The model in use had last seen an outcome one horizon ago, half a year for firms whose customers
// come back twice a year.
TEST(ChurnFitting, ThePreferredIsFittedAnewOnTheNewestDaysAndKeepsItsJudgement) {
  const Crowd crowd(3000, 400);
  const auto made = compare_churn(crowd.sources(), kToday);
  ASSERT_TRUE(made);
  const auto &best = made->fits[0], &other = made->fits[1];
  EXPECT_EQ(best.until, kToday);
  EXPECT_EQ(other.until, kToday - 45);
  EXPECT_EQ(best.judged_until, kToday - 45);
  EXPECT_EQ(other.judged_until, kToday - 45);
  EXPECT_GT(best.customers, other.customers) << "a horizon later more had bought";
  EXPECT_TRUE(best.model.model.report().calibrated);
  // What was judged is the very fit that the comparison of a horizon ago would put in use.
  const auto before = compare_churn(crowd.sources(), kToday - 45);
  ASSERT_TRUE(before);
  const auto& then = before->fits.front();
  ASSERT_EQ(then.model.model.kind(), best.model.model.kind());
  ASSERT_EQ(then.until, best.judged_until);
  ASSERT_EQ(then.model.horizon, best.model.horizon);
  const auto cases = churn_cases(crowd.sources(), kToday - 45, 45, false, slice_customers_max);
  const auto told = then.model.model.probabilities(cases.table);
  ASSERT_TRUE(told);
  EXPECT_NEAR(analytics::losses_of(*told, cases.left)->log_loss, best.judged.log_loss, 1e-12);
}

TEST(ChurnHorizon, IsTheLengthWithinWhichFourOfFiveCameBack) {
  const auto horizon = [](const std::vector<std::int32_t>& gaps, std::int32_t history) {
    std::vector<std::uint32_t> customer;
    std::vector<std::int32_t> day;
    std::uint32_t who = 0;
    for (const auto gap : gaps) {
      for (const auto at : {kToday - history, kToday - history + gap}) {
        customer.push_back(who);
        day.push_back(at);
      }
      ++who;
    }
    const std::vector<std::int64_t> amount(day.size(), kEuro);
    return churn_horizon(
        histories_of({.customers = who, .customer = customer, .day = day, .amount = amount}),
        kToday);
  };
  const std::vector<std::int32_t> weeks(10, 7), mixed{5, 5, 5, 5, 50, 50, 50, 50, 80, 200},
      years(10, 300);
  EXPECT_EQ(horizon(weeks, 1000), 30);
  EXPECT_EQ(horizon(mixed, 1000), 60);
  EXPECT_EQ(horizon(mixed, 299), 45) << "at most a fifth of the history";
  EXPECT_EQ(horizon(years, 1000), 180);
  EXPECT_EQ(horizon(weeks, 150), 30);
  EXPECT_EQ(horizon(weeks, 149), std::nullopt);
}

}  // namespace
}  // namespace rapport::crm
