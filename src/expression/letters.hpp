// Text as PostgreSQL treats it under its collation und-x-icu, to the same answers.
#pragma once

#include <string>
#include <string_view>

namespace rapport::expression {

// lower(text COLLATE "und-x-icu")
[[nodiscard]] std::string lower_letters(std::string_view text);

// The order of und-x-icu: ICU's root order; texts it holds equal are ordered by their bytes.
[[nodiscard]] int compare_letters(std::string_view a, std::string_view b);

}  // namespace rapport::expression
