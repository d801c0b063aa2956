#include "entity/plan/cursor.hpp"

#include <gtest/gtest.h>

namespace rapport::entity {
namespace {

const Position somewhere{{"Ana \"López\"", std::nullopt, ""},
                         *base::parse_id("0190b5e0-7c1e-7000-8000-0000000000ff")};

TEST(Cursor, ComesBackAsItWas) {
  const auto cursor = encode_cursor(somewhere, "person:name,-phone,city");
  const auto back = decode_cursor(cursor, "person:name,-phone,city", 3);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->values, somewhere.values);
  EXPECT_EQ(back->id, somewhere.id);
}

TEST(Cursor, IsSafeInAnAddress) {
  const auto cursor = encode_cursor(somewhere, "person:name");
  EXPECT_EQ(cursor.find_first_of("+/=&?% "), std::string::npos);
}

TEST(Cursor, OfAnotherOrderIsRefused) {
  const auto cursor = encode_cursor(somewhere, "person:name,-phone,city");
  EXPECT_FALSE(decode_cursor(cursor, "person:-name,-phone,city", 3));
  EXPECT_FALSE(decode_cursor(cursor, "company:name,-phone,city", 3));
}

TEST(Cursor, AlteredAnywhereIsRefused) {
  const auto cursor = encode_cursor(somewhere, "o");
  for (std::size_t i = 0; i < cursor.size() - 1; ++i) {
    auto altered = cursor;
    altered[i] = altered[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(decode_cursor(altered, "o", 3)) << i;
    EXPECT_FALSE(decode_cursor(cursor.substr(0, i), "o", 3)) << i;
  }
}

TEST(Cursor, RefusesWhatIsNone) {
  for (const char* text : {"", "x", "%%%", "AAAAAAAAAAAAAAAAAAAAAAAA", "'; drop table persons"}) {
    EXPECT_FALSE(decode_cursor(text, "o", 1)) << text;
  }
}

}  // namespace
}  // namespace rapport::entity
