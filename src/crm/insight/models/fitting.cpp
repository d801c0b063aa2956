#include "crm/insight/models/fitting.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "crm/insight/models/inputs.hpp"

namespace rapport::crm {
namespace {

using analytics::PurchaseModel;

constexpr std::array kModels{PurchaseModel::bg_nbd, PurchaseModel::mbg_nbd,
                             PurchaseModel::pareto_nbd};
constexpr std::int32_t kHoldoutPart = 3;  // of the history, a third
constexpr int kWeeksMax = 104;            // of the picture; longer histories in longer steps

std::int32_t first_day(const Histories& histories) {
  std::int32_t first = std::numeric_limits<std::int32_t>::max();
  for (std::size_t i = 0; i < histories.size(); ++i) {
    if (!histories.days_of(i).empty()) first = std::min(first, histories.days_of(i).front());
  }
  return first;
}

std::size_t customers_of(const Histories& histories) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < histories.size(); ++i) count += !histories.days_of(i).empty();
  return count;
}

base::Result<Holdout> judged(const analytics::PurchaseFit& fit, const Histories& histories,
                             const ModelRows& rows, std::int32_t from, std::int32_t until) {
  Holdout holdout{.from = from + 1, .until = until};
  std::vector<double> expected(rows.customer.size());
  const auto done = analytics::score_purchases(
      fit, rows.customers(), {.length = (until - from) / days_a_week}, {.expected = expected});
  if (!done) return std::unexpected(done.error());
  double squares = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double actual = purchases_between(histories.days_of(rows.customer[i]), from, until);
    holdout.actual += actual;
    holdout.predicted += expected[i];
    squares += (expected[i] - actual) * (expected[i] - actual);
  }
  const auto n = static_cast<double>(std::max<std::size_t>(1, expected.size()));
  // Where nobody bought at all, the error itself counts.
  const double mean = holdout.actual > 0 ? holdout.actual / n : 1;
  holdout.error = std::sqrt(squares / n) / mean;
  return holdout;
}

// Repeat purchases of all so far, week by week: as they were, and as the model has them.
std::vector<WeekPoint> weekly(const analytics::PurchaseFit& fit, const Histories& histories,
                              const ModelRows& rows, std::int32_t first, std::int32_t until) {
  const int weeks = (until - first) / 7;
  if (weeks < 1) return {};
  const int step = 1 + (weeks - 1) / kWeeksMax;
  std::vector<std::size_t> bought(static_cast<std::size_t>(weeks) + 1);
  for (const auto customer : rows.customer) {
    const auto days = histories.days_of(customer);
    for (std::size_t i = 1; i < days.size() && days[i] <= until; ++i) {
      ++bought[static_cast<std::size_t>((days[i] - first) / 7)];
    }
  }
  std::vector<WeekPoint> points;
  std::vector<double> moments;
  double sum = 0;
  for (int week = 1; week <= weeks; ++week) {
    sum += static_cast<double>(bought[static_cast<std::size_t>(week) - 1]);
    if (week % step != 0 && week != weeks) continue;
    points.push_back({.week = week, .actual = sum});
    moments.push_back(week - (until - first) / days_a_week);
  }
  const auto expected = analytics::expected_cumulative(fit, rows.customers(), moments);
  for (std::size_t i = 0; i < points.size() && i < expected.size(); ++i) {
    points[i].expected = expected[i];
  }
  return points;
}

// How the best new fit and the model in use do on the same rows.
std::optional<Contest> contest_of(const Fitted& before_holdout, const Fitted& whole,
                                  const Incumbent& incumbent, const Histories& histories,
                                  const std::pair<std::int32_t, std::int32_t>& held) {
  const auto rows = model_rows(histories, held.first, compared_every(histories));
  const auto last = judged(incumbent.fit, histories, rows, held.first, held.second);
  if (!last || !std::isfinite(last->error)) return std::nullopt;
  if (incumbent.until <= held.first) {
    return Contest{.fresh = before_holdout.holdout->error, .incumbent = last->error};
  }
  const auto fresh = judged(whole.fit, histories, rows, held.first, held.second);
  if (!fresh || !std::isfinite(fresh->error)) return std::nullopt;
  return Contest{.fresh = fresh->error, .incumbent = last->error};
}

}  // namespace

