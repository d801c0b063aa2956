// `rapport insight fit` on a file alone, no data folder, no database; and on records.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "analytics/testing.hpp"
#include "base/instant.hpp"
#include "commands/program.hpp"

namespace rapport::scenarios {
namespace {

// Base: testing::Test, or what skips the tests where the reference data are absent.
template <typename Base>
class InsightFitOn : public Base {
 protected:
  Folder folder;
  const Arguments usual{"--customer", "who",    "--date",  "day",
                        "--model",    "bg_nbd", "--until", "2024-02-01"};

  [[nodiscard]] Outcome fit(const std::string& file, Arguments more) const {
    Arguments arguments{"insight", "fit", "--orders", file};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_program({std::move(arguments), {}, {}});
  }
};

using InsightFit = InsightFitOn<testing::Test>;
using InsightFitReference = InsightFitOn<analytics::ReferenceTest>;

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
  ASSERT_EQ(json["parameters"].size(), 4U) << outcome.out;
  // These customers are too much alike to tell how they leave.
  EXPECT_EQ(json["errors"].size(), 0U) << outcome.out;
  EXPECT_NE(json["note"].get<std::string>().find("do not settle"), std::string::npos);
  // Day 120 is 2024-04-30; the days of purchase beyond it and up to 212, counted from orders().
  int later = 0;
  for (int i = 1; i <= 100; ++i) {
    const auto is_later = [](int day) { return day > 120 && day <= 212 ? 1 : 0; };
    if (i % 3 == 0) later += is_later(i % 40 + i);
    if (i % 6 == 0) later += is_later(i % 40 + 2 * i);
  }
  EXPECT_EQ(json["holdout"]["actual"], later);
}

// CDNOW's sample (Fader & Hardie), whose fits are published.
struct Published {
  const char* model;
  std::map<std::string, double> parameters;
  double log_likelihood, predicted, predicted_off;
};

TEST_F(InsightFitReference, gives_the_published_fits_of_cdnow) {
  const auto file = folder.write("sample.txt", content("cdnow/CDNOW_sample.txt"));
  // It has no first row of names, and eight orders that were free: those are purchases.
  const Published published[] = {
      {"bg_nbd",
       {{"r", .2426}, {"alpha", 4.4136}, {"a", .7929}, {"b", 2.4259}},
       -9582.429,
       1653.4,
       .5},
      {"pareto_nbd",
       {{"r", .5533}, {"alpha", 10.578}, {"s", .6062}, {"beta", 11.669}},
       -9594.976,
       1665.5,
       .5},
      {"gamma_gamma", {{"p", 6.2496}, {"q", 3.7442}, {"gamma", 15.4435}}, -4055.918, 56435.07, 50}};
  for (const Published& wanted : published) {
    const auto outcome = fit(file, {"--customer", "1", "--date", "3", "--amount", "5", "--model",
                                    wanted.model, "--until", "1997-09-30", "--holdout-until",
                                    "1998-06-30", "--unit", "week", "--json"});
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    const auto json = outcome.json();
    ASSERT_EQ(json["parameters"].size(), wanted.parameters.size()) << outcome.out;
    for (const auto& [name, value] : wanted.parameters)
      EXPECT_NEAR(json["parameters"][name].get<double>(), value, value * 1e-3) << name;
    EXPECT_NEAR(json["log_likelihood"].get<double>(), wanted.log_likelihood, .01) << wanted.model;
    const bool money = wanted.parameters.contains("p");
    EXPECT_EQ(json["customers"], money ? 946 : 2357);
    if (!money) {
      EXPECT_EQ(json["holdout"]["actual"], 1882);
    }
    EXPECT_NEAR(json["holdout"]["predicted"].get<double>(), wanted.predicted, wanted.predicted_off);
    EXPECT_FALSE(json.contains("note")) << outcome.out;
  }
}

// Whoever sent everything back counted as one who bought again.
TEST_F(InsightFit, does_not_count_what_was_given_back) {
  auto text = orders();
  const auto file = folder.write("orders.csv", text);
  for (int i = 1; i <= 100; ++i) text += "2024-04-29;c" + std::to_string(i) + ";-1.00\n";
  const auto returned = folder.write("returned.csv", text);
  const Arguments flags{"--customer", "who",     "--date",     "day",    "--amount",
                        "spent",      "--until", "2024-04-30", "--json", "--model"};
  for (const char* model : {"bg_nbd", "gamma_gamma"}) {
    auto arguments = flags;
    arguments.emplace_back(model);
    auto plain = fit(file, arguments).json(), netted = fit(returned, arguments).json();
    ASSERT_TRUE(netted.contains("note")) << netted.dump();
    EXPECT_NE(netted["note"].get<std::string>().find("no purchases: 100."), std::string::npos)
        << netted["note"];
    netted.erase("note");
    plain.erase("note");
    EXPECT_EQ(netted, plain);
  }
  // Without amounts nothing tells a return from a purchase.
  auto bare = flags;
  bare.erase(bare.begin() + 4, bare.begin() + 6);
  bare.emplace_back("bg_nbd");
  EXPECT_NE(fit(returned, bare).json()["log_likelihood"], fit(file, bare).json()["log_likelihood"]);
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
  const auto bad = fit(folder.write("bad.csv", "who,day\na,2024-01-01\na,soon\n"), usual);
  EXPECT_EQ(bad.code, 1);
  EXPECT_EQ(bad.out, "");
  EXPECT_NE(bad.err.find("row 3, column \"day\": \"soon\" is not a date"), std::string::npos)
      << bad.err;
  const auto unknown = fit(folder.write("other.csv", "customer,day\na,2024-01-01\n"), usual);
  EXPECT_EQ(unknown.code, 1);
  EXPECT_NE(unknown.err.find("no column \"who\""), std::string::npos) << unknown.err;
  EXPECT_NE(unknown.err.find("customer, day"), std::string::npos) << unknown.err;
  const auto none = fit(folder.path("none.csv"), usual);
  EXPECT_EQ(none.code, 1);
  EXPECT_NE(none.err.find("Cannot read " + folder.path("none.csv")), std::string::npos) << none.err;
  EXPECT_NE(none.err.find("No such file or directory"), std::string::npos) << none.err;
  const auto a_folder = fit("/", usual);
  EXPECT_EQ(a_folder.code, 1);
  EXPECT_NE(a_folder.err.find("no plain file"), std::string::npos) << a_folder.err;
}

// What a person does about it stands below what was wrong.
TEST_F(InsightFit, says_how_a_cell_is_written) {
  struct Case {
    const char *row, *says, *hint;
  };
  for (const Case& example :
       {Case{"a;31.12.2023;5", "\"31.12.2023\" is not a date", "year first"},
        Case{"a;12/31/2023;5", "\"12/31/2023\" is not a date", "year first"},
        Case{"a;2024-01-01;10,5", "\"10,5\" is not an amount", "1234.50"},
        // Beyond what can be summed: it ended in a mean of infinity, of a customer nobody knew.
        Case{"a;2024-01-01;1.5e308", "\"1.5e308\" is not an amount", "1234.50"},
        Case{"a;2024-01-01;nan", "\"nan\" is not an amount", "1234.50"}}) {
    const auto file =
        folder.write("cells.csv", std::string("who;day;spent\n") + example.row + "\n");
    auto arguments = usual;
    arguments.insert(arguments.end(), {"--amount", "spent"});
    const auto outcome = fit(file, arguments);
    EXPECT_EQ(outcome.code, 1);
    EXPECT_NE(outcome.err.find(example.says), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.err.find("row 2"), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.err.find(example.hint), std::string::npos) << outcome.err;
  }
}

// Spreadsheets leave rows of empty cells below the last one.
TEST_F(InsightFit, passes_over_rows_where_nothing_stands) {
  const auto plain = folder.write("plain.csv", orders());
  const auto spaced = folder.write("spaced.csv", orders() + ";;\n  \n\n; ;\n");
  const auto outcome = fit(spaced, usual);
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, fit(plain, usual).out);
}

