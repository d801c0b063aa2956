// Whether those scored today are still like those the model was learnt from: the population
// stability index of each feature (Siddiqi 2006), over tenths of a number or levels of a category:
//
//   PSI = Σ (now − then) · ln(now / then)
//
// Below 0.1 nothing has changed, above 0.25 the model should be fitted anew. Small samples differ
// by chance, by about (bins − 1)·(1/n + 1/m) (Yurdakul 2018); what chance gives is not called
// drift.
#pragma once

#include <string>
#include <vector>

#include "analytics/predict/features.hpp"

namespace rapport::analytics {

enum class DriftLevel { steady, watch, act };

inline constexpr double drift_watch = 0.1;
inline constexpr double drift_act = 0.25;
inline constexpr std::size_t drift_bins_max = 10;

struct FeatureDrift {
  std::string feature;
  double psi = 0;
  double chance = 0;  // what samples of these sizes differ by without any drift
  DriftLevel level = DriftLevel::steady;
};

class DriftBaseline {
 public:
  [[nodiscard]] static DriftBaseline of(const Table& table);

  // One row a feature. Refused: no rows (analytics.no_data), other features than those of the
  // baseline (analytics.other_features).
  [[nodiscard]] base::Result<std::vector<FeatureDrift>> against(const Table& table) const;

  [[nodiscard]] base::Json to_json() const;
  [[nodiscard]] static base::Result<DriftBaseline> from_json(const base::Json& json);

 private:
  struct Bins {
    std::string feature;
    bool category = false;
    std::vector<double> bounds;       // the greatest value of each tenth but the last
    std::vector<std::string> levels;  // the most frequent
    std::vector<std::size_t> counts;  // of each tenth or level, then the rest, or the missing

    [[nodiscard]] std::vector<std::size_t> count(const Column& column) const;
  };
  std::vector<Bins> bins_;
  std::size_t rows_ = 0;
};

}  // namespace rapport::analytics
