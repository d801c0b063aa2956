// From single purchases to the figures that the models take.
//
//   auto history = histories_of(purchases, {.until = 10134, .holdout_until = 10407, .unit = 7});
//   fit_purchases(model, history.customers());
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "analytics/purchase/purchase.hpp"
#include "analytics/purchase/spending.hpp"

namespace rapport::analytics {

struct Purchase {
  std::uint32_t customer = 0;  // any number that tells customers apart
  std::int32_t day = 0;        // since 1970-01-01
  double amount = 0;           // below 0: something was given back
};

// What was ordered and given back on one day, and whether that day is a purchase. The one rule of
// files, of the program's own records (crm/insight/facts) and of its figures (`purchases_by_day`
// in figures_queries.sql): something was bought, and it was not all given back the same day. A day
// on which all was free is a purchase: who took a gift was there.
struct DayOfOrders {
  bool gave_back = false;         // a return among the orders
  bool net_above_nought = false;  // more bought than given back

  [[nodiscard]] constexpr bool is_purchase() const { return net_above_nought || !gave_back; }
};

struct HistoryOptions {
  std::int32_t until = 0;                                    // the last day known, inclusive
  std::optional<std::int32_t> holdout_until = std::nullopt;  // the last day held out, inclusive
  double unit = 1;                                           // days
};

// A row for each customer who bought up to `until`, in order of their numbers. Purchases of one day
// count once, their amounts added; the first is not a repeat purchase and its amount not in the
// mean. A day that is no purchase (DayOfOrders) is in no sum. What was free is in no mean: models
// of spending know no amount of nought.
struct Histories {
  std::vector<std::uint32_t> customer;
  std::vector<std::int32_t> purchases;  // x
  std::vector<double> recency, age;     // t_x and T, in units
  std::vector<double> first_amount;     // of the first purchase
  std::vector<std::int32_t> paid;       // repeat purchases that were not free
  std::vector<double> mean_amount;      // of these; 0 where there are none
  std::vector<std::int32_t> later;      // purchases after `until`, up to `holdout_until`
  std::vector<double> later_amount;
  std::size_t days_given_back = 0;  // up to the last day known or held out; no purchases

  [[nodiscard]] Customers customers() const { return {purchases, recency, age}; }
  [[nodiscard]] Spenders spenders() const { return {paid, mean_amount}; }
};

[[nodiscard]] Histories histories_of(std::vector<Purchase> purchases,
                                     const HistoryOptions& options);

}  // namespace rapport::analytics
