// A mapping's text as a tree: the file, its forms, what each row makes. (Values: parse_value.cpp.)
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "platform/exchange/mapping/mapping_reader.hpp"

namespace rapport::platform {

namespace {

using base::Problem;

int line_of(const YAML::Node& node) {
  return node.IsDefined() ? node.Mark().line + 1 : 0;
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

}  // namespace

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
