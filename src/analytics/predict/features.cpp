#include "analytics/predict/features.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <unordered_map>

#include "base/json.hpp"

namespace rapport::analytics {
namespace {

// Stands for all levels that are rare, or were not seen in training. No text of a user has it.
constexpr std::string_view other_level = "\x1f other";

using base::ProblemKind;

std::unexpected<base::Problem> of_feature(std::string code, std::string message,
                                          const std::string& name, std::string hint = {}) {
  return base::refuse(ProblemKind::invalid, std::move(code), std::move(message), name,
                      std::move(hint));
}

base::Result<void> check_moment(const Feature& feature) {
  switch (feature.known_at) {
    case KnownAt::before:
    case KnownAt::prediction:
      return {};
    case KnownAt::unstated:
      return of_feature("analytics.unknown_moment",
                        "A feature does not say when its value is known.", feature.name,
                        "State it; only what is known at the moment of prediction may be used.");
    case KnownAt::during:
    case KnownAt::outcome:
      break;
  }
  return of_feature("analytics.leaking_feature",
                    "A feature is not yet known at the moment of prediction.", feature.name,
                    "Leave it out: it would tell the outcome in the test and be absent at work.");
}

std::size_t length(const Column& column) {
  return std::visit([](const auto& values) { return values.size(); }, column);
}

bool finite(const Column& column) {
  const auto* numbers = std::get_if<std::vector<double>>(&column);
  return numbers == nullptr ||
         std::ranges::none_of(*numbers, [](double number) { return std::isinf(number); });
}

}  // namespace

std::size_t Table::rows() const {
  return columns.empty() ? 0 : length(columns.front());
}

Table rows_of(const Table& table, std::span<const std::size_t> rows) {
  Table made{.features = table.features, .columns = {}};
  for (const Column& column : table.columns) {
    std::visit(
        [&](const auto& values) {
          std::remove_cvref_t<decltype(values)> taken;
          taken.reserve(rows.size());
          for (const std::size_t row : rows) taken.push_back(values[row]);
          made.columns.emplace_back(std::move(taken));
        },
        column);
  }
  return made;
}

base::Result<void> check_table(const Table& table) {
  if (table.features.empty() || table.rows() == 0) {
    return base::refuse(ProblemKind::invalid, "analytics.no_data",
                        "There are no rows or no features to learn from.");
  }
  if (table.features.size() > features_max) {
    return base::refuse(ProblemKind::invalid, "analytics.too_many_features",
                        fmt::format("There are more than {} features.", features_max));
  }
  if (table.columns.size() != table.features.size()) {
    return base::refuse(ProblemKind::internal, "analytics.uneven_columns",
                        "There are not as many columns as features.");
  }
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < table.features.size(); ++i) {
    const std::string& name = table.features[i].name;
    if (auto checked = check_moment(table.features[i]); !checked) return checked;
    if (!names.insert(name).second) {
      return of_feature("analytics.feature_twice", "A feature is given twice.", name);
    }
    if (length(table.columns[i]) != table.rows()) {
      return base::refuse(ProblemKind::internal, "analytics.uneven_columns",
                          "The columns of the features have different lengths.", name);
    }
    if (!finite(table.columns[i])) {
      return of_feature("analytics.not_finite", "A feature has an infinite value.", name);
    }
  }
  return {};
}

void Encoding::add_number(std::size_t feature, std::span<const double> values) {
  double least = std::numeric_limits<double>::infinity();
  double greatest = -least;
  bool missing = false;
  for (const double value : values) {
    if (std::isnan(value)) {
      missing = true;
      continue;
    }
    least = std::min(least, value);
    greatest = std::max(greatest, value);
  }
  const bool present = least <= greatest;
  if (!present || (!missing && least == greatest)) {
    constants_.push_back(features_[feature].name);
    return;
  }
  using Kind = InputColumn::Kind;
  if (least < greatest) {
    columns_.push_back({.feature = feature, .kind = Kind::number, .level = {}});
  }
  if (missing) columns_.push_back({.feature = feature, .kind = Kind::missing, .level = {}});
}

void Encoding::add_category(std::size_t feature, std::span<const std::string> values) {
  std::map<std::string_view, std::size_t> counts;
  for (const std::string& value : values) ++counts[value];
  std::vector<std::pair<std::string_view, std::size_t>> levels(counts.begin(), counts.end());
  std::ranges::stable_sort(levels, std::greater{}, &decltype(levels)::value_type::second);
  std::size_t kept = 0, rare = 0;
  for (const auto& [level, count] : levels) {
    if (kept < levels_max && count >= level_rows_min) {
      ++kept;
    } else {
      rare += count;
    }
  }
  const std::size_t columns = kept + (rare > 0 ? 1 : 0);
  if (columns < 2) {
    constants_.push_back(features_[feature].name);
    return;
  }
  levels.resize(kept);
  if (rare > 0) levels.emplace_back(other_level, rare);
  const auto most = std::ranges::max_element(levels, {}, &decltype(levels)::value_type::second);
  for (const auto& [level, count] : levels) {
    columns_.push_back({.feature = feature,
                        .kind = InputColumn::Kind::level,
                        .level = std::string(level),
                        .reference = level == most->first});
  }
}

