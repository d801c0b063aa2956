// The sets behind marks. A set's name says which statement it is and how that is put together:
// "insight_amount_historic_person_bought" are persons by an amount of historic value, narrowed to
// who bought within the filter's days.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crm/insight/insight_sql.hpp"
#include "entity/plan/sets.hpp"

namespace rapport::crm {

// What stands for the places of statements, by the filter.
[[nodiscard]] Chosen chosen_of(bool companies, bool narrowed, bool by_product, Chosen more);

// `set`: "amount_historic", "cohort" …
[[nodiscard]] std::string set_name(std::string_view set, bool companies, bool narrowed,
                                   bool by_product);

// All sets that figures open, to be registered with the road.
[[nodiscard]] const std::vector<entity::SetSource>& all_sets();

// The token of a set: of all parameters (those of the filter, then the mark's) the ones that its
// statement has.
[[nodiscard]] std::string token_of(const std::string& name,
                                   const std::vector<std::string>& parameters);

}  // namespace rapport::crm
