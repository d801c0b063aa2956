#include "analytics/predict/score_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace rapport::analytics {
namespace {

using base::ProblemKind;

std::size_t happened_in(std::span<const std::uint8_t> outcomes) {
  return static_cast<std::size_t>(std::ranges::count(outcomes, 1));
}

base::Result<void> check_outcomes(const Table& table, std::span<const std::uint8_t> outcomes,
                                  const ScoreOptions& options) {
  const bool known =
      std::ranges::all_of(outcomes, [](std::uint8_t outcome) { return outcome <= 1; });
  if (!known || outcomes.size() != table.rows()) {
    return base::refuse(ProblemKind::internal, "analytics.bad_outcome",
                        "There is not one outcome, nought or one, for each case.");
  }
  if (!(options.calibration_share >= 0 && options.calibration_share <= 0.5)) {
    return base::refuse(ProblemKind::invalid, "analytics.bad_option",
                        "The share of cases to calibrate on is outside nought to a half.");
  }
  const std::size_t happened = happened_in(outcomes);
  if (std::min(happened, outcomes.size() - happened) < outcomes_min) {
    return base::refuse(
        ProblemKind::invalid, "analytics.too_few_outcomes",
        "There are too few cases of one of the outcomes to learn from.",
        fmt::format("{} of {} happened", happened, outcomes.size()),
        fmt::format("At least {} of each are needed: wait, or look further back.", outcomes_min));
  }
  return {};
}

// Where the later cases begin; all rows where they are too few, or either part ended alike.
std::size_t later_from(std::span<const std::uint8_t> outcomes, double share) {
  const auto later = static_cast<std::size_t>(share * static_cast<double>(outcomes.size()));
  const std::size_t from = outcomes.size() - later;
  const std::size_t happened = happened_in(outcomes.first(from));
  const std::size_t afterwards = happened_in(outcomes.subspan(from));
  const bool enough = later >= isotonic_rows_min && afterwards > 0 && afterwards < later &&
                      std::min(happened, from - happened) >= outcomes_min;
  return enough ? from : outcomes.size();
}

double scaled(float raw, bool logarithm) {
  const double number = raw;
  return logarithm ? std::log1p(std::max(0.0, number)) : number;
}

struct Spread {
  double mean = 0;
  double deviation = 1;
};

// Mean and standard deviation of numbers that are not all equal.
Spread spread_of(std::span<const double> values) {
  const auto count = static_cast<double>(values.size());
  Spread made{.mean = std::accumulate(values.begin(), values.end(), 0.0) / count};
  double squares = 0;
  for (const double value : values) squares += (value - made.mean) * (value - made.mean);
  if (squares > 0) made.deviation = std::sqrt(squares / count);
  return made;
}

// Those of the quartiles that differ from each other and from the least and the greatest value.
std::vector<double> quartiles_within(std::vector<double>& values) {
  std::ranges::sort(values);
  std::vector<double> made;
  for (std::size_t k = 1; k <= 3; ++k) {
    const double quartile = values[k * values.size() / 4];
    const bool inside = quartile > values.front() && quartile < values.back();
    if (inside && (made.empty() || quartile > made.back())) made.push_back(quartile);
  }
  return made;
}

Table part_of(const Table& table, std::size_t from, std::size_t to) {
  std::vector<std::size_t> rows(to - from);
  std::iota(rows.begin(), rows.end(), from);
  return rows_of(table, rows);
}

}  // namespace

double ScoreModel::Term::value(float raw) const {
  if (std::isnan(raw)) return 0;
  const double number = (scaled(raw, logarithm) - centre) / spread;
  return knot ? std::max(0.0, number - *knot) : number;
}

