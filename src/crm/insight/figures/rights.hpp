// Who may see a figure: who may read every record it rests on. The sets behind its marks ask for
// the same, since a token can be written by hand.
#pragma once

#include <string>
#include <vector>

#include "base/problem.hpp"
#include "entity/policy.hpp"

namespace rapport::entity {
struct Catalog;
}

namespace rapport::crm {

// What an answer is made of; each rests on what stands before it as well.
enum class Rests {
  on_orders,    // orders, the persons who placed them, their interactions
  on_products,  // what was on the orders
  on_costs,     // cost pools and rates
  on_models     // fits
};

// The object types: "order", "person" …
[[nodiscard]] std::vector<std::string> rested_on(Rests rests, bool companies);

// Refused (insight.forbidden) where the caller may not read all records of one of these types: a
// condition on records would be one on every sum as well, and figures know none.
[[nodiscard]] base::Result<void> may_see_figure(const entity::Catalog& catalog,
                                                const entity::Caller& caller, Rests rests,
                                                bool companies);

}  // namespace rapport::crm
