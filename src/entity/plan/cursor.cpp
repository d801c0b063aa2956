#include "entity/plan/cursor.hpp"

#include <array>
#include <cstdint>

#include "base/hash.hpp"
#include "base/text.hpp"

namespace rapport::entity {

namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr char format = 2;  // of the bytes below; raised when they change
constexpr std::size_t checksum_bytes = 8;
constexpr std::size_t cursor_bytes_max = 16 * 1024;

// Over order and payload: catches what was cut, altered or made for another order.
std::uint64_t checksum(std::string_view order, std::string_view payload) {
  return base::fnv1a(payload, base::fnv1a({"\0", 1}, base::fnv1a(order)));
}

void append_number(std::string& out, std::uint64_t value, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i));
}

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}
  std::optional<std::uint64_t> number(std::size_t bytes) {
    if (bytes_.size() < bytes) return std::nullopt;
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i) {
      value |= std::uint64_t{static_cast<unsigned char>(bytes_[i])} << (8 * i);
    }
    bytes_.remove_prefix(bytes);
    return value;
  }
  std::optional<std::string_view> text(std::size_t length) {
    if (bytes_.size() < length) return std::nullopt;
    const std::string_view text = bytes_.substr(0, length);
    bytes_.remove_prefix(length);
    return text;
  }
  [[nodiscard]] bool at_end() const { return bytes_.empty(); }

 private:
  std::string_view bytes_;
};

std::optional<Position> read_payload(std::string_view payload) {
  Reader reader(payload);
  const auto version = reader.number(1);
  const auto count = reader.number(1);
  if (!version || *version != format || !count) return std::nullopt;
  Position position;
  for (std::uint64_t i = 0; i < *count; ++i) {
    const auto present = reader.number(1);
    if (!present || *present > 1) return std::nullopt;
    if (*present == 0) {
      position.values.emplace_back();
      continue;
    }
    const auto length = reader.number(4);
    const auto text = length ? reader.text(*length) : std::nullopt;
    if (!text || !base::is_utf8(*text) || text->find('\0') != std::string_view::npos) {
      return std::nullopt;
    }
    position.values.emplace_back(std::string(*text));
  }
  const auto id = reader.text(position.id.bytes.size());
  if (!id || !reader.at_end()) return std::nullopt;
  for (std::size_t i = 0; i < id->size(); ++i) {
    position.id.bytes[i] = static_cast<std::uint8_t>((*id)[i]);
  }
  return position;
}

}  // namespace

std::string to_base64url(std::string_view bytes) {
  std::string out;
  std::uint32_t buffer = 0;
  int bits = 0;
  for (const char c : bytes) {
    buffer = (buffer << 8) | static_cast<unsigned char>(c);
    for (bits += 8; bits >= 6; bits -= 6) out += alphabet[(buffer >> (bits - 6)) & 63U];
  }
  if (bits > 0) out += alphabet[(buffer << (6 - bits)) & 63U];
  return out;
}

std::optional<std::string> from_base64url(std::string_view text) {
  std::string out;
  std::uint32_t buffer = 0;
  int bits = 0;
  for (const char c : text) {
    const auto digit = alphabet.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    buffer = (buffer << 6) | static_cast<std::uint32_t>(digit);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out += static_cast<char>(buffer >> bits);
    }
  }
  return out;
}

std::string encode_cursor(const Position& position, std::string_view order) {
  std::string payload;
  append_number(payload, format, 1);
  append_number(payload, position.values.size(), 1);
  for (const auto& value : position.values) {
    append_number(payload, value ? 1 : 0, 1);
    if (!value) continue;
    append_number(payload, value->size(), 4);
    payload += *value;
  }
  for (const std::uint8_t byte : position.id.bytes) payload += static_cast<char>(byte);
  append_number(payload, checksum(order, payload), checksum_bytes);
  return to_base64url(payload);
}

base::Result<Position> decode_cursor(std::string_view cursor, std::string_view order,
                                     std::size_t values) {
  const auto refused = [] {
    return base::refuse(base::ProblemKind::invalid, "plan.bad_cursor",
                        "This place in the list is not valid.", {},
                        "Begin again at the first page, with the same order.");
  };
  if (cursor.size() > cursor_bytes_max) return refused();
  const auto bytes = from_base64url(cursor);
  if (!bytes || bytes->size() <= checksum_bytes) return refused();
  const std::string_view payload(bytes->data(), bytes->size() - checksum_bytes);
  const auto sum = Reader(std::string_view(*bytes).substr(payload.size())).number(checksum_bytes);
  if (!sum || *sum != checksum(order, payload)) return refused();
  auto position = read_payload(payload);
  if (!position || position->values.size() != values) return refused();
  return std::move(*position);
}

}  // namespace rapport::entity
