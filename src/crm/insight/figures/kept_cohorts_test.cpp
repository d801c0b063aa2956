// What is kept of customers' months tells the same as their orders do.
#include "crm/insight/figures/kept_cohorts.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "base/id.hpp"

namespace rapport::crm {
namespace {

using analytics::Period;

Facts facts_of(std::size_t customers) {
  Facts facts;
  for (std::uint32_t i = 0; i < customers; ++i) facts.persons.add(base::id_at(5000, 2, i));
  return facts;
}

void add(Facts& facts, std::uint32_t customer, std::int32_t day, std::int64_t amount) {
  facts.customer.push_back(customer);
  facts.day.push_back(day);
  facts.amount.push_back(amount);
}

// Orders and returns of some years, now and then far apart; some customers have none.
Facts some_orders(unsigned seed, std::size_t customers, int orders) {
  std::mt19937_64 random{seed};
  auto facts = facts_of(customers);
  for (int n = 0; n < orders; ++n) {
    const auto customer = static_cast<std::uint32_t>(random() % customers);
    if (customer % 7 == 3) continue;
    const auto day = 19'000 + static_cast<std::int32_t>(random() % (customer % 2 ? 200 : 1500));
    add(facts, customer, day, static_cast<std::int64_t>(random() % 100'000) - 20'000);
  }
  return facts;
}

CohortCounts counted(const AllActiveMonths& all) {
  CohortCounts counts;
  for (std::size_t n = 0; n < all.customers(); ++n) counts.count(all.of(n));
  return counts;
}

void expect_alike(const Facts& facts, const KeptCohorts& kept) {
  for (const auto period : {Period::month, Period::quarter}) {
    const auto cohorts = analytics::cohorts(facts.orders(), {.period = period, .range = {}});
    const auto retention = analytics::retention(facts.orders(), {.period = period, .range = {}});
    ASSERT_TRUE(cohorts && retention);
    const auto told = kept.cohorts(period);
    EXPECT_EQ(told.first, cohorts->first);
    EXPECT_EQ(told.periods, cohorts->periods);
    EXPECT_EQ(told.cells, cohorts->cells);
    EXPECT_EQ(kept.retention(period), *retention);
  }
}

TEST(KeptCohorts, TellWhatOrdersTell) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    const auto facts = some_orders(seed, 1 + seed * 7, static_cast<int>(seed * 60));
    const auto kept = KeptCohorts::of(counted(active_months_of(facts)));
    ASSERT_TRUE(kept);
    expect_alike(facts, *kept);
  }
}

TEST(KeptCohorts, AreWithoutWhoIsTakenAwayAgain) {
  const auto all = active_months_of(some_orders(3, 40, 300));
  auto counts = counted(all);
  for (std::size_t n = 0; n < all.customers(); n += 2) counts.count(all.of(n), -1);
  auto others = some_orders(3, 40, 300);
  Facts odd = facts_of(40);
  for (std::size_t i = 0; i < others.customer.size(); ++i) {
    if (others.customer[i] % 2 == 0) continue;
    add(odd, others.customer[i], others.day[i], others.amount[i]);
  }
  const auto kept = KeptCohorts::of(counts);
  ASSERT_TRUE(kept);
  expect_alike(odd, *kept);
}

TEST(KeptCohorts, CountOrdersAfterTodayAsOrdersDo) {
  auto facts = facts_of(2);
  add(facts, 0, 19'000, 100);
  facts.later = {.customer = {0, 1}, .day = {20'700, 20'800}, .amount = {5, -7}};
  const auto kept = KeptCohorts::of(counted(active_months_of(facts)));
  ASSERT_TRUE(kept);
  add(facts, 0, 20'700, 5);
  add(facts, 1, 20'800, -7);
  expect_alike(facts, *kept);
}

TEST(KeptCohorts, LeaveToOrdersWhatMonthsCannotTell) {
  const struct {
    std::string_view what;
    std::int32_t day, other_day;
    std::int64_t amount;
    bool told;
  } cases[] = {{"two days", 19'000, 20'000, 1, true},
               {"a hundred years apart", 19'000, 19'000 + 36'600, 1, false},
               {"before the year 0", -800'000, 19'000, 1, false},
               {"after what is kept", 19'000, 1'000'000, 1, false},
               {"more than 64 bits", 19'000, 19'000, 6'000'000'000'000'000'000, false}};
  for (const auto& one : cases) {
    auto facts = facts_of(2);
    add(facts, 0, one.day, one.amount);
    add(facts, 1, one.other_day, one.amount);
    EXPECT_EQ(KeptCohorts::of(counted(active_months_of(facts))).has_value(), one.told) << one.what;
  }
  EXPECT_TRUE(KeptCohorts::of(CohortCounts())) << "nobody";
}

TEST(KeptCohorts, SayWhatWarningsRestOn) {
  auto facts = facts_of(3);
  for (std::uint32_t n = 0; n < 3; ++n) add(facts, n, 19'000, 1);
  auto all = active_months_of(facts);
  all.reasons = {0b00011, 0b10001, 0};
  const auto kept = KeptCohorts::of(counted(all));
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->warned(), (std::array<std::int64_t, 5>{2, 1, 0, 0, 1}));
}

TEST(ActiveMonths, RowsThatDifferHaveAnotherDigest) {
  const std::vector<std::int16_t> months{24'000, 24'001}, others{24'000, 24'002};
  const std::vector<std::int64_t> sums{5, -7}, less{5, -8};
  const std::vector<ActiveMonths> rows{{},
                                       {.months = months, .sums = sums},
                                       {.months = others, .sums = sums},
                                       {.months = months, .sums = less},
                                       {.months = months, .sums = sums, .reasons = 2}};
  std::vector<std::int64_t> digests;
  for (const auto& row : rows) {
    EXPECT_EQ(std::ranges::find(digests, row.digest()), digests.end());
    digests.push_back(row.digest());
  }
  EXPECT_EQ(digests[0], 0);
}

}  // namespace
}  // namespace rapport::crm
