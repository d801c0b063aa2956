#include "entity/road_ids.hpp"

#include <utility>

#include "entity/plan/read_plan.hpp"
#include "entity/query/query.hpp"
#include "entity/road.hpp"

namespace rapport::entity {

base::Result<std::vector<base::Id>> ids_of(Road& road, const Caller& caller, const List& list) {
  List all = list;
  all.fields = {"id"};
  all.titles = false;
  all.after.clear();
  all.limit = all.offset = 0;
  auto plan = plan_list(road.catalog(), caller, all, road.now(), road.sets());
  if (!plan) return std::unexpected(std::move(plan.error()));
  return run_ids(road.pool(), std::move(*plan));
}

}  // namespace rapport::entity
