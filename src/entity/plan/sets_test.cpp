#include "entity/plan/sets.hpp"

#include <gtest/gtest.h>

namespace rapport::entity {
namespace {

TEST(SetsTest, TokensComeBackAsTheyWent) {
  const std::vector<SetMark> marks{
      {"whale", {}}, {"whale", {""}}, {"whale", {"0.1"}}, {"cohort_2", {"2010-12", "ä~&= /"}}};
  for (const SetMark& mark : marks) {
    const auto read = set_of_token(to_token(mark));
    ASSERT_TRUE(read) << to_token(mark);
    EXPECT_EQ(read->name, mark.name);
    EXPECT_EQ(read->parameters, mark.parameters);
  }
  EXPECT_EQ(to_token({"whale", {"0.1"}}), "whale~MC4x");
}

TEST(SetsTest, WhatNoFigureWroteIsNoToken) {
  for (const std::string& token :
       {std::string(), std::string("~"), std::string("Whale"), std::string("whale;"),
        std::string("whale~M C"), std::string("whale~MC5"), std::string("whale~MC4x="),
        std::string("whale~'"), std::string(5000, 'a')}) {
    const auto read = set_of_token(token);
    ASSERT_FALSE(read) << token;
    EXPECT_EQ(read.error().code, "plan.bad_set");
    EXPECT_EQ(read.error().kind, base::ProblemKind::malformed);
  }
}

TEST(SetsTest, ASourceTakesParametersOfItsTypesAlone) {
  Sets sets;
  sets.add({.name = "all_types",
            .object = "person",
            .reads = {},
            .parameters = {SetParameter::text, SetParameter::integer, SetParameter::decimal,
                           SetParameter::date, SetParameter::instant, SetParameter::id,
                           SetParameter::count, SetParameter::boolean},
            .ids = {"test", "select 1"}});
  const std::vector<std::string> good{"x",
                                      "-7",
                                      "0.125",
                                      "2010-12-31",
                                      "2010-12-31T00:00:00Z",
                                      "01890a5d-ac96-774b-bcce-b302099a8057",
                                      "0",
                                      "true"};
  EXPECT_TRUE(sets.source_of({"all_types", good}, "person"));
  EXPECT_EQ(sets.source_of({"other", good}, "person").error().code, "plan.unknown_set");
  EXPECT_EQ(sets.source_of({"all_types", {"x"}}, "person").error().code, "plan.bad_set");
  const std::vector<std::string> bad{
      std::string("a\0b", 3), "7.5", "1,5", "31.12.2010", "now", "7", "-1", "x"};
  for (std::size_t i = 0; i < bad.size(); ++i) {
    auto given = good;
    given[i] = bad[i];
    const auto source = sets.source_of({"all_types", given}, "person");
    ASSERT_FALSE(source) << i;
    EXPECT_EQ(source.error().code, "plan.bad_set");
  }
}

TEST(SetsTest, ParametersFollowThoseThatAreThere) {
  EXPECT_EQ(renumbered("select id from a where b = $1 and c > $12::int", 3),
            "select id from a where b = $4 and c > $15::int");
  EXPECT_EQ(renumbered("select '$1', 'it''s $2' -- of $3\n, $4", 1),
            "select '$1', 'it''s $2' -- of $3\n, $5");
  EXPECT_EQ(renumbered("select \"a$1\", $$ $2 ' $$, $1, $q$ $$ $1 $q$, $2 /* $3 ' */, $4", 2),
            "select \"a$1\", $$ $2 ' $$, $3, $q$ $$ $1 $q$, $4 /* $3 ' */, $6");
  EXPECT_EQ(renumbered("$1 'open $2", 1), "$2 'open $2");
  EXPECT_EQ(renumbered("$1", 0), "$1");
}

}  // namespace
}  // namespace rapport::entity
