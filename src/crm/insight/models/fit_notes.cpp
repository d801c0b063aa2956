#include "crm/insight/models/fit_notes.hpp"

#include <fmt/core.h>

#include "base/instant.hpp"

namespace rapport::crm {

std::vector<std::string> notes_on(const Comparison& comparison, const SpendingComparison& spending,
                                  const ModelsInUse& last) {
  std::vector<std::string> notes;
  if (comparison.fits.empty()) return notes;
  const auto& best = comparison.fits.front();
  const bool pooled = best.fit.model == analytics::PurchaseModel::pooled;
  // Where days are held out, a model must be fitted to those before them, to be judged at all.
  const auto known = best.holdout
                         ? fmt::format(", by the orders up to {} (the later ones judge it)",
                                       base::to_text(base::Date{best.until}))
                         : std::string();
  if (pooled && last.purchases) {
    notes.push_back(
        fmt::format("How customers buy was not fitted anew{}: {} The model in use stays.", known,
                    best.fit.why_pooled));
  } else if (pooled) {
    notes.push_back(fmt::format(
        "There is no model of how customers buy{}: {} Lifetime value, probability alive and "
        "expected purchases stay empty.",
        known, best.fit.why_pooled));
  }
  if ((pooled && !last.purchases) || spending.fitted.is_model()) return notes;
  const auto& why = spending.fitted.fit.why_mean;
  notes.push_back(
      last.spending_fit.parameters.empty()
          ? fmt::format("There is no model of what a purchase comes to: {} Each is taken to come "
                        "to the mean of all.",
                        why)
          : fmt::format("What a purchase comes to was not fitted anew: {} The model in use stays.",
                        why));
  return notes;
}

std::string note_on(const base::Problem& refused, const LeavingInUse& last) {
  if (last.model) {
    return fmt::format("The risk of leaving was not learnt anew: {} The model in use stays.",
                       refused.details);
  }
  return fmt::format("There is no model of who leaves{}: {} The risk of leaving stays empty.",
                     last.record ? " that can be read" : "", refused.details);
}

std::string note_on_nobody() {
  return "There is no model of customers: nobody has bought anything yet.";
}

}  // namespace rapport::crm
