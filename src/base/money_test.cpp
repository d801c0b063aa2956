#include "base/money.hpp"

#include <gtest/gtest.h>

namespace rapport::base {
namespace {

TEST(Money, ReadsAmountAndCurrencyInEitherOrder) {
  EXPECT_EQ(to_text(*parse_money("12.50 EUR")), "12.50 EUR");
  EXPECT_EQ(to_text(*parse_money("  EUR   12.50 ")), "12.50 EUR");
}

TEST(Money, RefusesWhatIsNoMoney) {
  for (const char* text : {"", "12.50", "EUR", "12.50 XXQ", "12.50EUR", "1.23456 EUR", "EUR EUR",
                           "12 50 EUR", "12.50 eur"}) {
    EXPECT_EQ(parse_money(text), std::nullopt) << text;
  }
}

TEST(Money, KnowsTheCurrenciesInUse) {
  EXPECT_TRUE(is_currency("EUR"));
  EXPECT_TRUE(is_currency("JPY"));
  EXPECT_FALSE(is_currency("ZZZ"));
  EXPECT_FALSE(is_currency(""));
}

}  // namespace
}  // namespace rapport::base
