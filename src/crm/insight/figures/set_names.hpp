// The sets behind marks. A set's name says which statement it is and how that is put together:
// "insight_amount_historic_person_days_country" are persons of a country by an amount of historic
// value, narrowed to who bought within the filter's days.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crm/insight/insight_sql.hpp"
#include "entity/plan/sets.hpp"

namespace rapport::crm {

// What a filter narrows by.
struct SetShape {
  bool companies = false;  // else persons
  bool by_days = false, by_product = false, in_country = false;
};

// What stands for the places of statements.
[[nodiscard]] Chosen chosen_of(const SetShape& shape, Chosen more);

// Which statements group profit: `by` as in profit_by_named.
[[nodiscard]] Chosen grouped(std::string_view by);

// `set`: "amount_historic", "cohort" …
[[nodiscard]] std::string set_name(std::string_view set, const SetShape& shape);

// The same set, found by active months: "kept_cohort".
[[nodiscard]] std::string kept_set(std::string_view set);

// All sets that figures open, to be registered with the road.
[[nodiscard]] const std::vector<entity::SetSource>& all_sets();

// The token of a set: of all parameters (those of the filter, then the mark's) the ones that its
// statement has.
[[nodiscard]] std::string token_of(const std::string& name,
                                   const std::vector<std::string>& parameters);

}  // namespace rapport::crm
