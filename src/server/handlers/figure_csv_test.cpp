#include "server/handlers/figure_csv.hpp"

#include <gtest/gtest.h>

#include "base/json.hpp"

namespace rapport::server {
namespace {

TEST(FigureCsv, OneRowAMarkWithoutWhatOpensIt) {
  const auto figure = base::parse_json(
      R"({"as_of":null,"bins":[{"from":0,"to":10.5,"count":3,"open":{"set":"x"}},
                               {"from":10.5,"to":20,"count":1,"open":null}]})");
  EXPECT_EQ(figure_csv(*figure), "from,to,count\r\n0,10.5,3\r\n10.5,20,1\r\n");
}

TEST(FigureCsv, CellsOfAMarkAreRowsOfTheirOwn) {
  const auto figure = base::parse_json(
      R"({"cohorts":[{"period":"2026-01","size":3,"cells":[{"offset":0,"count":3},
                     {"offset":1,"count":2}]},
                     {"period":"2026-02","size":1,"cells":[{"offset":0,"count":1}]}]})");
  EXPECT_EQ(figure_csv(*figure),
            "period,size,in_offset,in_count\r\n2026-01,3,0,3\r\n2026-01,3,1,2\r\n"
            "2026-02,1,0,1\r\n");
}

TEST(FigureCsv, NoCellIsTakenForAFormulaAndSeparatorsAreQuoted) {
  const auto figure =
      base::parse_json(R"({"rows":[{"title":"=1+1"},{"title":"a,b"},{"title":"say \"x\""}]})");
  EXPECT_EQ(figure_csv(*figure), "title\r\n'=1+1\r\n\"a,b\"\r\n\"say \"\"x\"\"\"\r\n");
}

// Saved beside others, a table said neither when it was made nor in which currency.
TEST(FigureCsv, EachRowSaysItsCurrencyAndWhenItWasComputed) {
  const auto figure = base::parse_json(
      R"({"as_of":"2026-11-22T12:00:00Z","currency":"EUR","bins":[{"sum":3},{"sum":4}]})");
  EXPECT_EQ(figure_csv(*figure),
            "sum,currency,as_of\r\n3,EUR,2026-11-22T12:00:00Z\r\n4,EUR,2026-11-22T12:00:00Z\r\n");
}

TEST(FigureCsv, AMemberThatAMarkLacksLeavesItsOwnCellEmpty) {
  const auto figure =
      base::parse_json(R"({"rows":[{"key":"a","count":2,"sum":1},{"key":"b","sum":5}]})");
  EXPECT_EQ(figure_csv(*figure), "key,count,sum\r\na,2,1\r\nb,,5\r\n");
}

TEST(FigureCsv, NothingToShowIsAnEmptyTable) {
  EXPECT_EQ(figure_csv(*base::parse_json(R"({"cells":[],"total":3})")), "");
}

}  // namespace
}  // namespace rapport::server
