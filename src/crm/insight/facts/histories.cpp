#include "crm/insight/facts/histories.hpp"

#include <algorithm>
#include <utility>

namespace rapport::crm {
namespace {

using DayNet = std::pair<std::int32_t, std::int64_t>;

// The orders of each customer together, by counting: two passes over the rows.
std::vector<DayNet> by_customer(const analytics::Orders& orders, std::vector<std::size_t>& begins) {
  begins.assign(orders.customers + 1, 0);
  for (const auto customer : orders.customer) ++begins[customer + 1];
  for (std::size_t i = 1; i < begins.size(); ++i) begins[i] += begins[i - 1];
  std::vector<DayNet> rows(orders.customer.size());
  std::vector<std::size_t> next(begins.begin(), begins.end() - 1);
  for (std::size_t i = 0; i < orders.customer.size(); ++i) {
    rows[next[orders.customer[i]]++] = {orders.day[i], orders.amount[i]};
  }
  return rows;
}

struct Spent {
  std::int32_t paid = 0;  // purchases that were not free
  double mean = 0;        // of these, in units of the currency
};

Spent spent(std::span<const std::int64_t> nets) {
  Spent made;
  std::int64_t sum = 0;
  for (const auto net : nets) {
    sum += net;
    made.paid += net > 0 ? 1 : 0;
  }
  if (made.paid > 0) {
    made.mean = static_cast<double>(sum) / made.paid / static_cast<double>(analytics::amount_unit);
  }
  return made;
}

}  // namespace

Histories histories_of(const analytics::Orders& orders) {
  std::vector<std::size_t> begins;
  auto rows = by_customer(orders, begins);
  Histories histories;
  histories.begins.reserve(orders.customers + 1);
  histories.days.reserve(rows.size());
  histories.nets.reserve(rows.size());
  for (std::size_t customer = 0; customer < orders.customers; ++customer) {
    const std::span own(rows.data() + begins[customer], begins[customer + 1] - begins[customer]);
    std::ranges::sort(own, {}, &DayNet::first);
    for (std::size_t i = 0; i < own.size();) {
      const auto day = own[i].first;
      std::int64_t net = 0;
      analytics::DayOfOrders orders;
      for (; i < own.size() && own[i].first == day; ++i) {
        net += own[i].second;
        orders.gave_back |= own[i].second < 0;
      }
      orders.net_above_nought = net > 0;
      if (!orders.is_purchase()) continue;
      histories.days.push_back(day);
      histories.nets.push_back(net);
    }
    histories.begins.push_back(histories.days.size());
  }
  return histories;
}

ModelRows model_rows(const Histories& histories, std::int32_t until, std::size_t every) {
  ModelRows rows;
  std::size_t seen = 0;
  for (std::uint32_t customer = 0; customer < histories.size(); ++customer) {
    const auto days = histories.days_of(customer);
    const auto known =
        static_cast<std::size_t>(std::ranges::upper_bound(days, until) - days.begin());
    if (known == 0 || seen++ % every != 0) continue;
    const auto nets = histories.nets_of(customer).first(known);
    const auto all = spent(nets), again = spent(nets.subspan(1));
    rows.customer.push_back(customer);
    rows.purchases.push_back(static_cast<std::int32_t>(known) - 1);
    rows.recency.push_back((days[known - 1] - days[0]) / days_a_week);
    rows.age.push_back((until - days[0]) / days_a_week);
    rows.paid.push_back(all.paid);
    rows.mean_amount.push_back(all.mean);
    rows.paid_again.push_back(again.paid);
    rows.mean_again.push_back(again.mean);
  }
  return rows;
}

std::int32_t purchases_between(std::span<const std::int32_t> days, std::int32_t from,
                               std::int32_t until) {
  return static_cast<std::int32_t>(std::ranges::upper_bound(days, until) -
                                   std::ranges::upper_bound(days, from));
}

}  // namespace rapport::crm
