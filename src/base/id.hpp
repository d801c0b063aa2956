// Ids are UUIDs of version 7 (RFC 9562 §5.7), made by the program: they sort by the time they were
// made, so that new rows land at the end of their index.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace rapport::base {

struct Id {
  std::array<std::uint8_t, 16> bytes{};

  auto operator<=>(const Id&) const = default;
  [[nodiscard]] bool empty() const { return *this == Id{}; }
};

// A new id: 48 bits of Unix milliseconds, a counter that never runs backwards within the process,
// and random bits. Thread-safe.
[[nodiscard]] Id new_id();

// A new id whose time part is the given Unix time in milliseconds; for demo data and tests.
[[nodiscard]] Id id_at(std::int64_t unix_ms, std::uint64_t random_high, std::uint64_t random_low);

// "0190b5e0-7c1e-7000-8000-000000000000"
[[nodiscard]] std::string to_text(const Id& id);
void append_text(std::string& out, const Id& id);

// Reads the form above, in either case; nothing else.
[[nodiscard]] std::optional<Id> parse_id(std::string_view text);

// An id of one kind never becomes an id of another by accident: `using PersonId = IdOf<struct
// Person>`.
template <class Tag>
struct IdOf {
  Id id;
  auto operator<=>(const IdOf&) const = default;
};

}  // namespace rapport::base

template <>
struct std::hash<rapport::base::Id> {
  std::size_t operator()(const rapport::base::Id& id) const noexcept {
    // The low half is random in version 7; it is its own hash.
    std::uint64_t low = 0;
    for (std::size_t i = 8; i < 16; ++i) low = (low << 8) | id.bytes[i];
    std::uint64_t high = 0;
    for (std::size_t i = 0; i < 8; ++i) high = (high << 8) | id.bytes[i];
    return static_cast<std::size_t>(low ^ (high * 0x9E3779B97F4A7C15ULL));
  }
};
