// Who has which scores: customers told by what they bought and gave back.
#include "crm/insight/refresh/scoring.hpp"

#include <gtest/gtest.h>

#include "base/id.hpp"

namespace rapport::crm {
namespace {

constexpr std::int32_t kToday = 20'000;
constexpr std::int64_t kEuro = 10'000;

struct Order {
  std::int32_t days_ago = 0;
  std::int64_t euros = 0;
};

// One customer with these orders, among five who bought once each, so that there are fifths.
std::vector<ScoreRow> scored(const std::vector<Order>& orders) {
  Facts facts;
  const auto add = [&](std::uint32_t customer, const Order& order) {
    facts.customer.push_back(customer);
    facts.day.push_back(kToday - order.days_ago);
    facts.amount.push_back(order.euros * kEuro);
  };
  for (std::uint32_t i = 0; i < 6; ++i) {
    facts.persons.add(base::id_at(5000, 2, i));
    facts.first_order.emplace_back();
    facts.last_order.emplace_back();
    if (i > 0) add(i, {.days_ago = static_cast<std::int32_t>(10 * i), .euros = 10 + i});
  }
  for (const auto& order : orders) add(0, order);
  Basis basis;
  basis.model = base::id_at(1, 1, 1);
  basis.fit.model = analytics::PurchaseModel::bg_nbd;
  basis.fit.parameters = {{.name = "r", .value = .243},
                          {.name = "alpha", .value = 4.414},
                          {.name = "a", .value = .793},
                          {.name = "b", .value = 2.426}};
  basis.spending.parameters = {{.name = "p", .value = 6.25},
                               {.name = "q", .value = 3.74},
                               {.name = "gamma", .value = 15.44}};
  basis.bounds = analytics::rfm(*analytics::purchase_facts(facts.orders()))->bounds;
  const std::vector<CustomerMonth> months{
      {.customer = 0, .month = 24'000, .parts = {.returns = 3 * kEuro}}};
  auto rows = score_customers(facts, histories_of(facts.orders()), months, basis, kToday);
  EXPECT_TRUE(rows);
  return *std::move(rows);
}

// Who only returned stood in no figure, though he costs money: a shop's customers came to more than
// all its orders and returns.
TEST(Scoring, WhoIsACustomerAndWhatIsSaidOfHim) {
  const struct {
    std::string_view what;
    std::vector<Order> orders;
    bool customer, bought, modelled;
    std::int64_t historic;
  } cases[] = {
      {"bought", {{40, 50}}, true, true, true, 50},
      {"bought and gave back later", {{40, 50}, {20, -50}}, true, true, true, 0},
      {"took a gift", {{40, 0}}, true, true, true, 0},
      {"gave all back on the day", {{40, 50}, {40, -50}}, true, true, false, 0},
      {"only gave back", {{40, -3}}, true, false, false, -3},
      {"only gave back, twice", {{40, -3}, {20, -4}}, true, false, false, -7},
      {"neither", {}, false, false, false, 0},
  };
  for (const auto& one : cases) {
    const auto rows = scored(one.orders);
    ASSERT_EQ(rows.size(), one.customer ? 6u : 5u) << one.what;
    if (!one.customer) continue;
    const auto& row = rows.front();
    EXPECT_EQ(row.historic_value, one.historic * kEuro) << one.what;
    EXPECT_EQ(row.profit, -3 * kEuro) << one.what;
    EXPECT_EQ(row.orders > 0, one.bought) << one.what;
    EXPECT_EQ(row.cell.recency > 0, one.bought) << one.what;
    EXPECT_EQ(row.modelled, one.modelled) << one.what;
    EXPECT_EQ(row.purchases > 0, one.modelled) << one.what;
    if (!one.bought) EXPECT_EQ(row.warning, Warning::none) << one.what;
  }
}

// An order given back on its day once broke the silence that its rhythm, of purchases alone, was
// told by: nobody was warned of, and the risk of leaving on the same page told another silence.
TEST(Scoring, SilenceCountsFromThePurchasesThatTheRhythmIsOf) {
  const auto row = scored({{210, 50}, {180, 50}, {150, 50}, {5, 50}, {5, -50}}).front();
  EXPECT_EQ(row.rhythm, 30);
  EXPECT_EQ(row.silence(), 150);
  EXPECT_EQ(row.first_purchase, kToday - 210);
  EXPECT_EQ(row.last_day, kToday - 5) << "of orders, as recency has it";
  EXPECT_NE(row.warning, Warning::none);
  // First of all given back on its day: the purchases are not since then.
  EXPECT_EQ(scored({{300, 50}, {300, -50}, {40, 50}, {10, 50}}).front().first_purchase,
            kToday - 40);
}

// A gift among the latest purchases halved what they came to, and warned of a customer who stays.
TEST(Scoring, WhatWasFreeIsNoFallInSpending) {
  const auto row = scored({{40, 50}, {30, 50}, {20, 50}, {10, 0}, {5, 50}, {2, 0}}).front();
  EXPECT_EQ(row.purchases, 6u);
  EXPECT_EQ(row.earlier_average, 50 * kEuro);
  EXPECT_EQ(row.latest_average, 50 * kEuro);
}

}  // namespace
}  // namespace rapport::crm
