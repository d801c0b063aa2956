#include "analytics/value/whale.hpp"

#include <gmock/gmock.h>

#include <array>
#include <limits>

namespace rapport::analytics {
namespace {

TEST(WhaleCurve, RisesToThePeakAndFallsByWhatTheLastCost) {
  const std::vector<std::int64_t> money{-20, 60, 0, 50, 10};
  const auto made = whale_curve(money, std::array{0.2, 0.5});
  ASSERT_TRUE(made);
  EXPECT_EQ(made->total, 100);
  std::vector<std::int64_t> sums;
  for (const WhalePoint& point : made->points) sums.push_back(point.sum);
  EXPECT_THAT(sums, testing::ElementsAre(0, 60, 110, 120, 120, 100));
  EXPECT_EQ(made->peak.count, 3U);
  EXPECT_DOUBLE_EQ(made->peak.cumulative, 1.2);
  EXPECT_DOUBLE_EQ(made->best[0].cumulative, 0.6);
  EXPECT_EQ(made->best[1].count, 2U);
  EXPECT_EQ(made->negative_count, 1U);
  EXPECT_EQ(made->negative_sum, -20);
  EXPECT_EQ(made->nought_count, 1U);
}

TEST(WhaleCurve, TheBestOnePerCentAreNoMoreThanThatButOneAtLeast) {
  struct Case {
    std::size_t customers;
    double share;
    std::size_t count;
  };
  for (const auto& [customers, share, count] : std::vector<Case>{{4372, 0.01, 43},
                                                                 {4372, 0.1, 437},
                                                                 {100, 0.29, 29},
                                                                 {50, 0.01, 1},
                                                                 {50, 0, 1},
                                                                 {50, 1, 50},
                                                                 {50, 2, 50}}) {
    const std::vector<std::int64_t> money(customers, 1);
    EXPECT_EQ(whale_curve(money, std::array{share})->best[0].count, count);
  }
}

TEST(WhaleCurve, OfManyCustomersHasFewPointsAndThePeakAmongThem) {
  std::vector<std::int64_t> money(100'000, 10);
  for (std::size_t i = 0; i < 777; ++i) money[i] = -10;
  const auto made = whale_curve(money, {});
  ASSERT_TRUE(made);
  EXPECT_LE(made->points.size(), whale_points_max + 2);
  EXPECT_EQ(made->peak.count, 100'000U - 777U);
  const auto at_peak = [&](const WhalePoint& point) { return point.count == made->peak.count; };
  EXPECT_EQ(std::ranges::count_if(made->points, at_peak), 1);
  EXPECT_TRUE(std::ranges::is_sorted(made->points, {}, &WhalePoint::count));
  EXPECT_EQ(made->points.back().sum, made->total);
}

TEST(WhaleCurve, NothingIsAShareOfNothing) {
  EXPECT_EQ(whale_curve({}, {}).error().code, "analytics.too_few_customers");
  EXPECT_EQ(whale_curve(std::vector<std::int64_t>{5, -5}, {}).error().code, "analytics.no_net");
  EXPECT_EQ(whale_curve(std::vector<std::int64_t>{-1}, {}).error().code, "analytics.no_net");
  const std::vector<std::int64_t> huge(2, std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(whale_curve(huge, {}).error().code, "analytics.too_much_money");
}

}  // namespace
}  // namespace rapport::analytics
