#include "analytics/value/cohorts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <chrono>
#include <limits>
#include <optional>
#include <span>

namespace rapport::analytics {
namespace {

constexpr std::uint16_t no_cohort = std::numeric_limits<std::uint16_t>::max();
constexpr std::size_t word_bits = 64;
constexpr std::size_t rows_ahead = 24;
constexpr std::int32_t day_min = -719'528;   // 0000-01-01
constexpr std::int32_t day_max = 2'932'896;  // 9999-12-31

int months_of(Period period) {
  return period == Period::month ? 1 : 3;
}

// In which periods each customer was active: a row of bits a customer.
struct Activity {
  std::int32_t first_day = 0;
  std::int32_t first = 0;  // number of the first period
  std::size_t periods = 0;
  std::vector<std::uint16_t> period_of_day;  // from first_day on
  std::size_t words = 0;                     // of bits, a customer
  std::vector<std::uint64_t> bits;

  [[nodiscard]] std::uint16_t period(std::int32_t day) const {
    return period_of_day[static_cast<std::size_t>(day - first_day)];
  }
  template <typename Each>
  void each_period(std::size_t customer, Each each) const {
    for (std::size_t word = 0; word < words; ++word) {
      std::uint64_t left = bits[customer * words + word];
      for (; left != 0; left &= left - 1) {
        each(word * word_bits + static_cast<std::size_t>(std::countr_zero(left)));
      }
    }
  }
};

// Numbers the periods from the first to the last day that counts; none where no day does.
base::Result<Activity> calendar_of(const Orders& orders, const CohortOptions& options) {
  std::int32_t first = std::numeric_limits<std::int32_t>::max();
  std::int32_t last = std::numeric_limits<std::int32_t>::min();
  for (const std::int32_t day : orders.day) {
    const bool counts = options.range.has(day);
    first = counts ? std::min(first, day) : first;
    last = counts ? std::max(last, day) : last;
  }
  Activity made;
  if (first > last) return made;
  if (first < day_min || last > day_max) {
    return base::refuse(base::ProblemKind::invalid, "analytics.bad_day",
                        "An order is dated before the year 0 or after the year 9999.",
                        fmt::format("days {} to {}", first, last),
                        "Choose a range, or correct it.");
  }
  made.first_day = first;
  made.first = period_of(first, options.period);
  const std::int32_t count = period_of(last, options.period) - made.first + 1;
  if (count > cohort_periods_max) {
    return base::refuse(
        base::ProblemKind::invalid, "analytics.too_many_periods",
        fmt::format("The orders are spread over {} months or quarters; at most {} are told apart.",
                    count, cohort_periods_max),
        fmt::format("{} to {}", period_text(made.first, options.period),
                    period_text(period_of(last, options.period), options.period)),
        "Choose a shorter range.");
  }
  made.period_of_day.resize(static_cast<std::size_t>(last - first) + 1);
  for (std::int32_t day = first; day <= last; ++day) {
    made.period_of_day[static_cast<std::size_t>(day - first)] =
        static_cast<std::uint16_t>(period_of(day, options.period) - made.first);
  }
  made.periods = made.period_of_day.back() + std::size_t{1};
  made.words = (made.periods + word_bits - 1) / word_bits;
  return made;
}

base::Result<Activity> activity_of(const Orders& orders, const CohortOptions& options) {
  if (auto checked = check_orders(orders); !checked) return std::unexpected(checked.error());
  auto made = calendar_of(orders, options);
  if (!made || made->periods == 0) return made;
  made->bits.resize(orders.customers * made->words);
  const std::size_t rows = orders.customer.size();
  for (std::size_t i = 0; i < rows; ++i) {
    if (i + rows_ahead < rows) {
      __builtin_prefetch(&made->bits[orders.customer[i + rows_ahead] * made->words], 1);
    }
    const std::int32_t day = orders.day[i];
    if (!options.range.has(day)) continue;
    if (!options.returns_count && orders.amount[i] < 0) continue;
    const std::uint16_t period = made->period(day);
    made->bits[orders.customer[i] * made->words + period / word_bits] |= std::uint64_t{1}
                                                                         << (period % word_bits);
  }
  return made;
}

// Counts who is active when into `cells`, and gives each customer's cohort.
std::vector<std::uint16_t> count_customers(const Activity& activity, std::size_t customers,
                                           Cohorts& made) {
  std::vector<std::uint16_t> cohort_of(customers, no_cohort);
  for (std::size_t customer = 0; customer < customers; ++customer) {
    std::uint16_t& cohort = cohort_of[customer];
    activity.each_period(customer, [&](std::size_t period) {
      if (cohort == no_cohort) cohort = static_cast<std::uint16_t>(period);
      ++made.cells[made.index(cohort, period - cohort)].customers;
    });
  }
  return cohort_of;
}

// False where a sum is beyond 64 bits.
bool sum_money(const Orders& orders, const CohortOptions& options, const Activity& activity,
               std::span<const std::uint16_t> cohort_of, Cohorts& made) {
  bool beyond = false;
  for (std::size_t i = 0; i < orders.customer.size(); ++i) {
    const std::uint16_t cohort = cohort_of[orders.customer[i]];
    if (!options.range.has(orders.day[i]) || cohort == no_cohort) continue;
    const std::uint16_t period = activity.period(orders.day[i]);
    const int offset = std::max(0, period - cohort);
    std::int64_t& money = made.cells[made.index(cohort, static_cast<std::size_t>(offset))].money;
    beyond |= __builtin_add_overflow(money, orders.amount[i], &money);
  }
  return !beyond;
}

}  // namespace

std::int32_t period_of(std::int32_t day, Period period) {
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{day}}};
  const int month = static_cast<int>(date.year()) * 12 +
                    static_cast<int>(static_cast<unsigned>(date.month())) - 1;
  const int length = months_of(period);
  return month >= 0 ? month / length : -((-month + length - 1) / length);
}

