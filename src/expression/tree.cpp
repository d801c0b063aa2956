// The JSON tree, for builders and for what is stored: fields by id, so that a rename breaks
// nothing.
//
//   {"and": [{"field": "person.country", "is": "=", "value": "ES"},
//            {"not": {"field": "person.email", "is": "empty"}},
//            {"through": ["person.company"], "field": "company.name", "is": "in",
//             "values": ["Alpina"]}]}
//
// Numbers are texts where they must stay exact; money is {"amount", "currency"}; relative moments
// are {"relative": "-90d"}, the asker {"me": true}. The empty expression is null.
#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "base/json.hpp"
#include "base/text.hpp"
#include "expression/check.hpp"
#include "expression/nodes.hpp"

namespace rapport::expression {
namespace {

using base::Json;

// ---- Writing ----

Json value_json(const base::Value& value) {
  return std::visit(
      Overloaded{
          [](bool truth) { return Json(truth); }, [](std::int64_t n) { return Json(n); },
          [](const base::Decimal& d) { return Json(base::to_text(d)); },
          [](const base::Money& m) {
            Json json = {{"amount", base::to_text(m.amount)}};
            if (!m.currency.empty()) json["currency"] = m.currency;
            return json;
          },
          [](base::Date d) { return Json(base::to_text(d)); },
          [](base::Instant t) { return Json(base::to_text(t)); },
          [](const base::Id& id) { return Json(base::to_text(id)); },
          [](const std::string& text) { return Json(text); },
          [](const auto&) { return Json(); },  // no literal is of the other types
      },
      value);
}

Json operand_json(const Operand& operand, const Field& field) {
  return std::visit(
      Overloaded{[](const base::Value& value) { return value_json(value); },
                 [&](const Relative& r) { return Json{{"relative", relative_text(r, field)}}; },
                 [](Me) { return Json{{"me", true}}; }},
      operand);
}

Json condition_json(const Path& path, std::string_view is) {
  Json json = Json::object();
  if (!path.links.empty()) {
    Json through = Json::array();
    for (const Field& link : path.links) through.push_back(link.id);
    json["through"] = std::move(through);
  }
  json["field"] = path.field.id;
  json["is"] = is;
  return json;
}

Json node_json(const Node& node);

Json terms_json(std::string_view word, const std::vector<NodePtr>& terms) {
  Json list = Json::array();
  for (const NodePtr& term : terms) list.push_back(node_json(*term));
  Json json = Json::object();
  json[std::string(word)] = std::move(list);
  return json;
}

Json node_json(const Node& node) {
  return std::visit(Overloaded{
                        [](const And& all) { return terms_json("and", all.terms); },
                        [](const Or& any) { return terms_json("or", any.terms); },
                        [](const Not& negated) {
                          Json json = Json::object();
                          json["not"] = node_json(*negated.term);
                          return json;
                        },
                        [](const Compare& c) {
                          Json json = condition_json(c.path, spelling_of(c.comparison));
                          json["value"] = operand_json(c.operand, c.path.field);
                          return json;
                        },
                        [](const Between& b) {
                          Json json = condition_json(b.path, "between");
                          json["low"] = operand_json(b.low, b.path.field);
                          json["high"] = operand_json(b.high, b.path.field);
                          return json;
                        },
                        [](const In& in) {
                          Json json = condition_json(in.path, "in");
                          Json values = Json::array();
                          for (const Operand& o : in.operands)
                            values.push_back(operand_json(o, in.path.field));
                          json["values"] = std::move(values);
                          return json;
                        },
                        [](const Empty& e) { return condition_json(e.path, "empty"); },
                        [](const Constant& c) { return Json{{"constant", c.value}}; },
                    },
                    node.is);
}

// ---- Reading ----

class Reader {
 public:
  Reader(std::string_view object, const Schema& schema, const Limits& limits)
      : object_(object), schema_(schema), limits_(limits) {}

