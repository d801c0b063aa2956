#include "crm/insight/profitability/profit.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numeric>
#include <utility>

#include "analytics/value/cohorts.hpp"
#include "analytics/value/costing.hpp"

namespace rapport::crm {
namespace {

constexpr double kPercent = 100;
constexpr double kSecondsAMinute = 60;
constexpr std::array<std::string_view, activities> kActivities{"interaction", "order", "order_line",
                                                               "return"};

std::int64_t rounded(double value) {
  return std::llround(value);
}

void add(CustomerMonth& to, const CustomerMonth& from) {
  to.seconds += from.seconds;
  to.own_cost += from.own_cost;
  to.parts += from.parts;
}

CustomerMonth row_of_order(const RecentOrder& order, const ProfitOptions& options) {
  CustomerMonth row;
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
    return row;
  }
  row.parts.discounts = std::abs(order.discount);
  row.parts.revenue = net + row.parts.discounts;
  return row;
}

CustomerMonth row_of_interaction(const Talk& interaction, const ProfitOptions& options) {
  CustomerMonth row;
  const auto rate =
      options.rates[interaction.channel][static_cast<std::size_t>(Activity::interaction)];
  row.seconds = rounded((interaction.minutes ? *interaction.minutes : rate) * kSecondsAMinute);
  row.own_cost = interaction.cost.value_or(0);
  return row;
}

// Transactions, which are orders and interactions, of the window by customer, month and channel.
// Sorted are their places, customer by customer: there are five million rows of a million
// customers.
class Transactions {
 public:
  struct Transaction {
    std::int32_t month = 0;
    std::uint8_t channel = channel_other;
    bool is_interaction = false;
    std::uint32_t at = 0;
    auto operator<=>(const Transaction&) const = default;
  };

  Transactions(const Facts& facts, const ProfitOptions& options) {
    const auto each = [&](auto take) {
      const auto take_all = [&](const auto& transactions, bool is_interaction) {
        for (std::uint32_t i = 0; i < transactions.size(); ++i) {
          if (transactions[i].day < options.from || transactions[i].day > options.until) continue;
          take(transactions[i], is_interaction, i);
        }
      };
      take_all(facts.recent_orders, false);
      take_all(facts.talks, true);
    };
    each([&](const auto& transaction, bool, std::uint32_t) {
      if (transaction.customer + 2 > begins_.size())
        begins_.resize(transaction.customer + std::size_t{2});
      ++begins_[transaction.customer + 1];
    });
    std::partial_sum(begins_.begin(), begins_.end(), begins_.begin());
    transactions_.resize(begins_.back());
    auto next = begins_;
    each([&](const auto& transaction, bool is_interaction, std::uint32_t i) {
      transactions_[next[transaction.customer]++] = {.month = month_of(transaction.day),
                                                     .channel = transaction.channel,
                                                     .is_interaction = is_interaction,
                                                     .at = i};
    });
    for (std::uint32_t customer = 0; customer < customers(); ++customer) {
      std::ranges::sort(transactions_.begin() + begins_[customer],
                        transactions_.begin() + begins_[customer + 1]);
    }
  }

  [[nodiscard]] std::uint32_t customers() const {
    return static_cast<std::uint32_t>(begins_.size() - 1);
  }
  [[nodiscard]] std::span<const Transaction> of(std::uint32_t customer) const {
    return std::span(transactions_)
        .subspan(static_cast<std::size_t>(begins_[customer]),
                 static_cast<std::size_t>(begins_[customer + 1] - begins_[customer]));
  }

 private:
  std::vector<std::ptrdiff_t> begins_{0};  // of customer i: [begins_[i], begins_[i + 1])
  std::vector<Transaction> transactions_;
};

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
  const Transactions transactions(facts, options);
  std::vector<CustomerMonth> rows;
  for (std::uint32_t customer = 0; customer < transactions.customers(); ++customer) {
    bool begun = false;
    for (const auto& transaction : transactions.of(customer)) {
      auto row = transaction.is_interaction
                     ? row_of_interaction(facts.talks[transaction.at], options)
                     : row_of_order(facts.recent_orders[transaction.at], options);
      row.customer = customer;
      row.month = transaction.month;
      row.channel = transaction.channel;
      if (std::exchange(begun, true) && rows.back().month == row.month &&
          rows.back().channel == row.channel) {
        add(rows.back(), row);
      } else {
        rows.push_back(row);
      }
    }
  }
  return rows;
}

base::Result<void> share_out(std::span<CustomerMonth> rows, std::span<Pool> pools) {
  std::vector<analytics::CostPool> given;
  for (const auto& pool : pools) {
    given.push_back({pool.channel, pool.month, pool.shared() / cent, pool.capacity_seconds});
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
    pool.unused_cost = use.unused_cost * cent + (pool.cost - pool.shared());
  }
  // Costs come by month, channel and customer, rows by customer: in each month and channel both go
  // on to higher customers.
  const auto place_of = [](const auto& one) {
    return std::pair(static_cast<std::uint8_t>(one.channel), one.month);
  };
  using Costs = std::span<const analytics::CostToServe>;
  std::map<std::pair<std::uint8_t, std::int32_t>, Costs> left;
  const Costs costs = costing->costs;
  for (std::size_t from = 0, until = 0; from < costs.size(); from = until) {
    while (until < costs.size() && place_of(costs[until]) == place_of(costs[from])) ++until;
    left[place_of(costs[from])] = costs.subspan(from, until - from);
  }
  for (auto& row : rows) {
    if (!uses.contains(place_of(row))) {
      row.parts.cost_to_serve = row.own_cost;
      continue;
    }
    auto& next = left[place_of(row)];
    while (!next.empty() && next.front().customer < row.customer) next = next.subspan(1);
    const bool found = !next.empty() && next.front().customer == row.customer;
    row.parts.cost_to_serve = found ? next.front().cost * cent : 0;
  }
  return {};
}

SecondCosts second_costs(std::span<const Pool> pools) {
  SecondCosts costs;
  for (const auto& pool : pools) {
    const auto seconds =
        std::max<std::int64_t>(1, std::max(pool.used_seconds, pool.capacity_seconds));
    costs[{pool.channel, pool.month}] =
        static_cast<double>(pool.shared()) / static_cast<double>(seconds);
  }
  return costs;
}

void serve_at(std::span<CustomerMonth> rows, const SecondCosts& costs) {
  for (auto& row : rows) {
    const auto cost = costs.find({row.channel, row.month});
    row.parts.cost_to_serve =
        cost == costs.end()
            ? row.own_cost
            : rounded(static_cast<double>(row.seconds) * cost->second / cent) * cent;
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
