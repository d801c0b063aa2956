// Baskets: which items were taken together. An item is a small number, given by whoever counts
// (0, 1, 2 …); a basket is an order, or all that one person ever bought.
//
//   Baskets baskets;
//   baskets.add({3, 1, 3});            // the same item twice counts once
//   baskets[0]                         // {1, 3}
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <vector>

namespace rapport::analytics {

using Item = std::uint32_t;

// Baskets stand back to back, each ascending and without repeats: 4 bytes a line and 8 a basket, so
// that ten million order lines take some 50 MB.
class Baskets {
 public:
  void reserve(std::size_t baskets, std::size_t lines);
  // One more basket; it may be empty, and then counts as a basket with nothing in it.
  void add(std::span<const Item> items);
  void add(std::initializer_list<Item> items) { add(std::span(items.begin(), items.size())); }

  [[nodiscard]] std::size_t size() const { return ends_.size(); }
  [[nodiscard]] bool empty() const { return ends_.empty(); }
  [[nodiscard]] std::span<const Item> operator[](std::size_t basket) const {
    const std::size_t begin = basket == 0 ? 0 : ends_[basket - 1];
    return {lines_.data() + begin, ends_[basket] - begin};
  }
  // Lines of all baskets, repeats not counted.
  [[nodiscard]] std::size_t lines() const { return lines_.size(); }
  // One more than the greatest item seen; 0 without items.
  [[nodiscard]] std::size_t items() const { return items_; }

 private:
  std::vector<Item> lines_;
  std::vector<std::size_t> ends_;
  std::size_t items_ = 0;
};

// The same the other way round: for each item the baskets that hold it, ascending. The length of
// a row is the item's count.
class ItemBaskets {
 public:
  explicit ItemBaskets(const Baskets& baskets);

  [[nodiscard]] std::size_t items() const { return begins_.size() - 1; }
  [[nodiscard]] std::span<const std::uint32_t> operator[](Item item) const {
    return {baskets_.data() + begins_[item], begins_[item + 1] - begins_[item]};
  }
  [[nodiscard]] std::uint32_t count(Item item) const {
    return static_cast<std::uint32_t>(begins_[item + 1] - begins_[item]);
  }
  // The first item whose baskets begin at this line or after it, so that stretches of lines can
  // share the work evenly where stretches of items would not.
  [[nodiscard]] Item first_from(std::size_t line) const;

 private:
  std::vector<std::size_t> begins_;
  std::vector<std::uint32_t> baskets_;
};

}  // namespace rapport::analytics
