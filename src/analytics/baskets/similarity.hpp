// How alike two items are by who took both: the base of "who bought this also bought that".
//
// With N baskets, n_a and n_b of them with a and with b, and n_ab with both:
//   cosine   n_ab / sqrt(n_a n_b)           (Sarwar, Karypis, Konstan, Riedl 2001, section 3.1.1)
//   jaccard  n_ab / (n_a + n_b - n_ab)      (Jaccard 1912)
//   lift     n_ab N / (n_a n_b)             (Brin, Motwani, Ullman, Tsur 1997, "interest")
// A lift of 3: who has a, has b three times as often as anyone. At a lift of 1 or below, having a
// is no reason to offer b, so such pairs are nobody's neighbours whatever the measure.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "analytics/baskets/baskets.hpp"
#include "base/problem.hpp"

namespace rapport::analytics {

enum class SimilarityMeasure { cosine, jaccard, lift };

struct SimilarityOptions {
  SimilarityMeasure measure = SimilarityMeasure::cosine;
  std::uint32_t together_min = 5;     // baskets with both; fewer say nothing
  std::uint32_t neighbours_max = 50;  // kept of each item, the most alike
  // Baskets with more items say little of any pair and cost the square of their length: they are
  // left out of the pairs (not of the counts), and how many is said.
  std::uint32_t basket_items_max = 1000;
};

struct Neighbour {
  Item item = 0;
  std::uint32_t together = 0;  // baskets with both
  float similarity = 0;        // by the measure
  float lift = 0;
};

// An item and one of its neighbours, as they may be kept.
struct Pair {
  Item item = 0;
  Neighbour neighbour;
};

class Similarities {
 public:
  Similarities() = default;
  // The same once more, of pairs in any order, as `of` gave them; items are below `items`, others
  // are left out. How many baskets there were, and with which item, is not known then: nought.
  Similarities(std::vector<Pair> pairs, std::size_t items);

  // The most alike first; ties by count, then by item.
  [[nodiscard]] std::span<const Neighbour> of(Item item) const {
    if (item >= counts_.size()) return {};
    return {neighbours_.data() + begins_[item], begins_[item + 1] - begins_[item]};
  }
  [[nodiscard]] std::uint32_t count(Item item) const {  // baskets with it
    return item < counts_.size() ? counts_[item] : 0;
  }
  [[nodiscard]] std::size_t items() const { return counts_.size(); }
  [[nodiscard]] std::size_t baskets() const { return baskets_; }
  [[nodiscard]] std::size_t baskets_left_out() const { return left_out_; }

 private:
  friend base::Result<Similarities> similarities(const Baskets&, const SimilarityOptions&);
  std::vector<std::size_t> begins_{0};
  std::vector<Neighbour> neighbours_;
  std::vector<std::uint32_t> counts_;
  std::size_t baskets_ = 0, left_out_ = 0;
};

// All pairs are counted exactly, in time of the sum of squared basket lengths, on all cores. No
// baskets or no pair often enough: nobody has neighbours. Refuses (`analytics.bad_option`) limits
// of zero.
[[nodiscard]] base::Result<Similarities> similarities(const Baskets& baskets,
                                                      const SimilarityOptions& options = {});

}  // namespace rapport::analytics
