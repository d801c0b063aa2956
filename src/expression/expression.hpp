// One language for every condition in Rapport: lists, segments, rules, permissions. Readable aloud,
// typed, total, two-valued: compared with an empty field `=` and `<` are false, `!=` is true, and
// `not` turns exactly.
//
//   country = 'ES' and email is not empty and company.name starts with 'Al'
//
// The text and a JSON tree are two spellings of one thing. Beside this: `sql.hpp` (the reference
// meaning) and `evaluate.hpp` (the same over one record's values).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/problem.hpp"
#include "base/value.hpp"
#include "expression/schema.hpp"

namespace rapport::expression {

struct Limits {
  std::size_t bytes_max = 16 * 1024;
  int depth_max = 32;
  int terms_max = 500;
  int links_max = 3;                         // company.parent.parent.name
  int list_max = 1000;                       // values of one `in`
  static constexpr int offset_max = 36'500;  // of a relative moment, in its unit: -90d
};

enum class Comparison {
  equal,
  not_equal,
  less,
  less_or_equal,
  greater,
  greater_or_equal,
  contains,
  starts_with
};

// A path of links that ends at a field: company.name → {company}, name. `object` is where it
// starts.
struct Path {
  std::string object;
  std::vector<Field> links;
  Field field;
};

// A moment said relative to now, in days or calendar months or years; resolved when the expression
// is compiled or evaluated.
struct Relative {
  enum class Anchor {
    now,
    today,
    this_week,
    this_month,
    this_quarter,
    this_year,
    last_week,
    last_month,
    last_quarter,
    last_year,
    next_week,
    next_month,
    next_quarter,
    next_year,
    yesterday,
    tomorrow
  };
  Anchor anchor = Anchor::now;
  int amount = 0;
  enum class Unit { hours, days, weeks, months, years };
  Unit unit = Unit::days;
  friend bool operator==(const Relative&, const Relative&) = default;
};

struct Me {
  friend bool operator==(const Me&, const Me&) = default;
};

using Operand = std::variant<base::Value, Relative, Me>;

struct Node;
using NodePtr = std::shared_ptr<const Node>;  // trees are immutable and shared by compiled plans

struct And {
  std::vector<NodePtr> terms;
};
struct Or {
  std::vector<NodePtr> terms;
};
struct Not {
  NodePtr term;
};
struct Compare {
  Path path;
  Comparison comparison;
  Operand operand;
};
struct Between {  // both ends included
  Path path;
  Operand low, high;
};
struct In {  // `not in` is Not{In}
  Path path;
  std::vector<Operand> operands;
};
struct Empty {  // `is not empty` is Not{Empty}
  Path path;
};
struct Constant {
  bool value;
};

struct Node {
  std::variant<And, Or, Not, Compare, Between, In, Empty, Constant> is;
};

// A parsed and checked condition about records of `object`.
struct Expression {
  std::string object;
  NodePtr root;
};

// Parses the text and checks it against the schema; an empty text is the empty expression. A
// problem has code `expression.…`, says what was expected, and carries {"offset": N, "length": N}
// in `extra` (code points into the text).
[[nodiscard]] base::Result<Expression> parse(std::string_view text, std::string_view object,
                                             const Schema& schema, const Limits& limits = {});

// The text that parses to the same tree; parentheses only where needed.
[[nodiscard]] std::string to_text(const Expression& expression);

// The JSON tree; fields by their ids. from_tree checks as parse does, pointing by JSON pointer.
[[nodiscard]] std::string to_tree(const Expression& expression);
[[nodiscard]] base::Result<Expression> from_tree(std::string_view json, std::string_view object,
                                                 const Schema& schema, const Limits& limits = {});

// Both, joined by `and`. Empty expressions (root null) are true.
[[nodiscard]] Expression both(const Expression& a, const Expression& b);

// The fields it reads, each once, the links it follows among them: a change of anything else cannot
// change its answer.
[[nodiscard]] std::vector<Path> reads(const Expression& expression);

// Whether it says `me`; stored conditions that others share may not.
[[nodiscard]] bool says_me(const Expression& expression);

// Whether a word means something to the language, so that no field may bear it.
[[nodiscard]] bool is_reserved(std::string_view word);

}  // namespace rapport::expression
