// What a refresh does with the model of leaving.
#include "crm/insight/models/fit_notes.hpp"
#include "crm/insight/refresh/refresh_work.hpp"

namespace rapport::crm {
namespace {

base::Result<ChurnComparison> compared(const Refresh::Work& work, const ModelsInUse& in_use,
                                       const LeavingInUse& leaving) {
  ChurnOptions options;
  if (leaving.model) options.incumbent = &*leaving.model;
  options.incumbent_until = leaving.standing.until;
  if (in_use.purchases) options.rival = in_use.fit.model;
  return compare_churn(work.churn(), work.today, options);
}

}  // namespace

// Where there is too little to learn from, what is in use stays, or there is no score.
base::Result<void> Refresh::fit_leaving(Work& work) {
  const auto in_use = models_.in_use();
  if (!in_use) return std::unexpected(in_use.error());
  const auto leaving = models_.leaving_in_use();
  if (!leaving) return std::unexpected(leaving.error());
  const auto comparison = compared(work, *in_use, *leaving);
  if (!comparison && comparison.error().code == "insight.no_fit") {
    if (!work.histories.days.empty()) work.notes.push_back(note_on(comparison.error(), *leaving));
    return {};
  }
  if (!comparison) return std::unexpected(comparison.error());
  const auto kept = models_.keep(*comparison, *leaving, false, work.now);
  if (!kept) return std::unexpected(kept.error());
  return {};
}

base::Result<base::Id> Refresh::fit_candidate(const Work& work) {
  const auto in_use = models_.in_use();
  if (!in_use) return std::unexpected(in_use.error());
  const auto leaving = models_.leaving_in_use();
  if (!leaving) return std::unexpected(leaving.error());
  const auto comparison = compared(work, *in_use, *leaving);
  if (!comparison) return std::unexpected(comparison.error());
  return models_.keep(*comparison, *leaving, true, work.now);
}

base::Result<void> Refresh::take_leaving(Work& work) {
  auto leaving = models_.leaving_in_use();
  if (!leaving) return std::unexpected(leaving.error());
  if (!leaving->model) return {};
  if (auto done = models_.note_drift(*leaving, work.churn(), work.today); !done) return done;
  work.basis.risk_model = leaving->record;
  work.basis.risk_horizon = leaving->model->horizon;
  work.leaving = std::move(leaving->model);
  return {};
}

}  // namespace rapport::crm
