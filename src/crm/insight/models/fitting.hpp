// Which purchase model tells best what comes: each is fitted on the purchases up to some day and
// asked what every customer does in the time after it (the hold-out), which is known. The best is
// then fitted on everything. Pure: histories in, fits out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analytics/predict/drift.hpp"
#include "analytics/purchase/purchase.hpp"
#include "crm/insight/facts/histories.hpp"

namespace rapport::crm {

// Less history than this holds nothing out: the first model is fitted and not compared.
inline constexpr std::int32_t history_days_min = 120;
inline constexpr std::int32_t holdout_days_max = 273;  // 39 weeks
// Models are compared on at most so many customers, evenly drawn; parameters hardly differ.
inline constexpr std::size_t compared_customers_max = 200'000;
[[nodiscard]] std::size_t compared_every(const Histories& histories);  // each n-th of them
inline constexpr std::size_t bars_max = 8;  // of the picture by number of purchases

struct Holdout {
  std::int32_t from = 0, until = 0;  // days, both included
  double actual = 0, predicted = 0;  // purchases of all customers compared
  double error = 0;  // root mean squared error by customer, divided by the mean of what was actual
};

struct WeekPoint {
  int week = 0;                     // since the first purchase of all
  double actual = 0, expected = 0;  // repeat purchases so far
};

struct Fitted {
  analytics::PurchaseFit fit;
  std::int32_t from = 0, until = 0;  // days of the purchases it was fitted on
  std::size_t customers = 0, orders = 0;
  std::optional<Holdout> holdout;
  std::vector<analytics::PurchaseCount> bars;  // by repeat purchases; the last: so many or more
  std::vector<WeekPoint> weeks;
  std::optional<analytics::DriftBaseline> inputs;  // of those it was fitted on, where on everything
};

// The days held out up to today; nullopt where there is too little history.
[[nodiscard]] std::optional<std::pair<std::int32_t, std::int32_t>> holdout_days(
    const Histories& histories, std::int32_t today);

// Fits one model up to the hold-out, judges it there, and, `whole`, fits it again on everything.
[[nodiscard]] base::Result<Fitted> fit_and_judge(analytics::PurchaseModel model,
                                                 const Histories& histories, std::int32_t today,
                                                 bool whole);

// The model in use, which a new fit is to displace.
struct Incumbent {
  analytics::PurchaseFit fit;
  std::int32_t until = 0;  // the last day of the purchases it was fitted on
};

// Errors of the best new fit and of the model in use on the same customers and days: errors of
// different periods cannot be compared, since calm ones are easier to tell than lively ones.
struct Contest {
  double fresh = 0, incumbent = 0;
};

struct Comparison {
  std::vector<Fitted> fits;        // the best first; fitted on everything is it alone
  std::optional<Contest> contest;  // none: nothing in use, nothing held out, or no error to tell
};
// Models without a hold-out or with equal errors stay in the order of the list: BG/NBD, MBG/NBD,
// Pareto/NBD. `pooled` fits come last, whatever their error. An incumbent that has seen days of the
// hold-out is compared with the best as fitted on everything, which has seen them too.
[[nodiscard]] base::Result<Comparison> compare_models(
    const Histories& histories, std::int32_t today,
    const std::optional<Incumbent>& incumbent = std::nullopt);

// Whether the new fit predicts worse than the model in use, or better, by more than chance moves
// the error from day to day.
inline constexpr double error_tolerance = .02;
[[nodiscard]] bool predicts_worse(const std::optional<Contest>& contest);
[[nodiscard]] bool predicts_better(const std::optional<Contest>& contest);

}  // namespace rapport::crm
