#include "crm/insight/churn/churn_warning.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace rapport::crm {
namespace {

constexpr double kPercent = 100;
constexpr double kAct = 1.2, kWatch = .5;
constexpr double kGone = .03;
constexpr double kAliveLow = .5;
constexpr double kRhythms = 2, kRhythmsFull = 4;
constexpr std::uint32_t kPurchasesForRhythm = 3;
constexpr std::uint32_t kPurchasesForFall = 4;
constexpr double kReturnedShare = 1. / 3;
constexpr double kUnresolvedEach = .4;
constexpr double kFallMin = .5;

// What each reason weighs; nought: it does not hold.
struct Weights {
  double silence = 0, fading = 0, returns = 0, unresolved = 0, falling = 0;
  [[nodiscard]] double sum() const { return silence + fading + returns + unresolved + falling; }
};

Weights weigh(const ScoreRow& row) {
  Weights weights;
  const double rhythm = std::max(1.F, row.rhythm);
  if (row.purchases >= kPurchasesForRhythm && row.silence() > kRhythms * rhythm) {
    weights.silence = std::min(1., row.silence() / (kRhythmsFull * rhythm));
  }
  if (row.modelled && row.alive < kAliveLow) weights.fading = 1 - row.alive;
  if (row.bought > 0) {
    const double share = static_cast<double>(row.returned) / static_cast<double>(row.bought);
    if (share >= kReturnedShare) weights.returns = std::min(1., share);
  }
  weights.unresolved = std::min(1., kUnresolvedEach * row.unresolved);
  if (row.purchases >= kPurchasesForFall && row.earlier_average > 0) {
    const double fall =
        1 - static_cast<double>(row.latest_average) / static_cast<double>(row.earlier_average);
    if (fall > kFallMin) weights.falling = std::min(1., fall);
  }
  return weights;
}

std::string percent(double share) {
  return fmt::format("{:.0f}", share * kPercent);
}

}  // namespace

Warning churn_warning(const ScoreRow& row) {
  if (row.purchases == 0 || (row.modelled && row.alive < kGone)) return Warning::none;
  const auto weights = weigh(row);
  if (weights.sum() >= kAct && weights.silence + weights.fading > 0) return Warning::act;
  return weights.sum() >= kWatch ? Warning::watch : Warning::none;
}

WarningReasons warning_reasons(const ScoreRow& row) {
  const auto weights = weigh(row);
  WarningReasons reasons;
  std::size_t n = 0;
  for (const double weight :
       {weights.silence, weights.fading, weights.returns, weights.unresolved, weights.falling}) {
    reasons[n++] = weight > 0;
  }
  return reasons;
}

std::string codes_of(const WarningReasons& reasons) {
  std::string codes;
  for (std::size_t n = 0; n < reasons.size(); ++n) {
    if (reasons[n]) codes += (codes.empty() ? "" : " ") + std::string(churn_warning_codes[n]);
  }
  return codes;
}

std::vector<Reason> churn_warning_reasons(const ScoreRow& row, const ReasonContext&) {
  const auto weights = weigh(row);
  std::vector<Reason> reasons;
  const auto add = [&](std::string_view code, double weight, auto places) {
    if (weight > 0) reasons.push_back({code, weight, std::move(places)});
  };
  using Places = std::vector<std::pair<std::string_view, std::string>>;
  add("silence", weights.silence,
      Places{{"rhythm", fmt::format("{:.0f}", row.rhythm)},
             {"silence", fmt::format("{}", row.silence())},
             {"last", day_text(row.last_purchase)}});
  add("fading", weights.fading, Places{{"alive", percent(row.alive)}});
  add("returns", weights.returns, Places{{"share", percent(weights.returns)}});
  add("unresolved", weights.unresolved, Places{{"count", fmt::format("{}", row.unresolved)}});
  add("falling", weights.falling, Places{{"share", percent(weights.falling)}});
  std::ranges::stable_sort(reasons, std::greater(), &Reason::weight);
  return reasons;
}

}  // namespace rapport::crm
