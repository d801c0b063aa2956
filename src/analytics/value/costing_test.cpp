#include "analytics/value/costing.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <limits>
#include <map>
#include <random>

namespace rapport::analytics {
namespace {

constexpr std::int64_t minute = 60;

// Kaplan & Anderson, Time-Driven Activity-Based Costing, Harvard Business Review 82 (11), 2004: a
// customer service department of 560,000 a quarter and 700,000 minutes.
TEST(Costing, RepeatsThePublishedExample) {
  const std::vector<CostPool> pools{
      {.channel = 0, .month = 1, .cost = 56'000'000, .capacity_seconds = 700'000 * minute}};
  // Each kind of work (orders of 8 minutes, inquiries of 44, credit checks of 50) as if one
  // customer had caused all of it.
  const std::vector<Usage> usages{{.customer = 0, .month = 1, .seconds = 49'000 * 8 * minute},
                                  {.customer = 1, .month = 1, .seconds = 1400 * 44 * minute},
                                  {.customer = 2, .month = 1, .seconds = 2500 * 50 * minute}};
  const auto made = cost_to_serve(pools, usages);
  ASSERT_TRUE(made);
  std::vector<std::int64_t> costs;
  for (const CostToServe& cost : made->costs) costs.push_back(cost.cost);
  EXPECT_THAT(costs, testing::ElementsAre(31'360'000, 4'928'000, 10'000'000));
  EXPECT_EQ(made->pools[0].used_seconds, 578'600 * minute);
  EXPECT_EQ(made->pools[0].unused_cost, 9'712'000);
  EXPECT_EQ(made->pools[0].overused_seconds, 0);
}

TEST(Costing, SharesAddUpAndTheGreatestRemaindersGetTheRest) {
  struct Case {
    std::int64_t amount;
    std::vector<std::int64_t> weights, shares;
  };
  for (const auto& [amount, weights, shares] : std::vector<Case>{
           {100, {1, 1, 1}, {34, 33, 33}},
           {101, {1, 1, 1}, {34, 34, 33}},
           {10, {1, 2, 4}, {1, 3, 6}},  // 1.43, 2.86, 5.71
           {1, {3, 5, 5}, {0, 1, 0}},
           {0, {1, 2}, {0, 0}},
           {7, {0, 0}, {0, 0}},
           {7, {0, 3}, {0, 7}},
           {5, {}, {}},
           {std::numeric_limits<std::int64_t>::max(),
            {std::int64_t{1} << 60, std::int64_t{1} << 60},
            {(std::int64_t{1} << 62), (std::int64_t{1} << 62) - 1}},
       }) {
    EXPECT_EQ(shares_of(amount, weights), shares);
  }
}

TEST(Costing, OverusedCapacityIsSharedByTimeAndSaid) {
  const std::vector<CostPool> pools{{.cost = 1000, .capacity_seconds = 100}};
  const std::vector<Usage> usages{{.customer = 0, .seconds = 150}, {.customer = 1, .seconds = 50}};
  const auto made = cost_to_serve(pools, usages);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->pools[0].overused_seconds, 100);
  EXPECT_EQ(made->pools[0].unused_cost, 0);
  EXPECT_EQ(made->costs[0].cost, 750);
  EXPECT_EQ(made->costs[1].cost, 250);
}

TEST(Costing, PoolsNobodyUsedAndTimeWithoutAPoolAreSaid) {
  const std::vector<CostPool> pools{{.channel = 1, .month = 5, .cost = 70, .capacity_seconds = 9},
                                    {.channel = 2, .month = 5, .cost = 30, .capacity_seconds = 0},
                                    {.channel = 3, .month = 5, .cost = 40, .capacity_seconds = 0}};
  const std::vector<Usage> usages{{.customer = 4, .channel = 3, .month = 5, .seconds = 0},
                                  {.customer = 4, .channel = 1, .month = 6, .seconds = 12}};
  const auto made = cost_to_serve(pools, usages);
  ASSERT_TRUE(made);
  ASSERT_EQ(made->pools.size(), 3U);
  for (const PoolUse& use : made->pools) EXPECT_EQ(use.unused_cost, use.pool.cost);
  EXPECT_EQ(made->costs[0].cost, 0);
  ASSERT_EQ(made->unpooled.size(), 1U);
  EXPECT_EQ(made->unpooled[0].seconds, 12);
  const std::vector<Usage> worked{{.customer = 4, .channel = 2, .month = 5, .seconds = 3}};
  const auto over = cost_to_serve(pools, worked);
  EXPECT_EQ(over->costs[0].cost, 30);
  EXPECT_EQ(over->pools[1].overused_seconds, 3);
}

TEST(Costing, RefusesWhatCannotBe) {
  struct Case {
    std::vector<CostPool> pools;
    std::vector<Usage> usages;
    std::string code;
  };
  const CostPool pool{.channel = 1, .month = 1, .cost = 1, .capacity_seconds = 1};
  const std::int64_t most = std::numeric_limits<std::int64_t>::max();
  for (const auto& [pools, usages, code] : std::vector<Case>{
           {{pool, pool}, {}, "analytics.pool_twice"},
           {{{.cost = -1}}, {}, "analytics.negative_cost"},
           {{{.capacity_seconds = -1}}, {}, "analytics.negative_time"},
           {{pool}, {{.channel = 1, .month = 1, .seconds = -1}}, "analytics.negative_time"},
           {{pool}, {{.seconds = most}, {.seconds = 1}}, "analytics.too_much_time"},
           {{pool}, {{.customer = 1, .seconds = most}}, "analytics.too_much_time"}}) {
    const auto made = cost_to_serve(pools, usages);
    ASSERT_FALSE(made) << code;
    EXPECT_EQ(made.error().code, code);
  }
}

TEST(Costing, CustomersAndUnusedCapacityAddUpToEveryPoolHoweverTheRowsCome) {
  std::mt19937_64 random(11);  // NOLINT: the same each time
  const auto below = [&](std::uint64_t limit) {
    return static_cast<std::int64_t>(random() % limit);
  };
  std::vector<CostPool> pools;
  for (std::uint32_t channel = 0; channel < 6; ++channel) {
    for (std::int32_t month = 0; month < 12; ++month) {
      pools.push_back({channel, month, below(5'000'000'000), below(400'000)});
    }
  }
  constexpr int rows = 20'000;
  std::vector<Usage> usages;
  usages.reserve(rows);
  for (int i = 0; i < rows; ++i) {
    usages.push_back({static_cast<std::uint32_t>(below(500)), static_cast<std::uint32_t>(below(6)),
                      static_cast<std::int32_t>(below(12)), below(1800)});
  }
  const auto made = cost_to_serve(pools, usages);
  ASSERT_TRUE(made);
  std::map<std::pair<std::uint32_t, std::int32_t>, std::int64_t> sums;
  for (const CostToServe& cost : made->costs) sums[{cost.channel, cost.month}] += cost.cost;
  std::size_t overused = 0;
  for (const PoolUse& use : made->pools) {
    EXPECT_EQ(sums[std::pair(use.pool.channel, use.pool.month)] + use.unused_cost, use.pool.cost);
    overused += use.overused_seconds > 0 ? 1 : 0;
  }
  EXPECT_GT(overused, 5U);
  EXPECT_LT(overused, 72U);
  std::ranges::shuffle(usages, random);
  std::ranges::shuffle(pools, random);
  EXPECT_EQ(cost_to_serve(pools, usages)->costs, made->costs);
}

}  // namespace
}  // namespace rapport::analytics
