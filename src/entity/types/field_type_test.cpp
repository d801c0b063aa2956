#include "entity/types/field_type.hpp"

#include <gtest/gtest.h>

#include <chrono>

#include "base/json.hpp"
#include "entity/catalog/catalog.hpp"
#include "entity/types/moments.hpp"
#include "entity/types/numbers.hpp"
#include "entity/types/shapes.hpp"

namespace rapport::entity {
namespace {

Field field_of(FieldType type) {
  Field field;
  field.name = "sample";
  field.label = "Sample";
  field.type = type;
  if (type == FieldType::choice || type == FieldType::choices) {
    field.choices = {{"at_risk", "At risk", "orange"}, {"lapsed", "Lapsed", ""}};
  }
  return field;
}

// What the readers make of a text: the value's text, or the code of the refusal.
std::string outcome(const Field& field, const base::Result<base::Value>& value) {
  if (!value) return "! " + value.error().code;
  return to_text(field, *value);
}

struct Case {
  FieldType type;
  std::string input;
  std::string outcome;
};

TEST(ValueFromText, ReadsWhatPeopleWrite) {
  const std::vector<Case> cases{
      {FieldType::text, "  Ana  ", "Ana"},
      {FieldType::text, "", ""},
      {FieldType::text, "Jose\xCC\x81", "José"},
      {FieldType::text,
       "a\x01"
       "b",
       "! value.not_text"},
      {FieldType::text, "\xFF", "! value.not_text"},
      {FieldType::text, std::string(1000, 'x'), std::string(1000, 'x')},
      {FieldType::text, std::string(1001, 'x'), "! value.too_long"},
      {FieldType::integer, "42", "42"},
      {FieldType::integer, "1,234", "1234"},
      {FieldType::integer, "5.00", "5"},
      {FieldType::integer, "5.5", "! value.not_a_number"},
      {FieldType::integer, "9223372036854775807", "9223372036854775807"},
      {FieldType::integer, "9223372036854775808", "! value.not_a_number"},
      {FieldType::decimal, "-0.001", "-0.001"},
      {FieldType::decimal, "1,234.5", "1234.5"},
      {FieldType::decimal, "1,5", "! value.not_a_number"},
      {FieldType::percent, "12.5 %", "12.5"},
      {FieldType::percent, "99999.9999", "99999.9999"},
      {FieldType::percent, "100000", "! value.too_precise"},
      {FieldType::percent, "0.00001", "! value.too_precise"},
      {FieldType::money, "12.50", "12.50 EUR"},
      {FieldType::money, "$12.50", "12.50 USD"},
      {FieldType::money, "12.50 gbp", "12.50 GBP"},
      {FieldType::money, "-€ 12.50", "-12.50 EUR"},
      {FieldType::money, "(12.50)", "-12.50 EUR"},
      {FieldType::money, "999999999999999.9999", "999999999999999.9999 EUR"},
      {FieldType::money, "1000000000000000", "! value.too_large"},
      {FieldType::money, "0.12345", "! value.too_precise"},
      {FieldType::money, "twelve", "! value.not_money"},
      {FieldType::date, "2025-12-31", "2025-12-31"},
      {FieldType::date, "20251231", "2025-12-31"},
      {FieldType::date, "31 Dec 2025", "2025-12-31"},
      {FieldType::date, "December 31, 2025", "2025-12-31"},
      {FieldType::date, "2025-12-31 00:00:00", "2025-12-31"},
      {FieldType::date, "2025-12-31 10:00:00", "! value.not_a_date"},
      {FieldType::date, "2025-02-29", "! value.not_a_date"},
      {FieldType::date, "2025-12/31", "! value.not_a_date"},
      {FieldType::instant, "2025-12-31 23:59:59", "2025-12-31T23:59:59Z"},
      {FieldType::instant, "2025-12-31T23:59:59+01:00", "2025-12-31T22:59:59Z"},
      {FieldType::instant, "2025-12-31", "2025-12-31T00:00:00Z"},
      {FieldType::instant, "2025-12-31 24:00", "! value.not_a_moment"},
      {FieldType::boolean, "Yes", "true"},
      {FieldType::boolean, "0", "false"},
      {FieldType::boolean, "SÍ", "true"},
      {FieldType::boolean, "maybe", "! value.not_yes_or_no"},
      {FieldType::choice, "at_risk", "at_risk"},
      {FieldType::choice, "At Risk", "at_risk"},
      {FieldType::choice, "at-risk", "at_risk"},
      {FieldType::choice, "lost", "! value.not_a_choice"},
      {FieldType::choices, "Lapsed; at risk; lapsed", "at_risk; lapsed"},
      {FieldType::email, " Ana.Lopez+shop@Example.COM ", "ana.lopez+shop@example.com"},
      {FieldType::email, "Ana <ana@example.com>", "ana@example.com"},
      {FieldType::email, "ana@localhost", "! value.not_an_email"},
      {FieldType::email, "ana@@example.com", "! value.not_an_email"},
      {FieldType::email, ".ana@example.com", "! value.not_an_email"},
      {FieldType::email, std::string(64, 'a') + "@example.com",
       std::string(64, 'a') + "@example.com"},
      {FieldType::email, std::string(65, 'a') + "@example.com", "! value.not_an_email"},
      {FieldType::phone, "911 234 567", "+34911234567"},
      {FieldType::phone, "+43 664 123 456 7", "+436641234567"},
      {FieldType::phone, "+44 (0)20 7946 0958", "+442079460958"},
      {FieldType::phone, "+39 06 698 12345", "+390669812345"},
      {FieldType::phone, "0034 911 234 567", "+34911234567"},
      {FieldType::phone, "12", "! value.not_a_phone"},
      {FieldType::phone, "call me", "! value.not_a_phone"},
      {FieldType::url, "www.Alpina.example/Shop", "https://www.alpina.example/Shop"},
      {FieldType::url, "HTTP://alpina.example:8080", "http://alpina.example:8080"},
      {FieldType::url, "javascript:alert(1)", "! value.not_a_url"},
      {FieldType::url, "https://alpina.example@evil.example", "! value.not_a_url"},
      {FieldType::url, "alpina", "! value.not_a_url"},
      {FieldType::address, "Gran Vía 1, 2º, 28013 Madrid, Spain",
       "Gran Vía 1, 2º, 28013 Madrid, ES"},
      {FieldType::person_name, "López, Ana María", "Ana María López"},
      {FieldType::person_name, "Ana López", "Ana López"},
      {FieldType::link, "0190b5e0-7c1e-7000-8000-000000000000",
       "0190b5e0-7c1e-7000-8000-000000000000"},
      {FieldType::link, "7", "! value.not_an_id"},
      {FieldType::json, "{\"a\": [1, 2]}", "{\"a\":[1,2]}"},
      {FieldType::json, "{", "! value.not_json"},
  };
  for (const auto& c : cases) {
    const Field field = field_of(c.type);
    EXPECT_EQ(outcome(field, value_from_text(field, c.input, {})), c.outcome)
        << name_of(c.type) << " from " << c.input;
  }
}

TEST(ValueFromText, ObeysTheFormsOfTheFile) {
  TextForms german{"dmy", ',', "EUR", "DE", "Europe/Berlin"};
  TextForms american{"mdy", '.', "USD", "US", "America/New_York"};
  struct FormCase {
    FieldType type;
    TextForms forms;
    std::string input, outcome;
  };
  const std::vector<FormCase> cases{
      {FieldType::decimal, german, "1.234,56", "1234.56"},
      {FieldType::decimal, german, "1.5", "! value.not_a_number"},
      {FieldType::decimal, german, "1 234 567,8", "1234567.8"},
      {FieldType::decimal, german, "1.234.56", "! value.not_a_number"},
      {FieldType::decimal, german, "-,5", "-0.5"},
      {FieldType::decimal, american, "1'234.5-", "-1234.5"},
      {FieldType::money, german, "1.234,50 €", "1234.50 EUR"},
      {FieldType::money, {"dmy", ',', "CAD", "CA", "UTC"}, "$5,50", "5.50 CAD"},
      {FieldType::date, german, "31.12.2025", "2025-12-31"},
      {FieldType::date, german, "1.2.25", "2025-02-01"},
      {FieldType::date, german, "2025-12-31", "2025-12-31"},
      {FieldType::date, german, "12/31/2025", "! value.not_a_date"},
      {FieldType::date, american, "12/31/68", "2068-12-31"},
      {FieldType::date, american, "12/31/69", "1969-12-31"},
      {FieldType::instant, german, "31.12.2025 10:00", "2025-12-31T09:00:00Z"},
      {FieldType::instant, german, "1.7.2025 10:00", "2025-07-01T08:00:00Z"},
      {FieldType::instant, american, "12/1/2010 8:26 PM", "2010-12-02T01:26:00Z"},
      // The clocks went from 2:00 to 3:00.
      {FieldType::instant, german, "30.3.2025 02:30", "2025-03-30T01:30:00Z"},
      {FieldType::phone, german, "030 123456", "+4930123456"},
      {FieldType::phone, american, "(212) 555-0123", "+12125550123"},
  };
  for (const auto& c : cases) {
    const Field field = field_of(c.type);
    EXPECT_EQ(outcome(field, value_from_text(field, c.input, c.forms)), c.outcome) << c.input;
  }
}

TEST(ValueFromJson, TakesTheApisFormsAndNoOthers) {
  const std::vector<Case> cases{
      {FieldType::text, "null", ""},
      {FieldType::text, "5", "! value.wrong_type"},
      {FieldType::integer, "5", "5"},
      {FieldType::integer, "5.5", "! value.wrong_type"},
      {FieldType::integer, "18446744073709551615", "! value.wrong_type"},
      {FieldType::decimal, "\"12.50\"", "12.50"},
      {FieldType::decimal, "0.1", "0.1"},
      {FieldType::decimal, "0.12345678901234567", "! value.wrong_type"},
      {FieldType::decimal, "\"1,5\"", "! value.wrong_type"},
      {FieldType::money, R"({"amount": "12.5", "currency": "EUR"})", "12.5 EUR"},
      {FieldType::money, R"({"amount": "12.5", "currency": "EUX"})", "! value.not_a_currency"},
      {FieldType::money, R"({"amount": "12.5"})", "! value.wrong_type"},
      {FieldType::date, "\"2025-12-31\"", "2025-12-31"},
      {FieldType::date, "\"31.12.2025\"", "! value.wrong_type"},
      {FieldType::instant, "\"2025-12-31T10:00:00Z\"", "2025-12-31T10:00:00Z"},
      {FieldType::instant, "\"2025-12-31T10:00:00\"", "! value.wrong_type"},
      {FieldType::boolean, "true", "true"},
      {FieldType::boolean, "\"yes\"", "! value.wrong_type"},
      {FieldType::choice, "\"at_risk\"", "at_risk"},
      {FieldType::choice, "\"At risk\"", "! value.not_a_choice"},
      {FieldType::choices, R"(["lapsed", "at_risk"])", "at_risk; lapsed"},
      {FieldType::choices, "[]", ""},
      {FieldType::address, R"({"city": "Wien", "country": "Austria"})", "Wien, AT"},
      {FieldType::address, R"({"town": "Wien"})", "! value.unknown_part"},
      {FieldType::address, R"({"country": "Atlantis"})", "! value.not_a_country"},
      {FieldType::person_name, R"({"given": "Ana", "family": "López"})", "Ana López"},
      {FieldType::person_name, "\"Ana López\"", "Ana López"},
      {FieldType::json, R"({"a": null})", "{\"a\":null}"},
  };
  for (const auto& c : cases) {
    const Field field = field_of(c.type);
    const auto json = base::parse_json(c.input);
    ASSERT_TRUE(json) << c.input;
    EXPECT_EQ(outcome(field, value_from_json(field, *json)), c.outcome)
        << name_of(c.type) << " from " << c.input;
  }
}

TEST(Values, ComeBackFromTheirCellsAsTheyWere) {
  const std::vector<std::pair<FieldType, std::string>> cases{
      {FieldType::text, "Ana \"; drop\\n"},
      {FieldType::integer, "-7"},
      {FieldType::decimal, "12.5"},
      {FieldType::percent, "7.25"},
      {FieldType::money, "12.50 USD"},
      {FieldType::money, "1200 JPY"},
      {FieldType::date, "2025-12-31"},
      {FieldType::instant, "2025-12-31 23:59:59.25"},
      {FieldType::boolean, "no"},
      {FieldType::choice, "lapsed"},
      {FieldType::choices, "lapsed, at_risk"},
      {FieldType::email, "ana@example.com"},
      {FieldType::address, "Gran Vía 1, 28013 Madrid (CM), ES"},
      {FieldType::person_name, "López, Ana"},
      {FieldType::user, "0190b5e0-7c1e-7000-8000-000000000000"},
      {FieldType::json, "[1,2,{\"a\":\"b\"}]"},
      {FieldType::text, ""},
      {FieldType::address, ""},
  };
  for (const auto& [type, text] : cases) {
    const Field field = field_of(type);
    const auto value = value_from_text(field, text, {});
    ASSERT_TRUE(value) << text;
    std::vector<std::optional<std::string>> cells;
    append_cells(field, *value, cells);
    ASSERT_EQ(cells.size(), columns_of(type).size()) << text;
    const std::vector<std::optional<std::string_view>> views(cells.begin(), cells.end());
    EXPECT_EQ(value_from_cells(field, views), *value) << text;
  }
}

TEST(Values, LoseTheZerosThatPostgresAdds) {
  const std::vector<std::optional<std::string_view>> euro{"12.5000", "EUR"};
  EXPECT_EQ(to_text(field_of(FieldType::money), value_from_cells(field_of(FieldType::money), euro)),
            "12.50 EUR");
  const std::vector<std::optional<std::string_view>> yen{"1200.0000", "JPY"};
  EXPECT_EQ(to_text(field_of(FieldType::money), value_from_cells(field_of(FieldType::money), yen)),
            "1200 JPY");
}

TEST(Values, AreShownAsJson) {
  const std::vector<std::tuple<FieldType, std::string, std::string>> cases{
      {FieldType::money, "12.50", R"({"amount":"12.50","currency":"EUR"})"},
      {FieldType::choices, "lapsed", R"(["lapsed"])"},
      {FieldType::boolean, "yes", "true"},
      {FieldType::integer, "5", "5"},
      {FieldType::decimal, "5.0", R"("5.0")"},
      {FieldType::json, "{\"a\":1}", "{\"a\":1}"},
      {FieldType::person_name, "Ana López",
       R"({"full":"Ana López","given":"Ana","family":"López"})"},
      {FieldType::address, "Wien",
       R"({"line1":"Wien","line2":null,"city":null,"region":null,"postal_code":null,"country":null})"},
      {FieldType::text, "", "null"},
  };
  for (const auto& [type, text, json] : cases) {
    const Field field = field_of(type);
    const auto value = value_from_text(field, text, {});
    ASSERT_TRUE(value) << text;
    std::string out;
    base::JsonWriter writer(out);
    write_json(writer, field, *value);
    EXPECT_EQ(out, json);
  }
}

TEST(Values, ObeyTheFieldsOwnLimits) {
  Field text = field_of(FieldType::text);
  text.max = 3;
  EXPECT_EQ(outcome(text, value_from_text(text, "día", {})), "día");
  EXPECT_EQ(outcome(text, value_from_text(text, "días", {})), "! value.too_long");
  Field integer = field_of(FieldType::integer);
  integer.least = base::Value{std::int64_t{0}};
  integer.most = base::Value{std::int64_t{10}};
  EXPECT_EQ(outcome(integer, value_from_text(integer, "0", {})), "0");
  EXPECT_EQ(outcome(integer, value_from_text(integer, "-1", {})), "! value.out_of_bounds");
  EXPECT_EQ(outcome(integer, value_from_text(integer, "10", {})), "10");
  EXPECT_EQ(outcome(integer, value_from_text(integer, "11", {})), "! value.out_of_bounds");
  Field money = field_of(FieldType::money);
  money.least = base::Value{base::Decimal(0)};
  EXPECT_EQ(outcome(money, value_from_text(money, "-0.01", {})), "! value.out_of_bounds");
}

TEST(Countries, AreKnownByCodeAndName) {
  for (const char* name : {"ES", "es", "ESP", "Spain", "SPAIN", "España", "Espana", "Spanien"}) {
    EXPECT_EQ(country_code(name), "ES") << name;
  }
  EXPECT_EQ(country_code("United Kingdom"), "GB");
  EXPECT_EQ(country_code("EIRE"), "IE");
  EXPECT_EQ(country_code("U.S.A."), "US");
  EXPECT_EQ(country_code("Österreich"), "AT");
  EXPECT_EQ(country_code("Unspecified"), std::nullopt);
  EXPECT_EQ(country_name("ES"), "Spain");
}

TEST(FieldTypes, AreNamedBothWays) {
  for (int i = 0; i <= static_cast<int>(FieldType::id); ++i) {
    const auto type = static_cast<FieldType>(i);
    EXPECT_EQ(field_type_named(name_of(type)), type);
  }
  EXPECT_EQ(field_type_named("number"), std::nullopt);
}

}  // namespace
}  // namespace rapport::entity
