// How a text file of rows is written. RFC 4180 names one dialect; the world writes many.
#pragma once

#include <optional>
#include <string_view>

namespace rapport::platform {

enum class Encoding { utf8, utf16le, utf16be, cp1252, latin1 };
[[nodiscard]] std::string_view name_of(Encoding encoding);  // "UTF-8", "UTF-16LE", "CP1252" …
[[nodiscard]] std::optional<Encoding> encoding_named(std::string_view name);

enum class Escape { doubled, backslash };

struct Dialect {
  // Of `delimiter`: runs of spaces and tabs separate, those at a line's ends mean nothing.
  static constexpr char whitespace = ' ';
  static constexpr char none = '\0';  // of `quote`: no quoting at all

  Encoding encoding = Encoding::utf8;
  bool bom = false;
  char delimiter = ',';
  char quote = '"';
  Escape escape = Escape::doubled;

  [[nodiscard]] int bom_bytes() const { return !bom ? 0 : encoding == Encoding::utf8 ? 3 : 2; }
  [[nodiscard]] bool wide() const {
    return encoding == Encoding::utf16le || encoding == Encoding::utf16be;
  }
  friend bool operator==(const Dialect&, const Dialect&) = default;
};

struct CsvLimits {
  int cells_max = 4096;  // of a row
  int cell_bytes_max = 1 << 20;
  int row_bytes_max = 4 << 20;
  int quoted_lines_max = 10'000;  // of one cell: a quote never closed must not eat the file
  int block_bytes = 256 << 10;    // read at once; no row depends on where blocks end
};

}  // namespace rapport::platform
