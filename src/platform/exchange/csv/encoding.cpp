#include "platform/exchange/csv/encoding.hpp"

#include <array>
#include <cstring>

namespace rapport::platform {

namespace {

// CP1252's 0x80–0x9F; 0 where the byte has no meaning.
constexpr std::array<char16_t, 32> cp1252_high = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

struct EncodingName {
  Encoding encoding;
  std::string_view name;
};
constexpr std::array encoding_names = {
    EncodingName{Encoding::utf8, "UTF-8"}, EncodingName{Encoding::utf16le, "UTF-16LE"},
    EncodingName{Encoding::utf16be, "UTF-16BE"}, EncodingName{Encoding::cp1252, "CP1252"},
    EncodingName{Encoding::latin1, "ISO-8859-1"}};

void append_character(std::string& out, std::uint32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | (c >> 6));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | (c >> 12));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (c >> 18));
    out += static_cast<char>(0x80 | ((c >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  }
}

std::uint32_t next_character(std::string_view utf8, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(utf8[i]); };
  const unsigned lead = byte(at);
  const int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
  std::uint32_t c = more == 3 ? lead & 7 : more == 2 ? lead & 15 : more == 1 ? lead & 31 : lead;
  ++at;
  for (int i = 0; i < more && at < utf8.size(); ++i) c = (c << 6) | (byte(at++) & 0x3F);
  return c;
}

char narrow_of(std::uint32_t c, Encoding encoding) {
  if (c < 0x80 || (c >= 0xA0 && c < 0x100)) return static_cast<char>(c);
  if (encoding == Encoding::cp1252) {
    for (std::size_t i = 0; i < cp1252_high.size(); ++i) {
      if (cp1252_high[i] != 0 && cp1252_high[i] == c) return static_cast<char>(0x80 + i);
    }
  }
  return '?';
}

}  // namespace

std::string_view name_of(Encoding encoding) {
  for (const auto& row : encoding_names) {
    if (row.encoding == encoding) return row.name;
  }
  return "UTF-8";
}

std::optional<Encoding> encoding_named(std::string_view name) {
  for (const auto& row : encoding_names) {
    if (row.name == name) return row.encoding;
  }
  return std::nullopt;
}

bool is_ascii(std::string_view bytes) {
  std::uint64_t high = 0;
  std::size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) {
    std::uint64_t word;
    std::memcpy(&word, bytes.data() + i, 8);
    high |= word;
  }
  for (; i < bytes.size(); ++i) high |= static_cast<unsigned char>(bytes[i]) & 0x80U;
  return (high & 0x8080808080808080ULL) == 0;
}

bool append_narrow(std::string& out, std::string_view bytes, Encoding encoding) {
  for (const char byte : bytes) {
    std::uint32_t c = static_cast<unsigned char>(byte);
    if (c >= 0x80 && c < 0xA0 && encoding == Encoding::cp1252) {
      c = cp1252_high[c - 0x80];
      if (c == 0) return false;
    }
    append_character(out, c);
  }
  return true;
}

std::size_t append_wide(std::string& out, std::string_view bytes, Encoding encoding,
                        bool end_of_file) {
  const int low_at = encoding == Encoding::utf16le ? 0 : 1;
  const auto unit = [&](std::size_t i) -> std::uint32_t {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i + low_at]) |
                                      static_cast<unsigned char>(bytes[i + 1 - low_at]) << 8);
  };
  std::size_t i = 0;
  while (i + 2 <= bytes.size()) {
    const std::uint32_t first = unit(i);
    const bool high_surrogate = first >= 0xD800 && first < 0xDC00;
    if (high_surrogate && i + 4 > bytes.size() && !end_of_file) break;
    if (high_surrogate && i + 4 <= bytes.size()) {
      const std::uint32_t second = unit(i + 2);
      if (second >= 0xDC00 && second < 0xE000) {
        append_character(out, 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00));
        i += 4;
        continue;
      }
    }
    append_character(out, first);
    i += 2;
  }
  if (end_of_file && i < bytes.size()) {
    out += '\xFF';
    i = bytes.size();
  }
  return i;
}

std::int64_t wide_bytes(std::string_view utf8) {
  std::int64_t bytes = 0;
  for (const char c : utf8) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte == 0xFF) {
      bytes += 1;  // the single left byte at the end
    } else if ((byte & 0xC0) != 0x80) {
      bytes += byte >= 0xF0 ? 4 : 2;
    }
  }
  return bytes;
}

std::string encoded(std::string_view utf8, Encoding encoding) {
  if (encoding == Encoding::utf8) return std::string(utf8);
  std::string out;
  const auto put_unit = [&](std::uint32_t unit) {
    const char low = static_cast<char>(unit & 0xFF);
    const char high = static_cast<char>(unit >> 8);
    out += encoding == Encoding::utf16le ? low : high;
    out += encoding == Encoding::utf16le ? high : low;
  };
  for (std::size_t at = 0; at < utf8.size();) {
    const std::uint32_t c = next_character(utf8, at);
    if (encoding == Encoding::cp1252 || encoding == Encoding::latin1) {
      out += narrow_of(c, encoding);
    } else if (c >= 0x10000) {
      put_unit(0xD800 + ((c - 0x10000) >> 10));
      put_unit(0xDC00 + ((c - 0x10000) & 0x3FF));
    } else {
      put_unit(c);
    }
  }
  return out;
}

}  // namespace rapport::platform
