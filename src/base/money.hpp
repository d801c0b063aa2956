// An amount of money is an exact decimal with the currency it is in. Two amounts of different
// currencies are not comparable and have no sum.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/decimal.hpp"

namespace rapport::base {

struct Money {
  static constexpr int scale_max = 4;  // as kept: numeric(19,4)

  Decimal amount;
  std::string currency;  // ISO 4217: "EUR"

  friend bool operator==(const Money&, const Money&) = default;
};

// Whether it is one of the ISO 4217 codes in use (ICU's list).
[[nodiscard]] bool is_currency(std::string_view code);

// Reads "12.50 EUR" and "EUR 12.50".
[[nodiscard]] std::optional<Money> parse_money(std::string_view text);

// "12.50 EUR"
[[nodiscard]] std::string to_text(const Money& money);

}  // namespace rapport::base
