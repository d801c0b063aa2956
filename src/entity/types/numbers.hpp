// Numbers and amounts of money as people's files spell them.
#pragma once

#include <optional>
#include <string_view>

#include "base/decimal.hpp"
#include "base/money.hpp"
#include "entity/types/field_type.hpp"

namespace rapport::entity {

// "1.234,56" with a decimal comma; groups of three by point, comma, space or apostrophe; "(12.50)"
// and "12.50-" are negative. A separator that does not group threes is refused, not guessed at.
[[nodiscard]] std::optional<base::Decimal> number_form(std::string_view text, char decimal_point);

// With a currency by code or sign before or after, else the one of the forms: "€ 12,50", "12.50
// USD".
[[nodiscard]] std::optional<base::Money> money_form(std::string_view text, const TextForms& forms);

}  // namespace rapport::entity
