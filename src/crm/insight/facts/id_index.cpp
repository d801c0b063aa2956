#include "crm/insight/facts/id_index.hpp"

#include <array>
#include <bit>

namespace rapport::crm {
namespace {

// As two numbers: a call of memcmp for each cost more than the comparison.
bool same(const base::Id& a, const base::Id& b) {
  using Halves = std::array<std::uint64_t, 2>;
  return std::bit_cast<Halves>(a.bytes) == std::bit_cast<Halves>(b.bytes);
}

}  // namespace

void IdIndex::reserve(std::size_t ids) {
  ids_.reserve(ids);
  if (slots_.size() < 2 * ids) grow(std::bit_ceil(2 * ids));
}

std::uint32_t IdIndex::add(const base::Id& id) {
  constexpr std::size_t slots_min = 64;
  if (slots_.size() < 2 * (ids_.size() + 1)) grow(std::max(slots_min, 2 * slots_.size()));
  auto& slot = slots_[slot_of(id)];
  if (slot == kFree) {
    slot = static_cast<std::uint32_t>(ids_.size());
    ids_.push_back(id);
  }
  return slot;
}

std::optional<std::uint32_t> IdIndex::find(const base::Id& id) const {
  if (slots_.empty()) return std::nullopt;
  const auto number = slots_[slot_of(id)];
  return number == kFree ? std::nullopt : std::optional(number);
}

// Where the id stands, or the free slot it would take.
std::size_t IdIndex::slot_of(const base::Id& id) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = std::hash<base::Id>()(id) & mask;
  while (slots_[slot] != kFree && !same(ids_[slots_[slot]], id)) slot = (slot + 1) & mask;
  return slot;
}

void IdIndex::grow(std::size_t slots) {
  slots_.assign(slots, kFree);
  for (std::uint32_t n = 0; n < ids_.size(); ++n) slots_[slot_of(ids_[n])] = n;
}

}  // namespace rapport::crm
