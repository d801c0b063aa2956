// A score learnt from cases whose outcome is known: who left, who accepted. It gives a probability
// that is true (calibrated on later cases), the reasons for it, and a warning when those scored are
// no longer like those learnt from.
//
//   Table table{.features = {{"orders", KnownAt::prediction}, {"country", KnownAt::before}}, …};
//   const auto model = ScoreModel::fit(table, left, {.kind = ModelKind::boosted});
//   model->probabilities(today);   // 0.83
//   model->reasons(today, 3);      // orders +1.2, country −0.3
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "analytics/predict/boosted.hpp"
#include "analytics/predict/drift.hpp"
#include "analytics/predict/evaluation.hpp"
#include "analytics/predict/features.hpp"
#include "analytics/predict/isotonic.hpp"
#include "analytics/predict/logistic.hpp"

namespace rapport::analytics {

// In the logistic one a number works along a line that may bend at its quartiles (linear splines,
// Harrell 2001): the young and the old may both be likelier than those between.
enum class ModelKind { logistic, boosted };

struct ScoreOptions {
  ModelKind kind = ModelKind::boosted;
  double ridge = 1;  // of the logistic one, on standardised numbers
  BoostOptions boost{};
  double calibration_share = 0.2;  // the latest cases
};

// Cases of each outcome that a model needs to be fitted on.
inline constexpr std::size_t outcomes_min = 20;

struct Reason {
  std::size_t feature = 0;
  double weight = 0;  // log odds more (or less) than an average case of training
};

struct Weight {
  std::string column;  // "contract = One year", "tenure", "tenure above 29"
  double value = 0;    // log odds; of a number: for one standard deviation more
  double error = 0;
};

struct Gain {
  std::string feature;
  double share = 0;  // of what all splits of the trees gained
};

struct FitReport {
  std::size_t rows = 0;      // fitted on
  std::size_t happened = 0;  // of them
  std::size_t calibration_rows = 0;
  std::optional<double> area;  // under the curve, on the later cases
  bool calibrated = false;
  std::string note;                    // why not, in a sentence; or empty
  std::vector<std::string> constants;  // features left out, as they tell nothing
  std::vector<Weight> weights;         // of the logistic one; the intercept first
  std::vector<Gain> gains;             // of the boosted one, the greatest first
};

// Used by one thread at a time.
class ScoreModel {
 public:
  // Rows in order of time, the earliest first; outcomes 0 or 1. The latest calibration_share
  // calibrates. Where these are too few or ended alike, the model is fitted on all, is not
  // calibrated, and says so. Refused: what check_table and the kinds refuse, an outcome other than
  // 0 and 1 or not one a row (analytics.bad_outcome), fewer than outcomes_min cases of an outcome
  // (analytics.too_few_outcomes), a share outside 0 … 0.5 (analytics.bad_option).
  [[nodiscard]] static base::Result<ScoreModel> fit(const Table& table,
                                                    std::span<const std::uint8_t> outcomes,
                                                    const ScoreOptions& options);

  // Features as in training, or they are refused (analytics.other_features).
  [[nodiscard]] base::Result<std::vector<double>> log_odds(const Table& table) const;
  [[nodiscard]] base::Result<std::vector<double>> probabilities(const Table& table) const;

  // Of each row at most `most`, the weightiest first. Boosted: SHAP values. Logistic: coefficient ·
  // (value − mean). In both all reasons and the base add up to the log odds before calibration.
  [[nodiscard]] base::Result<std::vector<std::vector<Reason>>> reasons(const Table& table,
                                                                       std::size_t most) const;

  [[nodiscard]] base::Result<std::vector<FeatureDrift>> drift(const Table& table) const {
    return baseline_.against(table);
  }
  [[nodiscard]] const FitReport& report() const { return report_; }
  [[nodiscard]] ModelKind kind() const {
    return boosted_ ? ModelKind::boosted : ModelKind::logistic;
  }

  // JSON text. A loaded model scores exactly as the one saved.
  [[nodiscard]] base::Result<std::string> save() const;
  [[nodiscard]] static base::Result<ScoreModel> load(std::string_view bytes);

 private:
  // A term of the logistic kind: a column, a number among them standardised. From `knot` on (if it
  // has one) the line of a number bends: the term is what the number is above it, or nought.
  struct Term {
    std::size_t column = 0;  // of the encoding
    double centre = 0;
    double spread = 1;
    bool logarithm = false;      // of 1 + the number, before all else
    std::optional<double> knot;  // standardised
    double mean = 0;             // of the term, over training
    double coefficient = 0;

    [[nodiscard]] double value(float raw) const;
  };
  struct Linear {
    double intercept = 0;
    std::vector<Term> terms;
  };

  ScoreModel() = default;
  base::Result<void> fit_kind(const Table& table, std::span<const std::uint8_t> outcomes,
                              const ScoreOptions& options);
  [[nodiscard]] std::vector<Term> terms_of(std::span<const float> cells) const;
  [[nodiscard]] std::string term_name(const Term& term) const;
  base::Result<void> report_gains();
  base::Result<void> fit_linear(std::span<const float> cells,
                                std::span<const std::uint8_t> outcomes, double ridge);
  void calibrate(const Table& later, std::span<const std::uint8_t> outcomes);
  [[nodiscard]] base::Result<std::vector<double>> contributions(const Table& table) const;

  Encoding encoding_;
  DriftBaseline baseline_;
  std::optional<Linear> linear_;
  std::optional<Boosted> boosted_;
  std::optional<Isotonic> isotonic_;
  FitReport report_;
};

struct OutOfFold {
  std::vector<double> log_odds;
  std::vector<double> probabilities;
};

// Each row scored by a model that has not seen it: `folds` (2 … 20) parts with the same share of
// outcomes, drawn by `seed`; how models are compared and judged. Refused as fit.
[[nodiscard]] base::Result<OutOfFold> cross_validated(const Table& table,
                                                      std::span<const std::uint8_t> outcomes,
                                                      const ScoreOptions& options,
                                                      std::size_t folds, std::uint64_t seed);

}  // namespace rapport::analytics