base::Result<ScoreModel> ScoreModel::fit(const Table& table, std::span<const std::uint8_t> outcomes,
                                         const ScoreOptions& options) {
  if (auto checked = check_table(table); !checked) return std::unexpected(checked.error());
  if (auto checked = check_outcomes(table, outcomes, options); !checked) {
    return std::unexpected(checked.error());
  }
  ScoreModel made;
  const std::size_t later = later_from(outcomes, options.calibration_share);
  const bool split = later < outcomes.size();
  const Table earlier = split ? part_of(table, 0, later) : table;
  if (auto fitted = made.fit_kind(earlier, outcomes.first(later), options); !fitted) {
    return std::unexpected(fitted.error());
  }
  made.baseline_ = DriftBaseline::of(earlier);
  if (split) {
    made.calibrate(part_of(table, later, outcomes.size()), outcomes.subspan(later));
  } else {
    made.report_.note =
        "The later cases are too few, or ended alike: the model is fitted on all cases and its "
        "probabilities are not calibrated.";
  }
  return made;
}

base::Result<void> ScoreModel::fit_kind(const Table& table, std::span<const std::uint8_t> outcomes,
                                        const ScoreOptions& options) {
  auto encoding = Encoding::of(table);
  if (!encoding) return std::unexpected(encoding.error());
  encoding_ = std::move(*encoding);
  report_.rows = table.rows();
  report_.happened = happened_in(outcomes);
  report_.constants = encoding_.constants();
  const auto cells = encoding_.encode(table);
  if (!cells) return std::unexpected(cells.error());
  if (options.kind == ModelKind::logistic) return fit_linear(*cells, outcomes, options.ridge);
  auto boosted = Boosted::fit({.columns = encoding_.columns().size(), .cells = *cells}, outcomes,
                              options.boost);
  if (!boosted) return std::unexpected(boosted.error());
  boosted_ = std::move(*boosted);
  return report_gains();
}

base::Result<void> ScoreModel::report_gains() {
  const auto by_column = boosted_->gains();
  if (!by_column) return std::unexpected(by_column.error());
  for (const Feature& feature : encoding_.features()) report_.gains.push_back({feature.name, 0});
  for (std::size_t at = 0; at < by_column->size(); ++at) {
    report_.gains[encoding_.columns()[at].feature].share += (*by_column)[at];
  }
  std::ranges::stable_sort(report_.gains, std::greater{}, &Gain::share);
  return {};
}

// Every column but the references, numbers with their bends; means and coefficients are to follow.
std::vector<ScoreModel::Term> ScoreModel::terms_of(std::span<const float> cells) const {
  const auto& columns = encoding_.columns();
  std::vector<Term> made;
  for (std::size_t at = 0; at < columns.size(); ++at) {
    if (columns[at].reference) continue;
    Term term{.column = at, .knot = {}};
    if (columns[at].kind != InputColumn::Kind::number) {
      made.push_back(term);
      continue;
    }
    term.logarithm = encoding_.features()[columns[at].feature].skewed;
    std::vector<double> values;
    for (std::size_t i = at; i < cells.size(); i += columns.size()) {
      if (!std::isnan(cells[i])) values.push_back(scaled(cells[i], term.logarithm));
    }
    const Spread spread = spread_of(values);
    term.centre = spread.mean;
    term.spread = spread.deviation;
    made.push_back(term);
    for (const double knot : quartiles_within(values)) {
      term.knot = (knot - term.centre) / term.spread;
      made.push_back(term);
    }
  }
  return made;
}

std::string ScoreModel::term_name(const Term& term) const {
  std::string name = encoding_.column_name(term.column);
  if (!term.knot) return name;
  const double knot = term.centre + *term.knot * term.spread;
  return fmt::format("{} above {:.4g}", name, term.logarithm ? std::expm1(knot) : knot);
}

base::Result<void> ScoreModel::fit_linear(std::span<const float> cells,
                                          std::span<const std::uint8_t> outcomes, double ridge) {
  const std::size_t width = encoding_.columns().size();
  Linear made{.intercept = 0, .terms = terms_of(cells)};
  SparseRows sparse;
  sparse.columns = made.terms.size();
  for (std::size_t row = 0; row < outcomes.size(); ++row) {
    for (std::size_t i = 0; i < made.terms.size(); ++i) {
      const double value = made.terms[i].value(cells[row * width + made.terms[i].column]);
      made.terms[i].mean += value / static_cast<double>(outcomes.size());
      sparse.add(i, value);
    }
    sparse.end_row();
  }
  const auto fit = fit_logistic(sparse, outcomes, ridge);
  if (!fit) return std::unexpected(fit.error());
  made.intercept = fit->coefficients[0];
  report_.weights.push_back({"intercept", fit->coefficients[0], fit->errors[0]});
  for (std::size_t i = 0; i < made.terms.size(); ++i) {
    made.terms[i].coefficient = fit->coefficients[i + 1];
    report_.weights.push_back(
        {term_name(made.terms[i]), fit->coefficients[i + 1], fit->errors[i + 1]});
  }
  linear_ = std::move(made);
  return {};
}

