// Values and conditions of a mapping.
#include <yaml-cpp/yaml.h>

#include <array>

#include "base/text.hpp"
#include "platform/exchange/mapping/mapping_reader.hpp"

namespace rapport::platform {

ValueSpec MappingReader::value(const YAML::Node& node, int depth) {
  ValueSpec spec;
  if (depth > limits_.depth_max) {
    wrong(node, "this is nested too deep.");
    return spec;
  }
  if (node.IsScalar()) {  // the short form: a column
    spec.columns.push_back(column(node));
    return spec;
  }
  if (!is_map(node, {"column", "columns", "separator", "text", "constant", "product", "link", "if",
                     "then", "else", "values", "country", "remove", "date", "currency",
                     "currency_column", "otherwise", "sum", "collision"})) {
    return spec;
  }
  value_source(node, spec, depth);
  if (node["values"] && is_map(node["values"], {})) {
    for (const auto& entry : node["values"]) {
      spec.values.emplace_back(text(entry.first), entry.second.IsNull() ? "" : text(entry.second));
    }
  }
  if (node["country"]) spec.country = truth(node["country"]);
  if (node["remove"]) spec.remove = text(node["remove"]);
  if (node["date"]) spec.date = text(node["date"]);
  if (node["sum"]) spec.sum = truth(node["sum"]);
  if (node["currency"]) {
    spec.currency = text(node["currency"]);
    if (!base::is_currency(spec.currency)) {
      wrong(node["currency"], "here the code of a currency is expected: EUR, USD …");
    }
  }
  if (node["currency_column"]) spec.currency_column.push_back(column(node["currency_column"]));
  if (node["otherwise"]) {
    // A bare text is a constant here: a column would be said as {column: …}.
    if (node["otherwise"].IsScalar()) {
      ValueSpec constant;
      constant.from = ValueSpec::From::constant;
      constant.pieces.push_back(text(node["otherwise"]));
      spec.otherwise.push_back(std::move(constant));
    } else {
      spec.otherwise.push_back(value(node["otherwise"], depth + 1));
    }
  }
  return spec;
}

void MappingReader::value_source(const YAML::Node& node, ValueSpec& spec, int depth) {
  using From = ValueSpec::From;
  int sources = 0;
  for (const char* source : {"column", "columns", "text", "constant", "product", "link", "if"}) {
    if (node[source]) ++sources;
  }
  if (sources != 1) {
    wrong(node, "a value comes from one of column, columns, text, constant, product, link and if.");
    return;
  }
  if (node["column"]) {
    spec.columns.push_back(column(node["column"]));
  } else if (node["columns"]) {
    spec.from = From::joined;
    spec.columns = columns(node["columns"]);
    if (node["separator"]) spec.separator = text(node["separator"]);
  } else if (node["text"]) {
    value_template(node["text"], spec);
  } else if (node["constant"]) {
    spec.from = From::constant;
    spec.pieces.push_back(text(node["constant"]));
  } else if (node["product"]) {
    spec.from = From::product;
    spec.columns = columns(node["product"]);
  } else if (node["link"]) {
    spec.from = From::link;
    spec.links = texts(node["link"]);
  } else {
    value_branch(node, spec, depth);
  }
}

void MappingReader::value_branch(const YAML::Node& node, ValueSpec& spec, int depth) {
  spec.from = ValueSpec::From::branch;
  spec.condition.push_back(condition(node["if"], depth));
  for (const char* branch : {"then", "else"}) {
    ValueSpec chosen;
    chosen.from = ValueSpec::From::constant;
    if (!node[branch]) {
      chosen.pieces.emplace_back();  // without `else` the value is empty
    } else if (node[branch].IsScalar()) {
      chosen.pieces.push_back(text(node[branch]));
    } else {
      chosen = value(node[branch], depth + 1);
    }
    spec.branches.push_back(std::move(chosen));
  }
}

// "Customer {CustomerID}"
void MappingReader::value_template(const YAML::Node& node, ValueSpec& spec) {
  spec.from = ValueSpec::From::text;
  const std::string whole = text(node);
  std::size_t at = 0;
  for (;;) {
    const std::size_t open = whole.find('{', at);
    spec.pieces.push_back(whole.substr(at, open - at));
    if (open == std::string::npos) return;
    const std::size_t close = whole.find('}', open);
    if (close == std::string::npos || close == open + 1) {
      wrong(node, "a column stands in {braces} here.");
      return;
    }
    spec.columns.push_back({.name = whole.substr(open + 1, close - open - 1),
                            .line = node.Mark().line + 1,
                            .index = -1});
    at = close + 1;
  }
}

Condition MappingReader::condition(const YAML::Node& node, int depth) {
  using Is = Condition::Is;
  Condition spec;
  if (depth > limits_.depth_max) {
    wrong(node, "this is nested too deep.");
    return spec;
  }
  if (!is_map(node,
              {"all", "any", "not", "column", "empty", "filled", "equals", "one_of", "starts_with",
               "contains", "less", "at_most", "more", "at_least", "report", "says"})) {
    return spec;
  }
  const std::pair<const char*, Is> groups[] = {{"all", Is::all}, {"any", Is::any}};
  for (const auto& [name, is] : groups) {
    if (!node[name]) continue;
    spec.is = is;
    if (!node[name].IsSequence()) wrong(node[name], "here a list of conditions is expected.");
    for (const auto& part : node[name]) spec.parts.push_back(condition(part, depth + 1));
    return spec;
  }
  if (node["not"]) {
    spec.is = Is::negated;
    spec.parts.push_back(condition(node["not"], depth + 1));
    return spec;
  }
  if (!node["column"]) {
    wrong(node, "a condition is about a column, or combines others by all, any or not.");
    return spec;
  }
  spec.column = column(node["column"]);
  int tests = 0;
  const std::pair<const char*, Is> flags[] = {{"empty", Is::empty}, {"filled", Is::filled}};
  for (const auto& [name, is] : flags) {
    if (!node[name]) continue;
    ++tests;
    const bool wanted = truth(node[name]);
    spec.is = wanted == (is == Is::empty) ? Is::empty : Is::filled;
  }
  const std::pair<const char*, Is> words[] = {{"equals", Is::equals},
                                              {"one_of", Is::one_of},
                                              {"starts_with", Is::starts_with},
                                              {"contains", Is::contains}};
  for (const auto& [name, is] : words) {
    if (!node[name]) continue;
    ++tests;
    spec.is = is;
    spec.texts = texts(node[name]);
  }
  const std::pair<const char*, Is> numbers[] = {
      {"less", Is::less}, {"at_most", Is::at_most}, {"more", Is::more}, {"at_least", Is::at_least}};
  for (const auto& [name, is] : numbers) {
    if (!node[name]) continue;
    ++tests;
    spec.is = is;
    const auto number = base::parse_decimal(text(node[name]));
    if (!number) wrong(node[name], "here a number is expected.");
    spec.number = number.value_or(base::Decimal{});
  }
  if (tests != 1) wrong(node, "a condition asks one thing of its column.");
  return spec;
}

}  // namespace rapport::platform
