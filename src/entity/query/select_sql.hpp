// A read plan as SQL: one statement a page, joins of links included, and one for its count.
//
// Empty values sort last in both directions. The one index on (column, id) serves both all the
// same: an order by an indexed column that may be empty is read in two ranges of it, first the
// values, then the empties. The id follows the direction of the last term.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "entity/plan/read_plan.hpp"
#include "store/database.hpp"

namespace rapport::entity {

// SQL text and its parameters, which grow together.
struct SqlText {
  std::string text;
  std::vector<std::optional<std::string>> parameters;

  // Adds a parameter; gives its placeholder "$3".
  std::string parameter(std::optional<std::string> value);
};

[[nodiscard]] store::Params to_params(const std::vector<std::optional<std::string>>& values);

// Columns: id, version, the selected in order, the order's terms. One row more than the limit is
// asked for, so that one knows whether there is a next page.
[[nodiscard]] SqlText page_sql(const ReadPlan& plan);
[[nodiscard]] SqlText count_sql(const ReadPlan& plan);
// EXPLAIN of the same; the planner's rows are the estimate.
[[nodiscard]] SqlText estimate_sql(const ReadPlan& plan);

// "[, ]LEFT JOIN"-ready condition of an object's records: `joins` and `where` of to_sql, appended
// to the parameters of `sql`.
[[nodiscard]] expression::Sql condition_sql(const expression::Expression& condition,
                                            const Catalog& catalog, const expression::Asker& asker,
                                            const std::string& alias, SqlText& sql,
                                            bool beside_joined = false);

}  // namespace rapport::entity