void ScoreModel::calibrate(const Table& later, std::span<const std::uint8_t> outcomes) {
  report_.calibration_rows = outcomes.size();
  const auto odds = log_odds(later);
  if (!odds) {
    report_.note = odds.error().message;
    return;
  }
  if (const auto area = area_under_curve(*odds, outcomes)) report_.area = *area;
  auto isotonic = Isotonic::of(*odds, outcomes);
  if (!isotonic) {
    report_.note = isotonic.error().message;
    return;
  }
  isotonic_ = std::move(*isotonic);
  report_.calibrated = true;
}

base::Result<std::vector<double>> ScoreModel::log_odds(const Table& table) const {
  const auto cells = encoding_.encode(table);
  if (!cells) return std::unexpected(cells.error());
  const std::size_t width = encoding_.columns().size();
  if (boosted_) return boosted_->log_odds({.columns = width, .cells = *cells});
  std::vector<double> made(table.rows(), linear_->intercept);
  for (std::size_t row = 0; row < made.size(); ++row) {
    for (const Term& term : linear_->terms) {
      made[row] += term.coefficient * term.value((*cells)[row * width + term.column]);
    }
  }
  return made;
}

base::Result<std::vector<double>> ScoreModel::probabilities(const Table& table) const {
  auto made = log_odds(table);
  if (!made) return made;
  for (double& value : *made) value = isotonic_ ? isotonic_->probability(value) : logistic(value);
  return made;
}

// Row by row, of each column of the encoding.
base::Result<std::vector<double>> ScoreModel::contributions(const Table& table) const {
  const auto cells = encoding_.encode(table);
  if (!cells) return std::unexpected(cells.error());
  const std::size_t width = encoding_.columns().size();
  std::vector<double> made(table.rows() * width);
  if (boosted_) {
    const auto shap = boosted_->contributions({.columns = width, .cells = *cells});
    if (!shap) return shap;
    for (std::size_t row = 0; row < table.rows(); ++row) {
      std::copy_n(shap->begin() + static_cast<std::ptrdiff_t>(row * (width + 1)), width,
                  made.begin() + static_cast<std::ptrdiff_t>(row * width));
    }
    return made;
  }
  for (std::size_t row = 0; row < table.rows(); ++row) {
    for (const Term& term : linear_->terms) {
      const std::size_t at = row * width + term.column;
      made[at] += term.coefficient * (term.value((*cells)[at]) - term.mean);
    }
  }
  return made;
}

base::Result<std::vector<std::vector<Reason>>> ScoreModel::reasons(const Table& table,
                                                                   std::size_t most) const {
  const auto by_column = contributions(table);
  if (!by_column) return std::unexpected(by_column.error());
  const auto& columns = encoding_.columns();
  std::vector<std::vector<Reason>> made(table.rows());
  std::vector<double> by_feature(encoding_.features().size());
  for (std::size_t row = 0; row < made.size(); ++row) {
    std::ranges::fill(by_feature, 0.0);
    for (std::size_t at = 0; at < columns.size(); ++at) {
      by_feature[columns[at].feature] += (*by_column)[row * columns.size() + at];
    }
    std::vector<Reason>& reasons = made[row];
    for (std::size_t i = 0; i < by_feature.size(); ++i) {
      if (by_feature[i] != 0) reasons.push_back({.feature = i, .weight = by_feature[i]});
    }
    std::ranges::stable_sort(reasons, std::greater{},
                             [](const Reason& reason) { return std::abs(reason.weight); });
    if (reasons.size() > most) reasons.resize(most);
  }
  return made;
}

}  // namespace rapport::analytics
