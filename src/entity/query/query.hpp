// Runs a read plan: its page and its count travel together, in one trip.
#pragma once

#include "base/problem.hpp"
#include "entity/plan/read_plan.hpp"
#include "entity/road.hpp"
#include "store/database.hpp"

namespace rapport::entity {

[[nodiscard]] base::Result<Page> run_query(store::Pool& pool, const ReadPlan& plan);

// All ids of a list's plan, in its order; its limit is ignored.
[[nodiscard]] base::Result<std::vector<base::Id>> run_ids(store::Pool& pool, ReadPlan plan);

// History of one record, newest first.
struct HistoryPlan {
  const ObjectType* object = nullptr;
  base::Id id;
  int before_version = 0;  // 0: from the newest
  int limit = 50;
};
[[nodiscard]] base::Result<std::vector<HistoryEntry>> run_history(store::Pool& pool,
                                                                  const HistoryPlan& plan);
// What the caller may not see of the fields goes from the entries.
void hide_fields(std::vector<HistoryEntry>& entries, const Policy& policy,
                 const ObjectType& object);

}  // namespace rapport::entity
