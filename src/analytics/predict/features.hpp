// What a score is learnt from: a table of features, one row a case (a customer at a moment), and
// how each column becomes numbers.
//
// **Each feature says when its value is known.** What is known only during or after what is to be
// predicted makes a model that is splendid in the test and useless at work: how long the call
// lasted tells whether it sold anything, but at the time of the decision to call no one knows it.
// Such a feature is refused, and so is one that does not say.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/json_fwd.hpp"
#include "base/problem.hpp"

namespace rapport::analytics {

inline constexpr std::size_t features_max = 500;
inline constexpr std::size_t levels_max = 100;  // rarer ones are taken together
inline constexpr std::size_t level_rows_min = 5;

enum class KnownAt {
  unstated,    // refused
  before,      // long before: a birthday, a first order
  prediction,  // as it stands at the moment of prediction: orders so far
  during,      // only while what is predicted happens: refused
  outcome,     // only with or after the outcome: refused
};

struct Feature {
  std::string name;
  KnownAt known_at = KnownAt::unstated;
  // A number from nought up of which few cases have very much (days, amounts, counts): the logistic
  // kind sees ln(1 + value), so that those few do not rule its scale.
  bool skewed = false;
};

inline constexpr double missing_number = std::numeric_limits<double>::quiet_NaN();

// Numbers (missing: not a number) or texts (missing: empty).
using Column = std::variant<std::vector<double>, std::vector<std::string>>;

struct Table {
  std::vector<Feature> features;
  std::vector<Column> columns;  // as many, of one length

  [[nodiscard]] std::size_t rows() const;
};

// The rows named, in that order.
[[nodiscard]] Table rows_of(const Table& table, std::span<const std::size_t> rows);

// Refused: no rows or features (analytics.no_data), more than features_max, columns of different
// lengths (analytics.uneven_columns), a name twice (analytics.feature_twice), infinite numbers
// (analytics.not_finite), a feature that does not say when it is known
// (analytics.unknown_moment) or is known too late (analytics.leaking_feature); the problem names
// it.
[[nodiscard]] base::Result<void> check_table(const Table& table);

// One column of numbers made of a feature: the number itself, a level of a category (1 or 0), or
// whether it is missing (1 or 0).
struct InputColumn {
  enum class Kind { number, level, missing };
  std::size_t feature = 0;
  Kind kind = Kind::number;
  std::string level;       // of a category; empty: a missing category
  bool reference = false;  // the most frequent level, which others are compared with
};

// Learnt from the rows of training, and applied to any: which levels there are.
class Encoding {
 public:
  // A feature with one value only is left out and named in constants(). Refused as check_table, and
  // where all are constant (analytics.no_data).
  [[nodiscard]] static base::Result<Encoding> of(const Table& table);

  [[nodiscard]] const std::vector<InputColumn>& columns() const { return columns_; }
  [[nodiscard]] const std::vector<Feature>& features() const { return features_; }
  [[nodiscard]] const std::vector<std::string>& constants() const { return constants_; }
  [[nodiscard]] std::string column_name(std::size_t column) const;

  // Row by row, columns() numbers each; a missing number stays not a number. A level never seen is
  // as a rare one. Refused where features, their order or their kind differ from those of training
  // (analytics.other_features).
  [[nodiscard]] base::Result<std::vector<float>> encode(const Table& table) const;

  [[nodiscard]] base::Json to_json() const;
  [[nodiscard]] static base::Result<Encoding> from_json(const base::Json& json);

 private:
  void add_number(std::size_t feature, std::span<const double> values);
  void add_category(std::size_t feature, std::span<const std::string> values);

  std::vector<Feature> features_;
  std::vector<bool> categories_;  // by feature
  std::vector<InputColumn> columns_;
  std::vector<std::string> constants_;
};

}  // namespace rapport::analytics
