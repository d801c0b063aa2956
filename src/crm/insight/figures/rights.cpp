#include "crm/insight/figures/rights.hpp"

#include <fmt/format.h>

#include "entity/catalog/catalog.hpp"

namespace rapport::crm {

std::vector<std::string> rested_on(Rests rests, bool companies) {
  std::vector<std::string> types{"order", "person", "interaction"};
  if (companies) types.emplace_back("company");
  if (rests >= Rests::on_products) types.insert(types.end(), {"order_line", "product"});
  if (rests >= Rests::on_costs) types.insert(types.end(), {"cost_pool", "cost_rate"});
  if (rests >= Rests::on_models) types.emplace_back("model");
  return types;
}

base::Result<void> may_see_figure(const entity::Catalog& catalog, const entity::Caller& caller,
                                  Rests rests, bool companies) {
  for (const auto& name : rested_on(rests, companies)) {
    const auto* object = catalog.find(name);
    if (object != nullptr && caller.policy->may(entity::Operation::read, *object) &&
        !caller.policy->condition(entity::Operation::read, *object))
      continue;
    return base::refuse(base::ProblemKind::forbidden, "insight.forbidden",
                        fmt::format("Only who may read every record of type “{}” sees this.",
                                    object == nullptr ? name : object->label_one),
                        name);
  }
  return {};
}

}  // namespace rapport::crm