base::Result<Encoding> Encoding::of(const Table& table) {
  if (auto checked = check_table(table); !checked) return std::unexpected(checked.error());
  Encoding made;
  made.features_ = table.features;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const auto* numbers = std::get_if<std::vector<double>>(&table.columns[i]);
    made.categories_.push_back(numbers == nullptr);
    if (numbers != nullptr) {
      made.add_number(i, *numbers);
    } else {
      made.add_category(i, std::get<std::vector<std::string>>(table.columns[i]));
    }
  }
  if (made.columns_.empty()) {
    return base::refuse(ProblemKind::invalid, "analytics.no_data",
                        "Every feature has the same value in all rows.");
  }
  return made;
}

std::string Encoding::column_name(std::size_t column) const {
  const InputColumn& input = columns_[column];
  const std::string& name = features_[input.feature].name;
  if (input.kind == InputColumn::Kind::number) return name;
  if (input.kind == InputColumn::Kind::missing || input.level.empty()) return name + " missing";
  return fmt::format("{} = {}", name, input.level == other_level ? "other" : input.level);
}

base::Result<std::vector<float>> Encoding::encode(const Table& table) const {
  bool same = table.features.size() == features_.size() && table.columns.size() == features_.size();
  for (std::size_t i = 0; same && i < features_.size(); ++i) {
    same = table.features[i].name == features_[i].name &&
           std::holds_alternative<std::vector<std::string>>(table.columns[i]) == categories_[i] &&
           length(table.columns[i]) == table.rows();
  }
  if (!same) {
    return base::refuse(ProblemKind::internal, "analytics.other_features",
                        "The features are not those that the model was fitted on.");
  }
  const std::size_t width = columns_.size();
  std::vector<float> cells(table.rows() * width, 0.0F);
  std::vector<std::unordered_map<std::string_view, std::size_t>> levels(features_.size());
  for (std::size_t at = 0; at < width; ++at) {
    const InputColumn& input = columns_[at];
    if (input.kind == InputColumn::Kind::level) {
      levels[input.feature].emplace(input.level, at);
      continue;
    }
    const auto& numbers = std::get<std::vector<double>>(table.columns[input.feature]);
    const bool itself = input.kind == InputColumn::Kind::number;
    for (std::size_t row = 0; row < numbers.size(); ++row) {
      cells[row * width + at] =
          itself ? static_cast<float>(numbers[row]) : (std::isnan(numbers[row]) ? 1.0F : 0.0F);
    }
  }
  for (std::size_t feature = 0; feature < features_.size(); ++feature) {
    const auto& known = levels[feature];
    if (known.empty()) continue;
    const auto other = known.find(other_level);
    const auto& texts = std::get<std::vector<std::string>>(table.columns[feature]);
    for (std::size_t row = 0; row < texts.size(); ++row) {
      auto found = known.find(texts[row]);
      if (found == known.end()) found = other;
      if (found != known.end()) cells[row * width + found->second] = 1.0F;
    }
  }
  return cells;
}

base::Json Encoding::to_json() const {
  base::Json json;
  for (std::size_t i = 0; i < features_.size(); ++i) {
    json["features"].push_back({{"name", features_[i].name},
                                {"known_at", static_cast<int>(features_[i].known_at)},
                                {"category", static_cast<bool>(categories_[i])}});
  }
  for (const InputColumn& input : columns_) {
    json["columns"].push_back({{"feature", input.feature},
                               {"kind", static_cast<int>(input.kind)},
                               {"level", input.level},
                               {"reference", input.reference}});
  }
  json["constants"] = constants_;
  return json;
}

base::Result<Encoding> Encoding::from_json(const base::Json& json) {
  Encoding made;
  try {
    for (const auto& feature : json.at("features")) {
      made.features_.push_back(
          {.name = feature.at("name"),
           .known_at = static_cast<KnownAt>(feature.at("known_at").get<int>())});
      made.categories_.push_back(feature.at("category"));
    }
    for (const auto& column : json.at("columns")) {
      made.columns_.push_back({.feature = column.at("feature"),
                               .kind = static_cast<InputColumn::Kind>(column.at("kind").get<int>()),
                               .level = column.at("level"),
                               .reference = column.at("reference")});
      const InputColumn& input = made.columns_.back();
      const bool level = input.kind == InputColumn::Kind::level;
      if (level != made.categories_.at(input.feature)) throw std::out_of_range("column");
    }
    made.constants_ = json.at("constants").get<std::vector<std::string>>();
  } catch (const std::exception& error) {
    return base::refuse(ProblemKind::malformed, "analytics.malformed_model",
                        "The saved model cannot be read.", error.what());
  }
  return made;
}

}  // namespace rapport::analytics
