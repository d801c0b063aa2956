// An expression as parameterised SQL: the reference meaning of the language.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/id.hpp"
#include "base/instant.hpp"
#include "expression/expression.hpp"

namespace rapport::expression {

// Who asks, and when: `me`, `today` in the asker's zone (stored rules: the organisation's).
struct Asker {
  base::Id me;
  base::Instant now;
  std::string zone = "UTC";
};

struct SqlOptions {
  std::string alias;        // of the object's own table in the statement
  int first_parameter = 1;  // its number: $1
  // Set where the condition stands in a WHERE alone, so that NULL does as well as false: conditions
  // on plain columns then stay bare, which keeps the planner's estimates right.
  bool null_is_false = false;
  // The statement has joined the object's table beside already, as `alias__beside`.
  bool beside_joined = false;
};

// `where` is a boolean SQL expression over `alias` that is never NULL; `joins` are LEFT JOINs for
// the links it follows, to be put after the table; their aliases are `alias__1`, `alias__2` …
// A table beside that it reads is joined as the alias of its object with `__beside`; the object's
// own by an inner join, since every record has its row.
// Parameters are text-form values, cast in the SQL.
struct Sql {
  std::string joins;
  std::string where;
  std::vector<std::optional<std::string>> parameters;
};

[[nodiscard]] Sql to_sql(const Expression& expression, const Schema& schema, const Asker& asker,
                         const SqlOptions& options);

}  // namespace rapport::expression
