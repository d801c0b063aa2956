// Recursive descent, one word ahead:
//
//   any      = all { "or" all }
//   all      = one { "and" one }
//   one      = "not" one | "(" any ")" | "true" | "false" | condition
//   condition = path ( sign value | ["not"] "contains" value | ["not"] "starts" "with" value
//             | ["not"] "in" "(" value { "," value } ")" | ["not"] "between" value "and" value
//             | "is" ["not"] "empty" | nothing, of a true-or-false field )
//
// What is compared with what is checked on the way, so that the first complaint is the leftmost.
// Later, NAME "(" … ")" in the place of a path counts related records.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"
#include "expression/check.hpp"
#include "expression/cursor.hpp"
#include "expression/expression.hpp"
#include "expression/nodes.hpp"

namespace rapport::expression {
namespace {

using Kind = Token::Kind;

// How other languages say it.
constexpr std::array<std::pair<std::string_view, std::string_view>, 18> kForeign = {{
    {"==", "Equality is written =."},
    {"<>", "Write !=."},
    {"=<", "Write <=."},
    {"=>", "Write >=."},
    {"~", "Write contains or starts with."},
    {"like", "Write contains or starts with."},
    {"ilike", "Write contains or starts with."},
    {"matches", "Write contains or starts with."},
    {"includes", "Write contains."},
    {"startswith", "Write starts with."},
    {"starts_with", "Write starts with."},
    {"begins", "Write starts with."},
    {"equals", "Write =."},
    {"null", "A field without a value: is empty."},
    {"exists", "A field with a value: is not empty."},
    {"isempty", "Write is empty."},
    {"&&", "Write and."},
    {"||", "Write or."},
}};

constexpr std::array<std::string_view, 12> kAggregates = {
    "count",   "sum",     "average",  "avg",    "min",  "max",
    "minimum", "maximum", "earliest", "latest", "none", "any"};

constexpr std::array<std::string_view, 8> kOperatorWords = {
    "contains", "starts with",  "in",     "between",
    "is empty", "is not empty", "not in", "not between"};

std::string foreign_hint(const Token& token) {
  const std::string word = lower_ascii(token.spelling);
  for (const auto& [spelled, hint] : kForeign) {
    if (spelled == word) return std::string(hint);
  }
  return {};
}

class Parser {
 public:
  Parser(std::vector<Token> tokens, std::string_view object, const Schema& schema,
         const Limits& limits)
      : cursor_(std::move(tokens)), object_(object), schema_(schema), limits_(limits) {}

  base::Result<Expression> run() {
    Expression expression{object_, nullptr};
    if (cursor_.at_end()) return expression;
    expression.root = any();
    if (expression.root && !cursor_.at_end()) {
      cursor_.expected("“and”, “or” or the end", foreign_hint(cursor_.now()));
    }
    if (!cursor_.refused() && depth_of(*expression.root) > limits_.depth_max)
      too_deep(cursor_.all());
    if (cursor_.refused()) return std::unexpected(cursor_.problem());
    return expression;
  }

 private:
  // ---- Joining ----

  NodePtr any() {
    std::vector<NodePtr> terms;
    do {
      NodePtr term = all();
      if (!term) return nullptr;
      terms.push_back(std::move(term));
    } while (cursor_.take_word("or"));
    return any_of(std::move(terms));
  }

  NodePtr all() {
    std::vector<NodePtr> terms;
    do {
      NodePtr term = one();
      if (!term) return nullptr;
      terms.push_back(std::move(term));
    } while (cursor_.take_word("and"));
    return all_of(std::move(terms));
  }

  NodePtr one() {
    const std::size_t start = cursor_.place();
    if (cursor_.at_word("not") || cursor_.at_sign("(")) {
      if (++depth_ > limits_.depth_max) return too_deep(cursor_.now().span);
      NodePtr inner;
      if (cursor_.take_sign("(")) {
        inner = any();
        if (inner && !cursor_.take_sign(")")) {
          return cursor_.expected("“and”, “or” or “)”", foreign_hint(cursor_.now()));
        }
      } else {
        cursor_.take();
        inner = one();
        if (inner) inner = node_of({Not{std::move(inner)}});
      }
      --depth_;
      return inner;
    }
    if (++terms_ > limits_.terms_max) {
      return cursor_.refuse(
          cursor_.now().span, "expression.too_many_terms",
          fmt::format("A condition has {} comparisons at most.", limits_.terms_max));
    }
    if (cursor_.take_word("true")) return node_of({Constant{true}});
    if (cursor_.take_word("false")) return node_of({Constant{false}});
    return condition(start);
  }

