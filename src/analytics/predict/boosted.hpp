// Gradient-boosted trees (Chen & Guestrin 2016, by their library): the strong model. The same rows,
// options and seed give the same model. What each column contributed to a row's log odds are its
// SHAP values (Lundberg et al. 2018): they and the base add up to the log odds. A model is used by
// one thread at a time, even where it only predicts.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.hpp"

namespace rapport::analytics {

struct BoostOptions {
  int rounds = 250;
  int depth = 4;
  double learning_rate = 0.05;
  double row_share = 0.8;     // of the rows a tree sees
  double column_share = 0.8;  // of the columns
  double weight_min = 5;      // of a leaf, in cases of even chance times 4
  std::uint32_t seed = 1;
  int threads = 2;  // at most; few rows are quicker with one
};

inline constexpr int boost_rounds_max = 5000;

// Row by row, `columns` numbers each; not a number: missing.
struct DenseRows {
  std::size_t columns = 0;
  std::span<const float> cells;

  [[nodiscard]] std::size_t rows() const { return columns == 0 ? 0 : cells.size() / columns; }
};

class Boosted {
 public:
  // Refused: lengths that differ (analytics.uneven_columns), one outcome only
  // (analytics.one_outcome), options out of range (analytics.bad_option), and whatever the library
  // refuses (analytics.boosting_failed).
  [[nodiscard]] static base::Result<Boosted> fit(const DenseRows& rows,
                                                 std::span<const std::uint8_t> outcomes,
                                                 const BoostOptions& options = {});

  // Of each row.
  [[nodiscard]] base::Result<std::vector<double>> log_odds(const DenseRows& rows) const;

  // Row by row, of each column and last the base, which is the same for all rows. Dear: a hundred
  // times a prediction, so asked for those whose reasons someone will read.
  [[nodiscard]] base::Result<std::vector<double>> contributions(const DenseRows& rows) const;

  // Of each column, its part of what all splits gained (they add up to 1): what the trees rest on.
  [[nodiscard]] base::Result<std::vector<double>> gains() const;

  // The library's own JSON, which its later versions read.
  [[nodiscard]] base::Result<std::string> save() const;
  [[nodiscard]] static base::Result<Boosted> load(std::string_view bytes);

  Boosted(Boosted&&) noexcept;
  Boosted& operator=(Boosted&&) noexcept;
  ~Boosted();

 private:
  struct Model;
  explicit Boosted(std::unique_ptr<Model> model);
  std::unique_ptr<Model> model_;
};

}  // namespace rapport::analytics
