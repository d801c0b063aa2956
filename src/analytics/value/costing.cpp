#include "analytics/value/costing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <optional>
#include <tuple>

#include "base/decimal.hpp"

namespace rapport::analytics {
namespace {

constexpr std::int64_t seconds_max = std::int64_t{1} << 62;

std::unexpected<base::Problem> negative_time(std::string details) {
  return base::refuse(base::ProblemKind::invalid, "analytics.negative_time",
                      "Time spent on a customer cannot be below nought.", std::move(details));
}

std::unexpected<base::Problem> too_much_time(std::string details) {
  return base::refuse(base::ProblemKind::invalid, "analytics.too_much_time",
                      "The time spent is too long to be counted.", std::move(details));
}

template <typename Row>
auto when_and_where(const Row& row) {
  return std::tuple(row.month, row.channel);
}

base::Result<void> check_pools(std::span<const CostPool> sorted) {
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const CostPool& pool = sorted[i];
    const auto details = fmt::format("channel {}, month {}", pool.channel, pool.month);
    if (pool.cost < 0) {
      return base::refuse(base::ProblemKind::invalid, "analytics.negative_cost",
                          "The cost of a channel in a month cannot be below nought.", details);
    }
    if (pool.capacity_seconds < 0) return negative_time("capacity of " + details);
    if (pool.capacity_seconds > seconds_max) return too_much_time("capacity of " + details);
    if (i > 0 && when_and_where(sorted[i - 1]) == when_and_where(pool)) {
      return base::refuse(base::ProblemKind::invalid, "analytics.pool_twice",
                          "The cost of a channel in a month is stated twice.", details,
                          "Add the two, or correct the month of one.");
    }
  }
  return {};
}

// One row a customer, channel and month, in this order: month, channel, customer.
base::Result<std::vector<Usage>> added_up(std::span<const Usage> usages) {
  std::vector<Usage> rows(usages.begin(), usages.end());
  std::ranges::sort(
      rows, {}, [](const Usage& row) { return std::tuple(row.month, row.channel, row.customer); });
  std::vector<Usage> made;
  for (const Usage& row : rows) {
    if (row.seconds < 0) return negative_time(fmt::format("customer {}", row.customer));
    const bool same = !made.empty() && when_and_where(made.back()) == when_and_where(row) &&
                      made.back().customer == row.customer;
    if (!same) {
      made.push_back(row);
    } else if (__builtin_add_overflow(made.back().seconds, row.seconds, &made.back().seconds)) {
      return too_much_time(fmt::format("customer {}", row.customer));
    }
  }
  return made;
}

// The sum, or nothing beyond seconds_max.
std::optional<std::int64_t> sum_of(std::span<const Usage> usages) {
  std::int64_t sum = 0;
  for (const Usage& usage : usages) {
    if (__builtin_add_overflow(sum, usage.seconds, &sum) || sum > seconds_max) return std::nullopt;
  }
  return sum;
}

void divide(const CostPool& pool, std::span<const Usage> usages, std::int64_t used, Costing& made) {
  std::vector<std::int64_t> weights;
  weights.reserve(usages.size() + 1);
  for (const Usage& usage : usages) weights.push_back(usage.seconds);
  // The unused time is the last to claim: of equal remainders it gets none.
  weights.push_back(std::max<std::int64_t>(0, pool.capacity_seconds - used));
  const auto shares = shares_of(pool.cost, weights);
  const bool divided = used > 0 || pool.capacity_seconds > 0;
  made.pools.push_back({.pool = pool,
                        .used_seconds = used,
                        .overused_seconds = std::max<std::int64_t>(0, used - pool.capacity_seconds),
                        .unused_cost = divided ? shares.back() : pool.cost,
                        .customers = usages.size()});
  for (std::size_t i = 0; i < usages.size(); ++i) {
    const Usage& usage = usages[i];
    made.costs.push_back({.customer = usage.customer,
                          .channel = usage.channel,
                          .month = usage.month,
                          .seconds = usage.seconds,
                          .cost = shares[i]});
  }
}

}  // namespace

std::vector<std::int64_t> shares_of(std::int64_t amount, std::span<const std::int64_t> weights) {
  const std::int64_t sum = std::accumulate(weights.begin(), weights.end(), std::int64_t{0});
  std::vector<std::int64_t> shares(weights.size(), 0);
  if (sum == 0) return shares;
  std::vector<std::int64_t> remainders(weights.size());
  std::int64_t rest = amount;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const base::Int128 product = static_cast<base::Int128>(amount) * weights[i];
    shares[i] = static_cast<std::int64_t>(product / sum);
    remainders[i] = static_cast<std::int64_t>(product % sum);
    rest -= shares[i];
  }
  // The rest is below the number of weights: each remainder is below a unit.
  std::vector<std::size_t> claims(weights.size());
  std::iota(claims.begin(), claims.end(), std::size_t{0});
  const auto end = claims.begin() + static_cast<std::ptrdiff_t>(rest);
  std::ranges::nth_element(claims, end, [&](std::size_t a, std::size_t b) {
    return std::tuple(-remainders[a], a) < std::tuple(-remainders[b], b);
  });
  for (auto claim = claims.begin(); claim != end; ++claim) ++shares[*claim];
  return shares;
}

base::Result<Costing> cost_to_serve(std::span<const CostPool> pools,
                                    std::span<const Usage> usages) {
  std::vector<CostPool> sorted(pools.begin(), pools.end());
  std::ranges::sort(sorted, {}, when_and_where<CostPool>);
  if (auto checked = check_pools(sorted); !checked) return std::unexpected(checked.error());
  const auto rows = added_up(usages);
  if (!rows) return std::unexpected(rows.error());
  Costing made;
  made.costs.reserve(rows->size());
  auto pool = sorted.begin();
  for (auto from = rows->begin(); from != rows->end();) {
    const auto to = std::find_if(from, rows->end(), [&](const Usage& row) {
      return when_and_where(row) != when_and_where(*from);
    });
    const std::span<const Usage> group(from, to);
    const auto used = sum_of(group);
    if (!used) {
      return too_much_time(fmt::format("channel {}, month {}", from->channel, from->month));
    }
    for (; pool != sorted.end() && when_and_where(*pool) < when_and_where(*from); ++pool) {
      divide(*pool, {}, 0, made);
    }
    if (pool != sorted.end() && when_and_where(*pool) == when_and_where(*from)) {
      divide(*pool++, group, *used, made);
    } else {
      made.unpooled.push_back({.channel = from->channel, .month = from->month, .seconds = *used});
    }
    from = to;
  }
  for (; pool != sorted.end(); ++pool) divide(*pool, {}, 0, made);
  return made;
}

}  // namespace rapport::analytics
