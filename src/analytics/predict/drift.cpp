#include "analytics/predict/drift.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <unordered_map>

#include "base/json.hpp"

namespace rapport::analytics {
namespace {

// Added to each count, so that an empty bin does not make the index infinite.
constexpr double supposed = 0.5;

std::vector<double> tenths_of(const std::vector<double>& column) {
  std::vector<double> values;
  for (const double value : column) {
    if (!std::isnan(value)) values.push_back(value);
  }
  std::ranges::sort(values);
  std::vector<double> bounds;
  for (std::size_t k = 1; k < drift_bins_max && !values.empty(); ++k) {
    const double bound = values[(k * values.size() + drift_bins_max - 1) / drift_bins_max - 1];
    const bool divides = bound < values.back() && (bounds.empty() || bound > bounds.back());
    if (divides) bounds.push_back(bound);
  }
  return bounds;
}

std::vector<std::string> levels_of(const std::vector<std::string>& column) {
  std::map<std::string_view, std::size_t> counts;
  for (const std::string& text : column) ++counts[text];
  std::vector<std::pair<std::string_view, std::size_t>> sorted(counts.begin(), counts.end());
  std::ranges::stable_sort(sorted, std::greater{}, &decltype(sorted)::value_type::second);
  sorted.resize(std::min(sorted.size(), levels_max));
  std::vector<std::string> levels;
  for (const auto& [level, count] : sorted) levels.emplace_back(level);
  return levels;
}

FeatureDrift compare(std::string feature, std::span<const std::size_t> then_counts, double then,
                     std::span<const std::size_t> now_counts, double now) {
  const auto bins = static_cast<double>(then_counts.size());
  FeatureDrift made{.feature = std::move(feature)};
  double used = 0;
  for (std::size_t i = 0; i < then_counts.size(); ++i) {
    if (then_counts[i] + now_counts[i] == 0) continue;
    ++used;
    const double before =
        (static_cast<double>(then_counts[i]) + supposed) / (then + supposed * bins);
    const double after = (static_cast<double>(now_counts[i]) + supposed) / (now + supposed * bins);
    made.psi += (after - before) * std::log(after / before);
  }
  made.chance = std::max(0.0, used - 1) * (1 / then + 1 / now);
  const double beyond = made.psi - made.chance;
  made.level = beyond > drift_act     ? DriftLevel::act
               : beyond > drift_watch ? DriftLevel::watch
                                      : DriftLevel::steady;
  return made;
}

}  // namespace

std::vector<std::size_t> DriftBaseline::Bins::count(const Column& column) const {
  if (category) {
    std::vector<std::size_t> made(levels.size() + 1, 0);
    std::unordered_map<std::string_view, std::size_t> places;
    for (std::size_t i = 0; i < levels.size(); ++i) places.emplace(levels[i], i);
    for (const std::string& text : std::get<std::vector<std::string>>(column)) {
      const auto found = places.find(text);
      ++made[found == places.end() ? levels.size() : found->second];
    }
    return made;
  }
  std::vector<std::size_t> made(bounds.size() + 2, 0);
  for (const double value : std::get<std::vector<double>>(column)) {
    const auto bin = std::ranges::lower_bound(bounds, value) - bounds.begin();
    ++made[std::isnan(value) ? bounds.size() + 1 : static_cast<std::size_t>(bin)];
  }
  return made;
}

DriftBaseline DriftBaseline::of(const Table& table) {
  DriftBaseline made;
  made.rows_ = table.rows();
  for (std::size_t i = 0; i < table.features.size(); ++i) {
    Bins bins{.feature = table.features[i].name, .bounds = {}, .levels = {}, .counts = {}};
    if (const auto* numbers = std::get_if<std::vector<double>>(&table.columns[i])) {
      bins.bounds = tenths_of(*numbers);
    } else {
      bins.category = true;
      bins.levels = levels_of(std::get<std::vector<std::string>>(table.columns[i]));
    }
    bins.counts = bins.count(table.columns[i]);
    made.bins_.push_back(std::move(bins));
  }
  return made;
}

base::Result<std::vector<FeatureDrift>> DriftBaseline::against(const Table& table) const {
  if (table.rows() == 0 || rows_ == 0) {
    return base::refuse(base::ProblemKind::invalid, "analytics.no_data",
                        "There are no rows to compare.");
  }
  bool same = table.features.size() == bins_.size() && table.columns.size() == bins_.size();
  for (std::size_t i = 0; same && i < bins_.size(); ++i) {
    same = table.features[i].name == bins_[i].feature &&
           std::holds_alternative<std::vector<std::string>>(table.columns[i]) == bins_[i].category;
  }
  if (!same) {
    return base::refuse(base::ProblemKind::internal, "analytics.other_features",
                        "The features are not those that the model was fitted on.");
  }
  std::vector<FeatureDrift> made;
  for (std::size_t i = 0; i < bins_.size(); ++i) {
    made.push_back(compare(bins_[i].feature, bins_[i].counts, static_cast<double>(rows_),
                           bins_[i].count(table.columns[i]), static_cast<double>(table.rows())));
  }
  return made;
}

base::Json DriftBaseline::to_json() const {
  base::Json json{{"rows", rows_}, {"bins", base::Json::array()}};
  for (const Bins& bins : bins_) {
    json["bins"].push_back({{"feature", bins.feature},
                            {"category", bins.category},
                            {"bounds", bins.bounds},
                            {"levels", bins.levels},
                            {"counts", bins.counts}});
  }
  return json;
}

base::Result<DriftBaseline> DriftBaseline::from_json(const base::Json& json) {
  DriftBaseline made;
  try {
    made.rows_ = json.at("rows");
    for (const auto& bins : json.at("bins")) {
      made.bins_.push_back({.feature = bins.at("feature"),
                            .category = bins.at("category"),
                            .bounds = bins.at("bounds").get<std::vector<double>>(),
                            .levels = bins.at("levels").get<std::vector<std::string>>(),
                            .counts = bins.at("counts").get<std::vector<std::size_t>>()});
      const Bins& read = made.bins_.back();
      const std::size_t wanted = read.category ? read.levels.size() + 1 : read.bounds.size() + 2;
      if (read.counts.size() != wanted) throw std::out_of_range("counts");
    }
  } catch (const std::exception& error) {
    return base::refuse(base::ProblemKind::malformed, "analytics.malformed_model",
                        "The saved model cannot be read.", error.what());
  }
  return made;
}

}  // namespace rapport::analytics
