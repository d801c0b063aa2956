// What to offer next: the products that customers with the same ones bought besides. Never offered:
// what the customer has bought already, what he ever gave back, and what is not sold any more.
// Whose products nobody bought anything with is offered the best sellers among the rest.
#pragma once

#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "analytics/baskets/offers.hpp"
#include "crm/insight/facts/facts.hpp"
#include "crm/insight/scores/score_row.hpp"

namespace rapport::crm {

inline constexpr std::array<std::string_view, 2> next_offer_codes{"together", "popular"};
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

// Puts the best offers of each customer into his row; `alike` from everybody's holdings, or from
// the pairs that a refresh stored.
[[nodiscard]] base::Result<void> find_offers(const analytics::Similarities& alike,
                                             std::span<const Holding> holdings,
                                             std::span<const analytics::Item> for_nobody,
                                             std::span<ScoreRow> rows);

struct BestSeller {
  analytics::Item product = 0;
  std::uint32_t customers = 0;  // who bought it and did not give it back
};
// So many that hardly anybody has them all.
inline constexpr std::size_t best_sellers_max = 50;

// What may be sold and most customers bought, the most first; equal ones in the order of products.
[[nodiscard]] std::vector<BestSeller> best_sellers_of(std::span<const Holding> holdings,
                                                      std::span<const ProductFact> products);
// For rows without an offer.
void offer_best_sellers(std::span<const BestSeller> best, std::span<const Holding> holdings,
                        std::span<ScoreRow> rows);

}  // namespace rapport::crm
