#include "crm/insight/churn_risk/fitting.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/json.hpp"

namespace rapport::crm {
namespace {

using analytics::ModelKind;
using analytics::ScoreModel;

// Shallow and few: a model is kept with each fit, and scores a million customers.
constexpr analytics::BoostOptions kBoost{.rounds = 120, .depth = 3, .learning_rate = .08};

std::unexpected<base::Problem> too_little(std::string what) {
  return base::refuse(base::ProblemKind::invalid, "insight.no_fit",
                      "The model cannot be fitted to these orders.", std::move(what));
}

// The share of those who had bought by the cut-off who then left.
double rate_at(const Histories& histories, std::int32_t cut_off, std::int32_t horizon) {
  const auto customers = customers_by(histories, cut_off, slice_customers_max);
  const auto left = std::ranges::count_if(customers, [&](std::uint32_t customer) {
    return purchases_between(histories.days_of(customer), cut_off, cut_off + horizon) == 0;
  });
  return static_cast<double>(left) /
         static_cast<double>(std::max<std::size_t>(1, customers.size()));
}

bool both_outcomes(const ChurnCases& cases) {
  const auto left = static_cast<std::size_t>(std::ranges::count(cases.left, 1));
  return left > 0 && left < cases.left.size();
}

// One cut-off is fitted on, the one a horizon later calibrates.
struct Slices {
  std::int32_t fit_day = 0, horizon = 0;
  bool interactions = false;
  ChurnCases fit, calibration;

  static Slices of(const ChurnSources& sources, std::int32_t fit_day, std::int32_t horizon,
                   bool interactions) {
    Slices made{.fit_day = fit_day,
                .horizon = horizon,
                .interactions = interactions,
                .fit = churn_cases(sources, fit_day, horizon, interactions, slice_customers_max),
                .calibration = {}};
    // Less than a half of the cases calibrate.
    const auto most = std::max<std::size_t>(made.fit.customer.size(), 1) - 1;
    made.calibration = churn_cases(sources, fit_day + horizon, horizon, interactions, most);
    return made;
  }
};

base::Result<ChurnJudgement> judged(const ChurnModel& model, const ChurnCases& cases,
                                    double base_rate, std::int32_t cut_off) {
  const auto told = model.model.probabilities(cases.table);
  if (!told) return std::unexpected(told.error());
  const auto area = analytics::area_under_curve(*told, cases.left);
  if (!area) return std::unexpected(area.error());
  const auto losses = analytics::losses_of(*told, cases.left);
  if (!losses) return std::unexpected(losses.error());
  auto calibration = analytics::calibration_of(*told, cases.left);
  if (!calibration) return std::unexpected(calibration.error());
  const std::vector<double> same(cases.left.size(), base_rate);
  const auto base = analytics::losses_of(same, cases.left);
  if (!base) return std::unexpected(base.error());
  ChurnJudgement made{.from = cut_off + 1,
                      .until = cut_off + model.horizon,
                      .cases = cases.left.size(),
                      .left = static_cast<std::size_t>(std::ranges::count(cases.left, 1)),
                      .area = *area,
                      .log_loss = losses->log_loss,
                      .brier = losses->brier,
                      .base_log_loss = base->log_loss,
                      .calibration = *std::move(calibration)};
  for (const double probability : *told) made.predicted += probability;
  return made;
}

// Of the same customers, what a purchase model is fitted on.
struct RivalRows {
  std::vector<std::uint8_t> left;
  std::vector<std::int32_t> purchases;
  std::vector<double> recency, age;

