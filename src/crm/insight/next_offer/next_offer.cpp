#include "crm/insight/next_offer/next_offer.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

namespace rapport::crm {
namespace {

void without_repeats(std::vector<analytics::Item>& items) {
  std::ranges::sort(items);
  const auto [from, until] = std::ranges::unique(items);
  items.erase(from, until);
}

Offer offer_of(const analytics::Offer& found) {
  return {.product = found.item,
          .because = found.because,
          .support = found.together,
          .lift = found.lift};
}

}  // namespace

std::vector<Reason> next_offer_reasons(const ScoreRow& row, const ReasonContext& context) {
  std::vector<Reason> reasons;
  for (std::size_t i = 0; i < row.offers_count; ++i) {
    const auto& offer = row.offers[i];
    if (offer.best_seller()) {
      reasons.push_back({"popular",
                         1. / static_cast<double>(i + 1),
                         {{"support", fmt::format("{}", offer.support)}}});
      continue;
    }
    reasons.push_back(
        {"together",
         1. / static_cast<double>(i + 1),
         {{"support", fmt::format("{}", offer.support)},
          {"because", i < context.because.size() ? context.because[i] : std::string("…")},
          {"lift", fmt::format("{:.1f}", offer.lift)}}});
  }
  return reasons;
}

std::vector<Holding> holdings_of(const Facts& facts) {
  std::vector<Holding> holdings(facts.persons.size());
  // A customer's lines often stand together, and say most products again: by product, taken and
  // given back, who was the last of whom that is known.
  constexpr std::uint32_t nobody = 0xFFFFFFFF;
  std::array<std::vector<std::uint32_t>, 2> last_of;
  last_of.fill(std::vector(facts.products.size(), nobody));
  for (const auto& line : facts.bought) {
    auto& last = last_of[line.returned ? 1 : 0];
    if (line.product >= last.size()) last.resize(line.product + std::size_t{1}, nobody);
    if (std::exchange(last[line.product], line.customer) == line.customer) continue;
    auto& holding = holdings[line.customer];
    (line.returned ? holding.never : holding.liked).push_back(line.product);
  }
  for (auto& holding : holdings) {
    without_repeats(holding.liked);
    without_repeats(holding.never);
    std::erase_if(holding.liked, [&](analytics::Item item) {
      return std::ranges::binary_search(holding.never, item);
    });
  }
  return holdings;
}

std::vector<analytics::Item> not_for_sale(const Facts& facts) {
  std::vector<analytics::Item> items;
  for (analytics::Item item = 0; item < facts.product_facts.size(); ++item) {
    if (!facts.product_facts[item].sold) items.push_back(item);
  }
  return items;
}

base::Result<analytics::Similarities> affinities_of(std::span<const Holding> holdings) {
  analytics::Baskets baskets;
  for (const auto& holding : holdings) {
    if (!holding.liked.empty()) baskets.add(holding.liked);
  }
  return analytics::similarities(baskets);
}

base::Result<void> find_offers(const analytics::Similarities& alike,
                               std::span<const Holding> holdings,
                               std::span<const analytics::Item> for_nobody,
                               std::span<ScoreRow> rows) {
  analytics::Baskets liked, never;
  for (const auto& row : rows) {
    liked.add(holdings[row.customer].liked);
    never.add(holdings[row.customer].never);
  }
  const auto found = analytics::next_offers(alike, liked, never, for_nobody,
                                            {.offers_max = static_cast<std::uint32_t>(offers_max)});
  if (!found) return std::unexpected(found.error());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].offers_count = 0;
    for (const auto& offer : (*found)[i]) rows[i].offers[rows[i].offers_count++] = offer_of(offer);
  }
  return {};
}

std::vector<BestSeller> best_sellers_of(std::span<const Holding> holdings,
                                        std::span<const ProductFact> products) {
  std::vector<BestSeller> best(products.size());
  for (analytics::Item item = 0; item < best.size(); ++item) best[item].product = item;
  for (const auto& holding : holdings) {
    for (const auto item : holding.liked) ++best[item].customers;
  }
  std::erase_if(best, [&](const BestSeller& one) {
    return one.customers == 0 || !products[one.product].sold;
  });
  std::ranges::stable_sort(best, std::greater(), &BestSeller::customers);
  best.resize(std::min(best.size(), best_sellers_max));
  return best;
}

void offer_best_sellers(std::span<const BestSeller> best, std::span<const Holding> holdings,
                        std::span<ScoreRow> rows) {
  for (auto& row : rows) {
    if (row.offers_count > 0 || row.orders == 0) continue;
    const auto& holding = holdings[row.customer];
    for (const auto& one : best) {
      if (row.offers_count == offers_max) break;
      if (std::ranges::binary_search(holding.liked, one.product) ||
          std::ranges::binary_search(holding.never, one.product))
        continue;
      row.offers[row.offers_count++] = {
          .product = one.product, .because = no_product, .support = one.customers, .lift = 1};
    }
  }
}

}  // namespace rapport::crm
