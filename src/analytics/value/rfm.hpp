// Recency, frequency, money (Hughes 1994): each customer gets three digits from 1 to 5, 5 best, by
// when the last order was, how many there were, and what they came to. "555" are the best, "155"
// were the best and have gone quiet.
//
// The digits are fifths of the customers who bought. The bounds between them are quantiles of
// Hyndman & Fan (1996), definition 1: bound k is the value at rank ⌈k·n/5⌉, counted from the
// least. A value's digit is one more than the number of bounds below it, so **equal values always
// share a digit**, whatever the order of rows, and the bounds alone tell the digit of anyone. Where
// many are equal, digits are left out: if 70 % bought once, frequency knows 1, 4 and 5 only.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "analytics/value/orders.hpp"

namespace rapport::analytics {

inline constexpr std::size_t rfm_customers_min = 5;  // fewer have no fifths

struct RfmCell {
  std::uint8_t recency = 0;  // 1 … 5; all three are 0 for who has not bought
  std::uint8_t frequency = 0;
  std::uint8_t money = 0;

  friend bool operator==(const RfmCell&, const RfmCell&) = default;
};

// The greatest value of digits 1 to 4.
struct RfmBounds {
  std::array<std::int32_t, 4> recency{};     // day of the last order
  std::array<std::uint32_t, 4> frequency{};  // orders
  std::array<std::int64_t, 4> money{};       // ten-thousandths
};

struct Rfm {
  std::size_t customers = 0;  // who have bought
  RfmBounds bounds;
  std::vector<RfmCell> cells;  // by customer
};

// Refused below rfm_customers_min customers with an order: analytics.too_few_customers.
[[nodiscard]] base::Result<Rfm> rfm(std::span<const PurchaseFacts> facts);

// The cell of one customer within bounds made earlier.
[[nodiscard]] RfmCell rfm_cell(const PurchaseFacts& fact, const RfmBounds& bounds);

// "543"; empty for who has not bought.
[[nodiscard]] std::string to_text(const RfmCell& cell);

}  // namespace rapport::analytics
