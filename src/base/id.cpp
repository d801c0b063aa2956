#include "base/id.hpp"

#include <sodium.h>

#include <chrono>
#include <mutex>

namespace rapport::base {
namespace {

constexpr std::uint64_t random_low_mask = 0x3FFF'FFFF'FFFF'FFFFULL;

// Fresh random bits come from libsodium in blocks: one system call for hundreds of ids.
class RandomBlock {
 public:
  std::uint64_t next() {
    if (used_ == block_.size()) {
      randombytes_buf(block_.data(), block_.size() * sizeof block_[0]);
      used_ = 0;
    }
    return block_[used_++];
  }

 private:
  std::array<std::uint64_t, 256> block_{};
  std::size_t used_ = block_.size();
};

// Milliseconds and a 12-bit counter (RFC 9562 §6.2, method 1). When the counter is spent, or the
// clock steps back, the last time goes on counting: ids never run backwards within the process.
struct Ticks {
  std::mutex mutex;
  std::int64_t ms = 0;
  std::uint32_t counter = 0;
};

Ticks& ticks() {
  static Ticks instance;
  return instance;
}

constexpr std::uint32_t counter_max = 0xFFF;

}  // namespace

Id id_at(std::int64_t unix_ms, std::uint64_t random_high, std::uint64_t random_low) {
  Id id;
  for (int i = 0; i < 6; ++i) {
    id.bytes[i] = static_cast<std::uint8_t>(unix_ms >> (40 - 8 * i));
  }
  id.bytes[6] = static_cast<std::uint8_t>(0x70 | ((random_high >> 8) & 0x0F));
  id.bytes[7] = static_cast<std::uint8_t>(random_high);
  const std::uint64_t low = (random_low & random_low_mask) | 0x8000'0000'0000'0000ULL;
  for (int i = 0; i < 8; ++i) {
    id.bytes[8 + i] = static_cast<std::uint8_t>(low >> (56 - 8 * i));
  }
  return id;
}

Id new_id() {
  thread_local RandomBlock random;
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
                       std::chrono::system_clock::now().time_since_epoch())
                       .count();
  std::int64_t ms = 0;
  std::uint32_t counter = 0;
  {
    const std::scoped_lock lock(ticks().mutex);
    if (now > ticks().ms) {
      ticks().ms = now;
      ticks().counter = 0;
    } else if (ticks().counter == counter_max) {
      ++ticks().ms;
      ticks().counter = 0;
    } else {
      ++ticks().counter;
    }
    ms = ticks().ms;
    counter = ticks().counter;
  }
  return id_at(ms, counter, random.next());
}

void append_text(std::string& out, const Id& id) {
  static constexpr char digits[] = "0123456789abcdef";
  for (std::size_t i = 0; i < id.bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
    out += digits[id.bytes[i] >> 4];
    out += digits[id.bytes[i] & 0xF];
  }
}

std::string to_text(const Id& id) {
  std::string out;
  out.reserve(36);
  append_text(out, id);
  return out;
}

std::optional<Id> parse_id(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  auto digit = [](char c) -> int {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  Id id;
  std::size_t byte = 0;
  for (std::size_t i = 0; i < text.size();) {
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (text[i++] != '-') return std::nullopt;
      continue;
    }
    const int high = digit(text[i]);
    const int low = digit(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    id.bytes[byte++] = static_cast<std::uint8_t>(high * 16 + low);
    i += 2;
  }
  return id;
}

}  // namespace rapport::base
