// What insight knows of one customer: scores with their reasons in words and how they were before,
// purchases as they were and as the model expects them, offers, profit and its parts.
#pragma once

#include "base/id.hpp"
#include "base/instant.hpp"
#include "base/json_fwd.hpp"
#include "base/problem.hpp"
#include "crm/insight/scores/score_row.hpp"
#include "entity/policy.hpp"

namespace rapport::entity {
class Road;
}

namespace rapport::crm {

// As GET /api/v1/insight/persons/{id} shows it. Refused where the caller may not see the record
// (insight.no_such_record).
[[nodiscard]] base::Result<base::Json> person_insight(entity::Road& road,
                                                      const entity::Caller& caller,
                                                      const base::Id& person);
// The same of a company: sums, without reasons of its own.
[[nodiscard]] base::Result<base::Json> company_insight(entity::Road& road,
                                                       const entity::Caller& caller,
                                                       const base::Id& company);

}  // namespace rapport::crm