  NodePtr read(const Json& json, const std::string& at, int depth) {
    if (!json.is_object() || json.empty()) {
      return refuse(at, "expression.bad_tree", "Expected a condition: an object.");
    }
    if (json.contains("and")) return junction(json, "and", at, depth);
    if (json.contains("or")) return junction(json, "or", at, depth);
    if (json.contains("not")) return negation(json, at, depth);
    if (++terms_ > limits_.terms_max) {
      return refuse(at, "expression.too_many_terms",
                    fmt::format("A condition has {} comparisons at most.", limits_.terms_max));
    }
    if (json.contains("constant")) {
      if (!only(json, at, {"constant"})) return nullptr;
      if (json["constant"].is_boolean()) return node_of({Constant{json["constant"].get<bool>()}});
      return refuse(at + "/constant", "expression.bad_tree", "Expected true or false.");
    }
    return condition(json, at);
  }

  [[nodiscard]] base::Problem problem() { return std::move(*problem_); }

 private:
  std::nullptr_t refuse(const std::string& at, std::string code, std::string message,
                        std::string hint = {}) {
    if (!problem_) {
      problem_ = base::Problem{.kind = base::ProblemKind::malformed,
                               .code = code,
                               .message = message,
                               .details = {},
                               .hint = std::move(hint),
                               .fields = {{at, code, message}},
                               .extra = {}};
    }
    return nullptr;
  }
  std::nullptr_t refuse(const std::string& at, Complaint complaint) {
    return refuse(at, std::move(complaint.code), std::move(complaint.message),
                  std::move(complaint.hint));
  }

  bool only(const Json& json, const std::string& at, std::vector<std::string> known) {
    for (const auto& [key, value] : json.items()) {
      if (std::find(known.begin(), known.end(), key) != known.end()) continue;
      const auto near = base::nearest(key, known);
      refuse(at, "expression.bad_tree", fmt::format("“{}” has no place here.", key),
             near ? fmt::format("Did you mean {}?", *near) : std::string());
      return false;
    }
    return true;
  }

  bool deep(const std::string& at, int depth) {
    if (depth < limits_.depth_max) return false;
    refuse(at, "expression.too_deep",
           fmt::format("Conditions nest {} deep at most.", limits_.depth_max));
    return true;
  }

  NodePtr junction(const Json& json, const std::string& word, const std::string& at, int depth) {
    if (deep(at, depth) || !only(json, at, {word})) return nullptr;
    const Json& list = json[word];
    const std::string place = at + "/" + word;
    if (!list.is_array() || list.empty()) {
      return refuse(place, "expression.bad_tree", "Expected a list of conditions.");
    }
    std::vector<NodePtr> terms;
    for (std::size_t i = 0; i < list.size(); ++i) {
      NodePtr term = read(list[i], fmt::format("{}/{}", place, i), depth + 1);
      if (!term) return nullptr;
      terms.push_back(std::move(term));
    }
    return word == "and" ? all_of(std::move(terms)) : any_of(std::move(terms));
  }

  NodePtr negation(const Json& json, const std::string& at, int depth) {
    if (deep(at, depth) || !only(json, at, {"not"})) return nullptr;
    NodePtr term = read(json["not"], at + "/not", depth + 1);
    return term ? node_of({Not{std::move(term)}}) : nullptr;
  }

  NodePtr condition(const Json& json, const std::string& at) {
    auto path = this->path(json, at);
    if (!path) return nullptr;
    if (!json.contains("is") || !json["is"].is_string()) {
      return refuse(at + "/is", "expression.bad_tree", "Expected a comparison, such as \"=\".");
    }
    const auto is = json["is"].get<std::string>();
    const Field& field = path->field;
    if (is == "empty") {
      if (!only(json, at, {"through", "field", "is"})) return nullptr;
      return node_of({Empty{std::move(*path)}});
    }
    if (is == "between") {
      if (!fits(field, Use::between, is, at)) return nullptr;
      return range(json, std::move(*path), at);
    }
    if (is == "in")
      return fits(field, Use::in, is, at) ? list(json, std::move(*path), at) : nullptr;
    const auto comparison = comparison_spelled(is);
    if (!comparison) {
      return refuse(at + "/is", "expression.bad_tree", fmt::format("“{}” is no comparison.", is),
                    "Known are =, !=, <, <=, >, >=, contains, starts with, between, in, empty.");
    }
    if (!only(json, at, {"through", "field", "is", "value"})) return nullptr;
    if (!fits(field, use_of(*comparison), is, at)) return nullptr;
    auto value = operand(json, "value", field, at);
    if (!value) return nullptr;
    return node_of({Compare{std::move(*path), *comparison, std::move(*value)}});
  }

