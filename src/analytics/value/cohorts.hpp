// Cohorts: customers grouped by the period of their first order, and how many of each group come
// back, and with how much money, in the periods after. The table is a triangle, since the youngest
// cohort has only its own period behind it:
//
//   first order   +0    +1    +2
//   2010-12      948   362   317
//   2011-01      421   101
//   2011-02      380
//
// Retention tells the same by calendar: who of the last period's customers is here in this one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analytics/value/orders.hpp"

namespace rapport::analytics {

enum class Period { month, quarter };

inline constexpr std::int32_t cohort_periods_max = 1200;  // a hundred years of months

// Periods are counted from January of the year 0: 12 (or 4) a year.
[[nodiscard]] std::int32_t period_of(std::int32_t day, Period period);
[[nodiscard]] std::int32_t first_day_of(std::int32_t period_number, Period period);
[[nodiscard]] std::string period_text(std::int32_t period_number,
                                      Period period);  // 2010-12 2010-Q4

struct CohortOptions {
  Period period = Period::month;
  DayRange range{};  // orders outside do not exist: the first order is the first inside
  // Whether a return makes a customer active. In money returns always count; those before the first
  // order are put in the cohort's own period, those of customers without any order nowhere.
  bool returns_count = true;
};

struct CohortCell {
  std::uint32_t customers = 0;  // of the cohort, active in the period
  std::int64_t money = 0;       // net, ten-thousandths

  friend bool operator==(const CohortCell&, const CohortCell&) = default;
};

struct Cohorts {
  Period period = Period::month;
  std::int32_t first = 0;  // number of the first period
  std::size_t periods = 0;
  std::vector<CohortCell> cells;  // cohort by cohort; each has periods − cohort cells

  // 0 ≤ cohort < periods, 0 ≤ offset < periods − cohort; at(c, 0).customers is the cohort's size.
  [[nodiscard]] const CohortCell& at(std::size_t cohort, std::size_t offset) const {
    return cells[index(cohort, offset)];
  }
  [[nodiscard]] std::size_t index(std::size_t cohort, std::size_t offset) const {
    return cohort * (2 * periods - cohort + 1) / 2 + offset;
  }
};

// No orders give no periods. Refused as purchase_facts, beyond cohort_periods_max periods
// (analytics.too_many_periods), and days outside the years 0 to 9999 (analytics.bad_day).
[[nodiscard]] base::Result<Cohorts> cohorts(const Orders& orders,
                                            const CohortOptions& options = {});

struct RetentionPeriod {
  std::int32_t period = 0;
  std::uint32_t active = 0;    // new + retained + won back
  std::uint32_t fresh = 0;     // the first order is in this period
  std::uint32_t retained = 0;  // active in the period before too
  std::uint32_t defected = 0;  // active in the period before, not in this one
  std::uint32_t won_back = 0;  // active earlier, not in the period before

  friend bool operator==(const RetentionPeriod&, const RetentionPeriod&) = default;
};

// One row a period, without gaps. Refused as cohorts.
[[nodiscard]] base::Result<std::vector<RetentionPeriod>> retention(
    const Orders& orders, const CohortOptions& options = {});

}  // namespace rapport::analytics
