#include "analytics/value/spread.hpp"

#include <algorithm>
#include <cmath>

namespace rapport::analytics {
namespace {

constexpr std::int64_t amount_max = 1'000'000'000'000'000'000;  // so that bounds fit as well

std::unexpected<base::Problem> too_much() {
  return base::refuse(base::ProblemKind::invalid, "analytics.too_much_money",
                      "The sum over all customers is too large to be exact.");
}

// The value at rank ⌈share·n⌉ from the least.
std::int64_t quantile(std::vector<std::int64_t>& values, double share) {
  const double rank = std::ceil(share * static_cast<double>(values.size()));
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(std::max(rank, 1.0)) - 1;
  std::ranges::nth_element(values, at);
  return *at;
}

// Half to even; the exact mean of whole numbers.
std::int64_t mean_of(std::int64_t total, std::size_t count) {
  const auto n = static_cast<std::int64_t>(count);
  std::int64_t mean = total / n;
  std::int64_t rest = total % n;
  if (rest < 0) {
    rest += n;
    --mean;
  }
  const std::int64_t other = n - rest;
  if (rest > other || (rest == other && mean % 2 != 0)) ++mean;
  return mean;
}

std::int64_t floor_to(std::int64_t value, std::int64_t step) {
  std::int64_t whole = value / step;
  if (value % step < 0) --whole;
  return whole * step;
}

// The least of 1, 2, 5 · 10^k with which `low` to `high` fills at most `bins` bins on its grid.
std::int64_t width_for(std::int64_t low, std::int64_t high, std::size_t bins) {
  const auto fits = [&](std::int64_t width) {
    const double first = std::floor(static_cast<double>(low) / static_cast<double>(width));
    const double last = std::floor(static_cast<double>(high) / static_cast<double>(width));
    return last - first + 1 <= static_cast<double>(bins);
  };
  for (std::int64_t ten = 1; ten < amount_max; ten *= 10) {
    for (const std::int64_t step : {std::int64_t{1}, std::int64_t{2}, std::int64_t{5}}) {
      if (fits(ten * step)) return ten * step;
    }
  }
  return amount_max;
}

std::vector<Bin> empty_bins(std::vector<std::int64_t>& values, std::size_t bins) {
  constexpr double tail = 0.01;
  const std::int64_t low = quantile(values, tail);
  const std::int64_t high = quantile(values, 1 - tail);
  const std::int64_t width = width_for(low, high, std::clamp<std::size_t>(bins, 2, bins_max));
  std::vector<Bin> made;
  for (std::int64_t from = floor_to(low, width); from <= high; from += width) {
    made.push_back({.from = from, .to = from + width});
  }
  const auto [least, greatest] = std::ranges::minmax(values);
  made.front().from = std::min(made.front().from, least);
  made.back().to = std::max(made.back().to, greatest);
  return made;
}

}  // namespace

base::Result<Distribution> distribution(std::span<const std::int64_t> amounts, std::size_t bins) {
  Distribution made;
  made.count = amounts.size();
  if (amounts.empty()) return made;
  std::vector<std::int64_t> values(amounts.begin(), amounts.end());
  for (const std::int64_t amount : values) {
    if (amount > amount_max || amount < -amount_max) return too_much();
    if (__builtin_add_overflow(made.total, amount, &made.total)) return too_much();
  }
  made.mean = mean_of(made.total, made.count);
  made.median = quantile(values, 0.5);
  made.bins = empty_bins(values, bins);
  for (const std::int64_t amount : amounts) {
    auto after = std::ranges::upper_bound(made.bins, amount, {}, &Bin::from);
    Bin& bin = *std::prev(after);
    ++bin.count;
    bin.sum += amount;
  }
  return made;
}

base::Result<TwoByTwo> two_by_two(std::span<const std::int64_t> current,
                                  std::span<const std::int64_t> future, TwoByTwoBounds bounds) {
  if (current.size() != future.size()) {
    return base::refuse(base::ProblemKind::internal, "analytics.uneven_columns",
                        "The columns of current and future value have different lengths.");
  }
  if (current.empty()) {
    return base::refuse(base::ProblemKind::invalid, "analytics.too_few_customers",
                        "There are no customers to divide.");
  }
  const auto bound = [](std::optional<std::int64_t> stated, std::span<const std::int64_t> values) {
    if (stated) return *stated;
    std::vector<std::int64_t> copy(values.begin(), values.end());
    return quantile(copy, 0.5);
  };
  TwoByTwo made{.current_bound = bound(bounds.current, current),
                .future_bound = bound(bounds.future, future)};
  for (std::size_t i = 0; i < current.size(); ++i) {
    Quarter& quarter = made.quarters[current[i] > made.current_bound ? 1 : 0]
                                    [future[i] > made.future_bound ? 1 : 0];
    ++quarter.count;
    if (__builtin_add_overflow(quarter.current_sum, current[i], &quarter.current_sum) ||
        __builtin_add_overflow(quarter.future_sum, future[i], &quarter.future_sum)) {
      return too_much();
    }
  }
  return made;
}

}  // namespace rapport::analytics
