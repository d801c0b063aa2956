// Writes an expression as its text: the one that parses to the same tree.
#include <fmt/core.h>

#include "expression/check.hpp"
#include "expression/nodes.hpp"
#include "expression/quoted.hpp"

namespace rapport::expression {

std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') out += '\'';
    out += c;
  }
  return out + "'";
}

namespace {

// How tightly a node binds; what binds less than its surroundings goes into parentheses.
enum class Binding { any, all, one };

std::string value_text(const base::Value& value, const Field& field) {
  return std::visit(
      Overloaded{
          [](std::monostate) { return std::string("''"); },
          [](bool truth) { return std::string(truth ? "true" : "false"); },
          [](std::int64_t n) { return fmt::format("{}", n); },
          [&](const base::Decimal& d) {
            return base::to_text(d) + (field.type == Type::percent ? "%" : "");
          },
          [](const base::Money& m) {
            return base::to_text(m.amount) + (m.currency.empty() ? "" : " ") + m.currency;
          },
          [](base::Date d) { return base::to_text(d); },
          [](base::Instant t) { return base::to_text(t); },
          [](const base::Id& id) { return quoted(base::to_text(id)); },
          [](const std::string& text) { return quoted(text); },
          [](const auto&) { return std::string("''"); },  // no literal is of the other types
      },
      value);
}

}  // namespace

std::string relative_text(const Relative& relative, const Field& field) {
  std::string anchor(anchor_spelling(relative.anchor));
  if (relative.amount == 0) return anchor;
  const char sign = relative.amount < 0 ? '-' : '+';
  const std::string length = fmt::format(
      "{}{}", relative.amount < 0 ? -relative.amount : relative.amount, unit_letter(relative.unit));
  if (relative.anchor == Relative::Anchor::now && field.type == Type::instant) {
    return sign + length;
  }
  return fmt::format("{} {} {}", anchor, sign, length);
}

namespace {

std::string operand_text(const Operand& operand, const Field& field) {
  return std::visit(
      Overloaded{[&](const base::Value& value) { return value_text(value, field); },
                 [&](const Relative& relative) { return relative_text(relative, field); },
                 [](Me) { return std::string("me"); }},
      operand);
}

std::string path_text(const Path& path) {
  std::string out;
  for (const Field& link : path.links) out += link.name + ".";
  return out + path.field.name;
}

std::string leaf_text(const Node& leaf, bool negated) {
  const std::string_view no = negated ? "not " : "";
  return std::visit(
      Overloaded{
          [&](const Compare& c) {
            return fmt::format("{}{} {} {}", no, path_text(c.path), spelling_of(c.comparison),
                               operand_text(c.operand, c.path.field));
          },
          [&](const Between& b) {
            return fmt::format("{} {}between {} and {}", path_text(b.path), no,
                               operand_text(b.low, b.path.field),
                               operand_text(b.high, b.path.field));
          },
          [&](const In& in) {
            std::string list;
            for (const Operand& operand : in.operands) {
              if (!list.empty()) list += ", ";
              list += operand_text(operand, in.path.field);
            }
            return fmt::format("{} {}in ({})", path_text(in.path), no, list);
          },
          [&](const Empty& e) { return fmt::format("{} is {}empty", path_text(e.path), no); },
          [&](const Constant& c) { return fmt::format("{}{}", no, c.value ? "true" : "false"); },
          [](const auto&) { return std::string(); },  // no leaf
      },
      leaf.is);
}

std::string node_text(const Node& node, Binding around);

std::string joined_text(const std::vector<NodePtr>& terms, std::string_view word, Binding own,
                        Binding around) {
  std::string out;
  for (const NodePtr& term : terms) {
    if (!out.empty()) out += fmt::format(" {} ", word);
    out += node_text(*term, own == Binding::any ? Binding::all : Binding::one);
  }
  return around > own ? fmt::format("({})", out) : out;
}

std::string node_text(const Node& node, Binding around) {
  if (const auto* any = std::get_if<Or>(&node.is)) {
    return joined_text(any->terms, "or", Binding::any, around);
  }
  if (const auto* all = std::get_if<And>(&node.is)) {
    return joined_text(all->terms, "and", Binding::all, around);
  }
  if (const auto* negated = std::get_if<Not>(&node.is)) {
    const Node& inner = *negated->term;
    const bool is_leaf = depth_of(inner) == 0;
    return is_leaf ? leaf_text(inner, true) : "not " + node_text(inner, Binding::one);
  }
  return leaf_text(node, false);
}

}  // namespace

std::string to_text(const Expression& expression) {
  return expression.root ? node_text(*expression.root, Binding::any) : std::string();
}

}  // namespace rapport::expression
