// A customer's purchases as purchase models see them: days that are purchases by the rule of
// analytics::DayOfOrders, each once, with what it came to; nought where all was free. From these
// follow x, t_x and T at the end of any day.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "analytics/purchase/history.hpp"
#include "analytics/purchase/purchase.hpp"
#include "analytics/purchase/spending.hpp"
#include "analytics/value/orders.hpp"

namespace rapport::crm {

inline constexpr double days_a_week = 7;

struct Histories {
  std::vector<std::size_t> begins{0};  // of customer i: [begins[i], begins[i + 1])
  std::vector<std::int32_t> days;      // ascending within a customer
  std::vector<std::int64_t> nets;      // ten-thousandths; nought: all was free

  [[nodiscard]] std::size_t size() const { return begins.size() - 1; }
  [[nodiscard]] std::span<const std::int32_t> days_of(std::size_t customer) const {
    return {days.data() + begins[customer], begins[customer + 1] - begins[customer]};
  }
  [[nodiscard]] std::span<const std::int64_t> nets_of(std::size_t customer) const {
    return {nets.data() + begins[customer], begins[customer + 1] - begins[customer]};
  }
};

[[nodiscard]] Histories histories_of(const analytics::Orders& orders);

// What models take: one row for each customer who had bought by the end of `until`, in weeks.
struct ModelRows {
  std::vector<std::uint32_t> customer;
  std::vector<std::int32_t> purchases;  // repeat ones
  std::vector<double> recency, age;
  // Purchases that were not free, the first too, and what they came to on average, in units of the
  // currency; and the same of the repeat ones. Models of spending know no amount of nought.
  std::vector<std::int32_t> paid, paid_again;
  std::vector<double> mean_amount, mean_again;

  [[nodiscard]] analytics::Customers customers() const {
    return {.purchases = purchases, .recency = recency, .age = age};
  }
  // What a customer's own purchases say of the next one: of half of CDNOW's customers the first is
  // the only one, and what they spent later is told a tenth better with it.
  [[nodiscard]] analytics::Spenders spenders() const {
    return {.purchases = paid, .mean_amount = mean_amount};
  }
  // What a fit rests on: repeat purchases alone (Fader & Hardie 2013), as of a file.
  [[nodiscard]] analytics::Spenders repeat_spenders() const {
    return {.purchases = paid_again, .mean_amount = mean_again};
  }
};

// `every`: only each n-th of them, to try models on a part.
[[nodiscard]] ModelRows model_rows(const Histories& histories, std::int32_t until,
                                   std::size_t every = 1);

// Purchases on days after `from` up to `until`.
[[nodiscard]] std::int32_t purchases_between(std::span<const std::int32_t> days, std::int32_t from,
                                             std::int32_t until);

}  // namespace rapport::crm
