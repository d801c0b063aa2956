// What to offer next: the products that customers with the same ones bought besides. Never offered:
// what the customer has bought already, what he ever gave back, and what is not sold any more.
#pragma once

#include <array>
#include <map>
#include <span>
#include <string_view>
#include <vector>

#include "analytics/baskets/offers.hpp"
#include "crm/insight/facts/facts.hpp"
#include "crm/insight/scores/score_row.hpp"

namespace rapport::crm {

inline constexpr std::array<std::string_view, 1> next_offer_codes{"together"};
// One reason for each of the offers, the best first.
[[nodiscard]] std::vector<Reason> next_offer_reasons(const ScoreRow& row,
                                                     const ReasonContext& context);

// What one customer bought, in terms of offers.
struct Holding {
  std::vector<analytics::Item> liked;  // bought and not given back: speaks for its neighbours
  std::vector<analytics::Item> never;  // given back
};

// Of each customer; `bought` in any order.
[[nodiscard]] std::vector<Holding> holdings_of(const Facts& facts);

// Products that may be offered to nobody.
[[nodiscard]] std::vector<analytics::Item> not_for_sale(const Facts& facts);

[[nodiscard]] base::Result<analytics::Similarities> affinities_of(
    std::span<const Holding> holdings);

// Puts the best offers of each customer into his row.
[[nodiscard]] base::Result<void> find_offers(const analytics::Similarities& alike,
                                             std::span<const Holding> holdings,
                                             std::span<const analytics::Item> for_nobody,
                                             std::span<ScoreRow> rows);

// The same for one customer, from pairs as they are stored: (held, its neighbour).
struct Affinity {
  analytics::Item product = 0, other = 0;
  std::uint32_t customers = 0;
  float lift = 0, similarity = 0;
};
void find_offers_in(std::span<const Affinity> affinities, const Holding& holding,
                    std::span<const analytics::Item> for_nobody, ScoreRow& row);

}  // namespace rapport::crm
