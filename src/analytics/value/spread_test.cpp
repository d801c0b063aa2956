#include "analytics/value/spread.hpp"

#include <gmock/gmock.h>

#include <limits>
#include <random>

namespace rapport::analytics {
namespace {

TEST(Distribution, EveryAmountIsInOneBinAndTheBinsHaveNoGaps) {
  std::mt19937 random(3);  // NOLINT: the same each time
  std::lognormal_distribution<double> spread(10, 2);
  std::vector<std::int64_t> amounts;
  for (int i = 0; i < 5000; ++i) {
    amounts.push_back(static_cast<std::int64_t>(spread(random)) - 4000);
  }
  const auto made = distribution(amounts, 20);
  ASSERT_TRUE(made);
  EXPECT_LE(made->bins.size(), 20U);
  EXPECT_GE(made->bins.size(), 8U);
  std::size_t count = 0;
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < made->bins.size(); ++i) {
    const Bin& bin = made->bins[i];
    EXPECT_EQ(bin.from, i > 0 ? made->bins[i - 1].to : bin.from);
    const bool last = i + 1 == made->bins.size();
    const auto within = [&](std::int64_t amount) {
      return amount >= bin.from && (amount < bin.to || (last && amount == bin.to));
    };
    EXPECT_EQ(static_cast<std::size_t>(std::ranges::count_if(amounts, within)), bin.count);
    count += bin.count;
    sum += bin.sum;
  }
  EXPECT_EQ(count, made->count);
  EXPECT_EQ(sum, made->total);
}

TEST(Distribution, MeanAndMedianAreWholeAndExact) {
  struct Case {
    std::vector<std::int64_t> amounts;
    std::int64_t mean, median;
  };
  for (const auto& [amounts, mean, median] : std::vector<Case>{{{1, 2}, 2, 1},
                                                               {{2, 3}, 2, 2},
                                                               {{-1, -2}, -2, -2},
                                                               {{-2, -3}, -2, -3},
                                                               {{0, 0, 1}, 0, 0},
                                                               {{0, 1, 1}, 1, 1},
                                                               {{9}, 9, 9}}) {
    const auto made = distribution(amounts, 10);
    ASSERT_TRUE(made);
    EXPECT_EQ(made->mean, mean);
    EXPECT_EQ(made->median, median);
  }
}

TEST(Distribution, HasRoundBounds) {
  std::vector<std::int64_t> amounts;
  for (int i = 0; i < 1000; ++i) amounts.push_back(i * 37);
  const auto made = distribution(amounts, 10);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->bins[1].from, 5000);
  EXPECT_EQ(made->bins[2].from, 10'000);
}

TEST(Distribution, OfEqualAmountsIsOneBinAndOfNoneNothing) {
  EXPECT_TRUE(distribution({}, 10)->bins.empty());
  const auto made = distribution(std::vector<std::int64_t>(7, 250), 10);
  ASSERT_EQ(made->bins.size(), 1U);
  EXPECT_EQ(made->bins[0].count, 7U);
  const std::vector<std::int64_t> huge(2, std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(distribution(huge, 10).error().code, "analytics.too_much_money");
  EXPECT_EQ(distribution(std::vector<std::int64_t>{huge[0]}, 10).error().code,
            "analytics.too_much_money");
}

TEST(TwoByTwo, DividesAtTheMediansOrAtStatedBounds) {
  const std::vector<std::int64_t> current{1, 2, 3, 4}, future{40, 10, 30, 20};
  const auto made = two_by_two(current, future);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->current_bound, 2);
  EXPECT_EQ(made->future_bound, 20);
  EXPECT_EQ(made->quarters[0][1].count, 1U);
  EXPECT_EQ(made->quarters[0][1].future_sum, 40);
  EXPECT_EQ(made->quarters[1][1].current_sum, 3);
  const auto stated = two_by_two(current, future, {.current = 3, .future = 0});
  EXPECT_EQ(stated->quarters[1][1].count, 1U);
  EXPECT_EQ(stated->quarters[0][1].count, 3U);
  EXPECT_EQ(stated->quarters[0][0].count + stated->quarters[1][0].count, 0U);
}

TEST(TwoByTwo, RefusesWhatDoesNotFitTogether) {
  EXPECT_EQ(two_by_two({}, {}).error().code, "analytics.too_few_customers");
  const std::vector<std::int64_t> one{1};
  EXPECT_EQ(two_by_two(one, {}).error().code, "analytics.uneven_columns");
}

}  // namespace
}  // namespace rapport::analytics
