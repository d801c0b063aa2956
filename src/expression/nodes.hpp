// Small questions and joints of trees, shared by what reads and writes them.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "expression/expression.hpp"

namespace rapport::expression {

[[nodiscard]] NodePtr node_of(Node node);
// Joined, a nested `and` within `and` taken apart: one meaning, one tree.
[[nodiscard]] NodePtr all_of(std::vector<NodePtr> terms);
[[nodiscard]] NodePtr any_of(std::vector<NodePtr> terms);

// `and`, `or`, `not` within each other; a comparison has none.
[[nodiscard]] int depth_of(const Node& node);
// Comparisons and constants.
[[nodiscard]] int terms_of(const Node& node);

// "this month", "today", "now" … and back.
[[nodiscard]] std::string_view anchor_spelling(Relative::Anchor anchor);
[[nodiscard]] std::optional<Relative::Anchor> anchor_spelled(std::string_view spelling);
[[nodiscard]] char unit_letter(Relative::Unit unit);
[[nodiscard]] std::optional<Relative::Unit> unit_lettered(std::string_view letters);

// "-90d", "today + 7d", "this month".
[[nodiscard]] std::string relative_text(const Relative& relative, const Field& field);

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};

}  // namespace rapport::expression
