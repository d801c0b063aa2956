#include "expression/evaluate.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "expression/sample_schema.hpp"

namespace rapport::expression {
namespace {

using base::Value;
using Values = std::map<std::string, Value, std::less<>>;

const SampleSchema& schema() {
  static const SampleSchema sample;
  return sample;
}

base::Id id_of(std::string_view last_digits) {
  return *base::parse_id("0190b5e0-7c1e-7000-8000-0000000000" + std::string(last_digits));
}

// Saturday; the clocks of Madrid go forward in the night to come.
Asker asker() {
  return {id_of("07"), *base::parse_instant("2026-03-28T12:00:00Z"), "Europe/Madrid"};
}

Facts facts_of(const Values& values) {
  return [&values](const Path& path) {
    std::string name;
    for (const Field& link : path.links) name += link.name + ".";
    const auto found = values.find(name + path.field.name);
    return found == values.end() ? Value{} : found->second;
  };
}

bool holds(std::string_view text, const Values& values) {
  const auto parsed = parse(text, "person", schema());
  EXPECT_TRUE(parsed) << text << ": " << (parsed ? "" : parsed.error().message);
  return parsed && evaluate(*parsed, facts_of(values), asker());
}

base::Money money(std::string_view text) {
  return *base::parse_money(text);
}
base::Instant at(std::string_view text) {
  return *base::parse_instant(text);
}
base::Date on(std::string_view text) {
  return *base::parse_date(text);
}

const Values& ana() {
  static const Values values = {{"name", std::string("Ána López")},
                                {"email", std::string("ana@example.com")},
                                {"visits", std::int64_t{3}},
                                {"rating", *base::parse_decimal("4.50")},
                                {"discount", *base::parse_decimal("12.5")},
                                {"spent", money("99.90 EUR")},
                                {"member", false},
                                {"born_on", on("2026-03-28")},
                                {"seen_at", at("2026-03-28T22:59:59Z")},
                                {"lifecycle", std::string("customer")},
                                {"interests", base::Choices{"ski", "hiking"}},
                                {"owner", id_of("07")},
                                {"company.name", std::string("Alpina GmbH")},
                                {"address.city", base::Address{"", "", "Jaca", "", "", "ES"}}};
  return values;
}

struct Case {
  std::string_view text;
  bool holds;
};

class MeaningTest : public testing::TestWithParam<Case> {};

TEST_P(MeaningTest, IsTwoValued) {
  const auto& [text, expected] = GetParam();
  EXPECT_EQ(holds(text, ana()), expected) << text;
  const std::string negated = "not (" + std::string(text) + ")";
  EXPECT_EQ(holds(negated, ana()), !expected) << negated;
}

INSTANTIATE_TEST_SUITE_P(
    Empties, MeaningTest,
    testing::Values(Case{"country = 'ES'", false}, Case{"country != 'ES'", true},
                    Case{"country < 'ES'", false}, Case{"country >= 'ES'", false},
                    Case{"country contains 'E'", false}, Case{"country starts with 'E'", false},
                    Case{"country in ('ES')", false}, Case{"country not in ('ES')", true},
                    Case{"country between 'A' and 'Z'", false},
                    Case{"country not between 'A' and 'Z'", true}, Case{"country is empty", true},
                    Case{"name is empty", false}, Case{"notes is empty", true},
                    Case{"company.parent.name != 'x'", true}, Case{"company.parent is empty", true},
                    Case{"interests is empty", false}, Case{"company.revenue > 0", false}));
INSTANTIATE_TEST_SUITE_P(
    Texts, MeaningTest,
    testing::Values(Case{"name = 'Ána López'", true}, Case{"name = 'ána lópez'", false},
                    Case{"name contains 'LÓPEZ'", true}, Case{"name contains 'lopez'", false},
                    Case{"name starts with 'ÁNA'", true}, Case{"name starts with 'López'", false},
                    Case{"name contains '%'", false}, Case{"name < 'b'", true},
                    Case{"name > 'Ana'", true}, Case{"name between 'A' and 'B'", true},
                    Case{"email = 'ANA@Example.com'", true}, Case{"email contains 'ANA@'", true},
                    Case{"company.name starts with 'al'", true},
                    Case{"address.city = 'Jaca'", true}, Case{"lifecycle = 'customer'", true},
                    Case{"lifecycle in ('lapsed', 'at_risk')", false},
                    Case{"interests contains 'ski'", true},
                    Case{"interests contains 'climbing'", false}));
INSTANTIATE_TEST_SUITE_P(
    Numbers, MeaningTest,
    testing::Values(Case{"visits = 3", true}, Case{"visits between 3 and 3", true},
                    Case{"visits in (1, 2)", false}, Case{"rating = 4.5", true},
                    Case{"rating > 4.4999", true}, Case{"discount = 12.50%", true},
                    Case{"member", false}, Case{"member = false", true},
                    Case{"spent = 99.9 EUR", true}, Case{"spent < 100 EUR", true},
                    Case{"spent < 100 USD", false}, Case{"spent > 1 USD", false},
                    Case{"spent != 99.90 USD", true}, Case{"spent != 99.90 EUR", false},
                    Case{"spent > 0", true}, Case{"spent between 0 and 99.90 EUR", true},
                    Case{"owner = me", true}, Case{"owner in (me)", true},
                    Case{"owner != me", false},
                    Case{"owner = '0190b5e0-7c1e-7000-8000-000000000008'", false}));
INSTANTIATE_TEST_SUITE_P(
    // 22:59:59Z is a second before midnight in Madrid.
    Days, MeaningTest,
    testing::Values(
        Case{"seen_at = today", true}, Case{"seen_at = 2026-03-28", true},
        Case{"seen_at = tomorrow", false}, Case{"seen_at < tomorrow", true},
        Case{"seen_at <= today", true}, Case{"seen_at < today", false},
        Case{"seen_at >= today", true}, Case{"seen_at > today", false}, Case{"seen_at > now", true},
        Case{"seen_at < +12h", true}, Case{"seen_at > -1d", true},
        Case{"seen_at = 2026-03-28T22:59:59Z", true}, Case{"seen_at < 2026-03-28T22:59:59Z", false},
        Case{"seen_at = this week", true}, Case{"seen_at < next week", true},
        Case{"seen_at = this month", true}, Case{"seen_at > last month", true},
        Case{"seen_at <= last month", false}, Case{"seen_at = this quarter", true},
        Case{"seen_at = this year", true}, Case{"seen_at between yesterday and today", true},
        Case{"seen_at in (yesterday, today)", true}, Case{"seen_at = today + 0d", true},
        Case{"born_on = today", true}, Case{"born_on >= -90d", true}, Case{"born_on < +1d", true},
        Case{"born_on = this month", true}, Case{"born_on > last year", true},
        Case{"born_on < this week", false}, Case{"born_on = today - 1m", false},
        Case{"born_on between -1w and +1w", true}));

TEST(Meaning, TheNightTheClocksGoForwardHasTwentyThreeHours) {
  // 29 March in Madrid lasts from 23:00Z to 22:00Z.
  const auto holds_at = [](std::string_view text, std::string_view moment) {
    return holds(text, {{"seen_at", at(moment)}});
  };
  EXPECT_FALSE(holds_at("seen_at = tomorrow", "2026-03-28T22:59:59.999999Z"));
  EXPECT_TRUE(holds_at("seen_at = tomorrow", "2026-03-28T23:00:00Z"));
  EXPECT_TRUE(holds_at("seen_at = tomorrow", "2026-03-29T21:59:59.999999Z"));
  EXPECT_FALSE(holds_at("seen_at = tomorrow", "2026-03-29T22:00:00Z"));
}

TEST(Meaning, AMonthBackIsTheSameDayOrThatMonthsLast) {
  // One month before noon UTC (13:00 in Madrid) of 28 March is 13:00 in Madrid of 28 February.
  EXPECT_TRUE(holds("seen_at >= -1m", {{"seen_at", at("2026-02-28T12:00:00Z")}}));
  EXPECT_FALSE(holds("seen_at >= -1m", {{"seen_at", at("2026-02-28T11:59:59Z")}}));
  EXPECT_TRUE(holds("born_on = -1m", {{"born_on", on("2026-02-28")}}));
}

TEST(Meaning, TheFarthestLengthsStayWithinTheCalendar) {
  for (const char* length : {"-36500y", "+36500y", "-36500m", "+36500w"}) {
    const std::string text(length);
    EXPECT_NE(holds("seen_at > " + text, ana()), holds("seen_at <= " + text, ana()));
    EXPECT_NE(holds("born_on > " + text, ana()), holds("born_on <= " + text, ana()));
  }
}

struct CheckCase {
  std::string_view check;
  bool applies;
};

TEST(Checks, AreSkippedWhileAFieldTheyReadIsEmptyUnlessTheyAsk) {
  for (const auto& [text, applies] :
       {CheckCase{"visits > 1", true}, CheckCase{"country = 'ES'", false},
        CheckCase{"visits > 1 or country = 'ES'", false},
        CheckCase{"country is not empty or visits > 5", true},
        CheckCase{"country is empty or country = 'ES'", true},
        CheckCase{"company.name = 'x'", true}, CheckCase{"company.parent.name = 'x'", false},
        CheckCase{"company.parent.name is empty", true}, CheckCase{"true", true},
        CheckCase{"", true}}) {
    const auto parsed = parse(text, "person", schema());
    ASSERT_TRUE(parsed) << text;
    EXPECT_EQ(check_applies(*parsed, facts_of(ana())), applies) << text;
  }
}

}  // namespace
}  // namespace rapport::expression
