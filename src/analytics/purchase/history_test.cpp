#include "analytics/purchase/history.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace rapport::analytics {
namespace {

TEST(Histories, count_days_once_and_leave_the_first_purchase_out) {
  const auto history = histories_of({{.customer = 7, .day = 20, .amount = 5},
                                     {.customer = 7, .day = 10, .amount = 100},
                                     {.customer = 7, .day = 20, .amount = 6},
                                     {.customer = 7, .day = 27, .amount = 1},
                                     {.customer = 7, .day = 31, .amount = 2},
                                     {.customer = 7, .day = 31, .amount = 2},
                                     {.customer = 7, .day = 99, .amount = 50},
                                     {.customer = 3, .day = 30, .amount = 8},
                                     {.customer = 3, .day = 30, .amount = 8},
                                     {.customer = 5, .day = 31, .amount = 4}},
                                    {.until = 30, .holdout_until = 60, .unit = 7});
  EXPECT_EQ(history.customer, (std::vector<std::uint32_t>{3, 7}));  // 5 came later
  EXPECT_EQ(history.purchases, (std::vector<std::int32_t>{0, 2}));
  EXPECT_EQ(history.recency, (std::vector<double>{0, 17 / 7.0}));
  EXPECT_EQ(history.age, (std::vector<double>{0, 20 / 7.0}));
  EXPECT_EQ(history.mean_amount, (std::vector<double>{0, 6}));  // (5 + 6 and 1) / 2
  EXPECT_EQ(history.later, (std::vector<std::int32_t>{0, 1}));
  EXPECT_EQ(history.later_amount, (std::vector<double>{0, 4}));
}

// Returns were counted as purchases once: whoever sent things back looked like a loyal customer.
TEST(Histories, leave_out_days_on_which_all_was_given_back) {
  struct Case {
    const char* claim;
    std::vector<double> amounts;  // of the second day, the first one's being 100
    std::int32_t repeats, paid;
    double mean;
  };
  const Case cases[] = {
      {"a return on a day of its own", {-20}, 0, 0, 0},
      {"more given back than bought", {30, -50}, 0, 0, 0},
      {"as much given back as bought", {30, -30}, 0, 0, 0},
      {"as much, but for the noise of doubles", {0.1, 0.2, -0.3}, 0, 0, 0},
      {"less given back than bought", {30, -10}, 1, 1, 20},
      {"a gift is a purchase, and not paid for", {0}, 1, 0, 0},
      {"and so are two", {0, 0}, 1, 0, 0},
      {"a gift beside what was paid for", {0, 12}, 1, 1, 12},
      {"a gift beside a return of another day's goods", {0, -5}, 0, 0, 0},
  };
  for (const Case& example : cases) {
    std::vector<Purchase> purchases{{.customer = 1, .day = 0, .amount = 100}};
    for (const double amount : example.amounts) {
      purchases.push_back({.customer = 1, .day = 7, .amount = amount});
      purchases.push_back({.customer = 1, .day = 35, .amount = amount});
    }
    const auto history = histories_of(purchases, {.until = 28, .holdout_until = 40, .unit = 7});
    ASSERT_EQ(history.customer.size(), 1U) << example.claim;
    EXPECT_EQ(history.purchases[0], example.repeats) << example.claim;
    EXPECT_EQ(history.recency[0], example.repeats) << example.claim;
    EXPECT_EQ(history.spenders().purchases[0], example.paid) << example.claim;
    EXPECT_DOUBLE_EQ(history.mean_amount[0], example.mean) << example.claim;
    EXPECT_EQ(history.later[0], example.repeats) << example.claim;
    EXPECT_DOUBLE_EQ(history.later_amount[0], example.mean) << example.claim;
    EXPECT_EQ(history.days_given_back, example.repeats == 0 ? 2U : 0U) << example.claim;
  }
}

// Gamma-Gamma knows no amount of nought: a gift says nothing of what a purchase comes to.
TEST(Histories, leave_what_was_free_out_of_means) {
  const auto history = histories_of({{.customer = 1, .day = 0, .amount = 50},
                                     {.customer = 1, .day = 7, .amount = 30},
                                     {.customer = 1, .day = 14, .amount = 0},
                                     {.customer = 1, .day = 21, .amount = 10}},
                                    {.until = 28, .unit = 7});
  EXPECT_EQ(history.purchases, std::vector<std::int32_t>{3});
  EXPECT_EQ(history.paid, std::vector<std::int32_t>{2});
  EXPECT_EQ(history.mean_amount, std::vector<double>{20});
}

TEST(Histories, leave_out_who_only_gave_back) {
  const auto history = histories_of({{.customer = 1, .day = 3, .amount = -5},
                                     {.customer = 2, .day = 3, .amount = -5},
                                     {.customer = 2, .day = 4, .amount = 9}},
                                    {.until = 10});
  EXPECT_EQ(history.customer, std::vector<std::uint32_t>{2});
  EXPECT_EQ(history.age, std::vector<double>{6});  // since the purchase, not the return
  EXPECT_EQ(history.days_given_back, 2U);
}

TEST(Histories, do_not_depend_on_the_order_of_rows) {
  std::vector<Purchase> purchases{{.customer = 1, .day = 0, .amount = 1}};
  for (const double amount : {0.1, 1e9, -0.3, 0.7, 1e-7, 12345.678})
    purchases.push_back({.customer = 1, .day = 7, .amount = amount});
  const auto forwards = histories_of(purchases, {.until = 28});
  std::ranges::reverse(purchases);
  EXPECT_EQ(histories_of(purchases, {.until = 28}).mean_amount, forwards.mean_amount);
}

TEST(Histories, of_nobody_are_empty) {
  EXPECT_TRUE(histories_of({}, {.until = 30}).customer.empty());
  EXPECT_TRUE(histories_of({{.customer = 1, .day = 31}}, {.until = 30}).customer.empty());
}

}  // namespace
}  // namespace rapport::analytics
