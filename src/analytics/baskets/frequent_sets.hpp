// The sets that enough baskets hold, as a tree: a node is the set of its items up to the root.
// Items stand in it as ranks, rarest first; the children of a node stand together, their ranks
// ascending and above its own, so that every set has one place and is found by binary search.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "analytics/baskets/baskets.hpp"

namespace rapport::analytics {

class FrequentSets {
 public:
  struct Node {
    std::uint32_t rank = 0;
    std::uint32_t count = 0;  // baskets that hold the set
    std::uint32_t parent = 0;
    std::uint32_t first_child = 0;
    std::uint32_t children = 0;
  };
  struct Limits {
    std::uint32_t count_min = 1;
    std::uint32_t items_max = 10;  // of a set
    std::uint32_t sets_max = 0;
  };

  FrequentSets(const Baskets& baskets, const Limits& limits);

  [[nodiscard]] bool too_many() const { return nodes_.size() - 1 > limits_.sets_max; }
  // The first is the empty set, the root; the others are the frequent ones, parents first.
  [[nodiscard]] std::span<const Node> nodes() const { return nodes_; }
  [[nodiscard]] std::size_t size() const { return nodes_.size() - 1; }
  [[nodiscard]] Item item(std::uint32_t rank) const { return items_[rank]; }
  // Baskets that hold all of a frequent set; ranks ascending.
  [[nodiscard]] std::uint32_t count(std::span<const std::uint32_t> ranks) const;

 private:
  class Search;
  std::vector<Node> nodes_{Node{}};
  std::vector<Item> items_;  // by rank
  Limits limits_;
};

}  // namespace rapport::analytics
