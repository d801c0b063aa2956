// The risk of leaving, learnt: the probability that a customer who bought up to now buys nothing
// within the next `horizon` days. Fitted on customers as they stood three horizons ago, calibrated
// on those of two horizons ago, judged on those of one horizon ago, whose outcome no part of it has
// seen. Both kinds are fitted; the logistic one, whose weights can be read, is preferred unless the
// trees tell what came after clearly better. The preferred one is then fitted anew, a horizon
// later, so that what scores knows the newest days; each outcome still either fits or calibrates.
// What was judged stands for it as the first two thirds of the time do for a purchase model. Pure:
// facts in, fits out.
//
//   today − 3 H       today − 2 H        today − H           today
//   fitted here ──────┤
//                     calibrated here ───┤
//                                        judged here ────────┤
//                     fitted anew here ──┤
//                                        calibrated here ────┤
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analytics/predict/score_model.hpp"
#include "analytics/purchase/purchase.hpp"
#include "base/problem.hpp"
#include "crm/insight/churn_risk/cases.hpp"

namespace rapport::crm {

// Four of five returns of those who came back took no longer than the horizon: who has bought
// nothing for so long has probably not just paused. It is one of these lengths, so that it stays
// the same from night to night, and at most a fifth of the history, so that the earliest cut-off
// still has twice as much behind it as any outcome takes.
inline constexpr double horizon_quantile = .8;
inline constexpr std::array<std::int32_t, 6> horizons{30, 45, 60, 90, 120, 180};
inline constexpr std::int32_t horizons_in_history = 5;
inline constexpr std::size_t slice_customers_max = 20'000;     // of each cut-off, evenly drawn
inline constexpr std::size_t slice_customers_min = 150;        // at the earliest one
inline constexpr std::size_t horizon_customers_max = 200'000;  // whose gaps tell it, evenly drawn
inline constexpr std::size_t rival_customers_max = 10'000;     // of those judged on, evenly drawn
// The trees are taken where their log loss on the hold-out is lower by more than this share: less
// is chance, and their reasons are dearer.
inline constexpr double boosted_margin = .01;
// A new fit is worse than the one in use where its skill is lower by more than this.
inline constexpr double skill_tolerance = .02;

struct ChurnModel {
  analytics::ScoreModel model;
  std::int32_t horizon = 0;   // days
  bool interactions = false;  // whether interactions are among its features

  [[nodiscard]] base::Result<std::string> save() const;
  // Refused: analytics.malformed_model.
  [[nodiscard]] static base::Result<ChurnModel> load(std::string_view saved);
};

// How a model did on customers as they stood at a day.
struct ChurnJudgement {
  std::int32_t from = 0, until = 0;  // days of the outcomes, both included
  std::size_t cases = 0, left = 0;
  double predicted = 0;  // how many would leave: the sum of probabilities
  double area = 0;       // under the curve
  double log_loss = 0, brier = 0;
  // That share of everybody leaves which left at the time of calibration: what any model must beat.
  double base_log_loss = 0;
  analytics::Calibration calibration;

  // How much of what the base rate leaves open the model tells: 1 all, 0 nothing.
  [[nodiscard]] double skill() const {
    return base_log_loss > 0 ? 1 - log_loss / base_log_loss : 0;
  }
  // Root mean squared error by customer, divided by the mean of what was actual.
  [[nodiscard]] double error() const;
};

struct ChurnFit {
  ChurnModel model;
  std::int32_t from = 0, until = 0;  // days of the purchases it was fitted and calibrated on
  std::size_t customers = 0, purchases = 0;  // fitted on: at the earlier cut-off
  ChurnJudgement judged;
  // The last day known to the fit that was judged; before `until` where it was fitted anew since.
  std::int32_t judged_until = 0;
};

// How a purchase model, fitted up to the cut-off of the hold-out, ranks the same customers.
struct ChurnRival {
  analytics::PurchaseModel model = analytics::PurchaseModel::pareto_nbd;
  double alive_area = 0;     // by the probability of being a customer still
  double expected_area = 0;  // by the purchases expected within the horizon
};

// Skills of the preferred fit and of the model in use on the same customers and days. One in use
// that has seen days of the hold-out is compared with the preferred as fitted anew, which has seen
// them too: both were calibrated on them, so both look a little better than they are.
struct SkillContest {
  double fresh = 0, incumbent = 0;
};

struct ChurnComparison {
  std::vector<ChurnFit> fits;  // of both kinds, the preferred first; fitted anew is it alone
  std::optional<ChurnRival> rival;
  // None: nothing in use, or its horizon is another: other days, another question.
  std::optional<SkillContest> contest;
};

// Nullopt: the history is too short for the least of horizons.
[[nodiscard]] std::optional<std::int32_t> churn_horizon(const Histories& histories,
                                                        std::int32_t today);

struct ChurnOptions {
  const ChurnModel* incumbent = nullptr;  // the model in use, to be compared with
  std::int32_t incumbent_until = 0;       // the last day known to it
  analytics::PurchaseModel rival = analytics::PurchaseModel::pareto_nbd;
};

// Refused where there is too little to learn from or to judge by (insight.no_fit, with what is
// missing).
[[nodiscard]] base::Result<ChurnComparison> compare_churn(const ChurnSources& sources,
                                                          std::int32_t today,
                                                          const ChurnOptions& options = {});

}  // namespace rapport::crm
