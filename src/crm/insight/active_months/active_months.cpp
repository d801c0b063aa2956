#include "crm/insight/active_months/active_months.hpp"

#include <algorithm>
#include <numeric>

#include "analytics/value/cohorts.hpp"
#include "base/hash.hpp"
#include "crm/insight/churn/churn_warning.hpp"

namespace rapport::crm {
namespace {

constexpr std::int16_t kNever = -3;  // no period follows on it

// The month of a day: the calendar is slow, and asked of ten million orders.
class Months {
 public:
  std::int16_t operator[](std::int32_t day) const {
    if (day < kFirst || day >= kFirst + kDays) return asked(day);
    return of_[static_cast<std::size_t>(day - kFirst)];
  }

 private:
  static std::int16_t asked(std::int32_t day) {
    const auto month = analytics::period_of(day, analytics::Period::month);
    if (month < 0) return month_before_all;
    return static_cast<std::int16_t>(std::min<std::int32_t>(month, month_after_all));
  }
  static std::vector<std::int16_t> table() {
    std::vector<std::int16_t> of(kDays);
    for (std::int32_t n = 0; n < kDays; ++n) of[static_cast<std::size_t>(n)] = asked(kFirst + n);
    return of;
  }

  static constexpr std::int32_t kFirst = 0, kDays = 47'482;  // 1970 to 2099
  std::vector<std::int16_t> of_ = table();
};

std::int64_t sum_of(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  return a < 0 ? std::numeric_limits<std::int64_t>::min()
               : std::numeric_limits<std::int64_t>::max();
}

std::uint64_t packed(const CohortKey& key) {
  const auto bits = [](std::int16_t of) { return std::uint64_t{static_cast<std::uint16_t>(of)}; };
  return bits(key.months) << 32U | bits(key.cohort) << 16U | bits(key.period);
}

CohortKey unpacked(std::uint64_t key) {
  const auto of = [&](unsigned from) {
    return static_cast<std::int16_t>(static_cast<std::uint16_t>(key >> from));
  };
  return {.months = of(32), .cohort = of(16), .period = of(0)};
}

std::int16_t quarter_of(std::int16_t month) {
  return static_cast<std::int16_t>(month / months_a_quarter);
}

// The places of orders, customer by customer: those of customer n stand from begins[n] on.
std::vector<std::uint32_t> by_customer(std::span<const std::uint32_t> customer,
                                       std::vector<std::uint32_t>& begins) {
  for (const auto one : customer) ++begins[one + 1];
  std::partial_sum(begins.begin(), begins.end(), begins.begin());
  auto next = begins;
  std::vector<std::uint32_t> places(customer.size());
  for (std::uint32_t i = 0; i < customer.size(); ++i) places[next[customer[i]]++] = i;
  return places;
}

}  // namespace

std::int64_t ActiveMonths::digest() const {
  if (months.empty()) return 0;
  base::Digest digest;
  for (const auto month : months) digest.add(month);
  for (const auto sum : sums) digest.add(sum);
  digest.add(reasons);
  return static_cast<std::int64_t>(digest.value() | 1U);
}

ActiveMonths AllActiveMonths::of(std::size_t customer) const {
  const auto from = begins[customer], count = begins[customer + 1] - from;
  return {.months = std::span(months).subspan(from, count),
          .sums = std::span(sums).subspan(from, count),
          .reasons = reasons[customer]};
}

AllActiveMonths active_months_of(const Facts& facts) {
  const auto customers = facts.persons.size();
  std::vector<std::uint32_t> begins(customers + 1), later_begins(customers + 1);
  const auto places = by_customer(facts.customer, begins);
  const auto later = by_customer(facts.later.customer, later_begins);
  AllActiveMonths all;
  all.begins.reserve(customers + 1);
  all.reasons.resize(customers);
  static const Months months;
  std::vector<std::pair<std::int16_t, std::int64_t>> some;  // of one customer
  for (std::size_t customer = 0; customer < customers; ++customer) {
    some.clear();
    for (auto at = begins[customer]; at < begins[customer + 1]; ++at) {
      some.emplace_back(months[facts.day[places[at]]], facts.amount[places[at]]);
    }
    for (auto at = later_begins[customer]; at < later_begins[customer + 1]; ++at) {
      some.emplace_back(months[facts.later.day[later[at]]], facts.later.amount[later[at]]);
    }
    std::ranges::sort(some);
    for (std::size_t i = 0; i < some.size(); ++i) {
      if (i > 0 && some[i].first == some[i - 1].first) {
        all.sums.back() = sum_of(all.sums.back(), some[i].second);
      } else {
        all.months.push_back(some[i].first);
        all.sums.push_back(some[i].second);
      }
    }
    all.begins.push_back(static_cast<std::uint32_t>(all.months.size()));
  }
  return all;
}

void put_reasons(AllActiveMonths& all, std::span<const ScoreRow> rows) {
  for (const auto& row : rows) {
    if (row.warning == Warning::none) continue;
    all.reasons[row.customer] = static_cast<std::uint8_t>(warning_reasons(row).to_ulong());
  }
}

void CohortCounts::count(const ActiveMonths& customer, int times) {
  if (customer.months.empty()) return;
  const auto first = customer.months.front();
  auto before = kNever;
  for (std::size_t i = 0; i < customer.months.size(); ++i) {
    const auto month = customer.months[i];
    count_period({.months = 1, .cohort = first, .period = month}, before, customer.sums[i], times);
    before = month;
  }
  before = kNever;
  for (std::size_t i = 0; i < customer.months.size();) {
    const auto quarter = quarter_of(customer.months[i]);
    std::int64_t sum = 0;
    for (; i < customer.months.size() && quarter_of(customer.months[i]) == quarter; ++i) {
      sum = sum_of(sum, customer.sums[i]);
    }
    count_period({.months = months_a_quarter, .cohort = quarter_of(first), .period = quarter},
                 before, sum, times);
    before = quarter;
  }
  for (std::int16_t n = 0; n < static_cast<std::int16_t>(churn_warning_codes.size()); ++n) {
    if ((customer.reasons >> n & 1) == 0) continue;
    add({.months = 0, .cohort = 0, .period = n}, {.customers = times, .stayed = 0, .sum = 0});
  }
}

void CohortCounts::count_period(const CohortKey& key, std::int16_t before, std::int64_t sum,
                                int times) {
  add(key, {.customers = times,
            .stayed = before == key.period - 1 ? times : 0,
            .sum = static_cast<base::Int128>(sum) * times});
}

void CohortCounts::add(const CohortKey& key, const CohortCount& count) {
  auto& all = counts_[packed(key)];
  all.customers += count.customers;
  all.stayed += count.stayed;
  all.sum += count.sum;
}

std::vector<std::pair<CohortKey, CohortCount>> CohortCounts::cells() const {
  std::vector<std::pair<CohortKey, CohortCount>> cells;
  for (const auto& [key, count] : counts_) {
    if (count.customers != 0) cells.emplace_back(unpacked(key), count);
  }
  std::ranges::sort(cells, {}, &std::pair<CohortKey, CohortCount>::first);
  return cells;
}

}  // namespace rapport::crm
