#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "expression/expression.hpp"
#include "expression/sample_schema.hpp"

namespace rapport::expression {
namespace {

const SampleSchema& schema() {
  static const SampleSchema sample;
  return sample;
}

struct Spelling {
  std::string_view written;
  std::string_view canonical;  // empty: as written
};

class SpellingTest : public testing::TestWithParam<Spelling> {};

TEST_P(SpellingTest, TextAndTreeAreTwoSpellingsOfOneThing) {
  const auto& [written, canonical] = GetParam();
  const auto parsed = parse(written, "person", schema());
  ASSERT_TRUE(parsed) << written << ": " << parsed.error().message << " " << parsed.error().hint;
  const std::string text = to_text(*parsed);
  EXPECT_EQ(text, canonical.empty() ? written : canonical);

  const auto again = parse(text, "person", schema());
  ASSERT_TRUE(again) << text << ": " << again.error().message;
  EXPECT_EQ(to_tree(*again), to_tree(*parsed));

  const auto tree = from_tree(to_tree(*parsed), "person", schema());
  ASSERT_TRUE(tree) << to_tree(*parsed) << ": " << tree.error().message;
  EXPECT_EQ(to_text(*tree), text);
}

INSTANTIATE_TEST_SUITE_P(
    Expressions, SpellingTest,
    testing::Values(
        Spelling{"country = 'ES' and email is not empty", ""},
        Spelling{"name = 'L''Hospitalet'", ""}, Spelling{"name contains 'Žižek % _'", ""},
        Spelling{"name starts with '日本'", ""}, Spelling{"not name contains 'a'", ""},
        Spelling{"name not contains 'a'", "not name contains 'a'"},
        Spelling{"Not (country = 'ES' OR country = 'FR')",
                 "not (country = 'ES' or country = 'FR')"},
        Spelling{"country = 'ES' and (country = 'FR' and visits = 1)",
                 "country = 'ES' and country = 'FR' and visits = 1"},
        Spelling{"(country = 'ES' or visits > 3) and member = true", ""},
        Spelling{"(country = 'ES' and visits > 3) or member",
                 "country = 'ES' and visits > 3 or member = true"},
        Spelling{"not not member = false", ""}, Spelling{"((((visits = 1))))", "visits = 1"},
        Spelling{"lifecycle in ('customer', 'at_risk')", ""},
        Spelling{"lifecycle not in ('customer')", ""},
        Spelling{"visits between 1 and 5 and visits not between 3 and 4", ""},
        Spelling{"visits = -12", ""}, Spelling{"visits = - 12", "visits = -12"},
        Spelling{"visits = 5.0", "visits = 5"}, Spelling{"rating >= 4.50", ""},
        Spelling{"rating > .5", "rating > 0.5"}, Spelling{"discount < 20", "discount < 20%"},
        Spelling{"discount between 5% and 7.5%", ""}, Spelling{"spent >= 500 EUR", ""},
        Spelling{"spent >= 500eur", "spent >= 500 EUR"},
        Spelling{"spent = EUR 12.50", "spent = 12.50 EUR"}, Spelling{"spent < 0", ""},
        Spelling{"spent between 0 and 5 USD", ""}, Spelling{"spent > 5 EUR and spent < 9 EUR", ""},
        Spelling{"born_on = '2026-03-01'", "born_on = 2026-03-01"},
        Spelling{"born_on = 2026-03-01", ""}, Spelling{"born_on >= -90d", "born_on >= today - 90d"},
        Spelling{"born_on <= today+7d", "born_on <= today + 7d"},
        Spelling{"born_on in (today, yesterday, last year, 2026-01-01)", ""},
        Spelling{"seen_at >= -90d", ""}, Spelling{"seen_at >= now - 90d", "seen_at >= -90d"},
        Spelling{"seen_at >= today - 90d", ""}, Spelling{"seen_at < +12h", ""},
        Spelling{"seen_at = This Month", "seen_at = this month"},
        Spelling{"seen_at > -0w", "seen_at > now"},
        Spelling{"seen_at > -1y and seen_at < -3m or seen_at = tomorrow", ""},
        Spelling{"seen_at = 2026-03-01T12:00:00+01:00", "seen_at = 2026-03-01T11:00:00Z"},
        Spelling{"seen_at > '2026-03-01T12:00:00.25Z'", "seen_at > 2026-03-01T12:00:00.25Z"},
        Spelling{"owner = me or owner in (me, '0190b5e0-7c1e-7000-8000-000000000001')", ""},
        Spelling{"interests contains 'ski' and interests is not empty", ""},
        Spelling{"notes is empty", ""}, Spelling{"address.city = 'Jaca'", ""},
        Spelling{"company.name starts with 'Al'", ""},
        Spelling{"company.address.city = 'Jaca'", ""},
        Spelling{"company.parent.parent.name is empty", ""},
        Spelling{"email = 'Ana@Example.COM'", "email = 'ana@example.com'"},
        Spelling{"true and not false or visits = 1", ""}, Spelling{"", ""},
        Spelling{"\xC2\xA0visits\xC2\xA0=\xC2\xA0"
                 "1",
                 "visits = 1"}));

struct Refusal {
  std::string_view written;
  std::string_view code;
  int offset, length;
  std::string_view message;
  std::string_view hint;
};

class RefusalTest : public testing::TestWithParam<Refusal> {};

TEST_P(RefusalTest, PointsAtTheCharacterAndSaysWhatWasExpected) {
  const auto& row = GetParam();
  const auto parsed = parse(row.written, "person", schema());
  ASSERT_FALSE(parsed) << row.written;
  EXPECT_EQ(parsed.error().code, row.code) << row.written;
  EXPECT_EQ(parsed.error().extra, "{\"offset\":" + std::to_string(row.offset) +
                                      ",\"length\":" + std::to_string(row.length) + "}")
      << row.written;
  EXPECT_EQ(parsed.error().message, row.message) << row.written;
  EXPECT_EQ(parsed.error().hint, row.hint) << row.written;
  EXPECT_EQ(parsed.error().kind, base::ProblemKind::malformed);
}

INSTANTIATE_TEST_SUITE_P(
    Expressions, RefusalTest,
    testing::ValuesIn(std::vector<Refusal>{
        Refusal{"contry = 'ES'", "expression.unknown_field", 0, 6,
                "A person has no field “contry”.", "Did you mean country?"},
        Refusal{"country", "expression.unexpected", 7, 0,
                "Expected a comparison of country (=, !=, <, contains, in, between, is empty …), "
                "found the end.",
                ""},
        Refusal{"country =", "expression.unexpected", 9, 0,
                "Expected a value for country, found the end.", ""},
        Refusal{"country = ES", "expression.unexpected", 10, 2,
                "Expected a value for country, found “ES”.", "Texts stand in single quotes: 'ES'."},
        Refusal{"country = \"ES\"", "expression.unexpected", 10, 1,
                "Expected a field, a value or a sign, found \".",
                "Texts stand between straight single quotes: 'Ana'."},
        Refusal{"country = ‘ES’", "expression.unexpected", 10, 1,
                "Expected a field, a value or a sign, found ‘.",
                "Texts stand between straight single quotes: 'Ana'."},
        Refusal{"country = 'ES", "expression.unclosed_text", 10, 3,
                "Expected a closing ', found the end.",
                "A ' within a text is written twice: 'L''Hospitalet'."},
        Refusal{"country == 'ES'", "expression.unexpected", 8, 2,
                "Expected a comparison of country (=, !=, <, contains, in, between, is empty …), "
                "found “==”.",
                "Equality is written =."},
        Refusal{"country like 'E%'", "expression.unexpected", 8, 4,
                "Expected a comparison of country (=, !=, <, contains, in, between, is empty …), "
                "found “like”.",
                "Write contains or starts with."},
        Refusal{"country is null", "expression.unexpected", 11, 4,
                "Expected “empty” or “not empty”, found “null”.",
                "A field without a value: is empty."},
        Refusal{"country is 'ES'", "expression.unexpected", 11, 4,
                "Expected “empty” or “not empty”, found 'ES'.", "Equality is written =."},
        Refusal{"country = ''", "expression.empty_text", 10, 2, "Expected a text, found ''.",
                "A field without a value: country is empty."},
        Refusal{"country = 5", "expression.wrong_value", 10, 1,
                "Expected a text such as 'Ana' for country, found 5.",
                "Put it in single quotes: '5'."},
        Refusal{"country = 'ES' country = 'FR'", "expression.unexpected", 15, 7,
                "Expected “and”, “or” or the end, found “country”.", ""},
        Refusal{"country = 'ES' && member", "expression.unexpected", 15, 2,
                "Expected “and”, “or” or the end, found “&&”.", "Write and."},
        Refusal{"country = 'ES' and", "expression.unexpected", 18, 0,
                "Expected a field, found the end.", ""},
        Refusal{"(country = 'ES'", "expression.unexpected", 15, 0,
                "Expected “and”, “or” or “)”, found the end.", ""},
        Refusal{"country = 'ES')", "expression.unexpected", 14, 1,
                "Expected “and”, “or” or the end, found “)”.", ""},
        Refusal{"country starts 'E'", "expression.unexpected", 15, 3,
                "Expected “with” behind “starts”, found 'E'.", ""},
        Refusal{"country contans 'E'", "expression.unexpected", 8, 7,
                "Expected a comparison of country (=, !=, <, contains, in, between, is empty …), "
                "found “contans”.",
                "Did you mean contains?"},
        Refusal{"country in 'ES'", "expression.unexpected", 11, 4,
                "Expected “(” and a list of values, found 'ES'.", ""},
        Refusal{"country in ()", "expression.unexpected", 12, 1,
                "Expected a value for country, found “)”.", ""},
        Refusal{"country in ('ES' 'FR')", "expression.unexpected", 17, 4,
                "Expected “,” or “)”, found 'FR'.", ""},
        Refusal{"country not = 'ES'", "expression.unexpected", 12, 1,
                "Expected “in”, “between”, “contains” or “starts with” behind “not”, found “=”.",
                ""},
        Refusal{"visits = 1.5", "expression.wrong_value", 9, 3,
                "Expected a whole number for visits, found 1.5.", ""},
        Refusal{"visits > 'a'", "expression.wrong_value", 9, 3,
                "Expected a whole number for visits, found 'a'.", ""},
        Refusal{"visits contains 'a'", "expression.operator_does_not_fit", 7, 8,
                "“contains” does not fit visits, which is a whole number.",
                "What fits: =, !=, <, <=, >, >=, between, in, is empty."},
        Refusal{"visits = 99999999999999999999", "expression.wrong_value", 9, 20,
                "Expected a whole number for visits, found 99999999999999999999.",
                "Whole numbers have 18 digits at most."},
        Refusal{"spent > 100", "expression.currency_missing", 8, 3,
                "Expected an amount with its currency for spent, found 100.",
                "Write the currency behind it: 100 EUR."},
        Refusal{"spent > 100 EUX", "expression.unknown_currency", 8, 7, "“EUX” is no currency.",
                "Currencies are written as EUR, USD, GBP."},
        Refusal{"spent > 100 €", "expression.unknown_currency", 8, 5, "“€” is no currency.",
                "Currencies are written as EUR, USD, GBP."},
        Refusal{"spent between 1 EUR and 2 USD", "expression.currencies_differ", 0, 29,
                "Expected both ends in one currency, found EUR and USD.", ""},
        Refusal{"member > true", "expression.operator_does_not_fit", 7, 1,
                "“>” does not fit member, which is either true or false.",
                "What fits: =, !=, is empty."},
        Refusal{"member = 1", "expression.wrong_value", 9, 1,
                "Expected true or false for member, found 1.", ""},
        Refusal{"lifecycle = 'custmer'", "expression.unknown_choice", 12, 9,
                "'custmer' is no choice of lifecycle.", "Did you mean 'customer'?"},
        Refusal{"lifecycle = 'xyzzy'", "expression.unknown_choice", 12, 7,
                "'xyzzy' is no choice of lifecycle.",
                "Known are 'prospect', 'customer', 'at_risk', 'lapsed'."},
        Refusal{"lifecycle > 'customer'", "expression.operator_does_not_fit", 10, 1,
                "“>” does not fit lifecycle, which is a choice.",
                "What fits: =, !=, in, is empty."},
        Refusal{"interests = 'ski'", "expression.operator_does_not_fit", 10, 1,
                "“=” does not fit interests, which is a set of choices.",
                "What fits: contains, is empty."},
        Refusal{"notes = 'x'", "expression.operator_does_not_fit", 6, 1,
                "“=” does not fit notes, which is free-form data.", "What fits: is empty."},
        Refusal{"born_on = 2026-02-30", "expression.wrong_value", 10, 10,
                "There is no such day or time: 2026-02-30.",
                "Written as 2026-03-01 or 2026-03-01T12:00:00Z."},
        Refusal{"born_on = now", "expression.wrong_value", 10, 3,
                "Expected a date such as 2026-03-01, today or -90d for born_on, found now.",
                "A date has no time of day; write today."},
        Refusal{"born_on > -90x", "expression.wrong_value", 11, 3,
                "Expected a number or a length of time, found 90x.",
                "Lengths are written 12h, 90d, 6w, 3m (months), 1y."},
        Refusal{"born_on > 90d", "expression.wrong_value", 10, 3,
                "Expected a direction before 90d.", "Back in time: -90d; ahead: +90d."},
        Refusal{"born_on > -12h", "expression.wrong_value", 10, 4,
                "Expected a date such as 2026-03-01, today or -90d for born_on, found -12h.",
                "A date has no hours; count in d, w, m or y."},
        Refusal{"born_on > -99999d", "expression.wrong_value", 11, 6,
                "Expected a whole number up to 36500 before “d”.", ""},
        Refusal{"born_on = '1.3.2026'", "expression.wrong_value", 10, 10,
                "Expected a date such as 2026-03-01, today or -90d for born_on, found '1.3.2026'.",
                "Dates are written year-month-day: 2026-03-01."},
        Refusal{"born_on = 2026-01-01T00:00:00Z", "expression.wrong_value", 10, 20,
                "Expected a date such as 2026-03-01, today or -90d for born_on, found "
                "2026-01-01T00:00:00Z.",
                "A date has no time of day."},
        Refusal{"born_on = this monht", "expression.unexpected", 15, 5,
                "Expected “week”, “month”, “quarter” or “year” behind “this”, found “monht”.", ""},
        Refusal{"born_on = yesterday + 1d", "expression.unexpected", 20, 1,
                "Expected “and”, “or” or the end, found “+”.",
                "Only today and now can be counted from."},
        Refusal{"born_on = today + 5", "expression.unexpected", 18, 1,
                "Expected a length of time such as 7d, found “5”.",
                "Lengths are written 12h, 90d, 6w, 3m (months), 1y."},
        Refusal{"born_on = today + 12h", "expression.wrong_value", 18, 3,
                "Today is a day and has no hours.", "Count hours from now: now - 12h."},
        Refusal{"seen_at = 2026-03-01T12:00:00", "expression.wrong_value", 10, 19,
                "There is no such day or time: 2026-03-01T12:00:00.",
                "Written as 2026-03-01 or 2026-03-01T12:00:00Z."},
        Refusal{"name = me", "expression.me_is_a_user", 7, 2, "“me” is a user, and name is not.",
                ""},
        Refusal{"company = me", "expression.me_is_a_user", 10, 2,
                "“me” is a user, and company is not.", ""},
        Refusal{"company = 'Alpina'", "expression.wrong_value", 10, 8,
                "Expected an id in quotes for company, found 'Alpina'.",
                "To compare a field of the company, write company.FIELD."},
        Refusal{"company.nam = 'x'", "expression.unknown_field", 8, 3,
                "A company has no field “nam”.", "Did you mean name?"},
        Refusal{"company.parent.parent.parent.name = 'x'", "expression.too_many_links", 29, 4,
                "A path follows 3 links at most.", ""},
        Refusal{"country.x = 'a'", "expression.unknown_field", 8, 1, "country has no part “x”.",
                "country is a text."},
        Refusal{"address.street = 'a'", "expression.unknown_field", 8, 6,
                "address has no part “street”.", "Known are address.city."},
        Refusal{"company. = 'x'", "expression.unexpected", 9, 1, "Expected a field, found “=”.",
                "A field or link follows “company.”."},
        Refusal{"größe > 3", "expression.unknown_field", 0, 5, "A person has no field “größe”.",
                ""},
        Refusal{"日本 = 'x' and contry = 'y'", "expression.unknown_field", 0, 2,
                "A person has no field “日本”.", ""},
        Refusal{"name = '日本' and contry = 'y'", "expression.unknown_field", 16, 6,
                "A person has no field “contry”.", "Did you mean country?"},
        Refusal{"count(orders where placed_at >= -90d) >= 2", "expression.related_not_yet", 0, 5,
                "Conditions on related records, such as count(orders), are not available yet.", ""},
        Refusal{"pg_sleep(10)", "expression.unknown_function", 0, 8,
                "There is no function “pg_sleep”.", ""},
        Refusal{"name = 'x'; drop table persons", "expression.unexpected", 10, 1,
                "Expected a field, a value or a sign, found “;”.", ""},
        Refusal{"name = 'x' --", "expression.unexpected", 11, 1,
                "Expected “and”, “or” or the end, found “-”.", ""},
        Refusal{"1 = 1", "expression.unexpected", 0, 1, "Expected a field, found “1”.", ""},
        Refusal{"name = email", "expression.unexpected", 7, 5,
                "Expected a value for name, found “email”.",
                "Texts stand in single quotes: 'email'."},
        Refusal{"! member", "expression.unexpected", 0, 1, "Expected a field, found “!”.",
                "Write not."},
        Refusal{"and country = 'ES'", "expression.unexpected", 0, 3,
                "Expected a field, found “and”.", ""},
        Refusal{"not", "expression.unexpected", 3, 0, "Expected a field, found the end.", ""},
        Refusal{"name between 'a' or 'b'", "expression.unexpected", 17, 2,
                "Expected “and” and the upper end, found “or”.", ""},
        Refusal{"company.member = true", "expression.unknown_field", 8, 6,
                "A company has no field “member”.", ""},
        Refusal{"address is empty", "expression.unknown_field", 0, 7,
                "address has parts; name the one you mean.", "Known are address.city."}}));

}  // namespace
}  // namespace rapport::expression
