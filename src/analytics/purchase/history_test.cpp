#include "analytics/purchase/history.hpp"

#include <gtest/gtest.h>

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

TEST(Histories, of_nobody_are_empty) {
  EXPECT_TRUE(histories_of({}, {.until = 30}).customer.empty());
  EXPECT_TRUE(histories_of({{.customer = 1, .day = 31}}, {.until = 30}).customer.empty());
}

}  // namespace
}  // namespace rapport::analytics
