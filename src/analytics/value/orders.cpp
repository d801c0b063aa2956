#include "analytics/value/orders.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rapport::analytics {
namespace {

// Rows in no order hit the facts at random; asking for them early hides most of the wait.
constexpr std::size_t rows_ahead = 24;

}  // namespace

base::Result<void> check_orders(const Orders& orders) {
  const std::size_t rows = orders.customer.size();
  if (orders.day.size() != rows || orders.amount.size() != rows) {
    return base::refuse(base::ProblemKind::internal, "analytics.uneven_columns",
                        "The columns of the orders have different lengths.",
                        fmt::format("customer {}, day {}, amount {}", rows, orders.day.size(),
                                    orders.amount.size()));
  }
  if (rows == 0) return {};
  const std::uint32_t last = *std::ranges::max_element(orders.customer);
  if (last >= orders.customers) {
    return base::refuse(base::ProblemKind::internal, "analytics.no_such_customer",
                        "An order belongs to a customer who is not there.",
                        fmt::format("customer {} of {}", last, orders.customers));
  }
  return {};
}

base::Result<std::vector<PurchaseFacts>> purchase_facts(const Orders& orders, DayRange range) {
  if (auto checked = check_orders(orders); !checked) return std::unexpected(checked.error());
  std::vector<PurchaseFacts> facts(orders.customers);
  const std::size_t rows = orders.customer.size();
  bool beyond = false;
  for (std::size_t i = 0; i < rows; ++i) {
    if (i + rows_ahead < rows) __builtin_prefetch(&facts[orders.customer[i + rows_ahead]], 1);
    const std::int32_t day = orders.day[i];
    if (!range.has(day)) continue;
    PurchaseFacts& fact = facts[orders.customer[i]];
    beyond |= __builtin_add_overflow(fact.money, orders.amount[i], &fact.money);
    if (orders.amount[i] < 0) {
      ++fact.returns;
      continue;
    }
    fact.first_day = fact.orders == 0 ? day : std::min(fact.first_day, day);
    fact.last_day = fact.orders == 0 ? day : std::max(fact.last_day, day);
    ++fact.orders;
  }
  if (beyond) {
    return base::refuse(base::ProblemKind::invalid, "analytics.too_much_money",
                        "The sum of a customer's orders is too large to be exact.");
  }
  return facts;
}

}  // namespace rapport::analytics
