// Orders as the figures of this folder take them: columns side by side, one row an order, in any
// order of rows. A return is a row below nought: it takes from the money, and is no purchase.
//
//   customer 0 0 1     day 14944 14975 14950     amount 250'000 -50'000 99'900
//
// Amounts are whole ten-thousandths of the currency (as base::Money is kept: 4 digits), all in one
// currency. Sums are exact. In doubles a customer who returned everything is left with ±1e-14 and
// may count as one who costs money.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "base/problem.hpp"

namespace rapport::analytics {

inline constexpr std::int64_t amount_unit = 10'000;

struct Orders {
  std::size_t customers = 0;  // they are 0 … customers − 1
  std::span<const std::uint32_t> customer;
  std::span<const std::int32_t> day;     // since 1970-01-01, in the firm's time zone
  std::span<const std::int64_t> amount;  // ten-thousandths
};

// Days that count, both included.
struct DayRange {
  std::int32_t from = std::numeric_limits<std::int32_t>::min();
  std::int32_t until = std::numeric_limits<std::int32_t>::max();

  [[nodiscard]] bool has(std::int32_t day) const { return day >= from && day <= until; }
};

// What a customer's orders come to. Who has only returns has `orders` 0 and days of nought.
struct PurchaseFacts {
  std::int32_t first_day = 0;  // of orders, without returns
  std::int32_t last_day = 0;
  std::uint32_t orders = 0;  // without returns
  std::uint32_t returns = 0;
  std::int64_t money = 0;  // orders less returns, ten-thousandths

  friend bool operator==(const PurchaseFacts&, const PurchaseFacts&) = default;
};

// The facts of each customer, by index. Refused: columns of different lengths
// (analytics.uneven_columns), a customer that is not there (analytics.no_such_customer), sums
// beyond 64 bits (analytics.too_much_money).
[[nodiscard]] base::Result<std::vector<PurchaseFacts>> purchase_facts(const Orders& orders,
                                                                      DayRange range = {});

// Whether the columns fit together: the first two refusals above.
[[nodiscard]] base::Result<void> check_orders(const Orders& orders);

}  // namespace rapport::analytics
