#include "crm/insight/profitability/profit.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "analytics/value/cohorts.hpp"
#include "analytics/value/costing.hpp"

namespace rapport::crm {
namespace {

constexpr std::int64_t kCent = 100;  // in ten-thousandths
constexpr double kPercent = 100;
constexpr double kSecondsAMinute = 60;
constexpr std::array<std::string_view, activities> kActivities{"interaction", "order", "order_line",
                                                               "return"};

std::int64_t rounded(double value) {
  return std::llround(value);
}

class Rows {
 public:
  CustomerMonth& at(std::uint32_t customer, std::int32_t day, std::uint8_t channel) {
    rows_.push_back({.customer = customer, .month = month_of(day), .channel = channel});
    return rows_.back();
  }

  // Rows of one customer, month and channel become one.
  std::vector<CustomerMonth> joined() && {
    const auto key = [](const CustomerMonth& row) {
      return std::tuple(row.customer, row.month, row.channel);
    };
    std::ranges::sort(rows_, {}, key);
    std::size_t kept = 0;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (kept > 0 && key(rows_[kept - 1]) == key(rows_[i])) {
        add(rows_[kept - 1], rows_[i]);
      } else {
        rows_[kept++] = rows_[i];
      }
    }
    rows_.resize(kept);
    return std::move(rows_);
  }

 private:
  static void add(CustomerMonth& to, const CustomerMonth& from) {
    to.seconds += from.seconds;
    to.own_cost += from.own_cost;
    to.parts += from.parts;
  }
  std::vector<CustomerMonth> rows_;
};

void add_order(CustomerMonth& row, const RecentOrder& order, const ProfitOptions& options) {
  const auto& rates = options.rates[order.channel];
  const auto net = order.total - order.tax;  // below nought in a return
  const auto goods = order.costed()
                         ? order.cost_of_goods
                         : rounded(static_cast<double>(net) * (1 - options.margin / kPercent));
  row.parts.cost_of_goods = goods;
  double minutes = order.lines * rates[static_cast<std::size_t>(Activity::order_line)];
  minutes += rates[static_cast<std::size_t>(order.total < 0 || order.is_return ? Activity::return_
                                                                               : Activity::order)];
  row.seconds = rounded(minutes * kSecondsAMinute);
  if (order.is_return || order.total < 0) {
    row.parts.returns = -net;
    return;
  }
  row.parts.discounts = std::abs(order.discount);
  row.parts.revenue = net + row.parts.discounts;
}

}  // namespace

std::vector<Reason> profit_reasons(const ScoreRow& row, const ReasonContext& context) {
  if (!row.profit) return {};
  const auto& parts = context.profit;
  const auto whole = static_cast<double>(std::max<std::int64_t>(1, std::abs(parts.revenue)));
  std::vector<Reason> reasons;
  for (const auto& [code, amount] :
       {std::pair{profit_codes[0], parts.revenue}, std::pair{profit_codes[1], parts.cost_of_goods},
        std::pair{profit_codes[2], parts.discounts}, std::pair{profit_codes[3], parts.returns},
        std::pair{profit_codes[4], parts.cost_to_serve}}) {
    if (amount == 0) continue;
    reasons.push_back({code,
                       std::min(1., std::abs(static_cast<double>(amount)) / whole),
                       {{"amount", money_text(amount, context.currency)}}});
  }
  return reasons;
}

std::int32_t month_of(std::int32_t day) {
  return analytics::period_of(day, analytics::Period::month);
}

std::int32_t first_day_of_month(std::int32_t month) {
  return analytics::first_day_of(month, analytics::Period::month);
}

std::optional<Activity> activity_named(std::string_view name) {
  const auto at = std::ranges::find(kActivities, name);
  if (at == kActivities.end()) return std::nullopt;
  return static_cast<Activity>(at - kActivities.begin());
}

std::vector<CustomerMonth> customer_months(const Facts& facts, const ProfitOptions& options) {
  Rows rows;
  for (const auto& order : facts.recent_orders) {
    if (order.day < options.from || order.day > options.until) continue;
    add_order(rows.at(order.customer, order.day, order.channel), order, options);
  }
  for (const auto& talk : facts.talks) {
    if (talk.day < options.from || talk.day > options.until) continue;
    auto& row = rows.at(talk.customer, talk.day, talk.channel);
    const auto rate = options.rates[talk.channel][static_cast<std::size_t>(Activity::interaction)];
    row.seconds = rounded((talk.minutes ? *talk.minutes : rate) * kSecondsAMinute);
    row.own_cost = talk.cost.value_or(0);
  }
  return std::move(rows).joined();
}

base::Result<void> share_out(std::span<CustomerMonth> rows, std::span<Pool> pools) {
  std::vector<analytics::CostPool> given;
  for (const auto& pool : pools) {
    given.push_back({pool.channel, pool.month, pool.cost / kCent, pool.capacity_seconds});
  }
  std::vector<analytics::Usage> usages;
  for (const auto& row : rows) {
    if (row.seconds > 0) usages.push_back({row.customer, row.channel, row.month, row.seconds});
  }
  auto costing = analytics::cost_to_serve(given, usages);
  if (!costing) return std::unexpected(costing.error());
  std::map<std::pair<std::uint8_t, std::int32_t>, const analytics::PoolUse*> uses;
  for (const auto& use : costing->pools) {
    uses[{static_cast<std::uint8_t>(use.pool.channel), use.pool.month}] = &use;
  }
  for (auto& pool : pools) {
    const auto& use = *uses.at({pool.channel, pool.month});
    pool.used_seconds = use.used_seconds;
    pool.unused_cost = use.unused_cost * kCent;
  }
  // Costs come by month, channel and customer: those of a customer's row are found by halving.
  const auto key = [](const analytics::CostToServe& one) {
    return std::tuple(one.month, one.channel, one.customer);
  };
  for (auto& row : rows) {
    if (!uses.contains({row.channel, row.month})) {
      row.parts.cost_to_serve = row.own_cost;
      continue;
    }
    const auto place = std::tuple(row.month, std::uint32_t{row.channel}, row.customer);
    const auto at = std::ranges::lower_bound(costing->costs, place, {}, key);
    const bool found = at != costing->costs.end() && key(*at) == place;
    row.parts.cost_to_serve = found ? at->cost * kCent : 0;
  }
  return {};
}

SecondCosts second_costs(std::span<const Pool> pools) {
  SecondCosts costs;
  for (const auto& pool : pools) {
    const auto seconds =
        std::max<std::int64_t>(1, std::max(pool.used_seconds, pool.capacity_seconds));
    costs[{pool.channel, pool.month}] =
        static_cast<double>(pool.cost) / static_cast<double>(seconds);
  }
  return costs;
}

void serve_at(std::span<CustomerMonth> rows, const SecondCosts& costs) {
  for (auto& row : rows) {
    const auto cost = costs.find({row.channel, row.month});
    row.parts.cost_to_serve =
        cost == costs.end()
            ? row.own_cost
            : rounded(static_cast<double>(row.seconds) * cost->second / kCent) * kCent;
  }
}

double margin_of(std::span<const RecentOrder> recent_orders, double otherwise) {
  double revenue = 0, goods = 0;
  for (const auto& order : recent_orders) {
    if (!order.costed()) continue;
    revenue += static_cast<double>(order.total - order.tax);
    goods += static_cast<double>(order.cost_of_goods);
  }
  if (revenue <= 0) return otherwise;
  constexpr double shown = 10;  // to a tenth of a percent
  return std::clamp(std::round((1 - goods / revenue) * kPercent * shown) / shown, 0., kPercent);
}

}  // namespace rapport::crm
