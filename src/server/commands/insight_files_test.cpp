// `rapport insight rules` and `survival` as a script calls them, on files alone.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "analytics/testing.hpp"
#include "base/json.hpp"
#include "server/commands/commands.hpp"

namespace rapport::server {
namespace {

using base::Json;

struct Outcome {
  int code = -1;
  std::string out, err;
  [[nodiscard]] Json json() const { return Json::parse(out, nullptr, false); }
};

Outcome run(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "rapport");
  std::vector<char*> words;
  words.reserve(arguments.size());
  for (std::string& argument : arguments) words.push_back(argument.data());
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  Outcome outcome;
  outcome.code = run_command_line(static_cast<int>(words.size()), words.data());
  outcome.out = testing::internal::GetCapturedStdout();
  outcome.err = testing::internal::GetCapturedStderr();
  return outcome;
}

// Base: testing::Test, or what skips the tests where the reference data are absent.
template <typename Base>
class InsightFilesOn : public Base {
 public:
  InsightFilesOn() {
    std::string name = (std::filesystem::temp_directory_path() / "insight_XXXXXX").string();
    folder = ::mkdtemp(name.data());
  }
  ~InsightFilesOn() override { std::filesystem::remove_all(folder); }

 protected:
  [[nodiscard]] std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(folder / name, std::ios::binary) << text;
    return (folder / name).string();
  }
  [[nodiscard]] Outcome rules(const std::string& file, const std::string& support,
                              const std::string& confidence) const {
    return run({"insight", "rules", "--baskets", file, "--support", support, "--confidence",
                confidence, "--json"});
  }
  [[nodiscard]] Outcome survival(const std::string& file, std::vector<std::string> more) const {
    std::vector<std::string> arguments{"insight", "survival", "--file",  file,
                                       "--time",  "months",   "--event", "left"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }

  std::filesystem::path folder;
};

using InsightFiles = InsightFilesOn<testing::Test>;

class InsightFilesReference : public InsightFilesOn<analytics::ReferenceTest> {
 protected:
  // A file of the reference data, unpacked.
  [[nodiscard]] std::string reference(const std::string& name) const {
    return write("reference.csv", content(name));
  }
};

TEST_F(InsightFiles, RulesCarryTheirFigures) {
  // Spaces and empty cells are no items; the second row is quoted, the fourth as Windows writes.
  const auto file = write("baskets.csv",
                          "bread,milk\nbread,\"beer, dark\", diapers,,\n\nmilk,diapers\r\n"
                          "bread,milk,diapers\n,,\nmilk\n");
  const auto outcome = rules(file, "0.4", "0.7");
  ASSERT_EQ(outcome.code, exit_done) << outcome.err;
  // Five baskets: bread 3, milk 4, diapers 3; two of bread's three have milk.
  EXPECT_EQ(outcome.json()["count"], 0);
  const Json more = rules(file, "0.4", "0.6").json();
  ASSERT_EQ(more["count"], 4);
  std::set<std::string> seen;
  for (const Json& rule : more["rules"]) {
    seen.insert(rule["if"][0].get<std::string>() + ">" + rule["then"].get<std::string>());
    EXPECT_EQ(rule["support"], 0.4);
    EXPECT_EQ(rule["confidence"], 2.0 / 3);
    EXPECT_EQ(rule.size(), 5U);
  }
  EXPECT_EQ(seen, (std::set<std::string>{"bread>milk", "diapers>milk", "bread>diapers",
                                         "diapers>bread"}));
  EXPECT_EQ(more["rules"][0]["lift"], 2.0 / 3 / 0.6);
  const Json single = rules(file, "0.2", "1").json();
  bool quoted = false;
  for (const Json& rule : single["rules"]) quoted |= rule["then"] == "beer, dark";
  for (const Json& rule : single["rules"])
    for (const Json& item : rule["if"]) quoted |= item == "beer, dark";
  EXPECT_TRUE(quoted);
}

TEST_F(InsightFiles, RulesAreReadableToo) {
  const auto file = write("baskets.csv", "bread,milk\nbread,milk\nbread\n");
  const auto outcome =
      run({"insight", "rules", "--baskets", file, "--support", "0.5", "--confidence", "0.9"});
  EXPECT_EQ(outcome.code, exit_done);
  EXPECT_NE(outcome.out.find("1 rule in 3 baskets"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("milk -> bread"), std::string::npos) << outcome.out;
}

// No rule and no word why: a file of another separator looks like that.
TEST_F(InsightFiles, RulesSayWhereNoBasketHoldsTwoItems) {
  const auto file = write("semicolons.csv", "bread;milk\nbread;milk\n");
  const Json found = rules(file, "0.1", "0.1").json();
  EXPECT_EQ(found["count"], 0);
  EXPECT_NE(found["note"].get<std::string>().find("separated by commas"), std::string::npos);
  EXPECT_FALSE(rules(write("fine.csv", "bread,milk\n"), "0.1", "0.1").json().contains("note"));
}

TEST_F(InsightFiles, RulesSayWhatIsWrong) {
  const auto fine = write("fine.csv", "a,b\n");
  const auto empty = write("empty.csv", "\n,,\n");
  std::string many = "a,b\n";
  for (int i = 0; i < 5000; ++i) many += "item" + std::to_string(i) + ",";
  const auto broken = write("broken.csv", many + "end\n");
  struct Case {
    std::string file, support, confidence;
    int code;
    std::string says;
  };
  for (const Case& example :
       {Case{fine, "0.1", "0.5", exit_done, ""},
        Case{fine, "0", "0.5", exit_failed, "analytics.bad_option"},
        Case{fine, "0.1", "1.5", exit_failed, "analytics.bad_option"},
        Case{empty, "0.1", "0.5", exit_failed, "insight.no_rows"},
        Case{broken, "0.1", "0.5", exit_failed, "row 2"},
        Case{folder / "absent.csv", "0.1", "0.5", exit_failed, "insight.unreadable"},
        Case{fine, "much", "0.5", exit_usage, "--support"}}) {
    const auto outcome = rules(example.file, example.support, example.confidence);
    EXPECT_EQ(outcome.code, example.code) << outcome.err;
    EXPECT_NE((outcome.err + outcome.out).find(example.says), std::string::npos) << outcome.err;
  }
}

TEST_F(InsightFilesReference, GroceriesHaveTheKnownRules) {
  const auto file = reference("groceries_basket/groceries.csv.xz");
  EXPECT_EQ(rules(file, "0.001", "0.8").json()["count"], 410);
  EXPECT_EQ(rules(file, "0.006", "0.25").json()["count"], 463);
  const auto found = rules(file, "0.001", "0.5").json();
  EXPECT_EQ(found["count"], 5668);
  EXPECT_EQ(found["rules"].size(), 5668U);
  EXPECT_EQ(found["rules"][0]["then"], "hamburger meat");
  EXPECT_NEAR(found["rules"][0]["lift"].get<double>(), 18.9957, 5e-5);
}

const std::string stays =
    "months,left,plan,id\n"
    "6,yes,a,1\n10,no,a,2\n6.5,1,b,3\n6,0,b,4\n12,true,b,5\n10,No,,6\n";

TEST_F(InsightFiles, SurvivalOfAllIsOneGroupWithoutAName) {
  const auto outcome = survival(write("stays.csv", stays), {"--json"});
  ASSERT_EQ(outcome.code, exit_done) << outcome.err;
  const Json found = outcome.json();
  ASSERT_EQ(found["groups"].size(), 1U);
  EXPECT_TRUE(found["groups"][0]["group"].is_null());
  EXPECT_TRUE(found["log_rank"].is_null());
  const Json& points = found["groups"][0]["points"];
  ASSERT_EQ(points.size(), 4U);
  EXPECT_EQ(points[0]["time"], 6);
  EXPECT_EQ(points[0]["at_risk"], 6);
  EXPECT_DOUBLE_EQ(points[0]["survival"].get<double>(), 5.0 / 6);
  EXPECT_DOUBLE_EQ(points[1]["survival"].get<double>(), 5.0 / 6 * 3 / 4);
  EXPECT_LT(points[1]["low"], points[1]["survival"]);
  EXPECT_GT(points[1]["high"], points[1]["survival"]);
  EXPECT_EQ(points[3]["survival"], 0);
  EXPECT_TRUE(points[3]["low"].is_null());
}

TEST_F(InsightFiles, SurvivalByAColumnComparesItsGroups) {
  const auto file = write("stays.csv", stays);
  const Json found = survival(file, {"--by", "plan", "--json"}).json();
  ASSERT_EQ(found["groups"].size(), 3U);
  EXPECT_EQ(found["groups"][0]["group"], "");
  EXPECT_EQ(found["groups"][1]["group"], "a");
  EXPECT_EQ(found["groups"][2]["group"], "b");
  EXPECT_EQ(found["groups"][2]["points"].size(), 3U);
  EXPECT_EQ(found["log_rank"]["df"], 2);
  EXPECT_GT(found["log_rank"]["p"], 0.05);
  const auto readable = survival(file, {"--by", "plan"});
  EXPECT_NE(readable.out.find("a: 2 customers, 1 left"), std::string::npos) << readable.out;
  EXPECT_NE(readable.out.find("Log-rank test"), std::string::npos) << readable.out;
}

TEST_F(InsightFiles, SurvivalSaysWhyNothingCanBeCompared) {
  const auto one = write("one.csv", "months,left,plan\n1,1,a\n2,0,a\n");
  const auto none = write("none.csv", "months,left,plan\n1,0,a\n2,0,b\n");
  for (const auto& file : {one, none}) {
    const Json found = survival(file, {"--by", "plan", "--json"}).json();
    EXPECT_TRUE(found["log_rank"].is_null());
    EXPECT_FALSE(found["note"].get<std::string>().empty());
  }
}

TEST_F(InsightFiles, SurvivalSaysWhatIsWrongAndWhere) {
  struct Case {
    std::string text;
    std::vector<std::string> more;
    std::vector<std::string> says;
  };
  std::string many = "months,left,plan\n";
  for (int i = 0; i < 300; ++i) many += "1,1,p" + std::to_string(i) + "\n";
  const Case cases[] = {
      {"months,left\n1,1\nsoon,1\n", {}, {"row 3", "months", "soon"}},
      {"months,left\n1,1\n-2,1\n", {}, {"row 3", "months", "-2"}},
      {"months,left\n1,1\ninf,1\n", {}, {"row 3", "months"}},
      {"months,left\n1,1\n,1\n", {}, {"row 3", "months", "empty"}},
      {"months,left\n1,1\n2,maybe\n", {}, {"row 3", "left", "maybe"}},
      {"months,left\n1,1\n2\n", {}, {"row 3", "left", "empty"}},
      // A decimal comma without quotes moves all cells behind it: 2,5 was read as 2 once.
      {"months,left\n1,1\n2,5,1\n", {}, {"insight.bad_row", "row 3", "3 cells", "quotes"}},
      {"months;left\n1;1\n2;1;1\n", {}, {"insight.bad_row", "row 3", "3 cells"}},
      {"months,left,months\n1,1,2\n", {}, {"insight.ambiguous_column", "months", "1 or 3"}},
      {"months,left\n", {}, {"insight.no_rows"}},
      {"months,gone\n1,1\n", {}, {"insight.unknown_column", "left"}},
      {"months,left\n1,1\n", {"--by", "plan"}, {"insight.unknown_column", "plan"}},
      {many, {"--by", "plan"}, {"insight.too_many_groups"}},
  };
  for (const Case& example : cases) {
    auto more = example.more;
    more.emplace_back("--json");
    const auto outcome = survival(write("stays.csv", example.text), more);
    EXPECT_EQ(outcome.code, exit_failed) << outcome.out;
    EXPECT_TRUE(outcome.out.empty());
    for (const std::string& part : example.says)
      EXPECT_NE(outcome.err.find(part), std::string::npos) << part << " in " << outcome.err;
  }
}

TEST_F(InsightFiles, EmptyCellsBehindTheLastColumnDoNotCount) {
  const auto outcome = survival(write("stays.csv", "months,left\n1,1,\n2,1, ,\n3,1\n"), {"--json"});
  ASSERT_EQ(outcome.code, exit_done) << outcome.err;
  EXPECT_EQ(outcome.json()["groups"][0]["points"].size(), 3U);
}

TEST_F(InsightFiles, RowsWhereNothingStandsArePassedOver) {
  const auto outcome =
      survival(write("stays.csv", "months;left\n1;1\n;\n2;1\n ; \n;\n"), {"--json"});
  ASSERT_EQ(outcome.code, exit_done) << outcome.err;
  EXPECT_EQ(outcome.json()["groups"][0]["points"].size(), 2U);
}

TEST_F(InsightFiles, ANumberTellsColumnsOfOneNameApart) {
  const auto file = write("twice.csv", "months,left,months\n1,1,20\n2,1,30\n");
  const Json found =
      run({"insight", "survival", "--file", file, "--time", "3", "--event", "left", "--json"})
          .json();
  ASSERT_EQ(found["groups"][0]["points"].size(), 2U);
  EXPECT_EQ(found["groups"][0]["points"][0]["time"], 20);
}

TEST_F(InsightFilesReference, TelcoSubscribersStayAsKnown) {
  const auto file = reference("telco_churn/telco_customer_churn.csv.xz");
  const auto call = [&](std::vector<std::string> more) {
    std::vector<std::string> arguments{"insight", "survival", "--file", file,    "--time",
                                       "tenure",  "--event",  "Churn",  "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments).json();
  };
  const Json all = call({});
  const std::map<double, double> known{{12, .84320}, {24, .78874}, {36, .74855},
                                       {48, .70884}, {60, .66440}, {72, .59279}};
  std::size_t seen = 0;
  for (const Json& point : all["groups"][0]["points"]) {
    const auto at = known.find(point["time"].get<double>());
    if (at == known.end()) continue;
    EXPECT_NEAR(point["survival"].get<double>(), at->second, 5e-6);
    ++seen;
  }
  EXPECT_EQ(seen, known.size());
  const Json by = call({"--by", "Contract"});
  EXPECT_EQ(by["groups"].size(), 3U);
  EXPECT_NEAR(by["log_rank"]["chi2"].get<double>(), 2352.873, 5e-4);
  EXPECT_EQ(by["log_rank"]["df"], 2);
}

}  // namespace
}  // namespace rapport::server
