// What is bought together: frequent item sets, and the rules in them.
//
// A set is frequent when a share of at least `support` of the baskets holds all of it. A rule
// "who has A and B has C" comes from a frequent set {A, B, C}, one item on its right side:
//   support     baskets with A, B and C / all baskets
//   confidence  baskets with A, B and C / baskets with A and B
//   lift        confidence / (baskets with C / all baskets): how many times likelier than by chance
// (Agrawal, Imieliński & Swami 1993; lift: Brin, Motwani, Ullman & Tsur 1997.)
//
// Sets are found depth first by intersecting the bitmaps of the baskets that hold them (Eclat:
// Zaki 2000), rarest items first, so that bitmaps are small from the start.
#pragma once

#include <cstdint>
#include <vector>

#include "analytics/baskets/baskets.hpp"
#include "base/problem.hpp"

namespace rapport::analytics {

struct RuleOptions {
  double support = 0.001;              // share of the baskets, above 0, at most 1
  double confidence = 0.5;             // above 0, at most 1
  std::uint32_t items_max = 10;        // of a rule, both sides together
  std::uint32_t sets_max = 5'000'000;  // frequent sets; some 24 bytes each
  std::uint32_t rules_max = 1'000'000;
};

struct Rule {
  std::vector<Item> when;  // ascending, one or more
  Item then = 0;
  std::uint32_t together = 0;  // baskets with all of it: the support as a count
  std::uint32_t when_count = 0, then_count = 0;
  double support = 0, confidence = 0, lift = 0;
};

struct Rules {
  std::size_t baskets = 0;
  std::size_t frequent_sets = 0;  // of one item or more
  std::vector<Rule> rules;        // greatest lift first, then support, then the items' order
};

// No baskets: no rules. Refuses options out of range (`analytics.bad_option`) and more sets or
// rules than the limits (`analytics.too_many`): a greater support or confidence is wanted then.
[[nodiscard]] base::Result<Rules> find_rules(const Baskets& baskets, const RuleOptions& options);

}  // namespace rapport::analytics
