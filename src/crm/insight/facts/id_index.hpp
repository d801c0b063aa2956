// Ids ↔ the numbers 0, 1, 2 … in the order they were added. Open addressing: a million ids cost
// 16 MB and 16 MB of slots, and finding one a tenth of what a node-based map takes.
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
  // Has memory bring what `find` will look at, while other ids are looked for.
  void expect(const base::Id& id) const;
  [[nodiscard]] std::size_t size() const { return ids_.size(); }
  [[nodiscard]] const base::Id& operator[](std::size_t n) const { return ids_[n]; }
  [[nodiscard]] std::span<const base::Id> ids() const { return ids_; }

 private:
  static constexpr std::uint32_t kFree = 0xFFFFFFFF;
  // The tag is of the id's hash, so that hardly any other id is looked at, which would be one more
  // place in memory.
  struct Slot {
    std::uint32_t number = kFree, tag = 0;
  };
  [[nodiscard]] std::size_t slot_of(const base::Id& id, std::uint64_t hash) const;
  void grow(std::size_t slots);

  std::vector<base::Id> ids_;
  std::vector<Slot> slots_;  // a power of two, at most half full
};

// Finds one id after the other, and remembers the last: rows of one person often stand together.
class IdFinder {
 public:
  explicit IdFinder(const IdIndex& index) : index_(index) {}
  [[nodiscard]] std::optional<std::uint32_t> find(const base::Id& id) {
    if (id != last_) {
      last_ = id;
      found_ = index_.find(id);
    }
    return found_;
  }

 private:
  const IdIndex& index_;
  base::Id last_;
  std::optional<std::uint32_t> found_;  // none of the empty id
};

}  // namespace rapport::crm
