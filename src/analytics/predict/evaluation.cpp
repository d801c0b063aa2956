#include "analytics/predict/evaluation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace rapport::analytics {
namespace {

constexpr std::size_t tenths = 10;

base::Result<std::size_t> happened_in(std::span<const double> scores,
                                      std::span<const std::uint8_t> outcomes) {
  if (scores.size() != outcomes.size()) {
    return base::refuse(base::ProblemKind::internal, "analytics.uneven_columns",
                        "There are not as many scores as outcomes.");
  }
  const auto outcome = std::ranges::find_if(outcomes, [](std::uint8_t one) { return one > 1; });
  if (outcome != outcomes.end()) {
    return base::refuse(base::ProblemKind::internal, "analytics.bad_outcome",
                        "An outcome is neither 0 nor 1.",
                        fmt::format("number {}: {}", outcome - outcomes.begin() + 1, *outcome));
  }
  return static_cast<std::size_t>(std::ranges::count(outcomes, 1));
}

base::Result<std::size_t> happened_in_part(std::span<const double> scores,
                                           std::span<const std::uint8_t> outcomes) {
  const auto happened = happened_in(scores, outcomes);
  if (!happened) return happened;
  // A score that is no number has no rank, and no two of them are equal.
  const auto score = std::ranges::find_if(scores, [](double one) { return std::isnan(one); });
  if (score != scores.end()) {
    return base::refuse(base::ProblemKind::internal, "analytics.not_finite",
                        "A score is not a number.",
                        fmt::format("number {}", score - scores.begin() + 1));
  }
  if (*happened > 0 && *happened < outcomes.size()) return happened;
  return base::refuse(base::ProblemKind::invalid, "analytics.one_outcome",
                      "All cases ended alike, so there is nothing to tell apart.",
                      fmt::format("{} of {} happened", *happened, outcomes.size()));
}

base::Result<void> check_probabilities(std::span<const double> probabilities,
                                       std::span<const std::uint8_t> outcomes) {
  const auto happened = happened_in(probabilities, outcomes);
  if (!happened) return std::unexpected(happened.error());
  if (probabilities.empty()) {
    return base::refuse(base::ProblemKind::invalid, "analytics.no_data",
                        "There are no probabilities to judge.");
  }
  for (const double probability : probabilities) {
    if (probability >= 0 && probability <= 1) continue;
    return base::refuse(base::ProblemKind::internal, "analytics.no_probability",
                        "A probability is outside nought to one.", fmt::format("{}", probability));
  }
  return {};
}

}  // namespace

base::Result<double> area_under_curve(std::span<const double> scores,
                                      std::span<const std::uint8_t> outcomes) {
  const auto happened = happened_in_part(scores, outcomes);
  if (!happened) return std::unexpected(happened.error());
  std::vector<std::pair<double, std::uint8_t>> sorted(scores.size());
  for (std::size_t i = 0; i < scores.size(); ++i) sorted[i] = {scores[i], outcomes[i]};
  std::ranges::sort(sorted);
  double ranks = 0;  // of those that happened, equal scores sharing the mean of theirs
  for (std::size_t from = 0; from < sorted.size();) {
    std::size_t to = from, among = 0;
    for (; to < sorted.size() && sorted[to].first == sorted[from].first; ++to) {
      among += sorted[to].second;
    }
    ranks += static_cast<double>(among) * static_cast<double>(from + 1 + to) / 2;
    from = to;
  }
  const double positive = static_cast<double>(*happened);
  const double negative = static_cast<double>(scores.size()) - positive;
  return (ranks - positive * (positive + 1) / 2) / (positive * negative);
}

base::Result<Calibration> calibration_of(std::span<const double> probabilities,
                                         std::span<const std::uint8_t> outcomes) {
  if (auto checked = check_probabilities(probabilities, outcomes); !checked) {
    return std::unexpected(checked.error());
  }
  std::vector<CalibrationBin> bins(calibration_bins);
  for (std::size_t i = 0; i < probabilities.size(); ++i) {
    const double probability = probabilities[i];
    const auto at = static_cast<std::size_t>(probability * static_cast<double>(calibration_bins));
    CalibrationBin& bin = bins[std::min(at, calibration_bins - 1)];
    ++bin.count;
    bin.predicted += probability;
    bin.actual += outcomes[i];
  }
  Calibration made;
  for (std::size_t i = 0; i < bins.size(); ++i) {
    CalibrationBin& bin = bins[i];
    if (bin.count == 0) continue;
    bin.from = static_cast<double>(i) / static_cast<double>(calibration_bins);
    made.error += std::abs(bin.predicted - bin.actual) / static_cast<double>(outcomes.size());
    bin.predicted /= static_cast<double>(bin.count);
    bin.actual /= static_cast<double>(bin.count);
    made.bins.push_back(bin);
  }
  return made;
}

base::Result<Losses> losses_of(std::span<const double> probabilities,
                               std::span<const std::uint8_t> outcomes) {
  if (auto checked = check_probabilities(probabilities, outcomes); !checked) {
    return std::unexpected(checked.error());
  }
  Losses made;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const double told = outcomes[i] == 1 ? probabilities[i] : 1 - probabilities[i];
    made.log_loss -= std::log(told) / static_cast<double>(outcomes.size());
    made.brier += (1 - told) * (1 - told) / static_cast<double>(outcomes.size());
  }
  return made;
}

base::Result<std::vector<LiftRow>> lift_table(std::span<const double> scores,
                                              std::span<const std::uint8_t> outcomes) {
  const auto happened = happened_in_part(scores, outcomes);
  if (!happened) return std::unexpected(happened.error());
  std::vector<std::size_t> best(scores.size());
  std::iota(best.begin(), best.end(), std::size_t{0});
  std::ranges::stable_sort(best, std::greater{}, [&](std::size_t i) { return scores[i]; });
  const double rate = static_cast<double>(*happened) / static_cast<double>(scores.size());
  std::vector<LiftRow> rows;
  std::size_t count = 0, found = 0;
  for (std::size_t i = 1; i <= tenths; ++i) {
    for (; count < scores.size() * i / tenths; ++count) found += outcomes[best[count]];
    if (count == 0) continue;
    rows.push_back({.share = static_cast<double>(i) / static_cast<double>(tenths),
                    .count = count,
                    .happened = found,
                    .captured = static_cast<double>(found) / static_cast<double>(*happened),
                    .lift = static_cast<double>(found) / static_cast<double>(count) / rate});
  }
  return rows;
}

}  // namespace rapport::analytics
