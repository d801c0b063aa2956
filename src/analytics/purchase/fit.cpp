// Maximum likelihood of the purchase models.
#include <fmt/format.h>

#include <array>
#include <cmath>

#include "analytics/purchase/beta_geometric.hpp"
#include "analytics/purchase/fitted.hpp"
#include "analytics/purchase/likelihood.hpp"
#include "analytics/purchase/maximise.hpp"
#include "analytics/purchase/pareto_nbd.hpp"
#include "analytics/purchase/purchase.hpp"

namespace rapport::analytics {

namespace {

constexpr std::array model_names = {"bg_nbd", "mbg_nbd", "pareto_nbd", "pooled"};

// From this many distinct rows on, a search over a sample finds where the search over all begins.
constexpr std::size_t rows_worth_a_sample = 40'000;
constexpr std::size_t sample_rows = 20'000;
constexpr std::size_t rows_min = 5;  // distinct; four parameters cannot be told from fewer

// Logarithms of parameters may go this far from where one expects them (times of the mean age);
// beyond, a weak wall keeps a search from running along a ridge for ever.
constexpr double reach = 8;
constexpr double at_reach = reach - 0.1;
constexpr double wall = 0.01;
constexpr double off_at_most = 1.25;       // expected to actual purchases, or the other way round
constexpr double gradient_at_most = 1e-5;  // of the mean log-likelihood, to be called a maximum

bool is_time(std::string_view parameter) {
  return parameter == "alpha" || parameter == "beta";
}

double log_expected(std::string_view parameter, const CustomerRows& rows) {
  return is_time(parameter) ? std::log(rows.age / rows.weight) : 0;
}

PurchaseFit about(const CustomerRows& rows) {
  PurchaseFit fit;
  fit.customers = rows.weight;
  fit.repeaters = rows.repeaters;
  fit.rows = rows.rows.size();
  return fit;
}

// One rate for all. The likelihood is that of the models' purchases: rate^x exp(-rate T).
PurchaseFit pooled(const CustomerRows& rows, std::string why) {
  PurchaseFit fit = about(rows);
  const double rate = rows.age > 0 ? rows.purchases / rows.age : 0;
  Parameter parameter{.name = "rate", .value = rate};
  if (rows.purchases > 0 && rows.age > 0) parameter.error = std::sqrt(rows.purchases) / rows.age;
  fit.parameters = {parameter};
  if (rate > 0) fit.log_likelihood = rows.purchases * std::log(rate) - rate * rows.age;
  fit.note = why +
             " One rate of purchase for all customers is used instead; it knows "
             "nothing of who has left.";
  fit.why_pooled = std::move(why);
  return fit;
}

// Why no model can be fitted, or nothing.
std::string too_little(const CustomerRows& rows) {
  if (rows.weight == 0) return "There are no customers.";
  if (rows.repeaters == 0) return "No customer bought again.";
  if (rows.repeaters < repeaters_min)
    return fmt::format("Only {} customer{} bought again; a model needs {}.", rows.repeaters,
                       rows.repeaters == 1 ? "" : "s", repeaters_min);
  if (rows.rows.size() < rows_min)
    return fmt::format("The customers are too much alike: only {} differ.", rows.rows.size());
  return {};
}

// The mean log-likelihood, and the wall.
template <typename Model>
Objective objective_of(const CustomerRows& rows) {
  return [&rows](const std::vector<double>& point, std::vector<double>& gradient) {
    double value = sum_log_likelihood<Model>(rows, point, gradient) / rows.weight;
    for (double& slope : gradient) slope /= rows.weight;
    for (std::size_t i = 0; i < 4; ++i) {
      const double off = point[i] - log_expected(Model::names[i], rows);
      const double beyond = std::abs(off) - reach;
      if (beyond <= 0) continue;
      value -= wall * beyond * beyond;
      gradient[i] -= 2 * wall * std::copysign(beyond, off);
    }
    return value;
  };
}

// Two places to begin: customers who differ much, and little.
template <typename Model>
std::array<std::vector<double>, 2> starts(const CustomerRows& rows) {
  const double rate = rows.purchases / rows.age, age = rows.age / rows.weight;
  std::array<std::vector<double>, 2> all;
  for (const bool alike : {false, true}) {
    const double r = alike ? 2 : 0.4, a = alike ? 1 : 0.7;
    for (const std::string_view name : Model::names) {
      const double value = name == "r"       ? r
                           : name == "alpha" ? r / rate * 0.7
                           : name == "beta"  ? age * (alike ? 3 : 0.5)
                           : name == "b"     ? (alike ? 5 : 2.5)
                                             : a;
      all[alike].push_back(std::log(value));
    }
    all[alike].resize(variables_of<Model>(rows.covariate_count));
  }
  return all;
}

template <typename Model>
Maximum best_of_starts(const CustomerRows& rows) {
  const auto objective = objective_of<Model>(rows);
  Maximum best;
  for (auto& start : starts<Model>(rows)) {
    auto found = maximise(objective, std::move(start), {.gradient_max = 1e-7});
    if (best.point.empty() || found.value > best.value) best = std::move(found);
  }
  return best;
}

template <typename Model>
std::string name_of_variable(std::size_t i, std::size_t covariate_count) {
  if (i < 4) return Model::names[i];
  const std::size_t at = i - 4;
  return fmt::format("gamma{}_{}", at / covariate_count + 1, at % covariate_count + 1);
}

// Parameters with their errors; those that ran away are named in the note.
template <typename Model>
void take_parameters(PurchaseFit& fit, const Maximum& found, const CustomerRows& rows) {
  auto curvature = curvature_at(objective_of<Model>(rows), found.point, found.gradient);
  for (double& second : curvature) second *= rows.weight;
  auto errors = standard_errors(curvature);
  std::string away;
  for (std::size_t i = 0; i < 4; ++i) {
    if (std::abs(found.point[i] - log_expected(Model::names[i], rows)) < at_reach) continue;
    away += (away.empty() ? "" : ", ") + std::string(Model::names[i]);
  }
  if (!away.empty()) {
    errors.clear();
    fit.note = fmt::format(
        "The data do not settle {}: the likelihood still rises, hardly, at the edge of what is "
        "searched. What is expected hardly hangs on it; the parameters mean little and have no "
        "errors.",
        away);
  } else if (errors.empty()) {
    fit.note = "The likelihood is flat at its maximum: parameters have no errors.";
  }
  for (std::size_t i = 0; i < found.point.size(); ++i) {
    Parameter parameter{.name = name_of_variable<Model>(i, rows.covariate_count),
                        .value = i < 4 ? std::exp(found.point[i]) : found.point[i]};
    // The error of a parameter from that of its logarithm.
    if (!errors.empty()) parameter.error = errors[i] * (i < 4 ? parameter.value : 1);
    fit.parameters.push_back(std::move(parameter));
  }
}

// A model may be likeliest and still not be true: then it expects other purchases up to now than
// there were.
void compare_with_actual(PurchaseFit& fit, const CustomerRows& all, const CustomerRows& some) {
  std::vector<std::int32_t> purchases;
  std::vector<double> recency, age, weight, covariates;
  for (const CovariateProfile& profile : some.profiles) {
    for (std::size_t i = profile.from; i < profile.to; ++i) {
      purchases.push_back(some.rows[i].purchases);
      recency.push_back(some.rows[i].recency);
      age.push_back(some.rows[i].age);
      weight.push_back(some.rows[i].weight);
      covariates.insert(covariates.end(), profile.covariates.begin(), profile.covariates.end());
    }
  }
  const double now = 0;
  const double expected = expected_cumulative(
      fit, {purchases, recency, age, weight, covariates, all.covariate_count}, {&now, 1})[0];
  const double ratio = expected / all.purchases;
  if (ratio < off_at_most && ratio > 1 / off_at_most) return;
  fit.note += fmt::format(
      "{}The model does not describe these customers: up to now it expects {:.0f} repeat "
      "purchases, "
      "and there were {:.0f}.",
      fit.note.empty() ? "" : " ", expected, all.purchases);
}

template <typename Model>
PurchaseFit fit_model(PurchaseModel model, const CustomerRows& rows) {
  const bool large = rows.rows.size() >= rows_worth_a_sample;
  const CustomerRows sample = large ? sampled(rows, sample_rows) : CustomerRows();
  const CustomerRows& some = large ? sample : rows;
  Maximum found = best_of_starts<Model>(some);
  int evaluations = large ? 0 : found.evaluations;
  const auto objective = objective_of<Model>(rows);
  // From the sample to all, or the last digits.
  const Curvature curvature = curvature_at(objective_of<Model>(some), found.point, found.gradient);
  found = maximise(objective, found.point, {.curvature = &curvature});
  evaluations += found.evaluations;
  double steepest = 0;
  for (const double slope : found.gradient) steepest = std::max(steepest, std::abs(slope));
  if (!std::isfinite(found.value) || !(steepest <= gradient_at_most))
    return pooled(rows, "The search for the likeliest parameters did not come to an end.");
  PurchaseFit fit = about(rows);
  fit.model = model;
  fit.evaluations = evaluations;
  take_parameters<Model>(fit, found, rows);
  compare_with_actual(fit, rows, some);
  std::vector<double> gradient;
  fit.log_likelihood = sum_log_likelihood<Model>(rows, found.point, gradient);
  return fit;
}

template <typename Model>
double log_likelihood_at(const PurchaseFit& fit, const CustomerRows& rows) {
  std::vector<double> point, gradient;
  for (const Parameter& parameter : fit.parameters)
    point.push_back(point.size() < 4 ? std::log(parameter.value) : parameter.value);
  return sum_log_likelihood<Model>(rows, point, gradient);
}

}  // namespace

std::string_view name_of(PurchaseModel model) {
  return model_names[static_cast<std::size_t>(model)];
}

std::optional<PurchaseModel> purchase_model_named(std::string_view name) {
  for (std::size_t i = 0; i < model_names.size(); ++i)
    if (name == model_names[i]) return static_cast<PurchaseModel>(i);
  return std::nullopt;
}

base::Result<PurchaseFit> fit_purchases(PurchaseModel model, const Customers& customers) {
  if (auto checked = check_customers(customers); !checked) return std::unexpected(checked.error());
  const CustomerRows rows = collapsed(customers);
  if (model == PurchaseModel::pooled) return pooled(rows, "No model was asked for.");
  if (auto why = too_little(rows); !why.empty()) return pooled(rows, std::move(why));
  switch (model) {
    case PurchaseModel::bg_nbd:
      return fit_model<BgNbd>(model, rows);
    case PurchaseModel::mbg_nbd:
      return fit_model<MbgNbd>(model, rows);
    default:
      return fit_model<ParetoNbd>(model, rows);
  }
}

base::Result<double> log_likelihood_of(const PurchaseFit& fit, const Customers& customers) {
  if (auto checked = check_fit(fit, customers.covariate_count); !checked)
    return std::unexpected(checked.error());
  if (auto checked = check_customers(customers); !checked) return std::unexpected(checked.error());
  const CustomerRows rows = collapsed(customers);
  switch (fit.model) {
    case PurchaseModel::bg_nbd:
      return log_likelihood_at<BgNbd>(fit, rows);
    case PurchaseModel::mbg_nbd:
      return log_likelihood_at<MbgNbd>(fit, rows);
    case PurchaseModel::pareto_nbd:
      return log_likelihood_at<ParetoNbd>(fit, rows);
    case PurchaseModel::pooled:
      break;
  }
  const double rate = fit.parameters[0].value;
  return (rows.purchases > 0 ? rows.purchases * std::log(rate) : 0) - rate * rows.age;
}

}  // namespace rapport::analytics
