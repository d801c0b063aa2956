#include "analytics/value/groups.hpp"

#include <gmock/gmock.h>

#include <random>

namespace rapport::analytics {
namespace {

constexpr std::int32_t today = 1000;

// Three kinds, mixed: many small and long ago, some middling, few large and of late.
std::vector<PurchaseFacts> three_kinds() {
  std::mt19937 random(4);  // NOLINT: the same each time
  std::vector<PurchaseFacts> facts;
  for (int i = 0; i < 600; ++i) {
    const auto near = static_cast<int>(random() % 5);
    const int kind = i % 6 < 3 ? 2 : i % 6 < 5 ? 1 : 0;
    const auto orders = static_cast<std::uint32_t>(kind == 0 ? 100 + near : kind == 1 ? 12 : 1);
    const int ago = kind == 0 ? 2 : kind == 1 ? 40 + near : 400 + near * 9;
    const std::int64_t money = kind == 0 ? 900'000 : kind == 1 ? 30'000 : 500;
    facts.push_back({.first_day = 0,
                     .last_day = today - ago,
                     .orders = orders,
                     .money = (money + near) * amount_unit / 10});
  }
  return facts;
}

TEST(Groups, FindsTheKindsAndNumbersTheBestFirst) {
  const auto facts = three_kinds();
  const auto made = group_customers(facts, today, {.groups = 3});
  ASSERT_TRUE(made);
  ASSERT_EQ(made->groups.size(), 3U);
  EXPECT_EQ(made->groups[0].count, 100U);
  EXPECT_EQ(made->groups[1].count, 200U);
  EXPECT_EQ(made->groups[2].count, 300U);
  EXPECT_NEAR(made->groups[0].recency_days, 2, 1e-9);
  EXPECT_NEAR(made->groups[1].orders, 12, 1e-9);
  for (std::size_t i = 0; i < facts.size(); ++i) {
    EXPECT_EQ(made->of[i], i % 6 < 3 ? 2 : i % 6 < 5 ? 1 : 0);
  }
  EXPECT_GT(made->silhouette, 0.9);
  EXPECT_LT(group_customers(facts, today, {.groups = 2})->silhouette, made->silhouette);
  EXPECT_GT(group_customers(facts, today, {.groups = 2})->inertia, made->inertia);
}

TEST(Groups, AreTheSameEachTime) {
  const auto facts = three_kinds();
  const auto once = group_customers(facts, today, {.groups = 4, .seed = 9});
  const auto again = group_customers(facts, today, {.groups = 4, .seed = 9});
  EXPECT_EQ(once->of, again->of);
  EXPECT_EQ(once->inertia, again->inertia);
}

TEST(Groups, WhoHasNotBoughtHasNone) {
  auto facts = three_kinds();
  facts[5] = {.returns = 2, .money = -10};
  EXPECT_EQ(group_customers(facts, today)->of[5], no_group);
}

TEST(Groups, AreNoMoreThanCustomersWhoDiffer) {
  std::vector<PurchaseFacts> facts;
  for (int i = 0; i < 50; ++i) {
    facts.push_back({.last_day = 900, .orders = i % 2 == 0 ? 1U : 9U, .money = 5 * amount_unit});
  }
  const auto made = group_customers(facts, today, {.groups = 5});
  ASSERT_TRUE(made);
  EXPECT_EQ(made->groups.size(), 2U);
  EXPECT_NEAR(made->silhouette, 1, 1e-9);
  facts.assign(50, facts[0]);
  EXPECT_EQ(group_customers(facts, today).error().code, "analytics.too_few_customers");
  EXPECT_EQ(group_customers({}, today).error().code, "analytics.too_few_customers");
  EXPECT_EQ(group_customers(facts, today, {.groups = 1}).error().code, "analytics.bad_option");
  EXPECT_EQ(group_customers(facts, today, {.groups = 21}).error().code, "analytics.bad_option");
}

TEST(KMeans, SettlesWhereEveryPointIsWithItsNearestMean) {
  std::mt19937 random(6);  // NOLINT: the same each time
  std::normal_distribution<double> value(0, 1);
  std::vector<Point> points;
  for (int i = 0; i < 800; ++i) points.push_back({value(random), value(random), value(random)});
  const KMeans made = k_means(points, 6, 1);
  std::vector<Point> means(6, Point{});
  std::vector<double> counts(6, 0);
  for (std::size_t i = 0; i < points.size(); ++i) {
    ++counts[made.of[i]];
    for (std::size_t d = 0; d < 3; ++d) means[made.of[i]][d] += points[i][d];
  }
  const auto square = [&](const Point& a, const Point& b) {
    double sum = 0;
    for (std::size_t d = 0; d < 3; ++d) sum += (a[d] - b[d]) * (a[d] - b[d]);
    return sum;
  };
  double inertia = 0;
  for (std::size_t k = 0; k < 6; ++k) {
    for (double& coordinate : means[k]) coordinate /= counts[k];
    for (std::size_t d = 0; d < 3; ++d) EXPECT_NEAR(means[k][d], made.centres[k][d], 1e-9);
  }
  for (std::size_t i = 0; i < points.size(); ++i) {
    for (const Point& centre : made.centres) {
      EXPECT_LE(square(points[i], made.centres[made.of[i]]), square(points[i], centre) + 1e-12);
    }
    inertia += square(points[i], made.centres[made.of[i]]);
  }
  EXPECT_NEAR(inertia, made.inertia, 1e-6);
}

// Four points on a line, by hand: a = 1 and b = 10.5 of the first, a = 1 and b = 9.5 of the second.
TEST(KMeans, TheSilhouetteIsThatOfItsDefinition) {
  const std::vector<Point> points{{0, 0, 0}, {1, 0, 0}, {10, 0, 0}, {11, 0, 0}};
  const std::vector<std::uint8_t> of{0, 0, 1, 1};
  EXPECT_NEAR(silhouette_of(points, of, 2), (2 * (9.5 / 10.5) + 2 * (8.5 / 9.5)) / 4, 1e-12);
}

}  // namespace
}  // namespace rapport::analytics
