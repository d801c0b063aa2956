// `rapport insight`, over the demo company.
#include <gtest/gtest.h>

#include "commands/commands.hpp"

namespace rapport::scenarios {
namespace {

TEST_F(Commands, insight_scores_everybody_and_reports_each_figure) {
  auto nobody = answer({"insight", "score"});
  EXPECT_EQ(nobody["persons"], 0) << nobody.dump();
  auto made = answer({"demo", "--size", "small", "--demo-date", "2026-03-01"});
  auto scored = answer({"insight", "score"});
  EXPECT_GT(scored["persons"], 100) << scored.dump();
  EXPECT_LE(scored["persons"], made["persons"]);
  auto again = rapport({"insight", "score", "--keep-models"});
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_TRUE(again.out.starts_with(scored["persons"].dump() + " customers scored in "))
      << again.out;

  struct Figure {
    Arguments arguments;
    const char* rows;    // the member of the figure as JSON
    const char* column;  // of its heading as CSV
  };
  const Figure figures[] = {
      {{"value", "--measure", "expected"}, "bins", "from"},
      {{"whale"}, "points", "share"},
      {{"rfm"}, "cells", "recency"},
      {{"alive"}, "cells", "alive_from"},
      {{"two_by_two"}, "cells", "current"},
      {{"cohorts", "--period", "quarter"}, "cohorts", "period"},
      {{"retention"}, "periods", "retained"},
      {{"profitability", "--by", "customer_country"}, "rows", "revenue"},
      {{"profitability", "--by", "rfm_cell"}, "rows", "revenue"},
      {{"next_offers"}, "products", "title"},
  };
  for (const auto& [arguments, rows, column] : figures) {
    Arguments report{"insight", "report"};
    report.insert(report.end(), arguments.begin(), arguments.end());
    auto figure = answer(report);
    ASSERT_TRUE(figure.contains(rows)) << arguments[0] << ": " << figure.dump();
    auto csv = rapport(report);
    EXPECT_EQ(csv.code, 0) << csv.err;
    const auto heading = csv.out.substr(0, csv.out.find_first_of("\r\n"));
    EXPECT_NE(heading.find(column), std::string::npos) << arguments[0] << ": " << heading;
    EXPECT_FALSE(figure[rows].empty()) << arguments[0];
    EXPECT_GT(lines_of(csv.out), figure[rows].size() - 1) << csv.out;
  }
  auto value = answer({"insight", "report", "value"});
  EXPECT_GT(value["count"], 0);
  std::int64_t in_bins = 0;
  for (const auto& bin : value["bins"]) in_bins += bin["count"].get<std::int64_t>();
  EXPECT_EQ(value["count"], in_bins);
  auto later = answer({"insight", "report", "value", "--from", "2040-01-01"});
  EXPECT_EQ(later["count"], 0) << later.dump();

  auto no_day = rapport({"insight", "report", "value", "--from", "soon"});
  EXPECT_EQ(no_day.code, 1);
  EXPECT_NE(no_day.err.find("\"soon\" is no day"), std::string::npos) << no_day.err;
  auto offers = answer({"insight", "report", "next_offers"});
  const auto product = offers["products"][0]["product"].get<std::string>();
  auto of_product = answer({"insight", "report", "value", "--product", product});
  EXPECT_GT(of_product["count"], 0);
  EXPECT_LT(of_product["count"], value["count"]);
  for (const auto& [option, wrong] : {std::pair{"--product", "rope"}, {"--country", "Spain"}}) {
    auto refused = rapport({"insight", "report", "value", option, wrong});
    EXPECT_EQ(refused.code, 1) << option;
    EXPECT_NE(refused.err.find("\"" + std::string(wrong) + "\" is no"), std::string::npos)
        << refused.err;
  }
  auto no_figure = rapport({"insight", "report", "worth"});
  EXPECT_EQ(no_figure.code, 2);
  EXPECT_NE(no_figure.err.find("worth"), std::string::npos) << no_figure.err;
  auto persons_only = rapport({"insight", "report", "rfm", "--subject", "company"});
  EXPECT_EQ(persons_only.code, 1);
  EXPECT_NE(persons_only.err.find("persons"), std::string::npos) << persons_only.err;
}

}  // namespace
}  // namespace rapport::scenarios
