// For tests and benches of insight: orders told by hand, in columns as facts have them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "analytics/value/orders.hpp"

namespace rapport::crm {

struct OrderColumns {
  std::vector<std::uint32_t> customer;
  std::vector<std::int32_t> day;
  std::vector<std::int64_t> amount;
  std::size_t customers = 0;

  void order(std::uint32_t who, std::int32_t when, std::int64_t units) {
    customer.push_back(who);
    day.push_back(when);
    amount.push_back(units * analytics::amount_unit);
  }
  [[nodiscard]] analytics::Orders orders() const {
    return {.customers = customers, .customer = customer, .day = day, .amount = amount};
  }
};

}  // namespace rapport::crm
