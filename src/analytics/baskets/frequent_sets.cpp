#include "analytics/baskets/frequent_sets.hpp"

#include <algorithm>
#include <roaring/roaring.hh>
#include <utility>

namespace rapport::analytics {

// Depth first. Pairs are counted along the baskets, which costs nothing for the pairs that never
// occur; from three items on bitmaps are intersected.
class FrequentSets::Search {
 public:
  Search(FrequentSets& sets, const Baskets& baskets) : sets_(sets), baskets_(baskets) {}

  void run() {
    const ItemBaskets holders(baskets_);
    rank_items(holders);
    auto& root = sets_.nodes_.front();
    root = {.rank = 0,
            .count = static_cast<std::uint32_t>(baskets_.size()),
            .parent = 0,
            .first_child = 1,
            .children = static_cast<std::uint32_t>(sets_.items_.size())};
    std::vector<Roaring> bitmaps;
    for (const Item item : sets_.items_) {
      append(0, static_cast<std::uint32_t>(bitmaps.size()), holders.count(item));
      bitmaps.emplace_back(holders[item].size(), holders[item].data());
    }
    if (sets_.limits_.items_max < 2) return;
    together_.assign(sets_.items_.size(), 0);
    for (std::uint32_t rank = 0; rank < bitmaps.size() && !sets_.too_many(); ++rank) {
      count_pairs(rank, holders[sets_.items_[rank]]);
      const Node& node = sets_.nodes_[rank + 1];
      std::vector<Roaring> pairs;
      for (std::uint32_t c = 0; c < node.children; ++c)
        pairs.push_back(bitmaps[rank] & bitmaps[sets_.nodes_[node.first_child + c].rank]);
      extend(node.first_child, pairs, 2);
    }
  }

 private:
  static constexpr std::uint32_t rare = ~std::uint32_t{0};

  void rank_items(const ItemBaskets& holders) {
    auto& items = sets_.items_;
    for (Item item = 0; item < holders.items(); ++item)
      if (holders.count(item) >= sets_.limits_.count_min) items.push_back(item);
    std::ranges::stable_sort(items, {}, [&](Item item) { return holders.count(item); });
    rank_of_.assign(holders.items(), rare);
    for (std::uint32_t rank = 0; rank < items.size(); ++rank) rank_of_[items[rank]] = rank;
  }

  void append(std::uint32_t parent, std::uint32_t rank, std::uint32_t count) {
    sets_.nodes_.push_back(
        {.rank = rank, .count = count, .parent = parent, .first_child = 0, .children = 0});
  }

  [[nodiscard]] std::uint32_t next_node() const {
    return static_cast<std::uint32_t>(sets_.nodes_.size());
  }

  // Gives the item's node its children: the frequent pairs with an item of higher rank.
  void count_pairs(std::uint32_t rank, std::span<const std::uint32_t> holders) {
    for (const std::uint32_t basket : holders)
      for (const Item other : baskets_[basket])
        if (const auto r = rank_of_[other]; r != rare && r > rank) ++together_[r];
    const std::uint32_t node = rank + 1, first = next_node();
    for (std::uint32_t r = rank + 1; r < together_.size(); ++r)
      if (const auto count = std::exchange(together_[r], 0); count >= sets_.limits_.count_min)
        append(node, r, count);
    sets_.nodes_[node].first_child = first;
    sets_.nodes_[node].children = next_node() - first;
  }

  // Sisters are sets of `length` items that differ in the last; any two of them with their common
  // baskets make a set of one more.
  void extend(std::uint32_t first, const std::vector<Roaring>& sisters, std::uint32_t length) {
    if (length >= sets_.limits_.items_max) return;
    for (std::uint32_t i = 0; i + 1 < sisters.size() && !sets_.too_many(); ++i) {
      const std::uint32_t first_child = next_node();
      std::vector<Roaring> children;
      for (std::uint32_t j = i + 1; j < sisters.size(); ++j) {
        const auto count = static_cast<std::uint32_t>(sisters[i].and_cardinality(sisters[j]));
        if (count < sets_.limits_.count_min) continue;
        append(first + i, sets_.nodes_[first + j].rank, count);
        children.push_back(sisters[i] & sisters[j]);
      }
      sets_.nodes_[first + i].first_child = first_child;
      sets_.nodes_[first + i].children = next_node() - first_child;
      extend(first_child, children, length + 1);
    }
  }

  FrequentSets& sets_;
  const Baskets& baskets_;
  std::vector<std::uint32_t> rank_of_;   // by item
  std::vector<std::uint32_t> together_;  // by rank
};

FrequentSets::FrequentSets(const Baskets& baskets, const Limits& limits) : limits_(limits) {
  Search(*this, baskets).run();
}

std::uint32_t FrequentSets::count(std::span<const std::uint32_t> ranks) const {
  const Node* node = nodes_.data();
  for (const std::uint32_t rank : ranks) {
    const std::span children(nodes_.data() + node->first_child, node->children);
    node = &*std::ranges::lower_bound(children, rank, {}, &Node::rank);
  }
  return node->count;
}

}  // namespace rapport::analytics
