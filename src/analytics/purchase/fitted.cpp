#include "analytics/purchase/fitted.hpp"

#include <fmt/format.h>

#include <cmath>

#include "analytics/purchase/beta_geometric.hpp"
#include "analytics/purchase/likelihood.hpp"
#include "analytics/purchase/pareto_nbd.hpp"

namespace rapport::analytics {

namespace {

std::unexpected<base::Problem> bad(std::string message) {
  return base::refuse(base::ProblemKind::invalid, "analytics.bad_fit", std::move(message));
}

}  // namespace

base::Result<void> check_fit(const PurchaseFit& fit, std::size_t covariate_count) {
  std::size_t wanted = 1;
  if (fit.model == PurchaseModel::pareto_nbd) {
    wanted = variables_of<ParetoNbd>(covariate_count);
  } else if (fit.model != PurchaseModel::pooled) {
    wanted = variables_of<BgNbd>(covariate_count);
  }
  if (fit.parameters.size() != wanted)
    return bad(fmt::format("A fit of {} with {} covariates has {} parameters, not {}.",
                           name_of(fit.model), covariate_count, wanted, fit.parameters.size()));
  for (std::size_t i = 0; i < wanted; ++i) {
    const Parameter& parameter = fit.parameters[i];
    const bool positive = parameter.value > 0 || i >= 4 || fit.model == PurchaseModel::pooled;
    if (!std::isfinite(parameter.value) || !positive)
      return bad(fmt::format("{} of a fit of {} may not be {}.", parameter.name, name_of(fit.model),
                             parameter.value));
  }
  return {};
}

}  // namespace rapport::analytics
