#include <algorithm>
#include <random>

#include "analytics/predict/score_model.hpp"

namespace rapport::analytics {
namespace {

constexpr std::size_t folds_max = 20;

// Fisher & Yates; the standard library's own shuffle differs from one library to the next.
void shuffle(std::vector<std::size_t>& rows, std::mt19937_64& random) {
  for (std::size_t i = rows.size(); i > 1; --i) std::swap(rows[i - 1], rows[random() % i]);
}

// The fold of each row; each has its share of both outcomes.
std::vector<std::size_t> folds_of(std::span<const std::uint8_t> outcomes, std::size_t folds,
                                  std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<std::size_t> made(outcomes.size());
  for (const std::uint8_t outcome : {std::uint8_t{0}, std::uint8_t{1}}) {
    std::vector<std::size_t> rows;
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      if (outcomes[i] == outcome) rows.push_back(i);
    }
    shuffle(rows, random);
    for (std::size_t i = 0; i < rows.size(); ++i) made[rows[i]] = i % folds;
  }
  return made;
}

}  // namespace

base::Result<OutOfFold> cross_validated(const Table& table, std::span<const std::uint8_t> outcomes,
                                        const ScoreOptions& options, std::size_t folds,
                                        std::uint64_t seed) {
  if (folds < 2 || folds > folds_max || outcomes.size() != table.rows()) {
    return base::refuse(base::ProblemKind::invalid, "analytics.bad_option",
                        "The number of folds, or of outcomes, does not fit the table.");
  }
  const auto fold_of = folds_of(outcomes, folds, seed);
  OutOfFold made{.log_odds = std::vector<double>(outcomes.size()),
                 .probabilities = std::vector<double>(outcomes.size())};
  for (std::size_t fold = 0; fold < folds; ++fold) {
    std::vector<std::size_t> inside, outside;
    std::vector<std::uint8_t> known;
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      (fold_of[i] == fold ? outside : inside).push_back(i);
      if (fold_of[i] != fold) known.push_back(outcomes[i]);
    }
    const auto model = ScoreModel::fit(rows_of(table, inside), known, options);
    if (!model) return std::unexpected(model.error());
    const Table unseen = rows_of(table, outside);
    const auto log_odds = model->log_odds(unseen);
    const auto probabilities = model->probabilities(unseen);
    if (!log_odds) return std::unexpected(log_odds.error());
    if (!probabilities) return std::unexpected(probabilities.error());
    for (std::size_t i = 0; i < outside.size(); ++i) {
      made.log_odds[outside[i]] = (*log_odds)[i];
      made.probabilities[outside[i]] = (*probabilities)[i];
    }
  }
  return made;
}

}  // namespace rapport::analytics