  // ---- One comparison ----

  NodePtr condition(std::size_t start) {
    auto path = this->path();
    if (!path) return nullptr;
    const bool negated = cursor_.take_word("not");
    NodePtr node = compared(std::move(*path), start, negated);
    if (node && negated) node = node_of({Not{std::move(node)}});
    return node;
  }

  std::optional<Path> path() {
    const bool names_field = cursor_.now().kind == Kind::word && !cursor_.at_word("and") &&
                             !cursor_.at_word("or") && !cursor_.at_word("in") &&
                             !cursor_.at_word("is") && !cursor_.at_word("between");
    if (!names_field) {
      cursor_.expected("a field", cursor_.at_sign("!") ? "Write not." : "");
      return std::nullopt;
    }
    if (cursor_.ahead().spelling == "(" && cursor_.ahead().kind == Kind::sign) return called();
    std::vector<std::string> segments;
    std::vector<Span> spans;
    do {
      if (cursor_.now().kind != Kind::word) {
        cursor_.expected("a field", fmt::format("A field or link follows “{}.”.", segments.back()));
        return std::nullopt;
      }
      spans.push_back(cursor_.now().span);
      segments.push_back(cursor_.take().spelling);
    } while (cursor_.take_sign("."));
    auto path = resolve_path(schema_, object_, segments, limits_);
    if (!path) {
      const Span span = spans[std::min(path.error().segment, spans.size() - 1)];
      cursor_.refuse(span, std::move(path.error().complaint));
      return std::nullopt;
    }
    return std::move(*path);
  }

  // The place of count(orders where …).
  std::nullopt_t called() {
    const std::string name = lower_ascii(cursor_.now().spelling);
    if (std::find(kAggregates.begin(), kAggregates.end(), name) != kAggregates.end()) {
      cursor_.refuse(
          cursor_.now().span, "expression.related_not_yet",
          fmt::format("Conditions on related records, such as {}(orders), are not available yet.",
                      name));
    } else {
      cursor_.refuse(cursor_.now().span, "expression.unknown_function",
                     fmt::format("There is no function “{}”.", cursor_.now().spelling));
    }
    return std::nullopt;
  }

  NodePtr compared(Path path, std::size_t start, bool negated) {
    const Token& token = cursor_.now();
    const Field field = path.field;
    if (cursor_.take_word("in")) {
      if (!fits(field, Use::in, "in", token.span)) return nullptr;
      return list(std::move(path));
    }
    if (cursor_.take_word("between")) {
      if (!fits(field, Use::between, "between", token.span)) return nullptr;
      return range(std::move(path), start);
    }
    if (const auto comparison = worded_comparison()) {
      return against(std::move(path), *comparison, token.span);
    }
    if (cursor_.refused()) return nullptr;
    if (negated)
      return cursor_.expected("“in”, “between”, “contains” or “starts with” behind “not”");
    if (cursor_.take_word("is")) return emptiness(std::move(path));
    if (token.kind == Kind::sign) {
      const auto comparison = comparison_spelled(token.spelling);
      if (comparison) {
        cursor_.take();
        return against(std::move(path), *comparison, token.span);
      }
    }
    if (field.type == Type::boolean && cursor_.at_close()) {
      return node_of({Compare{std::move(path), Comparison::equal, base::Value(true)}});
    }
    return no_operator(field);
  }

  std::nullptr_t no_operator(const Field& field) {
    std::string hint = foreign_hint(cursor_.now());
    if (hint.empty() && cursor_.now().kind == Kind::word) {
      const std::vector<std::string> known(kOperatorWords.begin(), kOperatorWords.end());
      if (const auto near = base::nearest(lower_ascii(cursor_.now().spelling), known)) {
        hint = fmt::format("Did you mean {}?", *near);
      }
    }
    return cursor_.expected(
        fmt::format("a comparison of {} (=, !=, <, contains, in, between, is empty …)", field.name),
        std::move(hint));
  }

