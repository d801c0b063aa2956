// A read, checked against the catalog and the caller's policy: which columns, by which links, under
// which condition, in which order. What the caller may not see does not exist for him: not as a
// column, not in a condition, not in an order, not in a count.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/problem.hpp"
#include "entity/catalog/catalog.hpp"
#include "entity/plan/columns.hpp"
#include "entity/plan/cursor.hpp"
#include "entity/plan/sets.hpp"
#include "entity/policy.hpp"
#include "entity/request/request.hpp"
#include "entity/road.hpp"
#include "expression/expression.hpp"
#include "expression/sql.hpp"

namespace rapport::entity {

inline constexpr int links_max = 3;  // "company.parent.owner.name"
inline constexpr int fields_max = 200;
inline constexpr int order_max = 5;
inline constexpr int offset_max = 10'000'000;

// A linked table that the output or the order needs; `from` is -1 for the object's own table.
struct Join {
  int from = -1;
  const Field* link = nullptr;
  const ObjectType* target = nullptr;
  expression::Expression condition;  // what of the target exists for the caller; root null: all
};

struct Selected {
  OutputColumn output;
  int join = -1;
};

struct OrderTerm {
  int join = -1;
  Column column;
  bool beside = false;  // kept beside the record
  bool descending = false;
  bool nullable = true;
  bool indexed = false;  // there is an index on (column, id)
};

struct ReadPlan {
  std::shared_ptr<const Catalog> catalog;
  const ObjectType* object = nullptr;
  std::vector<Join> joins;
  std::vector<Selected> selected;
  expression::Expression where;    // the caller's and the policy's; root null: all
  const SetSource* set = nullptr;  // records of this set alone; null: all
  std::vector<std::string> set_parameters;
  expression::Asker asker;
  std::vector<base::Id> ids;     // of a get
  std::vector<OrderTerm> order;  // without the id, which is always last
  bool id_descending = false;    // as the last term, so that one index serves both directions
  std::string order_text;        // canonical, with the object: what a cursor was made for
  std::optional<Position> after;
  int offset = 0;
  int limit = 0;
  Counting count = Counting::none;
  List::Bin bin = List::Bin::without;
  bool stand_ins = false;
};

[[nodiscard]] base::Result<ReadPlan> plan_get(std::shared_ptr<const Catalog> catalog,
                                              const Caller& caller, const Get& request,
                                              base::Instant now);
[[nodiscard]] base::Result<ReadPlan> plan_list(std::shared_ptr<const Catalog> catalog,
                                               const Caller& caller, const List& request,
                                               base::Instant now, const Sets& sets = {});

// The object type under that name, or a problem that suggests the nearest.
[[nodiscard]] base::Result<const ObjectType*> find_object(const Catalog& catalog,
                                                          std::string_view name);
[[nodiscard]] base::Problem unknown_field(const ObjectType& object, const Policy& policy,
                                          std::string_view name, std::string pointer);
[[nodiscard]] base::Problem forbidden(Operation operation, const ObjectType& object);

}  // namespace rapport::entity
