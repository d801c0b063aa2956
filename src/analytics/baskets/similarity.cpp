#include "analytics/baskets/similarity.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "analytics/parallel.hpp"

namespace rapport::analytics {

namespace {

float similarity_of(SimilarityMeasure measure, double together, double a, double b, double all) {
  switch (measure) {
    case SimilarityMeasure::cosine:
      return static_cast<float>(together / std::sqrt(a * b));
    case SimilarityMeasure::jaccard:
      return static_cast<float>(together / (a + b - together));
    case SimilarityMeasure::lift:
      break;
  }
  return static_cast<float>(together * all / (a * b));
}

bool goes_before(const Neighbour& left, const Neighbour& right) {
  if (left.similarity != right.similarity) return left.similarity > right.similarity;
  if (left.together != right.together) return left.together > right.together;
  return left.item < right.item;
}

// The neighbours of a stretch of items, back to back.
struct Stretch {
  std::vector<std::size_t> lengths;
  std::vector<Neighbour> neighbours;
};

class PairCounter {
 public:
  PairCounter(const Baskets& baskets, const ItemBaskets& holders, const SimilarityOptions& options)
      : baskets_(baskets), holders_(holders), options_(options), together_(baskets.items(), 0) {}

  Stretch count(Item from, Item to) {
    Stretch stretch;
    stretch.lengths.reserve(to - from);
    for (Item item = from; item < to; ++item) {
      const std::size_t before = stretch.neighbours.size();
      count_one(item);
      keep_alike(item, stretch.neighbours);
      stretch.lengths.push_back(stretch.neighbours.size() - before);
    }
    return stretch;
  }

 private:
  void count_one(Item item) {
    for (const std::uint32_t basket : holders_[item]) {
      const auto others = baskets_[basket];
      if (others.size() > options_.basket_items_max) continue;
      for (const Item other : others)
        if (together_[other]++ == 0) touched_.push_back(other);
    }
  }

  // Appends the most alike, and forgets the counts.
  void keep_alike(Item item, std::vector<Neighbour>& out) {
    const std::size_t before = out.size();
    const double all = static_cast<double>(baskets_.size());
    const double own = holders_.count(item);
    for (const Item other : touched_) {
      const std::uint32_t both = std::exchange(together_[other], 0);
      const double others = holders_.count(other);
      if (other == item || both < options_.together_min || both * all <= own * others) continue;
      out.push_back({.item = other,
                     .together = both,
                     .similarity = similarity_of(options_.measure, both, own, others, all),
                     .lift = static_cast<float>(both * all / (own * others))});
    }
    touched_.clear();
    const auto begin = out.begin() + static_cast<std::ptrdiff_t>(before);
    if (out.size() - before > options_.neighbours_max) {
      const auto end = begin + options_.neighbours_max;
      std::nth_element(begin, end, out.end(), goes_before);
      out.erase(end, out.end());
    }
    std::sort(out.begin() + static_cast<std::ptrdiff_t>(before), out.end(), goes_before);
  }

  const Baskets& baskets_;
  const ItemBaskets& holders_;
  const SimilarityOptions& options_;
  std::vector<std::uint32_t> together_;  // by item: baskets it shares with the one being counted
  std::vector<Item> touched_;
};

}  // namespace

Similarities::Similarities(std::vector<Pair> pairs, std::size_t items) : counts_(items, 0) {
  std::erase_if(
      pairs, [&](const Pair& pair) { return pair.item >= items || pair.neighbour.item >= items; });
  std::ranges::sort(pairs, [](const Pair& left, const Pair& right) {
    return left.item != right.item ? left.item < right.item
                                   : goes_before(left.neighbour, right.neighbour);
  });
  begins_.assign(items + 1, 0);
  neighbours_.reserve(pairs.size());
  for (const Pair& pair : pairs) {
    ++begins_[pair.item + std::size_t{1}];
    neighbours_.push_back(pair.neighbour);
  }
  std::partial_sum(begins_.begin(), begins_.end(), begins_.begin());
}

base::Result<Similarities> similarities(const Baskets& baskets, const SimilarityOptions& options) {
  if (options.together_min == 0 || options.neighbours_max == 0)
    return base::refuse(base::ProblemKind::invalid, "analytics.bad_option",
                        "A pair must occur at least once, and an item have a neighbour at most.");
  Similarities result;
  result.baskets_ = baskets.size();
  for (std::size_t b = 0; b < baskets.size(); ++b)
    if (baskets[b].size() > options.basket_items_max) ++result.left_out_;
  const ItemBaskets holders(baskets);
  for (Item item = 0; item < holders.items(); ++item) result.counts_.push_back(holders.count(item));
  const auto stretches = in_parallel(baskets.lines(), [&](std::size_t from, std::size_t to) {
    return PairCounter(baskets, holders, options)
        .count(holders.first_from(from), holders.first_from(to));
  });
  for (const Stretch& stretch : stretches) {
    for (const std::size_t length : stretch.lengths)
      result.begins_.push_back(result.begins_.back() + length);
    result.neighbours_.insert(result.neighbours_.end(), stretch.neighbours.begin(),
                              stretch.neighbours.end());
  }
  return result;
}

}  // namespace rapport::analytics
