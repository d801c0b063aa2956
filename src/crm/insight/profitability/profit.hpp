// What a customer brought and cost, by month and channel. Revenue is what was paid, discounts put
// back and tax taken off; goods, discounts, returns and the cost to serve are taken from it.
//
// Cost to serve is time-driven activity-based costing (Kaplan & Anderson 2004, "Time-Driven
// Activity-Based Costing", Harvard Business Review 82/11): each interaction, order, order line and
// return takes minutes (measured, or by the channel's rate); a channel's minute in a month costs
// its pool divided by its capacity. Minutes nobody used are the pool's unused cost and burden no
// customer. An interaction on a channel without a pool costs what it says itself.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "crm/insight/facts/facts.hpp"
#include "crm/insight/scores/score_row.hpp"

namespace rapport::crm {

// Pools are shared out in whole cents, as they are told; amounts are in ten-thousandths.
inline constexpr std::int64_t cent = 100;

inline constexpr std::array<std::string_view, 5> profit_codes{
    "revenue", "cost_of_goods", "discounts", "returns", "cost_to_serve"};
[[nodiscard]] std::vector<Reason> profit_reasons(const ScoreRow& row, const ReasonContext& context);

// Months are counted from January of the year 0: 12 a year.
[[nodiscard]] std::int32_t month_of(std::int32_t day);
[[nodiscard]] std::int32_t first_day_of_month(std::int32_t month);

enum class Activity : std::uint8_t { interaction, order, order_line, return_ };
inline constexpr std::size_t activities = 4;
[[nodiscard]] std::optional<Activity> activity_named(std::string_view name);

// Minutes of an activity on a channel that nobody measured.
using MinuteRates = std::array<std::array<double, activities>, channel_names.size()>;

struct Pool {
  std::uint8_t channel = channel_other;
  std::int32_t month = 0;
  std::int64_t cost = 0;  // ten-thousandths, whole cents
  std::int64_t capacity_seconds = 0;
  std::int64_t used_seconds = 0;
  std::int64_t unused_cost = 0;

  // What customers may bear of it. A pool below nought, as a credit note alone in its month makes
  // one, stays with the firm whole, as unused cost: nobody is paid for being served.
  [[nodiscard]] std::int64_t shared() const { return cost < 0 ? 0 : cost; }
};

struct CustomerMonth {
  std::uint32_t customer = 0;
  std::int32_t month = 0;
  std::uint8_t channel = channel_other;
  std::int64_t seconds = 0;
  std::int64_t own_cost = 0;  // of interactions that say it themselves
  ProfitParts parts;
};

struct ProfitOptions {
  MinuteRates rates{};
  double margin = 30;                // percent; of orders with a line whose cost is not known
  std::int32_t from = 0, until = 0;  // days of the window, both included
};

// One row for each customer, month and channel with anything in it, in that order; without the cost
// to serve.
[[nodiscard]] std::vector<CustomerMonth> customer_months(const Facts& facts,
                                                         const ProfitOptions& options);

// Shares the pools out over the rows of customer_months (analytics::cost_to_serve), in their order:
// for each pool the costs to serve
// of its rows and the unused cost add up to its cost, to the cent. Where more minutes were used
// than there is capacity, they share the whole cost and none is unused.
[[nodiscard]] base::Result<void> share_out(std::span<CustomerMonth> rows, std::span<Pool> pools);

// What a second costs in each pool's channel and month, in ten-thousandths; for one customer
// between two refreshes.
using SecondCosts = std::map<std::pair<std::uint8_t, std::int32_t>, double>;
[[nodiscard]] SecondCosts second_costs(std::span<const Pool> pools);
void serve_at(std::span<CustomerMonth> rows, const SecondCosts& costs);

// The margin in percent that the goods of wholly costed orders left; `otherwise` where none is
// costed.
[[nodiscard]] double margin_of(std::span<const RecentOrder> recent_orders, double otherwise);

}  // namespace rapport::crm
