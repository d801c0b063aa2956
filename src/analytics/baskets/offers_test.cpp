#include "analytics/baskets/offers.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <set>

namespace rapport::analytics {
namespace {

constexpr Item tent = 0, stove = 1, rope = 2, mug = 3, map = 4;

// Ten baskets: tent with stove four times, rope with map three times, mugs with anything.
Baskets outfitter() {
  Baskets baskets;
  for (int i = 0; i < 3; ++i) baskets.add({tent, stove, mug});
  baskets.add({tent, stove});
  for (int i = 0; i < 3; ++i) baskets.add({rope, map});
  baskets.add({tent, mug});
  baskets.add({mug});
  baskets.add({rope, mug});
  return baskets;
}

Similarities alike_in(const Baskets& baskets, SimilarityOptions options) {
  auto result = similarities(baskets, options);
  EXPECT_TRUE(result.has_value());
  return std::move(*result);
}

TEST(Baskets, HoldEachItemOnceAndAscending) {
  Baskets baskets;
  baskets.add({7, 2, 7});
  baskets.add(std::span<const Item>{});
  EXPECT_EQ(baskets.size(), 2U);
  EXPECT_EQ(std::vector(baskets[0].begin(), baskets[0].end()), (std::vector<Item>{2, 7}));
  EXPECT_TRUE(baskets[1].empty());
  EXPECT_EQ(baskets.items(), 8U);
  const ItemBaskets holders(baskets);
  EXPECT_EQ(holders.count(7), 1U);
  EXPECT_EQ(holders.count(3), 0U);
}

TEST(Similarities, FollowTheirFormulas) {
  struct Case {
    SimilarityMeasure measure;
    double expected;  // tent (5 baskets) and stove (4), 4 together, of 10
  };
  for (const auto& [measure, expected] :
       {Case{SimilarityMeasure::cosine, 4 / std::sqrt(20.0)},
        Case{SimilarityMeasure::jaccard, 4.0 / 5}, Case{SimilarityMeasure::lift, 2.0}}) {
    const auto alike = alike_in(outfitter(), {.measure = measure, .together_min = 3});
    ASSERT_FALSE(alike.of(tent).empty());
    const Neighbour& first = alike.of(tent).front();
    EXPECT_EQ(first.item, stove);
    EXPECT_EQ(first.together, 4U);
    EXPECT_NEAR(first.similarity, expected, 1e-6);
    EXPECT_NEAR(first.lift, 2.0, 1e-6);
  }
}

TEST(Similarities, LeaveOutPairsThatAreRareOrNoReason) {
  const auto alike = alike_in(outfitter(), {.together_min = 3});
  // Rope and mug stood together once; 1 < 3.
  for (const Neighbour& neighbour : alike.of(rope)) EXPECT_NE(neighbour.item, mug);
  const auto any = alike_in(outfitter(), {.together_min = 1});
  // Once is even less than chance (3 of 10 ropes' baskets would be 2.4): no neighbours either.
  for (const Neighbour& neighbour : any.of(rope)) EXPECT_NE(neighbour.item, mug);
  EXPECT_TRUE(alike.of(99).empty());
}

TEST(Similarities, OfNoBasketsAreNone) {
  const auto alike = alike_in(Baskets{}, {});
  EXPECT_EQ(alike.items(), 0U);
  EXPECT_TRUE(alike.of(0).empty());
}

TEST(Similarities, SayHowManyBasketsWereTooLong) {
  Baskets baskets = outfitter();
  baskets.add({tent, stove, rope, mug, map});
  const auto alike = alike_in(baskets, {.together_min = 1, .basket_items_max = 4});
  EXPECT_EQ(alike.baskets_left_out(), 1U);
  EXPECT_EQ(alike.count(tent), 6U);
  EXPECT_EQ(alike.of(tent).front().together, 4U);
}

TEST(Similarities, RefuseLimitsOfZero) {
  EXPECT_EQ(similarities(outfitter(), {.together_min = 0}).error().code, "analytics.bad_option");
  EXPECT_EQ(similarities(outfitter(), {.neighbours_max = 0}).error().code, "analytics.bad_option");
}

TEST(Offers, GiveTheLoudestItemAsTheirReason) {
  const auto alike = alike_in(outfitter(), {.together_min = 3});
  OfferFinder finder(alike, {}, {.offers_max = 2});
  std::vector<Offer> offers;
  finder.find(std::vector<Item>{tent, mug}, {}, offers);
  ASSERT_EQ(offers.size(), 1U);
  EXPECT_EQ(offers[0].item, stove);
  EXPECT_EQ(offers[0].because, tent);
  EXPECT_EQ(offers[0].together, 4U);
  EXPECT_NEAR(offers[0].lift, 2.0, 1e-6);
  // Mug (6 baskets) speaks for the stove too: 3 together of sqrt(6 * 4).
  const double from_tent = 4 / std::sqrt(20.0), from_mug = 3 / std::sqrt(24.0);
  EXPECT_NEAR(offers[0].score, from_tent + from_mug, 1e-6);
  EXPECT_NEAR(offers[0].part, from_tent / (from_tent + from_mug), 1e-6);
}

TEST(Offers, NeverAreWhatSheHoldsReturnedOrMayNotBeSold) {
  const auto alike = alike_in(outfitter(), {.together_min = 1});
  struct Case {
    std::vector<Item> holds, never, for_nobody;
    std::vector<Item> offered;
  };
  const Case cases[] = {
      {{tent}, {}, {}, {stove, mug}},   {{tent}, {stove}, {}, {mug}},
      {{tent}, {}, {stove}, {mug}},     {{tent, stove}, {}, {}, {mug}},
      {{tent, stove, mug}, {}, {}, {}}, {{}, {}, {}, {}},
      {{77}, {78}, {79}, {}},
  };
  for (const Case& example : cases) {
    OfferFinder finder(alike, example.for_nobody, {.offers_max = 5});
    std::vector<Offer> offers;
    // Twice: nothing may stay behind from the person before.
    finder.find(std::vector<Item>{rope}, std::vector<Item>{mug}, offers);
    finder.find(example.holds, example.never, offers);
    std::vector<Item> offered;
    for (const Offer& offer : offers) offered.push_back(offer.item);
    EXPECT_EQ(offered, example.offered);
  }
}

// Many random persons: the offers of all are those of each, found the slow way.
TEST(Offers, OfAllAgreeWithTheSlowWay) {
  constexpr Item items = 60;
  std::mt19937 engine(7);
  const auto random = [&engine] { return static_cast<Item>(engine()); };
  Baskets holds, never;
  for (int person = 0; person < 9000; ++person) {
    std::vector<Item> held, refused;
    const Item taste = random() % 6;
    for (std::uint32_t n = random() % 6; n > 0; --n) held.push_back(taste * 10 + random() % 14);
    for (Item& item : held) item %= items;
    if (random() % 3 == 0) refused.push_back(random() % items);
    holds.add(held);
    never.add(refused);
  }
  const std::vector<Item> for_nobody{13, 31};
  const auto alike = alike_in(holds, {.neighbours_max = 8});
  const auto all = next_offers(alike, holds, never, for_nobody, {.offers_max = 3});
  ASSERT_TRUE(all.has_value());
  ASSERT_EQ(all->size(), holds.size());
  std::size_t given = 0;
  for (std::size_t person = 0; person < holds.size(); ++person) {
    std::set<Item> out(holds[person].begin(), holds[person].end());
    out.insert(never[person].begin(), never[person].end());
    out.insert(for_nobody.begin(), for_nobody.end());
    std::map<Item, float> scores;
    for (const Item held : holds[person])
      for (const Neighbour& neighbour : alike.of(held))
        scores[neighbour.item] += neighbour.similarity;
    std::vector<std::pair<float, Item>> expected;
    for (const auto& [item, score] : scores)
      if (!out.contains(item)) expected.emplace_back(-score, item);
    std::ranges::sort(expected);
    expected.resize(std::min<std::size_t>(3, expected.size()));
    const auto offers = (*all)[person];
    ASSERT_EQ(offers.size(), expected.size()) << person;
    for (std::size_t i = 0; i < offers.size(); ++i) {
      EXPECT_EQ(offers[i].item, expected[i].second);
      EXPECT_TRUE(std::ranges::binary_search(holds[person], offers[i].because));
    }
    given += offers.size();
  }
  EXPECT_GT(given, 9000U);
}

TEST(Offers, WantAsManyRefusalsAsPersons) {
  const auto alike = alike_in(outfitter(), {});
  Baskets one;
  one.add({tent});
  EXPECT_EQ(next_offers(alike, outfitter(), one, {}, {}).error().code, "analytics.uneven_columns");
}

}  // namespace
}  // namespace rapport::analytics