// It said that the mean of all orders was nought.
TEST_F(InsightFit, takes_first_purchases_for_what_is_spent_where_nobody_came_back) {
  std::string once = "who,day,spent\n", free = once;
  for (int i = 0; i < 30; ++i) {
    const auto who = "c" + std::to_string(i);
    once += who + ",2024-01-0" + std::to_string(1 + i % 9) + (i % 2 == 0 ? ",4\n" : ",8\n");
    free += who + ",2024-01-01,0\n" + who + ",2024-01-09,0\n";
  }
  once += "c0,2024-03-01,10\nc1,2024-03-02,3\n";  // in the time held out
  Arguments money{"--customer",      "who",        "--date",      "day",     "--amount",
                  "spent",           "--model",    "gamma_gamma", "--until", "2024-02-01",
                  "--holdout-until", "2024-03-31", "--json"};
  const auto outcome = fit(folder.write("once.csv", once), money);
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const auto json = outcome.json();
  EXPECT_EQ(json["model"], "pooled");
  EXPECT_EQ(json["customers"], 30);
  EXPECT_EQ(json["parameters"]["mean"], 6);
  EXPECT_EQ(json["holdout"]["actual"], 13);
  EXPECT_EQ(json["holdout"]["predicted"], 12);
  EXPECT_NE(json["note"].get<std::string>().find("Nobody bought again"), std::string::npos);
  const auto nothing = fit(folder.write("free.csv", free), money);
  EXPECT_EQ(nothing.code, 1);
  EXPECT_NE(nothing.err.find("insight.no_amounts"), std::string::npos) << nothing.err;
}

