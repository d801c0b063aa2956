#include "analytics/value/rfm.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <random>

namespace rapport::analytics {
namespace {

struct Columns {
  std::vector<std::uint32_t> customer;
  std::vector<std::int32_t> day;
  std::vector<std::int64_t> amount;
  std::size_t customers = 0;

  void add(std::uint32_t who, std::int32_t when, std::int64_t what) {
    customer.push_back(who);
    day.push_back(when);
    amount.push_back(what);
    customers = std::max<std::size_t>(customers, who + 1);
  }
  [[nodiscard]] Orders orders() const {
    return {.customers = customers, .customer = customer, .day = day, .amount = amount};
  }
};

// One customer each, who bought as often as said, last on the day said.
std::vector<PurchaseFacts> bought(const std::vector<std::uint32_t>& times) {
  std::vector<PurchaseFacts> facts;
  for (const std::uint32_t orders : times) {
    const auto day = static_cast<std::int32_t>(facts.size());
    facts.push_back({.first_day = 0,
                     .last_day = day,
                     .orders = orders,
                     .money = static_cast<std::int64_t>(facts.size()) * 10});
  }
  return facts;
}

std::vector<int> frequencies(const Rfm& made) {
  std::vector<int> digits;
  for (const RfmCell& cell : made.cells) digits.push_back(cell.frequency);
  return digits;
}

TEST(PurchaseFacts, AReturnTakesMoneyAndIsNoPurchase) {
  Columns rows;
  rows.add(0, 10, 500);
  rows.add(0, 20, 300);
  rows.add(0, 30, -200);
  rows.add(2, 5, -100);
  const auto facts = purchase_facts(rows.orders());
  ASSERT_TRUE(facts);
  EXPECT_EQ(
      (*facts)[0],
      (PurchaseFacts{.first_day = 10, .last_day = 20, .orders = 2, .returns = 1, .money = 600}));
  EXPECT_EQ((*facts)[1], PurchaseFacts{});
  EXPECT_EQ((*facts)[2], (PurchaseFacts{.returns = 1, .money = -100}));
}

TEST(PurchaseFacts, OnlyDaysInTheRangeCount) {
  Columns rows;
  for (int day = 0; day < 10; ++day) rows.add(0, day, 1);
  const auto facts = purchase_facts(rows.orders(), {.from = 3, .until = 6});
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->front(),
            (PurchaseFacts{.first_day = 3, .last_day = 6, .orders = 4, .money = 4}));
}

TEST(PurchaseFacts, RefusesWhatDoesNotFitTogether) {
  Columns rows;
  rows.add(0, 1, 1);
  Orders strange = rows.orders();
  strange.customers = 0;
  EXPECT_EQ(purchase_facts(strange).error().code, "analytics.no_such_customer");
  Orders uneven = rows.orders();
  uneven.day = {};
  EXPECT_EQ(purchase_facts(uneven).error().code, "analytics.uneven_columns");
  rows.add(0, 1, std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(purchase_facts(rows.orders()).error().code, "analytics.too_much_money");
}

TEST(Rfm, TenDifferentCustomersFillEachDigitTwice) {
  const auto made = rfm(bought({1, 2, 3, 4, 5, 6, 7, 8, 9, 10}));
  ASSERT_TRUE(made);
  EXPECT_THAT(frequencies(*made), testing::ElementsAre(1, 1, 2, 2, 3, 3, 4, 4, 5, 5));
  EXPECT_EQ(to_text(made->cells.front()), "111");
  EXPECT_EQ(to_text(made->cells.back()), "555");
  EXPECT_THAT(made->bounds.frequency, testing::ElementsAre(2, 4, 6, 8));
}

TEST(Rfm, EqualValuesShareADigitHoweverManyTheyAre) {
  struct Case {
    std::vector<std::uint32_t> orders;
    std::vector<int> digits;
  };
  for (const auto& [orders, digits] : std::vector<Case>{
           {{1, 1, 1, 1, 1, 1, 1, 2, 3, 4}, {1, 1, 1, 1, 1, 1, 1, 4, 5, 5}},
           {{7, 7, 7, 7, 7}, {1, 1, 1, 1, 1}},
           {{1, 2, 2, 2, 2, 2, 2, 2, 2, 9}, {1, 1, 1, 1, 1, 1, 1, 1, 1, 5}},
           {{5, 4, 3, 2, 1}, {5, 4, 3, 2, 1}},
       }) {
    const auto made = rfm(bought(orders));
    ASSERT_TRUE(made);
    EXPECT_EQ(frequencies(*made), digits);
  }
}

TEST(Rfm, TheOrderOfRowsChangesNothing) {
  std::mt19937 random(7);  // NOLINT: the same each time
  Columns rows;
  for (int i = 0; i < 5000; ++i) {
    rows.add(static_cast<std::uint32_t>(random() % 300), static_cast<std::int32_t>(random() % 50),
             random() % 20);
  }
  const auto made = rfm(*purchase_facts(rows.orders()));
  std::vector<std::size_t> turn(rows.customer.size());
  for (std::size_t i = 0; i < turn.size(); ++i) turn[i] = i;
  std::ranges::shuffle(turn, random);
  Columns turned;
  for (const std::size_t i : turn) turned.add(rows.customer[i], rows.day[i], rows.amount[i]);
  const auto again = rfm(*purchase_facts(turned.orders()));
  ASSERT_TRUE(made && again);
  EXPECT_EQ(made->cells, again->cells);
}

TEST(Rfm, TheBoundsAloneTellTheCellOfOneCustomer) {
  auto facts = bought({3, 1, 4, 1, 5, 9, 2, 6});
  facts.push_back({.returns = 3, .money = -5});
  const auto made = rfm(facts);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->customers, 8U);
  for (std::size_t i = 0; i < facts.size(); ++i) {
    EXPECT_EQ(rfm_cell(facts[i], made->bounds), made->cells[i]);
  }
  EXPECT_EQ(to_text(made->cells.back()), "");
}

TEST(Rfm, FewerThanFiveCustomersHaveNoFifths) {
  EXPECT_EQ(rfm(bought({1, 2, 3, 4})).error().code, "analytics.too_few_customers");
  EXPECT_EQ(rfm(bought({1, 2, 3, 4, 0})).error().code, "analytics.too_few_customers");
  EXPECT_TRUE(rfm(bought({1, 2, 3, 4, 5})));
}

}  // namespace
}  // namespace rapport::analytics
