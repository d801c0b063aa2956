// Ids ↔ the numbers 0, 1, 2 … in the order they were added. Open addressing: a million ids cost
// 16 MB and 8 MB of slots, and finding one a tenth of what a node-based map takes.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/id.hpp"

namespace rapport::crm {

class IdIndex {
 public:
  void reserve(std::size_t ids);
  // The id's number, a new one where it was not there.
  std::uint32_t add(const base::Id& id);
  [[nodiscard]] std::optional<std::uint32_t> find(const base::Id& id) const;
  [[nodiscard]] std::size_t size() const { return ids_.size(); }
  [[nodiscard]] const base::Id& operator[](std::size_t n) const { return ids_[n]; }
  [[nodiscard]] std::span<const base::Id> ids() const { return ids_; }

 private:
  static constexpr std::uint32_t kFree = 0xFFFFFFFF;
  [[nodiscard]] std::size_t slot_of(const base::Id& id) const;
  void grow(std::size_t slots);

  std::vector<base::Id> ids_;
  std::vector<std::uint32_t> slots_;  // a power of two, at most half full
};

}  // namespace rapport::crm
