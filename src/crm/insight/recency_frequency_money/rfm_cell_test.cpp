#include "crm/insight/recency_frequency_money/rfm_cell.hpp"

#include <gtest/gtest.h>

#include <fmt/core.h>

#include "crm/insight/facts/testing.hpp"
#include "crm/insight/scores/score.hpp"

namespace rapport::crm {
namespace {

constexpr std::int32_t kToday = 20'000;

// Ten customers, two a fifth by each digit, told by hand.
struct Told {
  std::int32_t silence;  // days
  int orders;
  std::int64_t each;  // what an order comes to
  std::string_view cell;
};
constexpr Told kTold[] = {
    {5, 10, 100, "555"},  // money 1,000
    {10, 1, 5, "511"},    // 5
    {15, 9, 2, "451"},    // 18
    {20, 2, 300, "415"},  // 600
    {25, 8, 50, "344"},   // 400
    {30, 3, 7, "322"},    // 21
    {40, 7, 60, "244"},   // 420
    {50, 4, 10, "222"},   // 40
    {60, 6, 30, "133"},   // 180
    {70, 5, 20, "133"},   // 100
};

TEST(RfmCell, IsTheFifthOfEachOfThree) {
  OrderColumns columns;
  for (const auto& one : kTold) {
    const auto who = static_cast<std::uint32_t>(columns.customers++);
    for (int i = 0; i < one.orders; ++i) columns.order(who, kToday - one.silence - i, one.each);
  }
  const auto facts = analytics::purchase_facts(columns.orders());
  ASSERT_TRUE(facts);
  const auto all = analytics::rfm(*facts);
  ASSERT_TRUE(all);
  for (std::size_t i = 0; i < std::size(kTold); ++i) {
    const auto cell = analytics::rfm_cell((*facts)[i], all->bounds);
    EXPECT_EQ(fmt::format("{}{}{}", cell.recency, cell.frequency, cell.money), kTold[i].cell)
        << "customer " << i;
  }
}

TEST(RfmCell, SaysADigitAReason) {
  ScoreRow row;
  row.cell = {5, 1, 3};
  row.last_day = kToday;
  row.orders = 2;
  row.historic_value = 1'234'500;
  ReasonContext context;
  context.currency = "USD";
  const auto reasons = rfm_cell_reasons(row, context);
  const struct {
    std::string_view code, text;
    double weight;
  } wanted[] = {
      {"recency", "The last order was on 2024-10-04: 5 of 5 for recency.", 1},
      {"frequency", "Number of orders, 2: 1 of 5 for frequency.", .2},
      {"money", "123.45 USD in all: 3 of 5 for money.", .6},
  };
  ASSERT_EQ(reasons.size(), std::size(wanted));
  for (std::size_t i = 0; i < reasons.size(); ++i) {
    EXPECT_EQ(reasons[i].code, wanted[i].code);
    EXPECT_EQ(worded(*score_named("rfm_cell"), reasons[i]), wanted[i].text);
    EXPECT_DOUBLE_EQ(reasons[i].weight, wanted[i].weight);
  }
  row.cell = {};
  EXPECT_TRUE(rfm_cell_reasons(row, {}).empty()) << "there are too few customers for fifths";
}

}  // namespace
}  // namespace rapport::crm
