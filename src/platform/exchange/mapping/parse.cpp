// The mapping's text as a tree. The first thing that is wrong is kept with its line; what is read
// after it does not matter.
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <initializer_list>

#include "base/text.hpp"
#include "platform/exchange/mapping/mapping.hpp"

namespace rapport::platform {

namespace {

using base::Problem;

int line_of(const YAML::Node& node) {
  return node.IsDefined() ? node.Mark().line + 1 : 0;
}

class MappingReader {
 public:
  explicit MappingReader(const MappingLimits& limits) : limits_(limits) {}

  Mapping mapping(const YAML::Node& root);
  [[nodiscard]] const std::optional<Problem>& problem() const { return problem_; }

 private:
  void wrong(const YAML::Node& node, const std::string& message);
  // The node is a map with none but these keys, each once.
  bool is_map(const YAML::Node& node, std::initializer_list<std::string_view> keys);
  std::string text(const YAML::Node& node);
  bool truth(const YAML::Node& node);
  std::vector<std::string> texts(const YAML::Node& node);  // one text or a list of them
  ColumnRef column(const YAML::Node& node);
  std::vector<ColumnRef> columns(const YAML::Node& node);

  FileSpec file(const YAML::Node& node);
  void layouts(const YAML::Node& node, FileSpec& file);
  entity::TextForms forms(const YAML::Node& node);
  ObjectSpec object(const YAML::Node& node, bool& is_main);
  KeySpec key(const YAML::Node& node);
  FieldSpec field(const std::string& name, const YAML::Node& node);
  ValueSpec value(const YAML::Node& node, int depth);
  void value_source(const YAML::Node& node, ValueSpec& value, int depth);
  void value_branch(const YAML::Node& node, ValueSpec& value, int depth);
  void value_template(const YAML::Node& node, ValueSpec& value);
  Condition condition(const YAML::Node& node, int depth);
  RowRule rule(const YAML::Node& node, std::string_view naming);

