#include "base/decimal.hpp"

#include <gtest/gtest.h>

namespace rapport::base {
namespace {

Decimal d(std::string_view text) {
  return parse_decimal(text).value();
}

TEST(Decimal, ReadsAndWrites) {
  struct Case {
    const char* in;
    const char* out;
  };
  for (const auto& [in, out] :
       {Case{"12.50", "12.50"},
        {"-12.50", "-12.50"},
        {"+3", "3"},
        {".5", "0.5"},
        {"5.", "5"},
        {"0", "0"},
        {"-0.01", "-0.01"},
        {"007", "7"},
        {"1.5000000000000000", "1.500000000000"},
        {"999999999999999999999999999999999999", "999999999999999999999999999999999999"}}) {
    ASSERT_TRUE(parse_decimal(in)) << in;
    EXPECT_EQ(to_text(d(in)), out) << in;
  }
}

TEST(Decimal, RefusesWhatIsNoNumberOrTooLong) {
  for (const char* in : {"", "-", ".", "1e3", "1,5", "1 000", "0x1", "nan", "1.2.3", "--1",
                         "1000000000000000000000000000000000000", "0.1234567890123"}) {
    EXPECT_EQ(parse_decimal(in), std::nullopt) << in;
  }
}

TEST(Decimal, ComparesByValue) {
  EXPECT_EQ(d("1.0"), d("1.00"));
  EXPECT_LT(d("-1"), d("0.5"));
  EXPECT_GT(d("0.10"), d("0.09"));
  EXPECT_LT(d("0.000000000001"), d("999999999999999999999999999999999999"));
  EXPECT_GT(d("-0.000000000001"), d("-999999999999999999999999999999999999"));
}

TEST(Decimal, CalculatesExactlyOrNotAtAll) {
  EXPECT_EQ(to_text(*add(d("0.1"), d("0.2"))), "0.3");
  EXPECT_EQ(to_text(*subtract(d("1"), d("0.01"))), "0.99");
  EXPECT_EQ(to_text(*multiply(d("2.55"), d("6"))), "15.30");
  EXPECT_EQ(to_text(*multiply(d("-1.5"), d("1.5"))), "-2.25");
  EXPECT_EQ(add(d("999999999999999999999999999999999999"), d("1")), std::nullopt);
  EXPECT_EQ(multiply(d("0.0000001"), d("0.0000001")), std::nullopt);
}

TEST(Decimal, RoundsAsItIsTold) {
  struct Case {
    const char* value;
    Rounding rounding;
    const char* expected;
  };
  for (const auto& [value, rounding, expected] : {Case{"2.345", Rounding::half_even, "2.34"},
                                                  {"2.355", Rounding::half_even, "2.36"},
                                                  {"2.3451", Rounding::half_even, "2.35"},
                                                  {"2.345", Rounding::half_up, "2.35"},
                                                  {"-2.345", Rounding::half_up, "-2.35"},
                                                  {"2.349", Rounding::down, "2.34"},
                                                  {"-2.349", Rounding::down, "-2.34"},
                                                  {"2", Rounding::down, "2.00"}}) {
    EXPECT_EQ(to_text(rounded(d(value), 2, rounding)), expected) << value;
  }
}

}  // namespace
}  // namespace rapport::base
