#include "expression/expression.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

#include "expression/check.hpp"
#include "expression/nodes.hpp"

namespace rapport::expression {
namespace {

using Anchor = Relative::Anchor;
constexpr std::array<std::pair<Anchor, std::string_view>, 16> kAnchors = {{
    {Anchor::now, "now"},
    {Anchor::today, "today"},
    {Anchor::this_week, "this week"},
    {Anchor::this_month, "this month"},
    {Anchor::this_quarter, "this quarter"},
    {Anchor::this_year, "this year"},
    {Anchor::last_week, "last week"},
    {Anchor::last_month, "last month"},
    {Anchor::last_quarter, "last quarter"},
    {Anchor::last_year, "last year"},
    {Anchor::next_week, "next week"},
    {Anchor::next_month, "next month"},
    {Anchor::next_quarter, "next quarter"},
    {Anchor::next_year, "next year"},
    {Anchor::yesterday, "yesterday"},
    {Anchor::tomorrow, "tomorrow"},
}};

constexpr std::string_view kUnits = "hdwmy";  // in the order of Relative::Unit

template <class Junction>
void append_flat(std::vector<NodePtr>& out, const NodePtr& term) {
  if (const auto* same = std::get_if<Junction>(&term->is)) {
    for (const NodePtr& inner : same->terms) append_flat<Junction>(out, inner);
  } else {
    out.push_back(term);
  }
}

template <class Junction>
NodePtr joined(std::vector<NodePtr> terms) {
  Junction flat;
  for (const NodePtr& term : terms) append_flat<Junction>(flat.terms, term);
  if (flat.terms.size() == 1) return flat.terms.front();
  return node_of({std::move(flat)});
}

const std::vector<NodePtr>* terms_within(const Node& node) {
  if (const auto* all = std::get_if<And>(&node.is)) return &all->terms;
  if (const auto* any = std::get_if<Or>(&node.is)) return &any->terms;
  return nullptr;
}

// Calls for every comparison and constant.
void each_leaf(const Node& node, const std::function<void(const Node&)>& visit) {
  if (const auto* terms = terms_within(node)) {
    for (const NodePtr& term : *terms) each_leaf(*term, visit);
  } else if (const auto* negated = std::get_if<Not>(&node.is)) {
    each_leaf(*negated->term, visit);
  } else {
    visit(node);
  }
}

const Path* path_of(const Node& leaf) {
  return std::visit(
      Overloaded{[](const Compare& c) { return &c.path; }, [](const Between& b) { return &b.path; },
                 [](const In& in) { return &in.path; }, [](const Empty& e) { return &e.path; },
                 [](const auto&) -> const Path* { return nullptr; }},
      leaf.is);
}

void add_once(std::vector<Path>& paths, Path path) {
  const auto same = [&](const Path& known) { return same_field(known, path); };
  if (std::none_of(paths.begin(), paths.end(), same)) paths.push_back(std::move(path));
}

bool is_me(const Operand& operand) {
  return std::holds_alternative<Me>(operand);
}

}  // namespace

NodePtr node_of(Node node) {
  return std::make_shared<const Node>(std::move(node));
}

NodePtr all_of(std::vector<NodePtr> terms) {
  if (terms.empty()) return node_of({Constant{true}});
  return joined<And>(std::move(terms));
}

NodePtr any_of(std::vector<NodePtr> terms) {
  if (terms.empty()) return node_of({Constant{false}});
  return joined<Or>(std::move(terms));
}

int depth_of(const Node& node) {
  int deepest = 0;
  if (const auto* terms = terms_within(node)) {
    for (const NodePtr& term : *terms) deepest = std::max(deepest, depth_of(*term));
    return deepest + 1;
  }
  if (const auto* negated = std::get_if<Not>(&node.is)) return depth_of(*negated->term) + 1;
  return 0;
}

int terms_of(const Node& node) {
  int count = 0;
  each_leaf(node, [&](const Node&) { ++count; });
  return count;
}

std::string_view anchor_spelling(Relative::Anchor anchor) {
  return kAnchors[static_cast<std::size_t>(anchor)].second;
}

std::optional<Relative::Anchor> anchor_spelled(std::string_view spelling) {
  for (const auto& [anchor, spelled] : kAnchors) {
    if (spelled == spelling) return anchor;
  }
  return std::nullopt;
}

char unit_letter(Relative::Unit unit) {
  return kUnits[static_cast<std::size_t>(unit)];
}

std::optional<Relative::Unit> unit_lettered(std::string_view letters) {
  const auto at = letters.size() == 1 ? kUnits.find(letters[0]) : std::string_view::npos;
  if (at == std::string_view::npos) return std::nullopt;
  return static_cast<Relative::Unit>(at);
}

Expression both(const Expression& a, const Expression& b) {
  if (!a.root) return b;
  if (!b.root) return a;
  return {a.object, all_of({a.root, b.root})};
}

std::vector<Path> reads(const Expression& expression) {
  std::vector<Path> paths;
  if (!expression.root) return paths;
  each_leaf(*expression.root, [&](const Node& leaf) {
    const Path* path = path_of(leaf);
    if (path == nullptr) return;
    Path link{path->object, {}, {}};
    for (const Field& step : path->links) {
      link.field = step;
      add_once(paths, link);
      link.links.push_back(step);
    }
    add_once(paths, *path);
  });
  return paths;
}

bool says_me(const Expression& expression) {
  bool said = false;
  if (!expression.root) return said;
  each_leaf(*expression.root, [&](const Node& leaf) {
    if (const auto* compare = std::get_if<Compare>(&leaf.is)) {
      said = said || is_me(compare->operand);
    } else if (const auto* in = std::get_if<In>(&leaf.is)) {
      said = said || std::any_of(in->operands.begin(), in->operands.end(), is_me);
    }
  });
  return said;
}

bool is_reserved(std::string_view word) {
  constexpr std::array<std::string_view, 21> words = {
      "and",      "or",        "not",      "in",   "is",    "between", "empty",
      "contains", "starts",    "with",     "true", "false", "me",      "now",
      "today",    "yesterday", "tomorrow", "this", "last",  "next",    "where"};
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace rapport::expression
