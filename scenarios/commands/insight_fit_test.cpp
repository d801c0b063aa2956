// `rapport insight fit` on a file alone: no data folder, no database.
#include <gtest/gtest.h>

#include "base/instant.hpp"
#include "commands/program.hpp"

namespace rapport::scenarios {
namespace {

class InsightFit : public testing::Test {
 protected:
  Folder folder;

  [[nodiscard]] Outcome fit(const std::string& file, Arguments more) const {
    Arguments arguments{"insight", "fit", "--orders", file};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_program({std::move(arguments), {}, {}});
  }
};

// A hundred customers: every third comes back after as many days as its number, twice at most.
std::string orders() {
  std::string text = "day;who;spent\n";
  for (int i = 1; i <= 100; ++i) {
    const auto add = [&](int day) {
      const base::Date date = base::plus_days(*base::parse_date("2024-01-01"), day);
      text += base::to_text(date) + " 10:00;c" + std::to_string(i) + ";" +
              std::to_string(5 + i % 7) + ".50\n";
    };
    add(i % 40);
    add(i % 40);  // twice on a day counts once
    if (i % 3 == 0) add(i % 40 + i);
    if (i % 6 == 0) add(i % 40 + 2 * i);
  }
  return text;
}

TEST_F(InsightFit, prints_the_parameters_and_what_was_held_out) {
  const auto file = folder.write("orders.csv", orders());
  const auto outcome =
      fit(file, {"--customer", "who", "--date", "day", "--model", "bg_nbd", "--until", "2024-04-30",
                 "--holdout-until", "2024-07-31", "--unit", "week", "--json"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const auto json = outcome.json();
  EXPECT_EQ(json["model"], "bg_nbd") << outcome.out;
  EXPECT_EQ(json["customers"], 100);
  for (const auto name : {"r", "alpha", "a", "b"})
    EXPECT_GT(json["parameters"][name].get<double>(), 0) << outcome.out;
  EXPECT_LT(json["log_likelihood"].get<double>(), 0);
  // Day 120 is 2024-04-30; the days of purchase beyond it and up to 212, counted from orders().
  int later = 0;
  for (int i = 1; i <= 100; ++i) {
    const auto is_later = [](int day) { return day > 120 && day <= 212 ? 1 : 0; };
    if (i % 3 == 0) later += is_later(i % 40 + i);
    if (i % 6 == 0) later += is_later(i % 40 + 2 * i);
  }
  EXPECT_EQ(json["holdout"]["actual"], later);
  EXPECT_GT(json["holdout"]["predicted"].get<double>(), 0);
}

TEST_F(InsightFit, says_what_cannot_be_fitted) {
  const auto file = folder.write("few.csv", "who,day\na,2024-01-01\na,2024-01-09\nb,2024-01-03\n");
  const auto outcome = fit(file, {"--customer", "who", "--date", "day", "--model", "pareto_nbd",
                                  "--until", "2024-02-01", "--json"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.json()["model"], "pooled");
  EXPECT_NE(outcome.json()["note"].get<std::string>().find("Only 1 customer bought again"),
            std::string::npos);
}

TEST_F(InsightFit, names_row_column_and_fault) {
  const Arguments usual{"--customer", "who",    "--date",  "day",
                        "--model",    "bg_nbd", "--until", "2024-02-01"};
  const auto bad = fit(folder.write("bad.csv", "who,day\na,2024-01-01\na,soon\n"), usual);
  EXPECT_EQ(bad.code, 1);
  EXPECT_EQ(bad.out, "");
  EXPECT_NE(bad.err.find("row 3, column \"day\": \"soon\" is not a date"), std::string::npos)
      << bad.err;
  const auto unknown = fit(folder.write("other.csv", "customer,day\na,2024-01-01\n"), usual);
  EXPECT_EQ(unknown.code, 1);
  EXPECT_NE(unknown.err.find("no column \"who\""), std::string::npos) << unknown.err;
  EXPECT_NE(unknown.err.find("customer, day"), std::string::npos) << unknown.err;
  EXPECT_EQ(fit(folder.path("none.csv"), usual).code, 1);
  auto late = usual;
  late.back() = "2023-01-01";
  EXPECT_EQ(fit(folder.path("bad.csv"), late).code, 1);
  late.back() = "yesterday";
  EXPECT_EQ(fit(folder.path("bad.csv"), late).code, 2);
}

TEST_F(InsightFit, takes_columns_by_number_where_the_file_names_none) {
  const auto text = orders();
  const auto file = folder.write("bare.csv", text.substr(text.find('\n') + 1));
  const auto outcome = fit(file, {"--customer", "2", "--date", "1", "--amount", "3", "--model",
                                  "gamma_gamma", "--until", "2024-12-31", "--json"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.json()["customers"], 33) << outcome.out;  // who bought again
}

}  // namespace
}  // namespace rapport::scenarios
