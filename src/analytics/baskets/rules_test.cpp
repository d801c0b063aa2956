#include "analytics/baskets/rules.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <random>
#include <set>

namespace rapport::analytics {
namespace {

// Tan, Steinbach & Kumar, "Introduction to Data Mining", table 6.1.
constexpr Item bread = 0, milk = 1, diapers = 2, beer = 3, eggs = 4, cola = 5;
Baskets market() {
  Baskets baskets;
  baskets.add({bread, milk});
  baskets.add({bread, diapers, beer, eggs});
  baskets.add({milk, diapers, beer, cola});
  baskets.add({bread, milk, diapers, beer});
  baskets.add({bread, milk, diapers, cola});
  return baskets;
}

const Rule* find(const Rules& rules, const std::vector<Item>& when, Item then) {
  for (const Rule& rule : rules.rules)
    if (rule.when == when && rule.then == then) return &rule;
  return nullptr;
}

TEST(Rules, HaveTheFiguresOfTheTextbook) {
  const auto rules = find_rules(market(), {.support = 0.4, .confidence = 0.5});
  ASSERT_TRUE(rules.has_value());
  // {Milk, Diapers} -> {Beer}: support 2/5, confidence 2/3.
  const Rule* rule = find(*rules, {milk, diapers}, beer);
  ASSERT_NE(rule, nullptr);
  EXPECT_EQ(rule->together, 2U);
  EXPECT_EQ(rule->when_count, 3U);
  EXPECT_EQ(rule->then_count, 3U);
  EXPECT_DOUBLE_EQ(rule->support, 0.4);
  EXPECT_DOUBLE_EQ(rule->confidence, 2.0 / 3);
  EXPECT_DOUBLE_EQ(rule->lift, 2.0 / 3 / 0.6);
  EXPECT_EQ(find(*rules, {milk, diapers}, eggs), nullptr);
}

TEST(Rules, ComeWithTheGreatestLiftFirst) {
  const auto rules = find_rules(market(), {.support = 0.2, .confidence = 0.2});
  ASSERT_TRUE(rules.has_value());
  EXPECT_TRUE(std::ranges::is_sorted(rules->rules, std::ranges::greater{}, &Rule::lift));
}

TEST(Rules, CountWhatIsExactlyAtTheBound) {
  // 4 of 5 baskets hold milk; three of its four hold bread. 2 of 5 is a support of 0.4 exactly.
  EXPECT_NE(find(*find_rules(market(), {.support = 0.6, .confidence = 0.75}), {milk}, bread),
            nullptr);
  EXPECT_EQ(find(*find_rules(market(), {.support = 0.6, .confidence = 0.750001}), {milk}, bread),
            nullptr);
  EXPECT_EQ(find(*find_rules(market(), {.support = 0.600001, .confidence = 0.5}), {milk}, bread),
            nullptr);
}

TEST(Rules, RefuseSharesOutOfRange) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const auto& [support, confidence] : std::initializer_list<std::pair<double, double>>{
           {0, .5}, {-1, .5}, {1.1, .5}, {nan, .5}, {.5, 0}, {.5, 1.1}, {.5, nan}}) {
    const auto rules = find_rules(market(), {.support = support, .confidence = confidence});
    ASSERT_FALSE(rules.has_value()) << support << ' ' << confidence;
    EXPECT_EQ(rules.error().code, "analytics.bad_option");
  }
}

TEST(Rules, OfNothingAreNone) {
  EXPECT_TRUE(find_rules({}, {})->rules.empty());
  Baskets empty;
  empty.add(std::initializer_list<Item>{});
  const auto rules = find_rules(empty, {});
  EXPECT_EQ(rules->baskets, 1U);
  EXPECT_TRUE(rules->rules.empty());
}

TEST(Rules, SayWhenTheyAreTooMany) {
  RuleOptions options{.support = 0.2, .confidence = 0.2};
  options.sets_max = 10;
  EXPECT_EQ(find_rules(market(), options).error().code, "analytics.too_many");
  options.sets_max = 1000;
  options.rules_max = 5;
  EXPECT_EQ(find_rules(market(), options).error().code, "analytics.too_many");
}

TEST(Rules, HoldNoMoreItemsThanAskedFor) {
  const auto two = find_rules(market(), {.support = 0.2, .confidence = 0.2, .items_max = 2});
  for (const Rule& rule : two->rules) EXPECT_EQ(rule.when.size(), 1U);
  EXPECT_FALSE(two->rules.empty());
}

// Random baskets: every subset of eight items counted one by one.
TEST(Rules, AreThoseOfTheSlowWay) {
  std::mt19937 random(3);
  for (int round = 0; round < 20; ++round) {
    Baskets baskets;
    std::vector<unsigned> masks;
    for (int b = 0; b < 40; ++b) {
      std::vector<Item> items;
      unsigned mask = 0;
      for (Item item = 0; item < 8; ++item)
        if (random() % 10 < 3 + item % 4) items.push_back(item), mask |= 1U << item;
      baskets.add(items);
      masks.push_back(mask);
    }
    const auto count = [&](unsigned set) {
      return static_cast<std::uint32_t>(
          std::ranges::count_if(masks, [&](unsigned mask) { return (mask & set) == set; }));
    };
    const auto rules = find_rules(baskets, {.support = 0.15, .confidence = 0.6});
    std::size_t sets = 0, expected = 0;
    for (unsigned set = 1; set < 256; ++set) {
      if (count(set) < 6) continue;
      ++sets;
      for (Item then = 0; then < 8; ++then) {
        const unsigned left = set & ~(1U << then);
        if (left == set || left == 0 || count(set) < 0.6 * count(left)) continue;
        ++expected;
        std::vector<Item> when;
        for (Item item = 0; item < 8; ++item)
          if ((left >> item & 1U) != 0) when.push_back(item);
        const Rule* rule = find(*rules, when, then);
        ASSERT_NE(rule, nullptr);
        EXPECT_EQ(rule->together, count(set));
        EXPECT_EQ(rule->when_count, count(left));
        EXPECT_EQ(rule->then_count, count(1U << then));
      }
    }
    EXPECT_EQ(rules->frequent_sets, sets);
    EXPECT_EQ(rules->rules.size(), expected);
  }
}

}  // namespace
}  // namespace rapport::analytics