TEST_F(InsightFit, says_what_is_wrong_with_its_days) {
  const auto file = folder.write("fine.csv", "who,day\na,2024-01-01\na,2024-01-09\n");
  const auto twice = folder.write("twice.csv", "who,day\na,2024-01-01 2024-01-09\n");
  EXPECT_EQ(fit(file, usual).code, 0);
  const auto two_dates = fit(twice, usual);
  EXPECT_EQ(two_dates.code, 1);
  EXPECT_NE(two_dates.err.find("row 2, column \"day\""), std::string::npos) << two_dates.err;
  struct Case {
    const char *flag, *value;
    int code;
    const char* says;
  };
  for (const Case& example :
       {Case{"--until", "2023-01-01", 1, "Nobody bought anything up to 2023-01-01"},
        Case{"--until", "2023-01-01", 1, "Its first order is of 2024-01-01"},
        Case{"--until", "yesterday", 2, "\"yesterday\" is not a date"},
        Case{"--holdout-until", "2024-02-01", 2, "must be later than --until"},
        Case{"--holdout-until", "soon", 2, "\"soon\" is not a date"},
        Case{"--model", "gamma_gamma", 2, "--amount"}, Case{"--model", "bgnbd", 2, "--model"},
        Case{"--unit", "year", 2, "--unit"}}) {
    auto arguments = usual;
    const auto at = std::ranges::find(arguments, example.flag);
    if (at == arguments.end())
      arguments.insert(at, {example.flag, example.value});
    else
      *(at + 1) = example.value;
    const auto outcome = fit(file, arguments);
    EXPECT_EQ(outcome.code, example.code) << example.flag << " " << example.value;
    EXPECT_EQ(outcome.out, "");
    EXPECT_NE(outcome.err.find(example.says), std::string::npos) << outcome.err;
  }
}

// Without a file the program's own orders are fitted.
TEST_F(InsightFit, a_database_without_orders_has_nothing_to_fit) {
  const auto outcome = run_program(
      {{"insight", "fit", "--model", "bg_nbd", "--data", folder.path("data"), "--json"}, {}, {}});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_NE(outcome.err.find("Nobody has bought yet."), std::string::npos) << outcome.err;
}

TEST_F(InsightFit, takes_columns_by_number_where_the_file_names_none) {
  // The first row's customer bought twice on days of his own: were the row lost, he had not.
  const auto text = orders();
  const auto file =
      folder.write("bare.csv", "2024-01-02 10:00;first;3.50\n" + text.substr(text.find('\n') + 1) +
                                   "2024-06-02 10:00;first;3.50\n");
  const auto outcome = fit(file, {"--customer", "2", "--date", "1", "--amount", "3", "--model",
                                  "gamma_gamma", "--until", "2024-12-31", "--json"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.json()["customers"], 34) << outcome.out;  // who bought again
}

}  // namespace
}  // namespace rapport::scenarios
