#include "crm/insight/profitability/profit.hpp"

#include <gtest/gtest.h>

#include <random>

#include "base/id.hpp"
#include "crm/insight/scores/testing.hpp"

namespace rapport::crm {
namespace {

constexpr std::int64_t kEuro = 10'000;
const std::uint8_t kShop = channel_number("shop");
const std::uint8_t kPhone = channel_number("phone");

std::int32_t day(int year, int month, int of_month) {
  return base::date_of({year, month, of_month}).days;
}

ProfitOptions options() {
  ProfitOptions made;
  made.from = day(2026, 1, 1);
  made.until = day(2026, 12, 31);
  made.rates[kShop][static_cast<std::size_t>(Activity::order)] = 6;
  made.rates[kShop][static_cast<std::size_t>(Activity::order_line)] = 1.5;
  made.rates[kShop][static_cast<std::size_t>(Activity::return_)] = 20;
  made.rates[kPhone][static_cast<std::size_t>(Activity::interaction)] = 4;
  return made;
}

TEST(Profit, IsWhatWasPaidLessTaxGoodsDiscountsAndReturns) {
  Facts facts;
  // 121 paid, 21 of it tax, 10 of discount taken off; goods for 40; two lines.
  facts.recent_orders.push_back({.customer = 0,
                                 .day = day(2026, 3, 4),
                                 .channel = kShop,
                                 .lines = 2,
                                 .costed_lines = 2,
                                 .total = 121 * kEuro,
                                 .discount = 10 * kEuro,
                                 .tax = 21 * kEuro,
                                 .cost_of_goods = 40 * kEuro});
  // Half of it given back: the goods come back as well.
  facts.recent_orders.push_back({.customer = 0,
                                 .day = day(2026, 3, 20),
                                 .channel = kShop,
                                 .is_return = true,
                                 .lines = 1,
                                 .costed_lines = 1,
                                 .total = -605'000,
                                 .tax = -105'000,
                                 .cost_of_goods = -20 * kEuro});
  // Its products say no cost: 30 % margin leave 70 % for goods.
  facts.recent_orders.push_back(
      {.customer = 0, .day = day(2026, 4, 1), .channel = kPhone, .total = 100 * kEuro});
  // Before the window.
  facts.recent_orders.push_back(
      {.customer = 0, .day = day(2025, 12, 31), .channel = kShop, .total = 100 * kEuro});
  facts.talks.push_back({.customer = 0, .day = day(2026, 3, 5), .channel = kPhone, .minutes = 9});
  facts.talks.push_back(
      {.customer = 0, .day = day(2026, 3, 6), .channel = kPhone, .cost = 2 * kEuro});
  const auto rows = customer_months(facts, options());
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0].channel, kPhone);  // March on the phone: 9 minutes, and 4 by the rate
  EXPECT_EQ(rows[0].seconds, 13 * 60);
  EXPECT_EQ(rows[0].own_cost, 2 * kEuro);
  EXPECT_EQ(rows[1].channel, kShop);
  EXPECT_EQ(rows[1].seconds, 60 * 6 + 180 + 60 * 20 + 90);
  EXPECT_EQ(rows[1].parts.revenue, 110 * kEuro);
  EXPECT_EQ(rows[1].parts.discounts, 10 * kEuro);
  EXPECT_EQ(rows[1].parts.returns, 50 * kEuro);
  EXPECT_EQ(rows[1].parts.cost_of_goods, 20 * kEuro);
  EXPECT_EQ(rows[1].parts.profit(), (110 - 20 - 10 - 50) * kEuro);
  EXPECT_EQ(rows[2].parts.cost_of_goods, 70 * kEuro);
}

