#include "analytics/baskets/offers.hpp"

#include <algorithm>

#include "analytics/parallel.hpp"

namespace rapport::analytics {

OfferFinder::OfferFinder(const Similarities& alike, std::span<const Item> for_nobody,
                         const OfferOptions& options)
    : alike_(alike),
      offers_max_(options.offers_max),
      for_nobody_(alike.items(), false),
      candidates_(alike.items()),
      excluded_(alike.items(), 0) {
  for (const Item item : for_nobody)
    if (item < for_nobody_.size()) for_nobody_[item] = true;
}

void OfferFinder::exclude(std::span<const Item> items) {
  for (const Item item : items)
    if (item < excluded_.size()) excluded_[item] = turn_;
}

void OfferFinder::weigh(Item held) {
  for (const Neighbour& neighbour : alike_.of(held)) {
    Candidate& candidate = candidates_[neighbour.item];
    if (candidate.score == 0) touched_.push_back(neighbour.item);
    candidate.score += neighbour.similarity;
    if (neighbour.similarity > candidate.loudest) {
      candidate.loudest = neighbour.similarity;
      candidate.because = held;
    }
  }
}

void OfferFinder::find(std::span<const Item> holds, std::span<const Item> never,
                       std::vector<Offer>& offers) {
  offers.clear();
  if (++turn_ == 0) {  // after four thousand million persons the turns begin anew
    std::ranges::fill(excluded_, 0);
    turn_ = 1;
  }
  exclude(holds);
  exclude(never);
  for (const Item held : holds) weigh(held);
  keep_best(offers);
  for (Offer& offer : offers) explain(offer);
  for (const Item item : touched_) candidates_[item] = {};
  touched_.clear();
}

void OfferFinder::keep_best(std::vector<Offer>& offers) const {
  if (offers_max_ == 0) return;
  for (const Item item : touched_) {
    if (excluded_[item] == turn_ || for_nobody_[item]) continue;
    const Candidate& candidate = candidates_[item];
    if (offers.size() == offers_max_) {
      const Offer& last = offers.back();
      if (candidate.score < last.score || (candidate.score == last.score && item > last.item))
        continue;
      offers.pop_back();
    }
    const auto after = std::ranges::find_if(offers, [&](const Offer& offer) {
      return offer.score < candidate.score || (offer.score == candidate.score && offer.item > item);
    });
    offers.insert(after, {.item = item,
                          .score = candidate.score,
                          .because = candidate.because,
                          .part = candidate.loudest / candidate.score,
                          .together = 0,
                          .lift = 0});
  }
}

void OfferFinder::explain(Offer& offer) const {
  const auto pair = std::ranges::find(alike_.of(offer.because), offer.item, &Neighbour::item);
  offer.together = pair->together;
  offer.lift = pair->lift;
}

base::Result<OffersOfAll> next_offers(const Similarities& alike, const Baskets& holds,
                                      const Baskets& never, std::span<const Item> for_nobody,
                                      const OfferOptions& options) {
  if (!never.empty() && never.size() != holds.size())
    return base::refuse(base::ProblemKind::internal, "analytics.uneven_columns",
                        "What persons hold and what they never get must be as many.");
  auto parts = in_parallel(holds.size(), [&](std::size_t from, std::size_t to) {
    OfferFinder finder(alike, for_nobody, options);
    OffersOfAll part;
    std::vector<Offer> offers;
    for (std::size_t person = from; person < to; ++person) {
      finder.find(holds[person], never.empty() ? std::span<const Item>{} : never[person], offers);
      part.offers.insert(part.offers.end(), offers.begin(), offers.end());
      part.begins.push_back(part.offers.size());
    }
    return part;
  });
  OffersOfAll all = std::move(parts.front());
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const std::size_t before = all.offers.size();
    for (std::size_t person = 1; person < parts[i].begins.size(); ++person)
      all.begins.push_back(before + parts[i].begins[person]);
    all.offers.insert(all.offers.end(), parts[i].offers.begin(), parts[i].offers.end());
    parts[i] = {};
  }
  return all;
}

}  // namespace rapport::analytics
