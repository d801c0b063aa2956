#include "expression/expression.hpp"

#include <gtest/gtest.h>

#include <string>

#include "expression/sample_schema.hpp"
#include "expression/sql.hpp"

namespace rapport::expression {
namespace {

const SampleSchema& schema() {
  static const SampleSchema sample;
  return sample;
}

Expression parsed(std::string_view text) {
  auto result = parse(text, "person", schema());
  EXPECT_TRUE(result) << text << ": " << (result ? "" : result.error().message);
  return result ? *result : Expression{};
}

std::string code_of(const base::Result<Expression>& result) {
  return result ? "accepted" : result.error().code;
}

std::string repeated(std::string_view text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

TEST(Limits, HoldAtTheLimitAndRefuseOnePastIt) {
  const Limits limits;
  const auto nested = [](int depth) {
    return repeated("(", depth) + "member" + repeated(")", depth);
  };
  const auto negated = [](int depth) { return repeated("not ", depth) + "member"; };
  const auto terms = [](int n) { return "member" + repeated(" and member", n - 1); };
  const auto list = [](int n) { return "visits in (1" + repeated(",1", n - 1) + ")"; };
  const auto check = [](const std::string& text) {
    return code_of(parse(text, "person", schema()));
  };
  EXPECT_EQ(check(nested(limits.depth_max)), "accepted");
  EXPECT_EQ(check(nested(limits.depth_max + 1)), "expression.too_deep");
  EXPECT_EQ(check(negated(limits.depth_max)), "accepted");
  EXPECT_EQ(check(negated(limits.depth_max + 1)), "expression.too_deep");
  EXPECT_EQ(check(nested(5000)), "expression.too_deep");
  EXPECT_EQ(check(terms(limits.terms_max)), "accepted");
  EXPECT_EQ(check(terms(limits.terms_max + 1)), "expression.too_many_terms");
  EXPECT_EQ(check(list(limits.list_max)), "accepted");
  EXPECT_EQ(check(list(limits.list_max + 1)), "expression.list_too_long");
  EXPECT_EQ(check(std::string(limits.bytes_max - 6, ' ') + "member"), "accepted");
  EXPECT_EQ(check(std::string(limits.bytes_max - 5, ' ') + "member"), "expression.too_long");
  EXPECT_EQ(check("name = 'a\xFF'"), "expression.not_utf8");
  EXPECT_EQ(check("name = 'a\x01'"), "expression.bad_character");
}

// `or` within `and` needs parentheses, `and` within `or` none: a text may be flatter than its tree.
TEST(Limits, AreTheSameForTextAndTree) {
  std::string text = "member";
  for (int i = 0; i < 31; ++i) text = "not (" + text + " or visits = 1 and member)";
  EXPECT_EQ(code_of(parse(text, "person", schema())), "expression.too_deep");
  text = "member";
  for (int i = 0; i < 10; ++i) text = "(" + text + " or visits = 1) and member";
  const auto expression = parsed(text);
  const auto tree = from_tree(to_tree(expression), "person", schema());
  ASSERT_TRUE(tree) << tree.error().message;
  EXPECT_EQ(to_text(*tree), to_text(expression));
}

TEST(Tree, HoldsFieldIdsSoThatARenameBreaksNothing) {
  const std::string tree = to_tree(parsed("country = 'ES' and company.name is not empty"));
  EXPECT_EQ(tree,
            R"({"and":[{"field":"person.country","is":"=","value":"ES"},)"
            R"({"not":{"through":["person.company"],"field":"company.name","is":"empty"}}]})");
  SampleSchema renamed;
  renamed.rename("person", "country", "land");
  renamed.rename("person", "company", "employer");
  const auto again = from_tree(tree, "person", renamed);
  ASSERT_TRUE(again);
  EXPECT_EQ(to_text(*again), "land = 'ES' and employer.name is not empty");
}

TEST(Tree, SpellsEveryKindOfValue) {
  EXPECT_EQ(to_tree(parsed("spent between 0 and 5 EUR and seen_at >= -90d and owner = me")),
            R"({"and":[{"field":"person.spent","is":"between","low":{"amount":"0"},)"
            R"("high":{"amount":"5","currency":"EUR"}},)"
            R"({"field":"person.seen_at","is":">=","value":{"relative":"-90d"}},)"
            R"({"field":"person.owner","is":"=","value":{"me":true}}]})");
  EXPECT_EQ(to_tree(parsed("rating in (1, 2.50) or born_on = 2026-03-01 or false")),
            R"({"or":[{"field":"person.rating","is":"in","values":["1","2.50"]},)"
            R"({"field":"person.born_on","is":"=","value":"2026-03-01"},{"constant":false}]})");
  EXPECT_EQ(to_tree(Expression{"person", nullptr}), "null");
}

struct TreeRefusal {
  std::string_view tree;
  std::string_view code;
  std::string_view pointer;
};

class TreeRefusalTest : public testing::TestWithParam<TreeRefusal> {};

TEST_P(TreeRefusalTest, PointsIntoTheTree) {
  const auto& [tree, code, pointer] = GetParam();
  const auto result = from_tree(tree, "person", schema());
  ASSERT_FALSE(result) << tree;
  EXPECT_EQ(result.error().code, code) << result.error().message;
  ASSERT_EQ(result.error().fields.size(), 1U);
  EXPECT_EQ(result.error().fields[0].field, pointer);
}

INSTANTIATE_TEST_SUITE_P(
    Trees, TreeRefusalTest,
    testing::Values(
        TreeRefusal{"{}", "expression.bad_tree", ""}, TreeRefusal{"[]", "expression.bad_tree", ""},
        TreeRefusal{R"({"and":[]})", "expression.bad_tree", "/and"},
        TreeRefusal{R"({"and":[{"field":"person.nam","is":"empty"}]})", "expression.unknown_field",
                    "/and/0/field"},
        TreeRefusal{R"({"not":{"field":"person.name","is":"empty","value":1}})",
                    "expression.bad_tree", "/not"},
        TreeRefusal{R"({"field":"person.name","is":"like","value":"x"})", "expression.bad_tree",
                    "/is"},
        TreeRefusal{R"({"field":"person.name","is":"="})", "expression.bad_tree", "/value"},
        TreeRefusal{R"({"field":"person.name","is":"=","value":5})", "expression.wrong_value",
                    "/value"},
        TreeRefusal{R"({"field":"person.name","is":"=","value":null})", "expression.bad_tree",
                    "/value"},
        TreeRefusal{R"({"field":"person.visits","is":"=","value":1.5})", "expression.bad_tree",
                    "/value"},
        TreeRefusal{R"({"field":"person.lifecycle","is":"in","values":["x"]})",
                    "expression.unknown_choice", "/values/0"},
        TreeRefusal{R"({"field":"person.spent","is":">","value":{"amount":"5"}})",
                    "expression.currency_missing", "/value"},
        TreeRefusal{R"({"field":"person.seen_at","is":">","value":{"relative":"2026-01-01"}})",
                    "expression.bad_tree", "/value"},
        TreeRefusal{R"({"field":"person.seen_at","is":">","value":{"relative":"-9q"}})",
                    "expression.wrong_value", "/value"},
        TreeRefusal{R"({"through":["person.name"],"field":"company.name","is":"empty"})",
                    "expression.bad_tree", "/through/0"},
        TreeRefusal{R"({"field":"person.visits","is":"contains","value":"x"})",
                    "expression.operator_does_not_fit", "/is"}));

TEST(Both, JoinsWithoutNesting) {
  const auto a = parsed("country = 'ES' and member");
  const auto b = parsed("visits = 1");
  EXPECT_EQ(to_text(both(a, b)), "country = 'ES' and member = true and visits = 1");
  EXPECT_EQ(to_text(both(a, Expression{"person", nullptr})), to_text(a));
  EXPECT_EQ(to_text(both(Expression{"person", nullptr}, b)), "visits = 1");
  EXPECT_EQ(to_text(both(parsed("member or visits = 2"), b)),
            "(member = true or visits = 2) and visits = 1");
}

TEST(Reads, NamesEachFieldOnceAndTheLinksOnTheWay) {
  std::string names;
  for (const Path& path :
       reads(parsed("company.parent.name = 'x' or not (country = 'a' and country = 'b')"))) {
    for (const Field& link : path.links) names += link.name + ".";
    names += path.field.name + " ";
  }
  EXPECT_EQ(names, "company company.parent company.parent.name country ");
}

TEST(SaysMe, SeesItWhereverItStands) {
  EXPECT_TRUE(says_me(parsed("country = 'ES' or not owner = me")));
  EXPECT_TRUE(says_me(parsed("owner in (me)")));
  EXPECT_FALSE(says_me(parsed("owner is empty")));
  EXPECT_FALSE(says_me(Expression{}));
}

TEST(Sql, IsIdentifiersOfTheSchemaAndParameters) {
  const Asker asker{{}, *base::parse_instant("2026-03-28T12:00:00Z"), "Europe/Madrid"};
  const auto sql = to_sql(parsed("company.name contains 'a%' and seen_at = today and "
                                 "company.parent.name = 'b' and spent > 5 EUR"),
                          schema(), asker, {.alias = "p", .first_parameter = 4});
  EXPECT_EQ(sql.joins, R"( left join "companies" as "p__1" on "p__1"."id" = "p"."company_id")"
                       R"( left join "companies" as "p__2" on "p__2"."id" = "p__1"."parent_id")");
  EXPECT_EQ(sql.where,
            R"((("p__1"."name" is not null and )"
            R"(lower("p__1"."name" collate "C") like $4::text) and )"
            R"(("p"."seen_at" is not null and )"
            R"(("p"."seen_at" >= $5::timestamptz and "p"."seen_at" < $6::timestamptz)) and )"
            R"(("p__2"."name" is not null and "p__2"."name" = $7::text) and )"
            R"((("p"."spent" is not null and "p"."spent" > $8::numeric) and )"
            R"(("p"."spent_currency" is not null and "p"."spent_currency" = $9::text))))");
  ASSERT_EQ(sql.parameters.size(), 6U);
  EXPECT_EQ(*sql.parameters[0], "%a\\%%");
  EXPECT_EQ(*sql.parameters[1], "2026-03-27T23:00:00Z");
  EXPECT_EQ(*sql.parameters[2], "2026-03-28T23:00:00Z");
  EXPECT_EQ(*sql.parameters[5], "EUR");
}

TEST(Sql, StaysBareWhereNullIsAsGoodAsFalse) {
  const auto sql = to_sql(parsed("country = 'ES' and not visits = 1"), schema(), {},
                          {.alias = "p", .null_is_false = true});
  EXPECT_EQ(sql.where, R"(("p"."country" = $1::text and not ("p"."visits" is not null and )"
                       R"("p"."visits" = $2::bigint)))");
}

TEST(Words, OfTheLanguageAreReserved) {
  EXPECT_TRUE(is_reserved("between"));
  EXPECT_FALSE(is_reserved("country"));
}

}  // namespace
}  // namespace rapport::expression