  const Field* field_with_id(const std::string& object, const Json& id, const std::string& at) {
    if (!id.is_string()) {
      return refuse(at, "expression.bad_tree", "Expected the id of a field.");
    }
    const Field* field = schema_.find_field_by_id(object, id.get<std::string>());
    if (field != nullptr) return field;
    return refuse(at, "expression.unknown_field",
                  fmt::format("{} has no field with the id “{}”.", object, id.get<std::string>()));
  }

  std::optional<Path> path(const Json& json, const std::string& at) {
    Path path{object_, {}, {}};
    std::string here = object_;
    if (json.contains("through")) {
      const Json& through = json["through"];
      if (!through.is_array() || static_cast<int>(through.size()) > limits_.links_max) {
        refuse(at + "/through", "expression.too_many_links",
               fmt::format("Expected a list of {} links at most.", limits_.links_max));
        return std::nullopt;
      }
      for (std::size_t i = 0; i < through.size(); ++i) {
        const std::string place = fmt::format("{}/through/{}", at, i);
        const Field* link = field_with_id(here, through[i], place);
        if (link == nullptr) return std::nullopt;
        if (link->link_to.empty()) {
          refuse(place, "expression.bad_tree", fmt::format("{} is no link.", link->name));
          return std::nullopt;
        }
        path.links.push_back(*link);
        here = link->link_to;
      }
    }
    if (!json.contains("field")) {
      refuse(at, "expression.bad_tree",
             "Expected \"and\", \"or\", \"not\", \"constant\" or \"field\".");
      return std::nullopt;
    }
    const Field* field = field_with_id(here, json["field"], at + "/field");
    if (field == nullptr) return std::nullopt;
    path.field = *field;
    return path;
  }

  bool fits(const Field& field, Use use, const std::string& is, const std::string& at) {
    auto complaint = refuse_use(field, use, is);
    if (complaint) refuse(at + "/is", std::move(*complaint));
    return !problem_;
  }

  NodePtr range(const Json& json, Path path, const std::string& at) {
    if (!only(json, at, {"through", "field", "is", "low", "high"})) return nullptr;
    auto low = operand(json, "low", path.field, at);
    if (!low) return nullptr;
    auto high = operand(json, "high", path.field, at);
    if (!high) return nullptr;
    if (auto complaint = refuse_range(*low, *high)) return refuse(at, std::move(*complaint));
    return node_of({Between{std::move(path), std::move(*low), std::move(*high)}});
  }

  NodePtr list(const Json& json, Path path, const std::string& at) {
    if (!only(json, at, {"through", "field", "is", "values"})) return nullptr;
    const std::string place = at + "/values";
    if (!json.contains("values") || !json["values"].is_array() || json["values"].empty()) {
      return refuse(place, "expression.bad_tree", "Expected a list of values.");
    }
    const Json& values = json["values"];
    if (values.size() > static_cast<std::size_t>(limits_.list_max)) {
      return refuse(place, "expression.list_too_long",
                    fmt::format("A list has {} values at most.", limits_.list_max));
    }
    In in{std::move(path), {}};
    for (std::size_t i = 0; i < values.size(); ++i) {
      auto value = operand(values[i], in.path.field, fmt::format("{}/{}", place, i));
      if (!value) return nullptr;
      in.operands.push_back(std::move(*value));
    }
    return node_of({std::move(in)});
  }

  std::optional<Operand> operand(const Json& json, const std::string& key, const Field& field,
                                 const std::string& at) {
    if (json.contains(key)) return operand(json[key], field, at + "/" + key);
    refuse(at + "/" + key, "expression.bad_tree", "Expected a value.");
    return std::nullopt;
  }