  const MappingLimits& limits_;
  std::optional<Problem> problem_;
};

void MappingReader::wrong(const YAML::Node& node, const std::string& message) {
  if (problem_) return;
  const int line = line_of(node);
  problem_ = Problem{.kind = base::ProblemKind::invalid,
                     .code = "mapping.malformed",
                     .message = "Line " + std::to_string(line) + " of the mapping: " + message,
                     .details = {},
                     .hint = {},
                     .fields = {},
                     .extra = "{\"line\":" + std::to_string(line) + "}"};
}

bool MappingReader::is_map(const YAML::Node& node, std::initializer_list<std::string_view> keys) {
  if (!node.IsMap()) {
    wrong(node, "here a map of options is expected.");
    return false;
  }
  std::vector<std::string> seen;
  for (const auto& entry : node) {
    const std::string name = entry.first.IsScalar() ? entry.first.Scalar() : "";
    if (std::find(seen.begin(), seen.end(), name) != seen.end()) {
      wrong(entry.first, "“" + name + "” stands here twice.");
    }
    seen.push_back(name);
    if (keys.size() == 0 || std::find(keys.begin(), keys.end(), name) != keys.end()) continue;
    const auto near = base::nearest(name, std::vector<std::string>(keys.begin(), keys.end()));
    wrong(entry.first, "there is no option “" + name + "” here" +
                           (near ? "; did you mean “" + *near + "”?" : "."));
  }
  return !problem_;
}

std::string MappingReader::text(const YAML::Node& node) {
  if (node.IsDefined() && node.IsScalar()) return node.Scalar();
  wrong(node, "here one text is expected.");
  return {};
}

bool MappingReader::truth(const YAML::Node& node) {
  const std::string word = text(node);
  if (word != "true" && word != "false") wrong(node, "here true or false is expected.");
  return word == "true";
}

std::vector<std::string> MappingReader::texts(const YAML::Node& node) {
  if (!node.IsSequence()) return {text(node)};
  std::vector<std::string> all;
  for (const auto& entry : node) all.push_back(text(entry));
  return all;
}

ColumnRef MappingReader::column(const YAML::Node& node) {
  ColumnRef ref{.name = text(node), .line = line_of(node), .index = -1};
  if (ref.name.empty()) wrong(node, "here the name of a column is expected.");
  return ref;
}

std::vector<ColumnRef> MappingReader::columns(const YAML::Node& node) {
  if (!node.IsSequence()) return {column(node)};
  std::vector<ColumnRef> all;
  for (const auto& entry : node) all.push_back(column(entry));
  if (all.empty()) wrong(node, "here at least one column is expected.");
  return all;
}

Mapping MappingReader::mapping(const YAML::Node& root) {
  Mapping mapping;
  if (!is_map(root, {"name", "file", "forms", "objects", "reports", "checks"})) return mapping;
  if (root["name"]) mapping.name = text(root["name"]);
  if (root["file"]) mapping.file = file(root["file"]);
  if (root["forms"]) mapping.forms = forms(root["forms"]);
  if (!root["objects"] || !root["objects"].IsSequence() || root["objects"].size() == 0 ||
      root["objects"].size() > limits_.objects_max) {
    wrong(root, "a mapping needs `objects`, a list of what each row makes.");
    return mapping;
  }
  mapping.main = root["objects"].size() - 1;
  for (const auto& node : root["objects"]) {
    bool is_main = false;
    mapping.objects.push_back(object(node, is_main));
    if (is_main) mapping.main = mapping.objects.size() - 1;
  }
  if (root["reports"]) {
    for (const auto& node : root["reports"]) mapping.reports.push_back(rule(node, "report"));
  }
  if (root["checks"]) {
    for (const auto& node : root["checks"]) mapping.checks.push_back(rule(node, "says"));
  }
  return mapping;
}

// Names and the characters they stand for; a single character stands for itself.
constexpr std::array<std::pair<std::string_view, char>, 7> delimiter_names = {{
    {"comma", ','},
    {"semicolon", ';'},
    {"tab", '\t'},
    {"bar", '|'},
    {"whitespace", Dialect::whitespace},
    {"double", '"'},
    {"single", '\''},
}};

FileSpec MappingReader::file(const YAML::Node& node) {
  FileSpec spec;
  if (!is_map(node, {"encoding", "delimiter", "quote", "escape", "header", "columns", "layouts"})) {
    return spec;
  }
  const auto stated = [&](const char* option) {
    return node[option] && text(node[option]) != "auto";
  };
  const auto character = [&](const char* option) {
    const std::string word = text(node[option]);
    for (const auto& [name, c] : delimiter_names) {
      if (name == word) return c;
    }
    if (word.size() != 1) wrong(node[option], "here one character or its name is expected.");
    return word.empty() ? ',' : word[0];
  };
  if (stated("encoding")) {
    spec.encoding = encoding_named(text(node["encoding"]));
    if (!spec.encoding) {
      wrong(node["encoding"], "encodings are UTF-8, UTF-16LE, UTF-16BE, CP1252 and ISO-8859-1.");
    }
  }
  if (stated("delimiter")) spec.delimiter = character("delimiter");
  if (stated("quote")) {
    spec.quote = text(node["quote"]) == "none" ? Dialect::none : character("quote");
  }
  if (stated("escape")) {
    const std::string word = text(node["escape"]);
    spec.escape = word == "backslash" ? Escape::backslash : Escape::doubled;
    if (word != "backslash" && word != "doubled") {
      wrong(node["escape"], "quotes are escaped `doubled` or with `backslash`.");
    }
  }
  if (stated("header")) spec.header = truth(node["header"]);
  layouts(node, spec);
  return spec;
}

void MappingReader::layouts(const YAML::Node& node, FileSpec& spec) {
  if (node["columns"]) spec.layouts.push_back(texts(node["columns"]));
  if (!node["layouts"]) return;
  for (const auto& layout : node["layouts"]) {
    spec.layouts.push_back(texts(layout));
    for (std::size_t i = 0; i + 1 < spec.layouts.size(); ++i) {
      if (spec.layouts[i].size() == spec.layouts.back().size()) {
        wrong(layout, "two layouts of the same number of columns cannot be told apart.");
      }
    }
  }
}

entity::TextForms MappingReader::forms(const YAML::Node& node) {
  entity::TextForms forms;
  if (!is_map(node, {"date_order", "decimal_point", "currency", "region", "zone"})) return forms;
  if (node["date_order"]) forms.date_order = text(node["date_order"]);
  if (forms.date_order != "ymd" && forms.date_order != "dmy" && forms.date_order != "mdy") {
    wrong(node["date_order"], "dates are written ymd, dmy or mdy.");
  }
  if (node["decimal_point"]) {
    const std::string point = text(node["decimal_point"]);
    if (point != "." && point != ",") wrong(node["decimal_point"], "here . or , is expected.");
    forms.decimal_point = point == "," ? ',' : '.';
  }
  if (node["currency"]) forms.currency = text(node["currency"]);
  if (!base::is_currency(forms.currency)) {
    wrong(node["currency"], "here the code of a currency is expected: EUR, USD …");
  }
  if (node["region"]) forms.region = text(node["region"]);
  if (node["zone"]) forms.zone = text(node["zone"]);
  if (!base::is_zone(forms.zone)) {
    wrong(node["zone"], "here the name of a time zone is expected: Europe/Madrid …");
  }
  return forms;
}

ObjectSpec MappingReader::object(const YAML::Node& node, bool& is_main) {
  ObjectSpec spec;
  spec.line = line_of(node);
  if (!is_map(node, {"object", "as", "mode", "when", "key", "keys", "fields", "main"})) return spec;
  spec.object = text(node["object"]);
  spec.as = node["as"] ? text(node["as"]) : spec.object;
  if (node["mode"]) {
    using Mode = entity::Upsert::Mode;
    const std::string mode = text(node["mode"]);
    if (mode != "create" && mode != "update" && mode != "upsert") {
      wrong(node["mode"], "the mode is create, update or upsert.");
    }
    spec.mode = mode == "create"   ? Mode::create_only
                : mode == "update" ? Mode::update_only
                                   : Mode::upsert;
  }
  if (node["when"]) spec.when.push_back(condition(node["when"], 0));
  if (node["key"]) spec.keys.push_back(key(node["key"]));
  if (node["keys"]) {
    for (const auto& one : node["keys"]) spec.keys.push_back(key(one));
  }
  if (spec.keys.empty() && spec.mode != entity::Upsert::Mode::create_only) {
    wrong(node, "without a `key` records can only be made anew: say `mode: create`.");
  }
  if (node["fields"] && is_map(node["fields"], {})) {
    for (const auto& entry : node["fields"]) {
      spec.fields.push_back(field(text(entry.first), entry.second));
    }
  }
  if (spec.fields.size() > limits_.fields_max) wrong(node, "there are too many fields.");
  is_main = node["main"] && truth(node["main"]);
  return spec;
}

KeySpec MappingReader::key(const YAML::Node& node) {
  KeySpec spec;
  if (!is_map(node, {"external", "identity", "field", "of", "occurrence"})) return spec;
  using Kind = entity::Key::Kind;
  int kinds = 0;
  const std::pair<const char*, Kind> names[] = {
      {"external", Kind::external}, {"identity", Kind::identity}, {"field", Kind::field}};
  for (const auto& [name, kind] : names) {
    if (!node[name]) continue;
    spec.kind = kind;
    spec.name = text(node[name]);
    ++kinds;
  }
  if (kinds != 1) wrong(node, "a key is one of external, identity and field.");
  if (!node["of"]) {
    wrong(node, "a key needs `of`: the columns it is made of.");
    return spec;
  }
  spec.columns = columns(node["of"]);
  spec.occurrence = node["occurrence"] && truth(node["occurrence"]);
  if (spec.kind != Kind::external && (spec.columns.size() != 1 || spec.occurrence)) {
    wrong(node, "only external keys are composed or counted.");
  }
  return spec;
}

FieldSpec MappingReader::field(const std::string& name, const YAML::Node& node) {
  FieldSpec spec;
  spec.line = line_of(node);
  const std::size_t dot = name.find('.');
  spec.field = name.substr(0, dot);
  if (dot != std::string::npos) spec.part = name.substr(dot + 1);
  if (node.IsMap() && node["collision"]) {
    const std::string word = text(node["collision"]);
    using entity::Collision;
    if (word != "overwrite" && word != "fill_if_empty" && word != "skip") {
      wrong(node["collision"], "the collision rule is overwrite, fill_if_empty or skip.");
    }
    spec.collision = word == "skip"            ? Collision::skip
                     : word == "fill_if_empty" ? Collision::fill_if_empty
                                               : Collision::overwrite;
  }
  spec.value = value(node, 0);
  return spec;
}

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
    spec.columns.push_back(
        {.name = whole.substr(open + 1, close - open - 1), .line = line_of(node), .index = -1});
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

RowRule MappingReader::rule(const YAML::Node& node, std::string_view naming) {
  RowRule rule;
  rule.is = condition(node, 0);
  const std::string option(naming);
  if (!node.IsMap() || !node[option]) {
    wrong(node, "here `" + option + "` is missing.");
    return rule;
  }
  rule.name = text(node[option]);
  return rule;
}

}  // namespace

base::Result<Mapping> parse_mapping(std::string_view text, const MappingLimits& limits) {
  const auto malformed = [](int line, const std::string& message) {
    return base::refuse(base::ProblemKind::invalid, "mapping.malformed",
                        "Line " + std::to_string(line) + " of the mapping: " + message);
  };
  if (text.size() > limits.bytes_max) {
    return base::refuse(base::ProblemKind::too_large, "mapping.too_large",
                        "The mapping is too long.");
  }
  if (!base::is_utf8(text)) return malformed(1, "it is not valid UTF-8.");
  try {
    const YAML::Node root = YAML::Load(std::string(text));
    MappingReader reader(limits);
    Mapping mapping = reader.mapping(root);
    if (reader.problem()) return std::unexpected(*reader.problem());
    return mapping;
  } catch (const YAML::Exception& error) {
    return malformed(error.mark.line + 1, std::string(error.msg) + ".");
  }
}

}  // namespace rapport::platform
