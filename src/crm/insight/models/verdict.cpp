#include "crm/insight/models/verdict.hpp"

#include <fmt/core.h>

namespace rapport::crm {
namespace {

Verdict worse(std::string_view errors) {
  return {.state = "refused",
          .note = fmt::format(
              "Predicts worse than the model in use ({} on the same days): not used without "
              "someone's word.",
              errors)};
}

Verdict no_better(std::string_view errors) {
  return {.state = "candidate",
          .note = fmt::format(
              "Predicts no better than the model that someone put in use ({}): that one stays.",
              errors.empty() ? std::string("nothing to compare them by")
                             : fmt::format("{} on the same days", errors))};
}

}  // namespace

Verdict verdict_on(const std::optional<Contest>& contest, const Standing& incumbent) {
  const auto errors =
      contest ? fmt::format("error {:.4f} against {:.4f}", contest->fresh, contest->incumbent)
              : std::string();
  if (predicts_worse(contest)) return worse(errors);
  if (incumbent.adopted && !predicts_better(contest)) return no_better(errors);
  return {};
}

Verdict verdict_on(const ChurnComparison& comparison, const Standing& incumbent) {
  if (!(comparison.fits.front().judged.skill() > 0)) {
    return {.state = "refused",
            .note =
                "Tells no more than that as many leave as did before: not used without "
                "someone's word."};
  }
  const auto& contest = comparison.contest;
  const auto skills =
      contest ? fmt::format("skill {:.3f} against {:.3f}", contest->fresh, contest->incumbent)
              : std::string();
  if (contest && contest->fresh < contest->incumbent - skill_tolerance) return worse(skills);
  const bool better = contest && contest->fresh > contest->incumbent + skill_tolerance;
  if (incumbent.adopted && !better) return no_better(skills);
  return {};
}

Verdict overtaken() {
  return {.state = "candidate",
          .note = "Another model was put in use while this one was fitted: that one stays."};
}

}  // namespace rapport::crm
