// What it costs to serve a customer: time-driven activity-based costing (Kaplan & Anderson 2004).
// A channel's cost of a month is divided by the minutes that its people can work (the practical
// capacity) to a rate; each customer bears the rate times the minutes spent on them; what no one
// used stays with the firm as the cost of unused capacity, instead of being laid on the customers:
//
//   560,000 / 700,000 minutes = 0.80 a minute
//   an order takes 8 minutes: a customer with 10 orders costs 64.00
//   578,600 minutes were used, so 121,400 · 0.80 = 97,120 are unused
//
// Amounts are whole numbers of some unit (base::Money's ten-thousandths, or cents) and stay so:
// shares are cut to whole units and the rest goes, a unit each, to the greatest remainders (of
// equal ones to the customer with the lower number), so that **the customers' costs and the unused
// cost add up to the pool exactly**, and no one is off by a whole unit.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/problem.hpp"

namespace rapport::analytics {

// A channel in a month. Both are numbers of the caller's.
struct CostPool {
  std::uint32_t channel = 0;
  std::int32_t month = 0;
  std::int64_t cost = 0;              // whole units, not below nought
  std::int64_t capacity_seconds = 0;  // what can be worked, not what is paid
};

// Time spent on a customer. Several rows of one customer, channel and month are added.
struct Usage {
  std::uint32_t customer = 0;
  std::uint32_t channel = 0;
  std::int32_t month = 0;
  std::int64_t seconds = 0;
};

struct CostToServe {
  std::uint32_t customer = 0;
  std::uint32_t channel = 0;
  std::int32_t month = 0;
  std::int64_t seconds = 0;
  std::int64_t cost = 0;

  friend bool operator==(const CostToServe&, const CostToServe&) = default;
};

struct PoolUse {
  CostPool pool;
  std::int64_t used_seconds = 0;
  // More time was used than the capacity: the capacity is stated too low, or people worked over.
  // The rate is then cost / used time, not cost / capacity, so that no one bears money that was
  // never spent, and nothing is unused.
  std::int64_t overused_seconds = 0;
  std::int64_t unused_cost = 0;
  std::size_t customers = 0;
};

// Time on a channel and month that has no pool: it cost nothing that we know of.
struct Unpooled {
  std::uint32_t channel = 0;
  std::int32_t month = 0;
  std::int64_t seconds = 0;
};

struct Costing {
  std::vector<PoolUse> pools;      // by month, then channel
  std::vector<CostToServe> costs;  // by month, channel, customer
  std::vector<Unpooled> unpooled;  // by month, channel
};

// Refused: a pool stated twice (analytics.pool_twice), costs, capacities or times below nought
// (analytics.negative_cost, analytics.negative_time), sums of time beyond 62 bits
// (analytics.too_much_time). The order of pools and usages changes nothing.
[[nodiscard]] base::Result<Costing> cost_to_serve(std::span<const CostPool> pools,
                                                  std::span<const Usage> usages);

// Divides `amount` (not below nought) by `weights` (neither, and their sum within 62 bits) into
// whole units that add up to it: largest remainder (Hamilton). Weights that are all nought get
// nothing, and the amount stays undivided.
[[nodiscard]] std::vector<std::int64_t> shares_of(std::int64_t amount,
                                                  std::span<const std::int64_t> weights);

}  // namespace rapport::analytics
