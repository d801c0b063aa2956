// Models of real outcomes: who left a telephone company (IBM's sample data), and who took a bank's
// deposit (Moro et al. 2014).
#include <algorithm>
#include <iostream>

#include "analytics/predict/score_model.hpp"
#include "analytics/testing.hpp"

namespace rapport::analytics {
namespace {

struct Cases {
  Table table;
  std::vector<std::uint8_t> outcomes;
};

class PredictReference : public ReferenceTest {
 protected:
  // The columns of a file as features; what is named in `left_out` is not one, the last column is
  // the outcome. Columns of numbers alone (or nothing) are numbers.
  static Cases cases(const std::string& name, const std::vector<std::string>& left_out) {
    std::vector<std::string> heading;
    std::vector<std::vector<std::string>> columns;
    Cases made;
    each_row(name, [&](const std::vector<std::string>& cells) {
      if (heading.empty()) {
        heading = cells;
        columns.resize(cells.size());
        return;
      }
      for (std::size_t i = 0; i < cells.size(); ++i) columns[i].push_back(cells[i]);
      made.outcomes.push_back(cells.back() == "Yes" || cells.back() == "yes" ? 1 : 0);
    });
    for (std::size_t i = 0; i + 1 < heading.size(); ++i) {
      if (std::ranges::find(left_out, heading[i]) != left_out.end()) continue;
      made.table.features.push_back({.name = heading[i], .known_at = KnownAt::prediction});
      made.table.columns.push_back(column_of(columns[i]));
    }
    return made;
  }

  static Column column_of(const std::vector<std::string>& texts) {
    std::vector<double> numbers;
    for (const std::string& text : texts) {
      char* end = nullptr;
      const double number = std::strtod(text.c_str(), &end);
      const bool blank = text.find_first_not_of(' ') == std::string::npos;
      if (!blank && *end != '\0') return texts;
      numbers.push_back(blank ? missing_number : number);
    }
    return numbers;
  }

  static Cases telco() { return cases("telco_churn/telco_customer_churn.csv.xz", {"customerID"}); }
  static Cases bank() { return cases("bank_marketing/bank_full.csv.xz", {"Cust_num"}); }

  struct Judged {
    double area = 0;
    double error = 0;
  };
  static Judged judge(const char* what, const Cases& cases, const ScoreOptions& options,
                      std::size_t folds = 5) {
    const auto scored = cross_validated(cases.table, cases.outcomes, options, folds, 1);
    EXPECT_TRUE(scored) << scored.error().message << scored.error().details;
    if (!scored) return {};
    const Judged made{.area = *area_under_curve(scored->log_odds, cases.outcomes),
                      .error = calibration_of(scored->probabilities, cases.outcomes)->error};
    std::cout << what << ": area under the curve " << made.area << ", calibration error "
              << made.error << "\n";
    return made;
  }
};

TEST_F(PredictReference, WhoLeavesTheTelephoneCompanyIsToldAsWellAsKnown) {
  const Cases known = telco();
  ASSERT_EQ(known.outcomes.size(), 7043U);
  const Judged plain = judge("telco, logistic", known, {.kind = ModelKind::logistic});
  const Judged strong = judge("telco, boosted", known, {.kind = ModelKind::boosted});
  EXPECT_GE(plain.area, 0.841);
  EXPECT_GE(strong.area, 0.841);
  EXPECT_LE(plain.error, 0.028);
  EXPECT_LE(strong.error, 0.028);
}

TEST_F(PredictReference, WhoTakesTheDepositIsToldWithoutTheLengthOfTheCall) {
  Cases known = bank();
  ASSERT_EQ(known.outcomes.size(), 45'211U);
  for (std::size_t i = 0; i < known.table.features.size(); ++i) {
    if (known.table.features[i].name == "duration") {
      known.table.features[i].known_at = KnownAt::during;
    }
  }
  const auto refused = ScoreModel::fit(known.table, known.outcomes, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "analytics.leaking_feature");
  EXPECT_EQ(refused.error().details, "duration");
  known = cases("bank_marketing/bank_full.csv.xz", {"Cust_num", "duration"});
  // Rows are in order of time, 2008 to 2010, and the crisis of those years changed who said yes. To
  // compare with the known answers, models see cases of all years.
  const Judged plain =
      judge("bank, logistic", known, {.kind = ModelKind::logistic, .calibration_share = 0}, 3);
  const ScoreOptions deep{
      .kind = ModelKind::boosted,
      .boost = {.rounds = 300, .depth = 5, .row_share = 0.9, .column_share = 0.5, .weight_min = 2},
      .calibration_share = 0};
  const Judged strong = judge("bank, boosted", known, deep);
  EXPECT_GE(plain.area, 0.7696);
  EXPECT_GE(strong.area, 0.8034);
}

}  // namespace
}  // namespace rapport::analytics
