#include "analytics/value/cohorts.hpp"

#include <gmock/gmock.h>

namespace rapport::analytics {
namespace {

constexpr std::int32_t new_year = 14975;  // 2011-01-01

struct Columns {
  std::vector<std::uint32_t> customer;
  std::vector<std::int32_t> day;
  std::vector<std::int64_t> amount;

  [[nodiscard]] Orders orders() const {
    return {.customers = 4, .customer = customer, .day = day, .amount = amount};
  }
};

// Customer 0 buys in January, February and May; 1 in February, and returns it in March; 2 buys in
// May; 3 never.
Columns four() {
  return {.customer = {2, 0, 0, 1, 0, 1},
          .day = {new_year + 130, new_year, new_year + 40, new_year + 58, new_year + 149,
                  new_year + 59},
          .amount = {700, 100, 200, 400, 300, -400}};
}

std::vector<std::vector<std::uint32_t>> customers_of(const Cohorts& made) {
  std::vector<std::vector<std::uint32_t>> table(made.periods);
  for (std::size_t cohort = 0; cohort < made.periods; ++cohort) {
    for (std::size_t offset = 0; offset < made.periods - cohort; ++offset) {
      table[cohort].push_back(made.at(cohort, offset).customers);
    }
  }
  return table;
}

TEST(Periods, AreCountedByTheCalendar) {
  struct Case {
    std::int32_t day;
    std::string month, quarter;
  };
  for (const auto& [day, month, quarter] : std::vector<Case>{
           {0, "1970-01", "1970-Q1"},
           {-1, "1969-12", "1969-Q4"},
           {new_year - 1, "2010-12", "2010-Q4"},
           {new_year, "2011-01", "2011-Q1"},
           {new_year + 58, "2011-02", "2011-Q1"},
           {new_year + 59, "2011-03", "2011-Q1"},
           {new_year + 90, "2011-04", "2011-Q2"},
           {15399, "2012-02", "2012-Q1"},  // 29 February
       }) {
    EXPECT_EQ(period_text(period_of(day, Period::month), Period::month), month);
    EXPECT_EQ(period_text(period_of(day, Period::quarter), Period::quarter), quarter);
    for (const Period period : {Period::month, Period::quarter}) {
      const std::int32_t first = first_day_of(period_of(day, period), period);
      EXPECT_LE(first, day);
      EXPECT_EQ(period_of(first, period), period_of(day, period));
      EXPECT_EQ(period_of(first - 1, period), period_of(day, period) - 1);
    }
  }
}

TEST(Cohorts, GroupByTheFirstOrderAndCountWhoComesBack) {
  const Columns rows = four();
  const auto made = cohorts(rows.orders());
  ASSERT_TRUE(made);
  EXPECT_EQ(period_text(made->first, made->period), "2011-01");
  const std::vector<std::vector<std::uint32_t>> expected{
      {1, 1, 0, 0, 1}, {1, 1, 0, 0}, {0, 0, 0}, {0, 0}, {1}};
  EXPECT_EQ(customers_of(*made), expected);
  EXPECT_EQ(made->at(0, 4).money, 300);
  EXPECT_EQ(made->at(1, 0).money, 400);
  EXPECT_EQ(made->at(1, 1).money, -400);
  EXPECT_EQ(made->at(4, 0).money, 700);
}

TEST(Cohorts, AReturnNeedNotBeActivity) {
  const Columns rows = four();
  const auto made = cohorts(rows.orders(), {.returns_count = false});
  ASSERT_TRUE(made);
  EXPECT_EQ(made->at(1, 1), (CohortCell{.customers = 0, .money = -400}));
}

TEST(Cohorts, QuartersHoldThreeMonths) {
  const Columns rows = four();
  const auto made = cohorts(rows.orders(), {.period = Period::quarter});
  ASSERT_TRUE(made);
  const std::vector<std::vector<std::uint32_t>> expected{{2, 1}, {1}};
  EXPECT_EQ(customers_of(*made), expected);
  EXPECT_EQ(made->at(0, 0).money, 300);
}

TEST(Cohorts, TheMoneyOfAllCellsIsTheMoneyOfAllOrders) {
  Columns rows = four();
  std::int64_t sum = 0, cells = 0;
  for (const std::int64_t amount : rows.amount) sum += amount;
  const auto made = cohorts(rows.orders());
  ASSERT_TRUE(made);
  for (const CohortCell& cell : made->cells) cells += cell.money;
  EXPECT_EQ(cells, sum);
}

TEST(Cohorts, OfNoOrdersAreNone) {
  EXPECT_EQ(cohorts({.customers = 3, .customer = {}, .day = {}, .amount = {}})->periods, 0U);
  const Columns rows = four();
  EXPECT_EQ(cohorts(rows.orders(), {.range = {.from = 0, .until = 1}})->periods, 0U);
  EXPECT_TRUE(retention(rows.orders(), {.range = {.from = 0, .until = 1}})->empty());
}

TEST(Cohorts, MoreThanAHundredYearsOfMonthsAreRefused) {
  // 1970-01 is the first month, 2069-12 the 1200th; a day later the 1201st begins.
  const std::int32_t end =
      first_day_of(period_of(0, Period::month) + cohort_periods_max, Period::month) - 1;
  const Columns fits{.customer = {0, 1}, .day = {0, end}, .amount = {1, 1}};
  EXPECT_EQ(cohorts(fits.orders())->periods, 1200U);
  const Columns beyond{.customer = {0, 1}, .day = {0, end + 1}, .amount = {1, 1}};
  const auto refused = cohorts(beyond.orders());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "analytics.too_many_periods");
  EXPECT_EQ(refused.error().message,
            "The orders are spread over 1201 months or quarters; at most 1200 are told apart.");
  EXPECT_EQ(refused.error().details, "1970-01 to 2070-01");
  EXPECT_EQ(retention(beyond.orders()).error().code, "analytics.too_many_periods");
  EXPECT_TRUE(cohorts(beyond.orders(), {.range = {.from = 0, .until = end}}));
  EXPECT_EQ(cohorts(beyond.orders(), {.period = Period::quarter})->periods, 401U);
}

TEST(Cohorts, DaysThatAreInNoCalendarAreRefused) {
  for (const std::int32_t day : {2'932'897, -719'529, 2'000'000'000, -2'147'483'647}) {
    const Columns rows{.customer = {0}, .day = {day}, .amount = {1}};
    EXPECT_EQ(cohorts(rows.orders()).error().code, "analytics.bad_day");
  }
  const Columns last{.customer = {0}, .day = {2'932'896}, .amount = {1}};
  EXPECT_EQ(cohorts(last.orders())->periods, 1U);
}

TEST(Cohorts, MoreThanSixtyFourPeriodsAreCountedAlike) {
  Columns rows;
  for (int i = 0; i < 200; ++i) {
    rows.customer.push_back(0);
    rows.day.push_back(i * 31);
    rows.amount.push_back(1);
  }
  const auto made = cohorts(rows.orders());
  ASSERT_TRUE(made);
  EXPECT_GT(made->periods, 200U);
  std::uint32_t active = 0;
  for (std::size_t offset = 0; offset < made->periods; ++offset) {
    active += made->at(0, offset).customers;
  }
  EXPECT_EQ(active, 200U);
}

TEST(Retention, TellsWhoStayedWentAndCameBack) {
  const Columns rows = four();
  const auto made = retention(rows.orders());
  ASSERT_TRUE(made);
  const std::int32_t first = period_of(new_year, Period::month);
  const std::vector<RetentionPeriod> expected{
      {.period = first, .active = 1, .fresh = 1},
      {.period = first + 1, .active = 2, .fresh = 1, .retained = 1},
      {.period = first + 2, .active = 1, .retained = 1, .defected = 1},
      {.period = first + 3, .defected = 1},
      {.period = first + 4, .active = 2, .fresh = 1, .won_back = 1},
  };
  EXPECT_EQ(*made, expected);
}

}  // namespace
}  // namespace rapport::analytics
