#include "crm/insight/facts/id_index.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace rapport::crm {
namespace {

using Halves = std::array<std::uint64_t, 2>;

// As two numbers: a call of memcmp for each cost more than the comparison.
bool same(const base::Id& a, const base::Id& b) {
  return std::bit_cast<Halves>(a.bytes) == std::bit_cast<Halves>(b.bytes);
}

// Ids of version 7 made one after the other differ in few bits of either half: all of them decide
// on both the place (the low bits) and the tag (the high ones).
std::uint64_t hash_of(const base::Id& id) {
  constexpr std::uint64_t odd_a = 0x9E3779B97F4A7C15ULL, odd_b = 0xC2B2AE3D27D4EB4FULL;
  const auto [high, low] = std::bit_cast<Halves>(id.bytes);
  std::uint64_t hash = (high * odd_a ^ low) * odd_b;
  hash ^= hash >> 32;
  hash *= odd_a;
  return hash ^ hash >> 29;
}

std::uint32_t tag_of(std::uint64_t hash) {
  return static_cast<std::uint32_t>(hash >> 32);
}

}  // namespace

void IdIndex::reserve(std::size_t ids) {
  ids_.reserve(ids);
  if (slots_.size() < 2 * ids) grow(std::bit_ceil(2 * ids));
}

std::uint32_t IdIndex::add(const base::Id& id) {
  constexpr std::size_t slots_min = 64;
  if (slots_.size() < 2 * (ids_.size() + 1)) grow(std::max(slots_min, 2 * slots_.size()));
  const auto hash = hash_of(id);
  auto& slot = slots_[slot_of(id, hash)];
  if (slot.number == kFree) {
    slot = {.number = static_cast<std::uint32_t>(ids_.size()), .tag = tag_of(hash)};
    ids_.push_back(id);
  }
  return slot.number;
}

std::optional<std::uint32_t> IdIndex::find(const base::Id& id) const {
  if (slots_.empty()) return std::nullopt;
  const auto number = slots_[slot_of(id, hash_of(id))].number;
  return number == kFree ? std::nullopt : std::optional(number);
}

void IdIndex::expect(const base::Id& id) const {
  if (!slots_.empty()) __builtin_prefetch(&slots_[hash_of(id) & (slots_.size() - 1)]);
}

// Where the id stands, or the free slot it would take.
std::size_t IdIndex::slot_of(const base::Id& id, std::uint64_t hash) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = hash & mask;
  for (; slots_[slot].number != kFree; slot = (slot + 1) & mask) {
    if (slots_[slot].tag == tag_of(hash) && same(ids_[slots_[slot].number], id)) break;
  }
  return slot;
}

void IdIndex::grow(std::size_t slots) {
  slots_.assign(slots, Slot{});
  for (std::uint32_t n = 0; n < ids_.size(); ++n) {
    const auto hash = hash_of(ids_[n]);
    slots_[slot_of(ids_[n], hash)] = {.number = n, .tag = tag_of(hash)};
  }
}

}  // namespace rapport::crm
