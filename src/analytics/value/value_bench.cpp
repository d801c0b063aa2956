// How fast the figures are made: `value_bench [ORDERS [CUSTOMERS]]` prints processor seconds, best
// of some runs, rows in random order. Run it from a Release build.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <random>

#include "analytics/value/cohorts.hpp"
#include "analytics/value/costing.hpp"
#include "analytics/value/groups.hpp"
#include "analytics/value/rfm.hpp"
#include "analytics/value/spread.hpp"
#include "analytics/value/whale.hpp"

namespace rapport::analytics {
namespace {

constexpr int runs = 5;

double seconds() {
  return static_cast<double>(std::clock()) / static_cast<double>(CLOCKS_PER_SEC);
}

void measure(const char* what, const std::function<std::size_t()>& work) {
  double best = 1e9;
  std::size_t seen = 0;
  for (int i = 0; i < runs; ++i) {
    const double from = seconds();
    seen += work();
    best = std::min(best, seconds() - from);
  }
  fmt::print("{:<28} {:.3f} s ({})\n", what, best, seen / runs);
}

void run(std::size_t count, std::size_t customers) {
  std::mt19937_64 random(1);  // NOLINT: the same orders each time
  std::vector<std::uint32_t> customer(count);
  std::vector<std::int32_t> day(count);
  std::vector<std::int64_t> amount(count);
  constexpr std::int32_t first = 16'000, days = 1461;  // four years: 48 months
  for (std::size_t i = 0; i < count; ++i) {
    customer[i] = static_cast<std::uint32_t>(random() % customers);
    day[i] = first + static_cast<std::int32_t>(random() % days);
    amount[i] = static_cast<std::int64_t>(random() % 2'000'000) - 50'000;
  }
  const Orders orders{.customers = customers, .customer = customer, .day = day, .amount = amount};
  fmt::print("{} orders of {} customers, processor seconds\n", count, customers);
  measure("recency frequency money", [&] { return rfm(*purchase_facts(orders))->cells.size(); });
  measure("cohorts by month", [&] { return cohorts(orders)->cells.size(); });
  measure("cohorts by quarter",
          [&] { return cohorts(orders, {.period = Period::quarter})->cells.size(); });
  measure("retention by month", [&] { return retention(orders)->size(); });
  std::vector<std::int64_t> money;
  const auto facts = purchase_facts(orders);
  for (const PurchaseFacts& fact : *facts) money.push_back(fact.money);
  measure("whale curve", [&] { return whale_curve(money, {})->points.size(); });
  measure("groups (k-means, 5)", [&] { return group_customers(*facts, first + days)->of.size(); });
  measure("distribution", [&] { return distribution(money, 30)->bins.size(); });
  std::vector<CostPool> pools;
  for (std::uint32_t channel = 0; channel < 5; ++channel) {
    for (std::int32_t month = 0; month < 12; ++month) {
      pools.push_back({channel, month, 1'000'000'000, 1'000'000'000});
    }
  }
  std::vector<Usage> usages;
  for (std::size_t i = 0; i < count; ++i) {
    usages.push_back({.customer = customer[i],
                      .channel = static_cast<std::uint32_t>(i % 5),
                      .month = day[i] % 12,
                      .seconds = static_cast<std::int64_t>(random() % 900)});
  }
  measure("costs to serve, 60 pools", [&] { return cost_to_serve(pools, usages)->costs.size(); });
  measure("two by two", [&] { return two_by_two(money, money)->quarters[1][1].count; });
}

}  // namespace
}  // namespace rapport::analytics

int main(int count, char** words) {
  const auto number = [&](int at, std::size_t otherwise) {
    return count > at ? std::strtoull(words[at], nullptr, 10) : otherwise;
  };
  rapport::analytics::run(number(1, 10'000'000), number(2, 1'000'000));
}