  RivalRows(const Histories& histories, const ChurnCases& cases, std::int32_t cut_off) {
    const auto every = 1 + cases.customer.size() / rival_customers_max;
    for (std::size_t i = 0; i < cases.customer.size(); i += every) {
      const auto days = histories.days_of(cases.customer[i]);
      const auto known = std::ranges::upper_bound(days, cut_off) - days.begin();
      left.push_back(cases.left[i]);
      purchases.push_back(static_cast<std::int32_t>(known) - 1);
      recency.push_back((days[static_cast<std::size_t>(known) - 1] - days[0]) / days_a_week);
      age.push_back((cut_off - days[0]) / days_a_week);
    }
  }
  [[nodiscard]] analytics::Customers customers() const {
    return {.purchases = purchases, .recency = recency, .age = age};
  }
};

std::optional<ChurnRival> rival_of(analytics::PurchaseModel model, const Histories& histories,
                                   const ChurnCases& cases, std::int32_t cut_off,
                                   std::int32_t horizon) {
  const RivalRows rows(histories, cases, cut_off);
  const auto fit = analytics::fit_purchases(model, rows.customers());
  if (!fit || fit->model == analytics::PurchaseModel::pooled) return std::nullopt;
  std::vector<double> alive(rows.left.size()), expected(rows.left.size());
  const auto done =
      analytics::score_purchases(*fit, rows.customers(), {.length = horizon / days_a_week},
                                 {.alive = alive, .expected = expected});
  if (!done) return std::nullopt;
  for (auto* column : {&alive, &expected}) {
    for (double& value : *column) value = std::isnan(value) ? -1 : -value;
  }
  const auto alive_area = analytics::area_under_curve(alive, rows.left);
  const auto expected_area = analytics::area_under_curve(expected, rows.left);
  if (!alive_area || !expected_area) return std::nullopt;
  return ChurnRival{
      .model = fit->model, .alive_area = *alive_area, .expected_area = *expected_area};
}

// Nought or one tells nothing to compare with: its loss is infinite as soon as one differs.
std::optional<double> base_rate_at(const Histories& histories, std::int32_t cut_off,
                                   std::int32_t horizon) {
  const double rate = rate_at(histories, cut_off, horizon);
  return rate > 0 && rate < 1 ? std::optional(rate) : std::nullopt;
}

// On the days that a fit of the same horizon is judged on.
std::optional<double> skill_of(const ChurnModel& model, const ChurnSources& sources,
                               std::int32_t today) {
  const auto cut_off = today - model.horizon;
  const auto cases =
      churn_cases(sources, cut_off, model.horizon, model.interactions, slice_customers_max);
  const auto rate = base_rate_at(sources.histories, cut_off - model.horizon, model.horizon);
  if (!both_outcomes(cases) || !rate) return std::nullopt;
  const auto told = judged(model, cases, *rate, cut_off);
  return told ? std::optional(told->skill()) : std::nullopt;
}

base::Result<ChurnFit> fitted(ModelKind kind, const Slices& slices, const Histories& histories) {
  const auto cases = joined(slices.fit, slices.calibration);
  // Half a row more, so that rounding down gives the later cut-off whole and nothing else.
  const double share = (static_cast<double>(slices.calibration.left.size()) + .5) /
                       static_cast<double>(cases.left.size());
  auto model = ScoreModel::fit(cases.table, cases.left,
                               {.kind = kind, .boost = kBoost, .calibration_share = share});
  if (!model) {
    if (model.error().kind == base::ProblemKind::invalid) {
      return too_little(model.error().message + " " + model.error().details);
    }
    return std::unexpected(model.error());
  }
  ChurnFit made{.model = {.model = *std::move(model),
                          .horizon = slices.horizon,
                          .interactions = slices.interactions},
                .from = std::numeric_limits<std::int32_t>::max(),
                .until = slices.fit_day + 2 * slices.horizon,
                .customers = slices.fit.customer.size(),
                .purchases = 0,
                .judged = {},
                .judged_until = slices.fit_day + 2 * slices.horizon};
  for (const auto customer : slices.fit.customer) {
    const auto days = histories.days_of(customer);
    made.from = std::min(made.from, days.front());
    made.purchases +=
        static_cast<std::size_t>(std::ranges::upper_bound(days, slices.fit_day) - days.begin());
  }
  return made;
}

// The same fitted anew on the days up to now, which keeps what was judged. Where these do not learn
// (the last to come back are all, or none), it stays as it was judged.
base::Result<ChurnFit> fitted_anew(ChurnFit fit, const ChurnSources& sources, std::int32_t today) {
  const auto horizon = fit.model.horizon;
  const auto slices = Slices::of(sources, today - 2 * horizon, horizon, fit.model.interactions);
  auto made = fitted(fit.model.model.kind(), slices, sources.histories);
  if (!made && made.error().code == "insight.no_fit") return fit;
  if (!made) return made;
  made->judged = std::move(fit.judged);
  made->judged_until = fit.judged_until;
  return made;
}

}  // namespace

double ChurnJudgement::error() const {
  return left > 0 ? std::sqrt(brier) * static_cast<double>(cases) / static_cast<double>(left) : 0;
}

base::Result<std::string> ChurnModel::save() const {
  auto saved = model.save();
  if (!saved) return saved;
  return base::to_text(base::Json{
      {"horizon", horizon}, {"interactions", interactions}, {"model", *std::move(saved)}});
}

base::Result<ChurnModel> ChurnModel::load(std::string_view saved) {
  constexpr std::size_t bytes_max = std::size_t{64} << 20;
  const auto json = base::parse_json(saved, {.bytes_max = bytes_max, .depth_max = 8});
  const auto has = [&](const char* name, bool (base::Json::*is)() const noexcept) {
    return json && json->is_object() && json->contains(name) && ((*json)[name].*is)();
  };
  if (!has("horizon", &base::Json::is_number_integer) ||
      !has("interactions", &base::Json::is_boolean) || !has("model", &base::Json::is_string)) {
    return base::refuse(base::ProblemKind::malformed, "analytics.malformed_model",
                        "The saved model cannot be read.");
  }
  auto model = ScoreModel::load((*json)["model"].get_ref<const std::string&>());
  if (!model) return std::unexpected(model.error());
  return ChurnModel{.model = *std::move(model),
                    .horizon = (*json)["horizon"].get<std::int32_t>(),
                    .interactions = (*json)["interactions"].get<bool>()};
}

std::optional<std::int32_t> churn_horizon(const Histories& histories, std::int32_t today) {
  std::vector<std::int32_t> gaps;
  std::int32_t first = today;
  const auto every = 1 + histories.size() / horizon_customers_max;
  for (std::size_t i = 0; i < histories.size(); ++i) {
    const auto days = histories.days_of(i);
    if (!days.empty()) first = std::min(first, days.front());
    if (i % every != 0) continue;
    for (std::size_t k = 1; k < days.size() && days[k] <= today; ++k) {
      gaps.push_back(days[k] - days[k - 1]);
    }
  }
  const std::int32_t most = (today - first) / horizons_in_history;
  if (gaps.empty() || most < horizons.front()) return std::nullopt;
  const auto at = gaps.begin() + static_cast<std::ptrdiff_t>(horizon_quantile *
                                                             static_cast<double>(gaps.size() - 1));
  std::ranges::nth_element(gaps, at);
  std::int32_t horizon = horizons.front();
  for (const auto length : horizons) {
    if (length > most) break;
    horizon = length;
    if (length >= *at) break;
  }
  return horizon;
}

base::Result<ChurnComparison> compare_churn(const ChurnSources& sources, std::int32_t today,
                                            const ChurnOptions& options) {
  const auto horizon = churn_horizon(sources.histories, today);
  if (!horizon) {
    return too_little(
        fmt::format("Nobody has come back yet, or the first purchase was less than "
                    "{} days ago.",
                    horizons_in_history * horizons.front()));
  }
  const auto fit_day = today - 3 * *horizon;
  const bool interactions = interactions_known(sources, fit_day);
  const auto slices = Slices::of(sources, fit_day, *horizon, interactions);
  if (slices.fit.customer.size() < slice_customers_min) {
    return too_little(fmt::format("{} customers had bought {} days ago, at least {} are needed.",
                                  slices.fit.customer.size(), 3 * *horizon, slice_customers_min));
  }
  const auto cut_off = today - *horizon;
  const auto judgement = churn_cases(sources, cut_off, *horizon, interactions, slice_customers_max);
  const auto rate = base_rate_at(sources.histories, cut_off - *horizon, *horizon);
  if (!both_outcomes(slices.calibration) || !both_outcomes(judgement) || !rate) {
    return too_little("All customers bought again, or none did: there is nothing to judge by.");
  }
  ChurnComparison made;
  for (const auto kind : {ModelKind::logistic, ModelKind::boosted}) {
    auto one = fitted(kind, slices, sources.histories);
    if (!one) return std::unexpected(one.error());
    auto told = judged(one->model, judgement, *rate, cut_off);
    if (!told) return std::unexpected(told.error());
    one->judged = *std::move(told);
    made.fits.push_back(*std::move(one));
  }
  if (made.fits[1].judged.log_loss < made.fits[0].judged.log_loss * (1 - boosted_margin)) {
    std::swap(made.fits[0], made.fits[1]);
  }
  made.rival = rival_of(options.rival, sources.histories, judgement, cut_off, *horizon);
  auto anew = fitted_anew(std::move(made.fits.front()), sources, today);
  if (!anew) return std::unexpected(anew.error());
  made.fits.front() = *std::move(anew);
  const auto* incumbent = options.incumbent;
  if (incumbent == nullptr || incumbent->horizon != *horizon) return made;
  const auto last = skill_of(*incumbent, sources, today);
  const bool has_seen = options.incumbent_until > cut_off;
  const auto fresh = has_seen ? skill_of(made.fits.front().model, sources, today)
                              : std::optional(made.fits.front().judged.skill());
  if (last && fresh) made.contest = SkillContest{.fresh = *fresh, .incumbent = *last};
  return made;
}

}  // namespace rapport::crm
