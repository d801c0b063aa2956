// Numbers that stand for others, the same in every process: no defence against someone who means
// harm.
#pragma once

#include <concepts>
#include <cstdint>
#include <string_view>

namespace rapport::base {

// FNV-1a, 64 bits (Fowler, Noll and Vo 1991), over bytes; `before`: of the bytes before these.
inline constexpr std::uint64_t fnv1a_start = 0xCBF29CE484222325U;
[[nodiscard]] constexpr std::uint64_t fnv1a(std::string_view bytes,
                                            std::uint64_t before = fnv1a_start) {
  constexpr std::uint64_t prime = 0x100000001B3U;
  for (const char c : bytes) before = (before ^ static_cast<unsigned char>(c)) * prime;
  return before;
}

// SplitMix64 (Steele, Lea and Flood 2014): what it adds at each step, and how it mixes the sum.
inline constexpr std::uint64_t splitmix_step = 0x9E3779B97F4A7C15U;
[[nodiscard]] constexpr std::uint64_t splitmix_mixed(std::uint64_t sum) {
  sum = (sum ^ (sum >> 30U)) * 0xBF58476D1CE4E5B9U;
  sum = (sum ^ (sum >> 27U)) * 0x94D049BB133111EBU;
  return sum ^ (sum >> 31U);
}

// Numbers folded into one by the mixing of SplitMix64; their order counts.
class Digest {
 public:
  template <std::integral Number>
  constexpr Digest& add(Number number) {
    state_ = splitmix_mixed(state_ + splitmix_step + static_cast<std::uint64_t>(number));
    return *this;
  }
  [[nodiscard]] constexpr std::uint64_t value() const { return state_; }

 private:
  std::uint64_t state_ = 0;
};

}  // namespace rapport::base