  std::optional<Operand> operand(const Json& json, const Field& field, const std::string& at) {
    auto literal = this->literal(json, field);
    if (!literal) {
      refuse(at, std::move(literal.error()));
      return std::nullopt;
    }
    auto value = coerce(*literal, field);
    if (value) return std::move(*value);
    refuse(at, std::move(value.error()));
    return std::nullopt;
  }

  static std::unexpected<Complaint> no_value(const Field& field) {
    return std::unexpected(
        Complaint{"expression.bad_tree", fmt::format("Expected a value for {}.", field.name), {}});
  }

  static bool has_only(const Json& json, std::string_view key) {
    return json.size() == 1 && json.contains(key);
  }

  std::expected<Literal, Complaint> literal(const Json& json, const Field& field) {
    Literal literal;
    if (json.is_boolean()) {
      literal.kind = Literal::Kind::truth;
      literal.truth = json.get<bool>();
      literal.spelling = literal.truth ? "true" : "false";
      return literal;
    }
    if (json.is_number_integer()) return number(base::to_text(json), field);
    if (json.is_string()) return text(json.get<std::string>(), field);
    if (!json.is_object()) return no_value(field);
    if (has_only(json, "me") && json["me"] == true) {
      literal.kind = Literal::Kind::me;
      literal.spelling = "me";
      return literal;
    }
    if (has_only(json, "relative") && json["relative"].is_string()) {
      auto relative = literal_spelled(json["relative"].get<std::string>(), field);
      if (relative && relative->kind != Literal::Kind::relative &&
          relative->kind != Literal::Kind::offset) {
        return no_value(field);
      }
      return relative;
    }
    if (!json.contains("amount") || !json["amount"].is_string()) return no_value(field);
    const bool has_currency = json.contains("currency");
    if (json.size() != (has_currency ? 2U : 1U)) return no_value(field);
    if (has_currency && !json["currency"].is_string()) return no_value(field);
    auto amount = number(json["amount"].get<std::string>(), field);
    if (amount && has_currency) amount->currency = json["currency"].get<std::string>();
    return amount;
  }

  static std::expected<Literal, Complaint> number(const std::string& spelling, const Field& field) {
    const auto number = base::parse_decimal(spelling);
    if (!number) return no_value(field);
    Literal literal;
    literal.kind = Literal::Kind::number;
    literal.spelling = spelling;
    literal.number = *number;
    return literal;
  }

  static std::expected<Literal, Complaint> text(const std::string& content, const Field& field) {
    if (field.type == Type::decimal || field.type == Type::percent) return number(content, field);
    auto clean = base::clean_text(content);
    if (!clean) {
      return std::unexpected(Complaint{"expression.bad_character",
                                       "This text has a control character that cannot be kept.",
                                       {}});
    }
    Literal literal;
    literal.spelling = "'" + *clean + "'";
    literal.text = std::move(*clean);
    return literal;
  }

  std::string object_;
  const Schema& schema_;
  const Limits& limits_;
  int terms_ = 0;
  std::optional<base::Problem> problem_;
};

}  // namespace

std::string to_tree(const Expression& expression) {
  return expression.root ? base::to_text(node_json(*expression.root)) : std::string("null");
}

base::Result<Expression> from_tree(std::string_view json, std::string_view object,
                                   const Schema& schema, const Limits& limits) {
  // A tree spells the same at greater length: a field id and its keys where the text has a word.
  constexpr std::size_t longer = 16;
  auto tree = base::parse_json(
      json, {.bytes_max = limits.bytes_max * longer, .depth_max = 3 * limits.depth_max + 8});
  if (!tree) return std::unexpected(std::move(tree.error()));
  Expression expression{std::string(object), nullptr};
  if (tree->is_null()) return expression;
  Reader reader(object, schema, limits);
  expression.root = reader.read(*tree, "", 0);
  if (!expression.root) return std::unexpected(reader.problem());
  return expression;
}

}  // namespace rapport::expression
