// What purchase models say of customers (lifetime value, probability of being a customer still,
// expected purchases), with the reasons; and the reasons of the historic value.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "analytics/purchase/purchase.hpp"
#include "analytics/purchase/spending.hpp"
#include "base/problem.hpp"
#include "crm/insight/facts/histories.hpp"
#include "crm/insight/scores/score_row.hpp"

namespace rapport::crm {

// How far lifetime value looks ahead, in months; what lies beyond is worth little, discounted, and
// hardly known.
inline constexpr int horizon_months = 36;
inline constexpr double weeks_a_year = 365.25 / 7;

// What they rest on.
struct LifetimeBasis {
  const analytics::PurchaseFit& purchases;
  const analytics::SpendingFit& spending;
  double margin = 0;         // percent of what is paid
  double discount_rate = 0;  // percent a year
};

// A figure for each row: the probability of being a customer still, purchases within 12 months,
// what one is expected to come to, and the margin of horizon_months, each month's discounted to
// now; amounts in units of the currency.
struct LifetimeValues {
  std::vector<double> alive, expected, average, value;
};

// Problems: analytics.bad_fit, analytics.bad_customers.
[[nodiscard]] base::Result<LifetimeValues> lifetime_values_of(const ModelRows& rows,
                                                              const LifetimeBasis& basis);

inline constexpr std::array<std::string_view, 3> lifetime_value_codes{"purchases", "average",
                                                                      "discount"};
inline constexpr std::array<std::string_view, 3> probability_alive_codes{"rhythm", "once",
                                                                         "silence"};
inline constexpr std::array<std::string_view, 3> expected_purchases_codes{"alive", "rhythm",
                                                                          "once"};
inline constexpr std::array<std::string_view, 3> historic_value_codes{"orders", "returns",
                                                                      "only_returns"};

[[nodiscard]] std::vector<Reason> lifetime_value_reasons(const ScoreRow& row,
                                                         const ReasonContext& context);
[[nodiscard]] std::vector<Reason> probability_alive_reasons(const ScoreRow& row,
                                                            const ReasonContext& context);
[[nodiscard]] std::vector<Reason> expected_purchases_reasons(const ScoreRow& row,
                                                             const ReasonContext& context);
[[nodiscard]] std::vector<Reason> historic_value_reasons(const ScoreRow& row,
                                                         const ReasonContext& context);

}  // namespace rapport::crm
