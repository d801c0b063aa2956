// An expression over one record's values, with the same meaning as its SQL.
#pragma once

#include <functional>

#include "base/value.hpp"
#include "expression/expression.hpp"
#include "expression/sql.hpp"

namespace rapport::expression {

// Gives the value at the end of a path for the record in question; empty where a link is empty.
using Facts = std::function<base::Value(const Path&)>;

[[nodiscard]] bool evaluate(const Expression& expression, const Facts& facts, const Asker& asker);

// Whether a check that reads an empty field it does not ask about emptiness is to be skipped
// (architecture: "a record check is skipped while any field it reads is empty, unless it asks").
[[nodiscard]] bool check_applies(const Expression& check, const Facts& facts);

}  // namespace rapport::expression
