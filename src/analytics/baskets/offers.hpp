// The next best offer: what a person, by what she holds, is likeliest to want next, and why.
//
// An item's score is the sum of its similarities to the items held (Deshpande & Karypis 2004,
// section 4.2); its reason is the held item that gave most of it: "bought by 214 who, like her,
// have a tent, 3.2 times as often as by others".
//
//   auto alike = similarities(persons_products);
//   OfferFinder finder(*alike, not_for_sale, {.offers_max = 3});
//   std::vector<Offer> offers;
//   finder.find(holds, never, offers);        // a person; `finder` is for one thread
//   auto all = next_offers(*alike, holds_of_all, never_of_all, not_for_sale, {});
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "analytics/baskets/baskets.hpp"
#include "analytics/baskets/similarity.hpp"

namespace rapport::analytics {

struct OfferOptions {
  std::uint32_t offers_max = 3;  // a person
};

struct Offer {
  Item item = 0;
  float score = 0;             // sum of similarities; comparable within one measure only
  Item because = 0;            // of the items held, the one that speaks loudest for it
  float part = 0;              // of the score that comes from it, 0 to 1
  std::uint32_t together = 0;  // baskets with both: the support
  float lift = 0;              // of the pair
};

// Finds for one person after the other. Items held are never offered, nor those for nobody, nor
// those that are never for this person (returned, refused). What is returned should not stand
// among the items held either: it is no reason.
class OfferFinder {
 public:
  // `alike` must outlive the finder.
  OfferFinder(const Similarities& alike, std::span<const Item> for_nobody,
              const OfferOptions& options);

  // The best first, ties by item; none where nothing held has neighbours. Items unknown to
  // `alike` are no reason and no harm. `holds` and `never` in any order, without repeats.
  void find(std::span<const Item> holds, std::span<const Item> never, std::vector<Offer>& offers);

 private:
  struct Candidate {
    float score = 0;
    float loudest = 0;  // similarity of the held item that speaks loudest
    Item because = 0;
  };
  void exclude(std::span<const Item> items);
  void weigh(Item held);
  void keep_best(std::vector<Offer>& offers) const;
  void explain(Offer& offer) const;

  const Similarities& alike_;
  std::uint32_t offers_max_;
  std::vector<bool> for_nobody_;
  std::vector<Candidate> candidates_;    // by item
  std::vector<std::uint32_t> excluded_;  // by item: the turn it was excluded in
  std::vector<Item> touched_;
  std::uint32_t turn_ = 0;
};

// The offers of many, back to back: those of person i are [begins[i], begins[i + 1]).
struct OffersOfAll {
  std::vector<std::size_t> begins{0};
  std::vector<Offer> offers;

  [[nodiscard]] std::size_t size() const { return begins.size() - 1; }
  [[nodiscard]] std::span<const Offer> operator[](std::size_t person) const {
    return {offers.data() + begins[person], begins[person + 1] - begins[person]};
  }
};

// For everyone at once, on all cores. `holds` has a basket a person; `never` too, or is empty.
// Refuses (`analytics.uneven_columns`) where they are not as many.
[[nodiscard]] base::Result<OffersOfAll> next_offers(const Similarities& alike, const Baskets& holds,
                                                    const Baskets& never,
                                                    std::span<const Item> for_nobody,
                                                    const OfferOptions& options);

}  // namespace rapport::analytics
