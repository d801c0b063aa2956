// What a refresh does with the model of leaving.
#include "crm/insight/refresh/refresh_work.hpp"

namespace rapport::crm {
namespace {

ChurnOptions options_of(const ModelsInUse& in_use,
                        const std::optional<std::pair<base::Id, ChurnModel>>& leaving) {
  ChurnOptions options;
  if (leaving) options.incumbent = &leaving->second;
  if (in_use.purchases) options.rival = in_use.fit.model;
  return options;
}

}  // namespace

// Where there is too little to learn from, what is in use stays, or there is no score.
base::Result<void> Refresh::fit_leaving(const Work& work) {
  const auto in_use = models_.in_use();
  if (!in_use) return std::unexpected(in_use.error());
  const auto leaving = models_.leaving_in_use();
  if (!leaving) return std::unexpected(leaving.error());
  const auto compared = compare_churn(work.churn(), work.today, options_of(*in_use, *leaving));
  if (!compared && compared.error().code == "insight.no_fit") return {};
  if (!compared) return std::unexpected(compared.error());
  const auto kept = models_.keep(*compared, false, work.now);
  if (!kept) return std::unexpected(kept.error());
  return {};
}

base::Result<base::Id> Refresh::fit_candidate(const Work& work) {
  const auto in_use = models_.in_use();
  if (!in_use) return std::unexpected(in_use.error());
  const auto leaving = models_.leaving_in_use();
  if (!leaving) return std::unexpected(leaving.error());
  const auto compared = compare_churn(work.churn(), work.today, options_of(*in_use, *leaving));
  if (!compared) return std::unexpected(compared.error());
  return models_.keep(*compared, true, work.now);
}

base::Result<void> Refresh::take_leaving(Work& work) {
  auto leaving = models_.leaving_in_use();
  if (!leaving) return std::unexpected(leaving.error());
  if (!*leaving) return {};
  if (auto done = models_.note_drift(**leaving, work.churn(), work.today); !done) return done;
  work.basis.risk_model = (*leaving)->first;
  work.basis.risk_horizon = (*leaving)->second.horizon;
  work.leaving = std::move((*leaving)->second);
  return {};
}

}  // namespace rapport::crm
