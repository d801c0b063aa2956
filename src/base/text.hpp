// Small questions about text. All text inside Rapport is valid UTF-8 in normal form C; it is made
// so where it enters (`clean_text`).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rapport::base {

[[nodiscard]] std::string_view trimmed(std::string_view text);
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);
[[nodiscard]] bool is_utf8(std::string_view text);
// Characters (code points) of valid UTF-8.
[[nodiscard]] std::size_t characters(std::string_view text);
// Normal form C; nullopt where it is not UTF-8 or has a NUL or another forbidden control character
// (tab, newline and carriage return are allowed).
[[nodiscard]] std::optional<std::string> clean_text(std::string_view text);
// Lower case by Unicode rules, for comparing without regard to case.
[[nodiscard]] std::string folded(std::string_view text);
// folded, with accents removed and non-letters made single spaces: what search compares.
[[nodiscard]] std::string search_form(std::string_view text);
// `candidate` nearest to `word` by edit distance, if near enough to suggest; for "did you mean".
[[nodiscard]] std::optional<std::string> nearest(std::string_view word,
                                                 const std::vector<std::string>& candidates);

}  // namespace rapport::base
