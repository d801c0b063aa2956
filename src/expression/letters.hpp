// Text as PostgreSQL treats it under its collation und-x-icu, to the same answers.
#pragma once

#include <string>
#include <string_view>

namespace rapport::expression {

// How letters are lowered before one text is sought in another. What is sought decides: where it is
// ASCII, only A–Z can match it, and lowering those alone costs PostgreSQL a quarter. (The Kelvin
// sign and the Turkish İ, which Unicode would lower to ASCII, are no k and no i to us.)
enum class Lowering {
  ascii,   // lower(text COLLATE "C")
  letters  // lower(text COLLATE "und-x-icu")
};
[[nodiscard]] Lowering lowering_for(std::string_view sought);
[[nodiscard]] std::string lowered(std::string_view text, Lowering lowering);

// The order of und-x-icu: ICU's root order; texts it holds equal are ordered by their bytes.
[[nodiscard]] int compare_letters(std::string_view a, std::string_view b);

}  // namespace rapport::expression
