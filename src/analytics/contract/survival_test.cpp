#include "analytics/contract/survival.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "analytics/contract/remission_testing.hpp"

namespace rapport::analytics {
namespace {

TEST(KaplanMeier, GivesTheRemissionsOfTheTextbook) {
  const auto curve = kaplan_meier(treated_remission());
  ASSERT_TRUE(curve.has_value());
  EXPECT_EQ(curve->customers, 21U);
  EXPECT_EQ(curve->ended, 9U);
  struct Case {  // R survival 3.5, conf.type = "log-log"
    double time;
    std::size_t at_risk, ended;
    double survival, error, low, high;
  };
  for (const Case& expected : {Case{6, 21, 3, 0.85714286, 0.076360355, 0.61971796, 0.95155175},
                               Case{7, 17, 1, 0.80672269, 0.086935285, 0.56314656, 0.92280902},
                               Case{10, 15, 1, 0.75294118, 0.096349653, 0.50319951, 0.88936184},
                               Case{13, 12, 1, 0.69019608, 0.106814708, 0.43161022, 0.84906596},
                               Case{16, 11, 1, 0.62745098, 0.114053865, 0.36751086, 0.80491219},
                               Case{22, 7, 1, 0.53781513, 0.128233752, 0.26777894, 0.74679072},
                               Case{23, 6, 1, 0.44817927, 0.134591457, 0.18805201, 0.68014263}}) {
    const auto point = std::ranges::find(curve->points, expected.time, &SurvivalPoint::time);
    ASSERT_NE(point, curve->points.end());
    EXPECT_EQ(point->at_risk, expected.at_risk);
    EXPECT_EQ(point->ended, expected.ended);
    EXPECT_NEAR(point->survival, expected.survival, 1e-8);
    EXPECT_NEAR(*point->error, expected.error, 1e-8);
    EXPECT_NEAR(*point->low, expected.low, 1e-8);
    EXPECT_NEAR(*point->high, expected.high, 1e-8);
  }
  EXPECT_EQ(curve->median(), 23);
  EXPECT_EQ(curve->survival_at(5.9), 1);
  EXPECT_NEAR(curve->survival_at(6.5), 0.85714286, 1e-8);
  EXPECT_NEAR(curve->survival_at(100), 0.44817927, 1e-8);
}

TEST(KaplanMeier, HasNoIntervalWhereNobodyIsLeft) {
  const std::vector<double> time{1, 2, 3};
  const std::vector<std::uint8_t> ended{0, 1, 1};
  const auto curve = kaplan_meier({.time = time, .ended = ended});
  EXPECT_EQ(curve->points[0].survival, 1);
  EXPECT_EQ(curve->points[0].low, 1);
  EXPECT_EQ(curve->points[1].survival, 0.5);
  EXPECT_TRUE(curve->points[1].low.has_value());
  EXPECT_EQ(curve->points[2].survival, 0);
  EXPECT_FALSE(curve->points[2].low.has_value());
  EXPECT_FALSE(curve->points[2].high.has_value());
  EXPECT_EQ(curve->median(), 2);
}

TEST(KaplanMeier, StaysAtOneWhereNobodyLeft) {
  const std::vector<double> time{1, 2};
  const std::vector<std::uint8_t> ended{0, 0};
  const auto curve = kaplan_meier({.time = time, .ended = ended});
  EXPECT_EQ(curve->survival_at(2), 1);
  EXPECT_FALSE(curve->median().has_value());
  EXPECT_TRUE(kaplan_meier({})->points.empty());
}

TEST(KaplanMeier, RefusesTimesThatAreNone) {
  const std::vector<std::uint8_t> ended{1, 1};
  for (const double bad :
       {-1.0, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    const std::vector<double> time{1, bad};
    const auto curve = kaplan_meier({.time = time, .ended = ended});
    ASSERT_FALSE(curve.has_value());
    EXPECT_EQ(curve.error().code, "analytics.bad_time");
    EXPECT_NE(curve.error().details.find("customer 2"), std::string::npos);
  }
  const std::vector<double> one{1};
  EXPECT_EQ(kaplan_meier({.time = one, .ended = ended}).error().code, "analytics.uneven_columns");
}

std::vector<std::uint32_t> untreated() {
  std::vector<std::uint32_t> group(remission().size(), 1);
  std::fill_n(group.begin(), remission_treated, 0U);
  return group;
}

TEST(LogRank, TellsTheTreatedFromTheUntreated) {
  const auto test = log_rank(remission(), untreated(), 2);
  ASSERT_TRUE(test.has_value());
  EXPECT_NEAR(test->chi_square, 16.7929409892, 1e-9);  // R survival 3.5, survdiff
  EXPECT_EQ(test->degrees, 1);
  EXPECT_NEAR(test->p, 4.17e-5, 1e-7);
  EXPECT_EQ(test->groups[0].customers, 21U);
  EXPECT_EQ(test->groups[0].observed, 9U);
  EXPECT_NEAR(test->groups[0].expected, 19.25, 0.005);
  EXPECT_NEAR(test->groups[1].expected, 10.75, 0.005);
}

TEST(LogRank, LeavesOutGroupsThatWereNeverThere) {
  // A third group without customers, and a fourth that is gone before anyone leaves.
  std::vector<double> time = remission_weeks;
  std::vector<std::uint8_t> ended = remission_ended;
  auto group = untreated();
  time.push_back(0.5);
  ended.push_back(0);
  group.push_back(3);
  const auto test = log_rank({.time = time, .ended = ended}, group, 4);
  ASSERT_TRUE(test.has_value());
  EXPECT_NEAR(test->chi_square, 16.7929409892, 1e-9);
  EXPECT_EQ(test->degrees, 1);
}

TEST(LogRank, FindsNothingBetweenEqualGroups) {
  std::vector<double> time = remission_weeks;
  std::vector<std::uint8_t> ended = remission_ended;
  time.insert(time.end(), remission_weeks.begin(), remission_weeks.end());
  ended.insert(ended.end(), remission_ended.begin(), remission_ended.end());
  std::vector<std::uint32_t> group(84, 0);
  std::fill_n(group.begin(), 42, 1U);
  const auto test = log_rank({.time = time, .ended = ended}, group, 2);
  EXPECT_NEAR(test->chi_square, 0, 1e-12);
  EXPECT_NEAR(test->p, 1, 1e-6);
}

TEST(LogRank, RefusesWhatCannotBeCompared) {
  const std::vector<double> time{1, 2, 3, 4};
  const std::vector<std::uint8_t> some{1, 1, 0, 1}, none{0, 0, 0, 0}, all{1, 1, 1, 1};
  const std::vector<double> at_once{2, 2, 2, 2}, one_time{5, 6, 2, 2};
  const std::vector<std::uint32_t> group{0, 0, 1, 1}, bad{0, 0, 1, 9};
  const auto code = [](const base::Result<LogRank>& test) {
    return test ? std::string("compared") : test.error().code;
  };
  EXPECT_EQ(code(log_rank({.time = time, .ended = some}, group, 2)), "compared");
  EXPECT_EQ(code(log_rank({.time = time, .ended = none}, group, 2)),
            "analytics.nothing_to_compare");
  EXPECT_EQ(code(log_rank({.time = at_once, .ended = all}, group, 2)),
            "analytics.nothing_to_compare");
  // The second group is gone, unharmed, before anyone leaves.
  const std::vector<std::uint8_t> first{1, 1, 0, 0};
  EXPECT_EQ(code(log_rank({.time = one_time, .ended = first}, group, 2)),
            "analytics.nothing_to_compare");
  EXPECT_EQ(code(log_rank({.time = time, .ended = some}, group, 1)), "analytics.uneven_columns");
  EXPECT_EQ(code(log_rank({.time = time, .ended = some}, bad, 2)), "analytics.uneven_columns");
  const std::vector<std::uint32_t> zero{0, 0, 0, 0};
  EXPECT_EQ(code(log_rank({.time = time, .ended = some}, zero, 1)), "analytics.one_group");
  const auto many = log_rank({.time = time, .ended = some}, group, 201);
  EXPECT_EQ(code(many), "analytics.too_many_groups");
  EXPECT_EQ(many.error().message, "At most 200 groups are compared; there are 201.");
}

}  // namespace
}  // namespace rapport::analytics
