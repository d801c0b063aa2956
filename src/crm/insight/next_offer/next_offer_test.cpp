#include "crm/insight/next_offer/next_offer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "crm/insight/scores/testing.hpp"

namespace rapport::crm {
namespace {

enum : std::uint32_t { tent, mat, stove, rope, helmet };

Facts shop() {
  Facts facts;
  for (int i = 0; i < 5; ++i) {
    facts.products.add(base::id_at(1000 + i, 1, static_cast<std::uint64_t>(i)));
    facts.product_facts.emplace_back();
  }
  const auto buys = [&](std::initializer_list<std::uint32_t> products) {
    const auto customer =
        facts.persons.add(base::id_at(5000, 2, static_cast<std::uint64_t>(facts.persons.size())));
    for (const auto product : products) {
      facts.bought.push_back({.customer = customer, .product = product, .returned = false});
    }
  };
  for (int i = 0; i < 8; ++i) buys({tent, mat});
  for (int i = 0; i < 6; ++i) buys({tent, stove});
  for (int i = 0; i < 9; ++i) buys({rope, helmet});
  buys({tent});
  return facts;
}

std::vector<ScoreRow> offered(const Facts& facts) {
  const auto holdings = holdings_of(facts);
  const auto alike = affinities_of(holdings);
  EXPECT_TRUE(alike);
  std::vector<ScoreRow> rows(facts.persons.size());
  for (std::uint32_t i = 0; i < rows.size(); ++i) {
    rows[i].customer = i;
    rows[i].orders = 1;
  }
  EXPECT_TRUE(find_offers(*alike, holdings, not_for_sale(facts), rows));
  return rows;
}

TEST(NextOffer, IsWhatOthersWithTheSameBoughtBesides) {
  const auto rows = offered(shop());
  const auto& last = rows.back();  // has a tent alone
  ASSERT_EQ(last.offers_count, 2);
  EXPECT_EQ(last.offers[0].product, mat);
  EXPECT_EQ(last.offers[0].because, tent);
  EXPECT_EQ(last.offers[0].support, 8u);
  EXPECT_EQ(last.offers[1].product, stove);
  EXPECT_EQ(rows.front().offers[0].product, stove);  // has tent and mat: neither is offered
}

TEST(NextOffer, IsNeverWhatWasGivenBackNorWhatIsNotSold) {
  auto facts = shop();
  const auto last = static_cast<std::uint32_t>(facts.persons.size() - 1);
  facts.bought.push_back({.customer = last, .product = mat, .returned = true});
  facts.product_facts[stove].sold = false;
  for (const auto& row : offered(facts)) {
    for (std::size_t i = 0; i < row.offers_count; ++i) {
      EXPECT_NE(row.offers[i].product, stove);
      if (row.customer == last) EXPECT_NE(row.offers[i].product, mat);
    }
  }
}

TEST(NextOffer, WhatWasGivenBackIsNoReasonEither) {
  auto facts = shop();
  const auto last = static_cast<std::uint32_t>(facts.persons.size() - 1);
  facts.bought.push_back({.customer = last, .product = tent, .returned = true});
  EXPECT_EQ(offered(facts).back().offers_count, 0);
}

TEST(NextOffer, WhoHasNoNeighboursIsOfferedBestSellersThatHeLacks) {
  auto facts = shop();
  const auto stranger = facts.persons.add(base::id_at(6000, 3, 0));  // whose orders have no lines
  const auto returner = facts.persons.add(base::id_at(6000, 3, 1));
  facts.bought.push_back({.customer = returner, .product = tent, .returned = true});
  const auto only_returned = facts.persons.add(base::id_at(6000, 3, 2));
  facts.product_facts[helmet].sold = false;
  const auto holdings = holdings_of(facts);
  auto rows = offered(facts);
  rows[only_returned].orders = 0;
  const auto before = rows.front();
  const auto best = best_sellers_of(holdings, facts.product_facts);
  ASSERT_EQ(best.size(), 4u);  // all but the helmet
  EXPECT_EQ(best[0].product, tent);
  EXPECT_EQ(best[0].customers, 15u);
  offer_best_sellers(best, holdings, rows);

  const auto products = [&](std::uint32_t customer) {
    std::vector<std::uint32_t> offered;
    for (std::size_t i = 0; i < rows[customer].offers_count; ++i) {
      EXPECT_TRUE(rows[customer].offers[i].best_seller());
      offered.push_back(rows[customer].offers[i].product);
    }
    return offered;
  };
  EXPECT_EQ(products(stranger), (std::vector<std::uint32_t>{tent, rope, mat}));
  EXPECT_EQ(products(returner), (std::vector<std::uint32_t>{rope, mat, stove}));
  EXPECT_EQ(products(only_returned), std::vector<std::uint32_t>());
  EXPECT_EQ(rows.front().offers_count, before.offers_count);  // who has neighbours keeps them
  EXPECT_EQ(rows.front().offers[0].because, before.offers[0].because);
  const auto reasons = next_offer_reasons(rows[stranger], {});
  ASSERT_EQ(reasons.size(), 3u);
  EXPECT_EQ(reasons[0].code, "popular");
  EXPECT_EQ(reasons[0].places[0].second, "15");
}

// Stored pairs were once gone through by a rule of their own, in the order that the database gave
// them: of two products as alike, another was told as the reason, and sums of another order ranked
// offers otherwise.
TEST(NextOffer, FromStoredPairsInAnyOrderIsTheSameAsFromEverybody) {
  Facts facts;
  constexpr std::uint32_t products = 12;
  std::mt19937_64 random(3);
  for (std::uint32_t i = 0; i < products; ++i) {
    facts.products.add(base::id_at(1000, 1, i));
    facts.product_facts.emplace_back();
  }
  for (std::uint32_t i = 0; i < 400; ++i) {
    const auto customer = facts.persons.add(base::id_at(5000, 2, i));
    const auto kind = random() % 3;  // products go together by threes, some as often as others
    for (std::uint32_t n = 0; n < 3; ++n) {
      const auto product = random() % 8 == 0 ? random() % products : kind * 4 + random() % 4;
      facts.bought.push_back({.customer = customer,
                              .product = static_cast<std::uint32_t>(product),
                              .returned = false});
    }
  }
  facts.product_facts[5].sold = false;
  const auto rows = offered(facts);
  const auto holdings = holdings_of(facts);
  const auto alike = affinities_of(holdings);
  ASSERT_TRUE(alike);
  std::vector<analytics::Pair> pairs;
  for (analytics::Item item = 0; item < alike->items(); ++item) {
    for (const auto& neighbour : alike->of(item)) pairs.push_back({item, neighbour});
  }
  ASSERT_EQ(pairs.size(), 36u);  // each with the three others of its kind
  for (int turn = 0; turn < 5; ++turn) {
    std::ranges::shuffle(pairs, random);
    const analytics::Similarities stored(pairs, products);
    auto again = rows;
    for (auto& row : again) row.offers_count = 0;
    ASSERT_TRUE(find_offers(stored, holdings, not_for_sale(facts), again));
    std::size_t found = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      ASSERT_EQ(again[i].offers_count, rows[i].offers_count);
      for (std::size_t n = 0; n < rows[i].offers_count; ++n, ++found) {
        EXPECT_EQ(again[i].offers[n].product, rows[i].offers[n].product);
        EXPECT_EQ(again[i].offers[n].because, rows[i].offers[n].because);
        EXPECT_EQ(again[i].offers[n].support, rows[i].offers[n].support);
        EXPECT_EQ(again[i].offers[n].lift, rows[i].offers[n].lift);
      }
    }
    EXPECT_GT(found, rows.size());
  }
}

// A product may be gone since the pairs were stored.
TEST(NextOffer, StoredPairsOfUnknownProductsAreLeftOut) {
  const analytics::Similarities stored({{tent, {.item = 9, .together = 7, .similarity = 1}},
                                        {9, {.item = tent, .together = 7, .similarity = 1}},
                                        {tent, {.item = mat, .together = 6, .similarity = .5}}},
                                       5);
  ASSERT_EQ(stored.of(tent).size(), 1u);
  EXPECT_EQ(stored.of(tent)[0].item, mat);
  EXPECT_TRUE(stored.of(9).empty());
}

TEST(NextOffer, SaysInWordsWhyEachIsOffered) {
  const struct {
    Offer offer;
    std::string_view because, says;
  } cases[] = {
      {{.product = mat, .because = tent, .support = 214, .lift = 3.24F},
       "Tent",
       "214 customers bought it together with Tent, 3.2 times as many as by chance."},
      {{.product = stove, .because = tent, .support = 8, .lift = 1.96F},
       "Tent",
       "8 customers bought it together with Tent, 2.0 times as many as by chance."},
      {{.product = rope, .because = no_product, .support = 31, .lift = 1},
       "",
       "A best seller: 31 customers bought it."},
  };
  auto row = ana();
  ReasonContext context;
  std::vector<std::string> wanted;
  row.offers_count = 0;
  for (const auto& one : cases) {
    row.offers[row.offers_count++] = one.offer;
    context.because.emplace_back(one.because);
    wanted.emplace_back(one.says);
  }
  EXPECT_EQ(words("next_offer", row, context), wanted);
  row.offers_count = 0;
  EXPECT_EQ(words("next_offer", row, context), std::vector<std::string>());
}

}  // namespace
}  // namespace rapport::crm