std::int32_t first_day_of(std::int32_t period_number, Period period) {
  const int month = period_number * months_of(period);
  const int year = month >= 0 ? month / 12 : -((-month + 11) / 12);
  const std::chrono::year_month_day date{
      std::chrono::year{year}, std::chrono::month(static_cast<unsigned>(month - year * 12) + 1),
      std::chrono::day{1}};
  return static_cast<std::int32_t>(std::chrono::sys_days{date}.time_since_epoch().count());
}

std::string period_text(std::int32_t period_number, Period period) {
  const int a_year = 12 / months_of(period);
  const int year =
      period_number >= 0 ? period_number / a_year : -((-period_number + a_year - 1) / a_year);
  const int part = period_number - year * a_year + 1;
  return period == Period::month ? fmt::format("{:04}-{:02}", year, part)
                                 : fmt::format("{:04}-Q{}", year, part);
}

base::Result<Cohorts> cohorts(const Orders& orders, const CohortOptions& options) {
  const auto activity = activity_of(orders, options);
  if (!activity) return std::unexpected(activity.error());
  Cohorts made{.period = options.period,
               .first = activity->first,
               .periods = activity->periods,
               .cells = {}};
  made.cells.resize(made.periods * (made.periods + 1) / 2);
  if (made.periods == 0) return made;
  const auto cohort_of = count_customers(*activity, orders.customers, made);
  if (!sum_money(orders, options, *activity, cohort_of, made)) {
    return base::refuse(base::ProblemKind::invalid, "analytics.too_much_money",
                        "The sum of a cohort's orders is too large to be exact.");
  }
  return made;
}

base::Result<std::vector<RetentionPeriod>> retention(const Orders& orders,
                                                     const CohortOptions& options) {
  const auto activity = activity_of(orders, options);
  if (!activity) return std::unexpected(activity.error());
  std::vector<RetentionPeriod> made(activity->periods);
  for (std::size_t i = 0; i < made.size(); ++i) {
    made[i].period = activity->first + static_cast<std::int32_t>(i);
  }
  for (std::size_t customer = 0; customer < orders.customers && !made.empty(); ++customer) {
    std::optional<std::size_t> before;
    activity->each_period(customer, [&](std::size_t period) {
      RetentionPeriod& row = made[period];
      ++row.active;
      if (!before) {
        ++row.fresh;
      } else if (*before + 1 == period) {
        ++row.retained;
      } else {
        ++row.won_back;
      }
      // Whoever is active is counted as gone from the next period until seen there.
      if (before && *before + 1 == period) --made[period].defected;
      if (period + 1 < made.size()) ++made[period + 1].defected;
      before = period;
    });
  }
  return made;
}

}  // namespace rapport::analytics
