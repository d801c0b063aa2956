// The encodings files come in, made UTF-8. What is not valid is said, never repaired.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "platform/exchange/csv/dialect.hpp"

namespace rapport::platform {

[[nodiscard]] bool is_ascii(std::string_view bytes);

// Appends CP1252 or Latin-1 as UTF-8; false where a byte means nothing there (0x81 in CP1252).
[[nodiscard]] bool append_narrow(std::string& out, std::string_view bytes, Encoding encoding);

// UTF-16 bytes as UTF-8, as many whole characters as there are; gives the bytes taken. A lone
// surrogate is kept as the three bytes UTF-8 would use, which `is_utf8` refuses later: so every
// character keeps its length in the file, and the row its reason. At the end of the file a single
// left byte becomes 0xFF, refused likewise.
[[nodiscard]] std::size_t append_wide(std::string& out, std::string_view bytes, Encoding encoding,
                                      bool end_of_file);

// The bytes that UTF-8 text made by append_wide took in its UTF-16 file.
[[nodiscard]] std::int64_t wide_bytes(std::string_view utf8);

// UTF-8 text in the given encoding, for what we add to a user's file; '?' for what it lacks.
[[nodiscard]] std::string encoded(std::string_view utf8, Encoding encoding);

}  // namespace rapport::platform