std::size_t compared_every(const Histories& histories) {
  const auto customers = std::max<std::size_t>(1, customers_of(histories));
  return 1 + (customers - 1) / compared_customers_max;
}

std::optional<std::pair<std::int32_t, std::int32_t>> holdout_days(const Histories& histories,
                                                                  std::int32_t today) {
  if (histories.days.empty()) return std::nullopt;
  std::int32_t last = std::numeric_limits<std::int32_t>::min();
  for (const auto day : histories.days) last = std::max(last, day);
  // Of an old file the days since its last purchase say nothing.
  const auto until = std::min(today, last);
  const auto span = until - first_day(histories);
  if (span < history_days_min) return std::nullopt;
  return std::pair(until - std::min(holdout_days_max, span / kHoldoutPart), until);
}

base::Result<Fitted> fit_and_judge(PurchaseModel model, const Histories& histories,
                                   std::int32_t today, bool whole) {
  Fitted fitted{.fit = {}, .from = first_day(histories), .until = today};
  if (const auto held = holdout_days(histories, today)) {
    const auto rows = model_rows(histories, held->first, compared_every(histories));
    auto fit = analytics::fit_purchases(model, rows.customers());
    if (!fit) return std::unexpected(fit.error());
    auto holdout = judged(*fit, histories, rows, held->first, held->second);
    if (!holdout) return std::unexpected(holdout.error());
    fitted.holdout = *holdout;
    fitted.fit = *std::move(fit);
    fitted.until = held->first;
    fitted.customers = rows.customer.size();
    for (const auto again : rows.purchases) fitted.orders += static_cast<std::size_t>(again) + 1;
    if (!whole) return fitted;
  }
  const auto rows = model_rows(histories, today);
  auto fit = analytics::fit_purchases(model, rows.customers());
  if (!fit) return std::unexpected(fit.error());
  fitted.fit = *std::move(fit);
  fitted.until = today;
  fitted.customers = rows.customer.size();
  fitted.orders = histories.days.size();
  fitted.bars = analytics::fit_by_purchases(fitted.fit, rows.customers(), bars_max);
  fitted.weeks = weekly(fitted.fit, histories, rows, fitted.from, today);
  fitted.inputs = baseline_of(histories, today);
  return fitted;
}

base::Result<Comparison> compare_models(const Histories& histories, std::int32_t today,
                                        const std::optional<Incumbent>& incumbent) {
  Comparison comparison;
  if (histories.days.empty()) return comparison;
  const auto held = holdout_days(histories, today);
  for (const auto model : kModels) {
    auto fitted = fit_and_judge(model, histories, today, false);
    if (!fitted) return std::unexpected(fitted.error());
    comparison.fits.push_back(*std::move(fitted));
    if (!held) break;
  }
  std::ranges::stable_sort(comparison.fits, {}, [](const Fitted& fitted) {
    return std::pair(fitted.fit.model == PurchaseModel::pooled,
                     fitted.holdout ? fitted.holdout->error : 0.);
  });
  if (!held) return comparison;
  const auto best = comparison.fits.front().fit.model;
  if (best == PurchaseModel::pooled) return comparison;
  auto whole = fit_and_judge(best, histories, today, true);
  if (!whole) return std::unexpected(whole.error());
  if (incumbent) {
    comparison.contest = contest_of(comparison.fits.front(), *whole, *incumbent, histories, *held);
  }
  comparison.fits.front() = *std::move(whole);
  return comparison;
}

bool predicts_worse(const std::optional<Contest>& contest) {
  return contest && contest->fresh > contest->incumbent * (1 + error_tolerance);
}

bool predicts_better(const std::optional<Contest>& contest) {
  return contest && contest->fresh < contest->incumbent * (1 - error_tolerance);
}

}  // namespace rapport::crm
