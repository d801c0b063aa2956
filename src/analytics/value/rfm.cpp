#include "analytics/value/rfm.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rapport::analytics {
namespace {

// The values at ranks ⌈k·n/5⌉, k 1 to 4; partitions `values`, which are at least one.
template <typename Value>
std::array<Value, 4> fifths(std::vector<Value>& values) {
  std::array<Value, 4> bounds{};
  auto from = values.begin();
  for (std::size_t k = 1; k <= 4; ++k) {
    const auto at = values.begin() + static_cast<std::ptrdiff_t>((k * values.size() + 4) / 5 - 1);
    std::nth_element(from, at, values.end());
    bounds[k - 1] = *at;
    from = at;
  }
  return bounds;
}

template <typename Value>
std::uint8_t digit(Value value, const std::array<Value, 4>& bounds) {
  int digit = 1;
  for (const Value bound : bounds) digit += value > bound ? 1 : 0;
  return static_cast<std::uint8_t>(digit);
}

template <typename Value>
std::array<Value, 4> bounds_of(std::span<const PurchaseFacts> facts, Value PurchaseFacts::* member,
                               std::size_t customers) {
  std::vector<Value> values;
  values.reserve(customers);
  for (const PurchaseFacts& fact : facts) {
    if (fact.orders > 0) values.push_back(fact.*member);
  }
  return fifths(values);
}

}  // namespace

RfmCell rfm_cell(const PurchaseFacts& fact, const RfmBounds& bounds) {
  if (fact.orders == 0) return {};
  return {.recency = digit(fact.last_day, bounds.recency),
          .frequency = digit(fact.orders, bounds.frequency),
          .money = digit(fact.money, bounds.money)};
}

base::Result<Rfm> rfm(std::span<const PurchaseFacts> facts) {
  Rfm made;
  made.customers = static_cast<std::size_t>(
      std::ranges::count_if(facts, [](const PurchaseFacts& fact) { return fact.orders > 0; }));
  if (made.customers < rfm_customers_min) {
    return base::refuse(base::ProblemKind::invalid, "analytics.too_few_customers",
                        "There are too few customers with orders to divide them into fifths.",
                        fmt::format("{} of at least {}", made.customers, rfm_customers_min),
                        "Wait for more orders, or choose a longer range.");
  }
  made.bounds = {.recency = bounds_of(facts, &PurchaseFacts::last_day, made.customers),
                 .frequency = bounds_of(facts, &PurchaseFacts::orders, made.customers),
                 .money = bounds_of(facts, &PurchaseFacts::money, made.customers)};
  made.cells.reserve(facts.size());
  for (const PurchaseFacts& fact : facts) made.cells.push_back(rfm_cell(fact, made.bounds));
  return made;
}

std::string to_text(const RfmCell& cell) {
  if (cell.recency == 0) return {};
  return fmt::format("{}{}{}", cell.recency, cell.frequency, cell.money);
}

}  // namespace rapport::analytics
