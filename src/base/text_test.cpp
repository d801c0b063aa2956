#include "base/text.hpp"

#include <gtest/gtest.h>

namespace rapport::base {
namespace {

TEST(Text, IsCleanOnlyAsUtf8WithoutControls) {
  EXPECT_EQ(clean_text("plain\ttext\r\n"), "plain\ttext\r\n");
  EXPECT_EQ(clean_text("e\u0301"), "\u00e9");
  EXPECT_EQ(clean_text("\xE9t\xE9"), std::nullopt);
  EXPECT_EQ(clean_text(std::string_view("a\0b", 3)), std::nullopt);
  EXPECT_EQ(clean_text("\x1B[0m"), std::nullopt);
  EXPECT_EQ(clean_text("\xED\xA0\x80"), std::nullopt);  // a lone surrogate
}

TEST(Text, KnowsUtf8ByTheStandard) {
  for (const char* good : {"", "a", "é", "€", "😀", "\xF4\x8F\xBF\xBF", "\xEF\xBF\xBD"}) {
    EXPECT_TRUE(is_utf8(good)) << good;
  }
  for (const char* bad :
       {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xE2\x82", "\xC3", "\xC3(", "\xFF"}) {
    EXPECT_FALSE(is_utf8(bad));
  }
}

TEST(Text, FoldsCaseByUnicode) {
  EXPECT_EQ(folded("ÀÉ Strasse"), "àé strasse");
  EXPECT_EQ(folded("Plain"), "plain");
}

TEST(Text, HasASearchForm) {
  struct Case {
    const char* in;
    const char* out;
  };
  for (const auto& [in, out] : {Case{"Ana María  LÓPEZ-Ruiz", "ana maria lopez ruiz"},
                                {"O'Neill", "o neill"},
                                {"Straße", "strasse"},
                                {"  ", ""},
                                {"ana@example.com", "ana example com"},
                                {"Łódź 東京", "łodz 東京"},
                                {"ﬁn", "fin"}}) {
    EXPECT_EQ(search_form(in), out) << in;
  }
}

TEST(Text, CountsCharactersNotBytes) {
  EXPECT_EQ(characters("aé€😀"), 4u);
}

TEST(Text, SplitsKeepingEmptyParts) {
  EXPECT_EQ(split("a,,b,", ',').size(), 4u);
  EXPECT_EQ(split("", ',').size(), 1u);
}

TEST(Text, SuggestsTheNearestNameOnlyIfNear) {
  const std::vector<std::string> names{"email", "phone", "lifecycle", "company"};
  EXPECT_EQ(nearest("emial", names), "email");
  EXPECT_EQ(nearest("Company", names), "company");
  EXPECT_EQ(nearest("lifecicle", names), "lifecycle");
  EXPECT_EQ(nearest("zzzz", names), std::nullopt);
  EXPECT_EQ(nearest("", names), std::nullopt);
}

}  // namespace
}  // namespace rapport::base