TEST(Profit, ServedAndUnusedCostsAddUpToThePoolsToTheCent) {
  std::mt19937_64 random(7);
  std::vector<CustomerMonth> rows;
  for (std::uint32_t customer = 0; customer < 997; ++customer) {
    for (const auto channel : {kPhone, kShop}) {
      rows.push_back({.customer = customer,
                      .month = month_of(day(2026, 3, 1)),
                      .channel = channel,
                      .seconds = static_cast<std::int64_t>(random() % 1000)});
    }
  }
  const auto month = month_of(day(2026, 3, 1));
  // One with room left, one too small for what was done.
  std::vector<Pool> pools{
      {.channel = kPhone,
       .month = month,
       .cost = 1'234'567 * (kEuro / 100),
       .capacity_seconds = 3'600'000},
      {.channel = kShop, .month = month, .cost = 99'999 * (kEuro / 100), .capacity_seconds = 60}};
  ASSERT_TRUE(share_out(rows, pools));
  for (const auto& pool : pools) {
    std::int64_t served = 0;
    for (const auto& row : rows) {
      if (row.channel == pool.channel) served += row.parts.cost_to_serve;
      EXPECT_EQ(row.parts.cost_to_serve % (kEuro / 100), 0);
    }
    EXPECT_EQ(served + pool.unused_cost, pool.cost);
  }
  EXPECT_GT(pools[0].unused_cost, 0);
  EXPECT_EQ(pools[1].unused_cost, 0);
}

// A credit note entered alone in its month once stopped all scoring.
TEST(Profit, APoolBelowNoughtStaysUnusedAndHindersNoOther) {
  const auto month = month_of(day(2026, 3, 1));
  std::vector<CustomerMonth> rows{
      {.customer = 0, .month = month, .channel = kPhone, .seconds = 60, .own_cost = kEuro},
      {.customer = 0, .month = month, .channel = kShop, .seconds = 60}};
  std::vector<Pool> pools{
      {.channel = kPhone, .month = month, .cost = -100 * kEuro, .capacity_seconds = 6000},
      {.channel = kShop, .month = month, .cost = 50 * kEuro, .capacity_seconds = 600}};
  const auto done = share_out(rows, pools);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(pools[0].unused_cost, -100 * kEuro);
  EXPECT_EQ(pools[0].used_seconds, 60);
  EXPECT_EQ(rows[0].parts.cost_to_serve, 0);
  EXPECT_EQ(pools[1].unused_cost, 45 * kEuro);
  EXPECT_EQ(rows[1].parts.cost_to_serve, 5 * kEuro);
  auto again = rows;
  serve_at(again, second_costs(pools));
  EXPECT_EQ(again[0].parts.cost_to_serve, 0);
  EXPECT_EQ(again[1].parts.cost_to_serve, 5 * kEuro);
}

TEST(Profit, WithoutAPoolAnInteractionCostsWhatItSays) {
  std::vector<CustomerMonth> rows{
      {.customer = 0, .month = 24'000, .channel = kPhone, .seconds = 60, .own_cost = 3 * kEuro}};
  std::vector<Pool> none;
  ASSERT_TRUE(share_out(rows, none));
  EXPECT_EQ(rows[0].parts.cost_to_serve, 3 * kEuro);
}

TEST(Profit, ACustomerServedBetweenRefreshesCostsTheSameToACent) {
  const auto month = month_of(day(2026, 3, 1));
  std::vector<CustomerMonth> rows;
  rows.reserve(50);
  for (std::uint32_t customer = 0; customer < 50; ++customer) {
    rows.push_back(
        {.customer = customer, .month = month, .channel = kPhone, .seconds = 60 + customer});
  }
  std::vector<Pool> pools{
      {.channel = kPhone, .month = month, .cost = 500 * kEuro, .capacity_seconds = 100'000}};
  ASSERT_TRUE(share_out(rows, pools));
  auto again = rows;
  serve_at(again, second_costs(pools));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_NEAR(static_cast<double>(again[i].parts.cost_to_serve),
                static_cast<double>(rows[i].parts.cost_to_serve), kEuro / 100.)
        << i;
  }
}

// The unknown lines of a mixed order once counted as costing nothing, which made every margin, and
// with it every lifetime value, too high.
TEST(Profit, AnOrderWithALineOfUnknownCostIsReckonedByTheMargin) {
  Facts facts;
  facts.recent_orders.push_back({.customer = 0,
                                 .day = day(2026, 3, 4),
                                 .channel = kShop,
                                 .lines = 2,
                                 .costed_lines = 1,
                                 .total = 100 * kEuro,
                                 .cost_of_goods = 5 * kEuro});
  const auto rows = customer_months(facts, options());
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].parts.cost_of_goods, 70 * kEuro);
  EXPECT_EQ(margin_of(facts.recent_orders, 30), 30) << "not the 95 % of a free second line";
  facts.recent_orders[0].costed_lines = 2;
  EXPECT_EQ(customer_months(facts, options())[0].parts.cost_of_goods, 5 * kEuro);
  EXPECT_EQ(margin_of(facts.recent_orders, 30), 95);
}

TEST(Profit, TheMarginIsMeasuredWhereCostsAreKnown) {
  const std::vector<RecentOrder> recent_orders{
      {.lines = 1, .costed_lines = 1, .total = 100 * kEuro, .cost_of_goods = 60 * kEuro},
      {.lines = 1, .total = 500 * kEuro}};
  EXPECT_EQ(margin_of(recent_orders, 30), 40);
  EXPECT_EQ(margin_of({}, 30), 30);
}

TEST(Profit, SaysInWordsWhatItIsMadeOf) {
  using Texts = std::vector<std::string>;
  const Texts none;
  const struct {
    std::string_view what;
    ProfitParts parts;
    std::int64_t profit;
    Texts says;
  } cases[] = {
      {"all parts",
       {.revenue = 500 * kEuro,
        .cost_of_goods = 250 * kEuro,
        .discounts = 10 * kEuro,
        .returns = 45 * kEuro,
        .cost_to_serve = 5 * kEuro},
       190 * kEuro,
       {"500.00 EUR of revenue in the last 12 months, without tax.", "250.00 EUR for the goods.",
        "10.00 EUR of discounts.", "45.00 EUR of returns.",
        "5.00 EUR for serving, over all channels."}},
      {"served alone",
       {.cost_to_serve = 123'400},
       -123'400,
       {"12.34 EUR for serving, over all channels."}},
      {"nothing happened", {}, 0, none},
  };
  for (const auto& one : cases) {
    auto row = ana();
    row.profit = one.profit;
    ReasonContext context;
    context.profit = one.parts;
    EXPECT_EQ(one.parts.profit(), one.profit) << one.what;
    EXPECT_EQ(words("profit", row, context), one.says) << one.what;
  }
  auto unknown = ana();
  unknown.profit.reset();
  EXPECT_EQ(words("profit", unknown), none);
}

}  // namespace
}  // namespace rapport::crm
