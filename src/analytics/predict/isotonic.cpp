#include "analytics/predict/isotonic.hpp"

#include <algorithm>
#include <cmath>

#include "base/json.hpp"

namespace rapport::analytics {
namespace {

struct Block {
  double weight = 0;
  double sum = 0;     // of the values
  double scores = 0;  // sum, for the middle

  [[nodiscard]] double mean() const { return sum / weight; }
};

// Adds a block at the end and pools while the order is violated.
void push(std::vector<Block>& blocks, Block block) {
  while (!blocks.empty() && blocks.back().mean() >= block.mean()) {
    block.weight += blocks.back().weight;
    block.sum += blocks.back().sum;
    block.scores += blocks.back().scores;
    blocks.pop_back();
  }
  blocks.push_back(block);
}

}  // namespace

std::vector<double> pooled(std::span<const double> values) {
  std::vector<Block> blocks;
  for (const double value : values) push(blocks, {.weight = 1, .sum = value});
  std::vector<double> made;
  for (const Block& block : blocks) {
    made.insert(made.end(), static_cast<std::size_t>(block.weight), block.mean());
  }
  return made;
}

base::Result<Isotonic> Isotonic::of(std::span<const double> scores,
                                    std::span<const std::uint8_t> outcomes) {
  if (scores.size() != outcomes.size()) {
    return base::refuse(base::ProblemKind::internal, "analytics.uneven_columns",
                        "There are not as many scores as outcomes.");
  }
  if (scores.size() < isotonic_rows_min) {
    return base::refuse(base::ProblemKind::invalid, "analytics.too_few_rows",
                        "There are too few later cases to calibrate the score on.");
  }
  std::vector<std::pair<double, double>> sorted;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (!std::isfinite(scores[i])) {
      return base::refuse(base::ProblemKind::internal, "analytics.not_finite",
                          "A score is not a finite number.");
    }
    sorted.emplace_back(scores[i], outcomes[i]);
  }
  std::ranges::sort(sorted);
  std::vector<Block> blocks;
  double happened = 0;
  push(blocks, {.weight = 1, .sum = 1, .scores = sorted.front().first});
  for (std::size_t from = 0; from < sorted.size();) {
    Block tied;  // equal scores cannot be told apart
    std::size_t to = from;
    for (; to < sorted.size() && sorted[to].first == sorted[from].first; ++to) {
      tied.weight += 1;
      tied.sum += sorted[to].second;
      tied.scores += sorted[to].first;
    }
    happened += tied.sum;
    push(blocks, tied);
    from = to;
  }
  if (happened == 0 || happened == static_cast<double>(sorted.size())) {
    return base::refuse(base::ProblemKind::invalid, "analytics.one_outcome",
                        "All later cases ended alike, so the score cannot be calibrated on them.");
  }
  Isotonic made;
  push(blocks, {.weight = 1, .sum = 0, .scores = sorted.back().first});
  for (const Block& block : blocks) {
    made.scores_.push_back(block.scores / block.weight);
    made.probabilities_.push_back(block.mean());
  }
  return made;
}

double Isotonic::probability(double score) const {
  const auto above = std::ranges::upper_bound(scores_, score);
  if (above == scores_.begin()) return probabilities_.front();
  if (above == scores_.end()) return probabilities_.back();
  const auto at = static_cast<std::size_t>(above - scores_.begin());
  const double part = (score - scores_[at - 1]) / (scores_[at] - scores_[at - 1]);
  return probabilities_[at - 1] + part * (probabilities_[at] - probabilities_[at - 1]);
}

base::Json Isotonic::to_json() const {
  return {{"scores", scores_}, {"probabilities", probabilities_}};
}

base::Result<Isotonic> Isotonic::from_json(const base::Json& json) {
  Isotonic made;
  try {
    made.scores_ = json.at("scores").get<std::vector<double>>();
    made.probabilities_ = json.at("probabilities").get<std::vector<double>>();
  } catch (const std::exception& error) {
    return base::refuse(base::ProblemKind::malformed, "analytics.malformed_model",
                        "The saved model cannot be read.", error.what());
  }
  if (made.scores_.empty() || made.scores_.size() != made.probabilities_.size()) {
    return base::refuse(base::ProblemKind::malformed, "analytics.malformed_model",
                        "The saved model cannot be read.", "calibration");
  }
  return made;
}

}  // namespace rapport::analytics
