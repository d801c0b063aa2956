#include "analytics/baskets/baskets.hpp"

#include <algorithm>

namespace rapport::analytics {

void Baskets::reserve(std::size_t baskets, std::size_t lines) {
  ends_.reserve(baskets);
  lines_.reserve(lines);
}

void Baskets::add(std::span<const Item> items) {
  const auto begin = static_cast<std::ptrdiff_t>(lines_.size());
  lines_.insert(lines_.end(), items.begin(), items.end());
  std::sort(lines_.begin() + begin, lines_.end());
  lines_.erase(std::unique(lines_.begin() + begin, lines_.end()), lines_.end());
  if (static_cast<std::ptrdiff_t>(lines_.size()) > begin)
    items_ = std::max<std::size_t>(items_, std::size_t{lines_.back()} + 1);
  ends_.push_back(lines_.size());
}

ItemBaskets::ItemBaskets(const Baskets& baskets)
    : begins_(baskets.items() + 1, 0), baskets_(baskets.lines()) {
  for (std::size_t b = 0; b < baskets.size(); ++b)
    for (const Item item : baskets[b]) ++begins_[item + 1];
  for (std::size_t i = 1; i < begins_.size(); ++i) begins_[i] += begins_[i - 1];
  std::vector<std::size_t> next(begins_.begin(), begins_.end() - 1);
  for (std::size_t b = 0; b < baskets.size(); ++b)
    for (const Item item : baskets[b]) baskets_[next[item]++] = static_cast<std::uint32_t>(b);
}

Item ItemBaskets::first_from(std::size_t line) const {
  return static_cast<Item>(std::lower_bound(begins_.begin(), begins_.end(), line) -
                           begins_.begin());
}

}  // namespace rapport::analytics
