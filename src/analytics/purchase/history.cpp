#include "analytics/purchase/history.hpp"

#include <algorithm>
#include <tuple>

namespace rapport::analytics {

namespace {

// One customer while its purchases pass by, sorted by day.
struct Passing {
  std::int32_t first = 0, last = 0, days = 0, later = 0;
  double repeat_amount = 0, later_amount = 0;
};

void add(Histories& all, std::uint32_t customer, const Passing& one,
         const HistoryOptions& options) {
  if (one.days == 0) return;
  const std::int32_t repeats = one.days - 1;
  all.customer.push_back(customer);
  all.purchases.push_back(repeats);
  all.recency.push_back((one.last - one.first) / options.unit);
  all.age.push_back((options.until - one.first) / options.unit);
  all.mean_amount.push_back(repeats > 0 ? one.repeat_amount / repeats : 0);
  all.later.push_back(one.later);
  all.later_amount.push_back(one.later_amount);
}

}  // namespace

Histories histories_of(std::vector<Purchase> purchases, const HistoryOptions& options) {
  const auto order = [](const Purchase& one) { return std::tuple(one.customer, one.day); };
  // The order of amounts within a day must not change the last digit of a sum.
  std::ranges::stable_sort(purchases, {}, order);
  Histories all;
  const std::int32_t end = options.holdout_until.value_or(options.until);
  Passing one;
  for (std::size_t i = 0; i < purchases.size(); ++i) {
    const auto& [customer, day, amount] = purchases[i];
    const bool first_row = i == 0 || purchases[i - 1].customer != customer;
    if (first_row) {
      if (i > 0) add(all, purchases[i - 1].customer, one, options);
      one = {};
    }
    const bool first_of_day = first_row || purchases[i - 1].day != day;
    if (day <= options.until) {
      if (first_row) one.first = day;
      one.last = day;
      one.days += first_of_day ? 1 : 0;
      if (day != one.first) one.repeat_amount += amount;
    } else if (day <= end) {
      one.later += first_of_day ? 1 : 0;
      one.later_amount += amount;
    }
  }
  if (!purchases.empty()) add(all, purchases.back().customer, one, options);
  return all;
}

}  // namespace rapport::analytics
