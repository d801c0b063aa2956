#include "analytics/purchase/history.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace rapport::analytics {

namespace {

// 0.1 + 0.2 - 0.3 is not 0 in doubles: a net below this share of what was moved is none.
constexpr double net_noise = 1e-9;

// One customer while its purchases pass by, sorted by day.
struct Passing {
  std::int32_t first = 0, last = 0, days = 0, paid = 0, later = 0;
  double first_amount = 0, repeat_amount = 0, later_amount = 0;
};

// What one customer bought and gave back on one day.
struct Day {
  std::int32_t day = 0;
  std::size_t rows = 0;
  double net = 0;
  bool is_purchase = false;
};

// The day whose rows begin at `from`, in purchases sorted by customer and day.
Day day_at(const std::vector<Purchase>& purchases, std::size_t from) {
  const Purchase& first = purchases[from];
  Day day{.day = first.day};
  double gross = 0, returned = 0;
  for (std::size_t i = from; i < purchases.size(); ++i, ++day.rows) {
    const Purchase& one = purchases[i];
    if (one.customer != first.customer || one.day != first.day) break;
    day.net += one.amount;
    gross += std::abs(one.amount);
    returned += std::min(one.amount, 0.0);
  }
  const DayOfOrders orders{.gave_back = returned<0, .net_above_nought = day.net> net_noise * gross};
  day.is_purchase = orders.is_purchase();
  return day;
}

void pass(Passing& one, const Day& day) {
  if (one.days++ == 0) {
    one.first = day.day;
    one.first_amount = day.net;
  } else if (day.net > 0) {
    ++one.paid;
    one.repeat_amount += day.net;
  }
  one.last = day.day;
}

void add(Histories& all, std::uint32_t customer, const Passing& one,
         const HistoryOptions& options) {
  if (one.days == 0) return;
  const std::int32_t repeats = one.days - 1;
  all.customer.push_back(customer);
  all.purchases.push_back(repeats);
  all.recency.push_back((one.last - one.first) / options.unit);
  all.age.push_back((options.until - one.first) / options.unit);
  all.first_amount.push_back(one.first_amount);
  all.paid.push_back(one.paid);
  all.mean_amount.push_back(one.paid > 0 ? one.repeat_amount / one.paid : 0);
  all.later.push_back(one.later);
  all.later_amount.push_back(one.later_amount);
}

}  // namespace

Histories histories_of(std::vector<Purchase> purchases, const HistoryOptions& options) {
  // By amount, too: in another order the last digit of a sum might be another.
  std::ranges::sort(purchases, {}, [](const Purchase& one) {
    return std::tuple(one.customer, one.day, one.amount);
  });
  Histories all;
  for (std::size_t from = 0; from < purchases.size();) {
    const std::uint32_t customer = purchases[from].customer;
    Passing one;
    while (from < purchases.size() && purchases[from].customer == customer) {
      const Day day = day_at(purchases, from);
      from += day.rows;
      if (day.day > options.holdout_until.value_or(options.until)) continue;
      if (!day.is_purchase) {
        ++all.days_given_back;
      } else if (day.day <= options.until) {
        pass(one, day);
      } else {
        ++one.later;
        one.later_amount += day.net;
      }
    }
    add(all, customer, one, options);
  }
  return all;
}

}  // namespace rapport::analytics