  std::optional<Comparison> worded_comparison() {
    if (cursor_.take_word("contains")) return Comparison::contains;
    if (!cursor_.take_word("starts")) return std::nullopt;
    if (cursor_.take_word("with")) return Comparison::starts_with;
    cursor_.expected("“with” behind “starts”");
    return std::nullopt;
  }

  bool fits(const Field& field, Use use, std::string_view spelling, Span span) {
    auto complaint = refuse_use(field, use, spelling);
    if (!complaint) return true;
    cursor_.refuse(span, std::move(*complaint));
    return false;
  }

  NodePtr against(Path path, Comparison comparison, Span span) {
    if (!fits(path.field, use_of(comparison), spelling_of(comparison), span)) return nullptr;
    auto value = operand(path.field);
    if (!value) return nullptr;
    return node_of({Compare{std::move(path), comparison, std::move(*value)}});
  }

  NodePtr emptiness(Path path) {
    const bool negated = cursor_.take_word("not");
    if (!cursor_.take_word("empty")) {
      std::string hint = foreign_hint(cursor_.now());
      if (hint.empty() && !negated) hint = "Equality is written =.";
      return cursor_.expected(negated ? "“empty”" : "“empty” or “not empty”", std::move(hint));
    }
    NodePtr node = node_of({Empty{std::move(path)}});
    return negated ? node_of({Not{std::move(node)}}) : node;
  }

  NodePtr range(Path path, std::size_t start) {
    auto low = operand(path.field);
    if (!low) return nullptr;
    if (!cursor_.take_word("and")) return cursor_.expected("“and” and the upper end");
    auto high = operand(path.field);
    if (!high) return nullptr;
    if (auto complaint = refuse_range(*low, *high)) {
      return cursor_.refuse(cursor_.since(start), std::move(*complaint));
    }
    return node_of({Between{std::move(path), std::move(*low), std::move(*high)}});
  }

  NodePtr list(Path path) {
    if (!cursor_.take_sign("(")) return cursor_.expected("“(” and a list of values");
    In in{std::move(path), {}};
    do {
      if (static_cast<int>(in.operands.size()) == limits_.list_max) {
        return cursor_.refuse(cursor_.now().span, "expression.list_too_long",
                              fmt::format("A list has {} values at most.", limits_.list_max));
      }
      auto value = operand(in.path.field);
      if (!value) return nullptr;
      in.operands.push_back(std::move(*value));
    } while (cursor_.take_sign(","));
    if (!cursor_.take_sign(")")) return cursor_.expected("“,” or “)”");
    return node_of({std::move(in)});
  }

  std::optional<Operand> operand(const Field& field) {
    const std::size_t start = cursor_.place();
    const auto literal = read_literal(cursor_, field);
    if (!literal) return std::nullopt;
    auto value = coerce(*literal, field);
    if (value) return std::move(*value);
    cursor_.refuse(cursor_.since(start), std::move(value.error()));
    return std::nullopt;
  }

  std::nullptr_t too_deep(Span span) {
    return cursor_.refuse(span, "expression.too_deep",
                          fmt::format("Conditions nest {} deep at most.", limits_.depth_max));
  }

  Cursor cursor_;
  std::string object_;
  const Schema& schema_;
  const Limits& limits_;
  int depth_ = 0;
  int terms_ = 0;
};

}  // namespace

base::Result<Expression> parse(std::string_view text, std::string_view object, const Schema& schema,
                               const Limits& limits) {
  if (text.size() > limits.bytes_max) {
    return std::unexpected(
        problem_at({0, 0}, "expression.too_long",
                   fmt::format("A condition has {} characters at most.", limits.bytes_max),
                   "Split it, or keep part of it as a segment."));
  }
  auto tokens = lex(text);
  if (!tokens) return std::unexpected(std::move(tokens.error()));
  return Parser(std::move(*tokens), object, schema, limits).run();
}

}  // namespace rapport::expression
