#include "entity/catalog/object_json.hpp"

#include <fmt/core.h>

#include <array>
#include <utility>

#include "base/json.hpp"

namespace rapport::entity {
namespace {

using base::Json;

constexpr std::array<std::pair<std::string_view, OnDelete>, 3> deletions{
    {{"restrict", OnDelete::restrict}, {"clear", OnDelete::clear}, {"cascade", OnDelete::cascade}}};

std::string text_in(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool flag_in(const Json& json, const char* key, bool otherwise = false) {
  const auto found = json.find(key);
  return found != json.end() && found->is_boolean() ? found->get<bool>() : otherwise;
}

std::vector<std::string> texts_in(const Json& json, const char* key) {
  std::vector<std::string> texts;
  if (const auto found = json.find(key); found != json.end()) {
    for (const auto& item : *found) texts.push_back(item.get<std::string>());
  }
  return texts;
}

std::vector<Choice> choices_in(const Json& json) {
  std::vector<Choice> choices;
  const auto found = json.find("choices");
  if (found == json.end()) return choices;
  if (found->is_array()) {
    for (const auto& name : *found) choices.push_back({name.get<std::string>(), "", ""});
    return choices;
  }
  for (const auto& [name, choice] : found->items()) {
    if (choice.is_string()) {
      choices.push_back({name, choice.get<std::string>(), ""});
    } else {
      choices.push_back({name, text_in(choice, "label"), text_in(choice, "color")});
    }
  }
  return choices;
}

std::optional<base::Value> bound_in(const Json& json, const char* key, FieldType type,
                                    const std::string& pointer,
                                    std::vector<base::FieldProblem>& faults) {
  const auto found = json.find(key);
  if (found == json.end()) return std::nullopt;
  const auto number =
      base::parse_decimal(found->is_string() ? found->get<std::string>() : found->dump());
  if (!number || (type == FieldType::integer && !found->is_number_integer())) {
    faults.push_back({pointer + "/" + key, "catalog.invalid", "It is not a number of this type."});
    return std::nullopt;
  }
  if (type == FieldType::integer) return base::Value{found->get<std::int64_t>()};
  return base::Value{*number};
}

// Values with a text form of their own are kept by it, all others as the API spells them.
Json json_of(const Field& field, const base::Value& value) {
  std::string out;
  base::JsonWriter writer(out);
  write_json(writer, field, value);
  return Json::parse(out);
}

void put(Json& json, const char* key, const std::string& text) {
  if (!text.empty()) json[key] = text;
}

void put(Json& json, const char* key, bool flag) {
  if (flag) json[key] = true;
}

Json json_of(const Field& field) {
  Json json = Json::object();
  json["id"] = field.id;
  json["type"] = name_of(field.type);
  json["label"] = field.label;
  put(json, "help", field.help);
  put(json, "required", field.required);
  put(json, "read_only", field.read_only);
  put(json, "indexed", field.indexed);
  put(json, "hidden", field.hidden);
  put(json, "custom", field.custom);
  put(json, "beside", field.beside);
  if (field.max > 0) json["max"] = field.max;
  const auto put_bound = [&](const char* key, const std::optional<base::Value>& bound) {
    if (!bound) return;
    if (const auto* whole = std::get_if<std::int64_t>(&*bound)) {
      json[key] = *whole;
    } else {
      json[key] = base::to_text(std::get<base::Decimal>(*bound));
    }
  };
  put_bound("least", field.least);
  put_bound("most", field.most);
  for (const Choice& choice : field.choices) {
    json["choices"][choice.name]["label"] = choice.label;
    if (!choice.color.empty()) json["choices"][choice.name]["color"] = choice.color;
  }
  if (!base::is_empty(field.default_value)) json["default"] = json_of(field, field.default_value);
  if (field.search != 0) json["search"] = std::string(1, field.search);
  put(json, "identity", field.identity);
  if (field.type == FieldType::link || field.type == FieldType::user) {
    if (field.type == FieldType::link) json["to"] = field.link_to;
    for (const auto& [name, on_delete] : deletions) {
      if (field.on_delete == on_delete) json["on_delete"] = name;
    }
  }
  put(json, "back", field.back);
  put(json, "personal", field.personal);
  put(json, "was", field.was);
  return json;
}

void read_keys(ObjectType& object, const Json& json) {
  for (const auto& key : texts_in(json, "keys")) {
    using Kind = KeyDeclaration::Kind;
    if (key == "external") {
      object.keys.push_back({Kind::external, ""});
    } else if (key == "identity") {
      object.keys.push_back({Kind::identity, ""});
    } else {
      object.keys.push_back({Kind::field, key});
    }
  }
}

void read_rules(ObjectType& object, const Json& json) {
  if (const auto found = json.find("checks"); found != json.end()) {
    for (const auto& [name, check] : found->items()) {
      object.checks.push_back({name, text_in(check, "is"), text_in(check, "says")});
    }
  }
  if (const auto found = json.find("unique"); found != json.end()) {
    for (const auto& [name, unique] : found->items()) {
      object.uniques.push_back(
          {name, texts_in(unique, "fields"), text_in(unique, "where"), text_in(unique, "says")});
    }
  }
  if (const auto found = json.find("indexes"); found != json.end()) {
    for (const auto& fields : *found) {
      object.indexes.push_back(fields.get<std::vector<std::string>>());
    }
  }
}

void read_layouts(ObjectType& object, const Json& json) {
  if (const auto found = json.find("timeline"); found != json.end()) {
    object.timeline = texts_in(*found, "fields");
    object.timeline_at = text_in(*found, "at");
  }
  if (const auto found = json.find("list"); found != json.end()) {
    object.list = {texts_in(*found, "columns"), text_in(*found, "order")};
  }
  if (const auto found = json.find("page"); found != json.end()) {
    object.page = {texts_in(*found, "highlights"), texts_in(*found, "tabs"),
                   texts_in(*found, "related")};
  }
}

void put_names(Json& json, const char* key, const std::vector<std::string>& names) {
  if (!names.empty()) json[key] = names;
}

}  // namespace

Field field_from_json(std::string_view name, const Json& json, const std::string& pointer,
                      std::vector<base::FieldProblem>& faults) {
  Field field;
  field.name = name;
  field.id = text_in(json, "id");
  field.label = text_in(json, "label");
  if (field.label.empty()) field.label = label_from(name);
  field.help = text_in(json, "help");
  field.required = flag_in(json, "required");
  field.read_only = flag_in(json, "read_only");
  field.indexed = flag_in(json, "indexed");
  field.hidden = flag_in(json, "hidden");
  field.custom = flag_in(json, "custom");
  field.beside = flag_in(json, "beside");
  if (const auto type = field_type_named(text_in(json, "type"))) {
    field.type = *type;
  } else {
    faults.push_back({pointer + "/type", "catalog.invalid",
                      fmt::format("There is no type “{}”.", text_in(json, "type"))});
    return field;
  }
  if (const auto found = json.find("max"); found != json.end()) field.max = found->get<int>();
  field.least = bound_in(json, "least", field.type, pointer, faults);
  field.most = bound_in(json, "most", field.type, pointer, faults);
  field.choices = choices_in(json);
  if (const auto search = text_in(json, "search"); !search.empty()) field.search = search[0];
  field.identity = text_in(json, "identity");
  field.link_to = text_in(json, "to");
  for (const auto& [word, on_delete] : deletions) {
    if (text_in(json, "on_delete") == word) field.on_delete = on_delete;
  }
  field.back = text_in(json, "back");
  field.personal = text_in(json, "personal");
  field.was = text_in(json, "was");
  if (const auto found = json.find("default"); found != json.end()) {
    auto value = value_from_json(field, *found);
    if (value) {
      field.default_value = *std::move(value);
    } else {
      faults.push_back({pointer + "/default", "catalog.invalid", value.error().message});
    }
  }
  return field;
}

ObjectType object_from_json(const Json& json, std::vector<base::FieldProblem>& faults) {
  ObjectType object;
  object.name = text_in(json, "object");
  object.plural = text_in(json, "plural");
  object.was = text_in(json, "was");
  if (const auto label = json.find("label"); label != json.end()) {
    object.label_one = text_in(*label, "one");
    object.label_many = text_in(*label, "many");
  }
  object.help = text_in(json, "help");
  object.icon = text_in(json, "icon");
  object.wing = text_in(json, "wing");
  object.title = text_in(json, "title");
  object.torrent = flag_in(json, "torrent");
  object.navigable = flag_in(json, "navigable", true);
  object.custom = flag_in(json, "custom");
  if (const auto personal = json.find("personal"); personal != json.end()) {
    object.personal = Personal{text_in(*personal, "purpose"), text_in(*personal, "basis"),
                               text_in(*personal, "keep")};
  }
  object.person_field = text_in(json, "person_field");
  read_keys(object, json);
  if (const auto fields = json.find("fields"); fields != json.end()) {
    for (const auto& [name, field] : fields->items()) {
      object.fields.push_back(field_from_json(name, field, "/fields/" + name, faults));
    }
  }
  read_rules(object, json);
  read_layouts(object, json);
  return object;
}

Json json_of(const ObjectType& object) {
  Json json = Json::object();
  json["object"] = object.name;
  json["plural"] = object.plural;
  put(json, "was", object.was);
  json["label"] = {{"one", object.label_one}, {"many", object.label_many}};
  put(json, "help", object.help);
  put(json, "icon", object.icon);
  put(json, "wing", object.wing);
  put(json, "title", object.title);
  put(json, "torrent", object.torrent);
  put(json, "custom", object.custom);
  if (!object.navigable) json["navigable"] = false;
  if (object.personal) {
    json["personal"] = {{"purpose", object.personal->purpose},
                        {"basis", object.personal->basis},
                        {"keep", object.personal->keep}};
  }
  put(json, "person_field", object.person_field);
  for (const KeyDeclaration& key : object.keys) {
    using Kind = KeyDeclaration::Kind;
    json["keys"].push_back(key.kind == Kind::external   ? "external"
                           : key.kind == Kind::identity ? "identity"
                                                        : key.field);
  }
  json["fields"] = Json::object();
  for (const Field& field : object.fields) {
    if (!field.system) json["fields"][field.name] = json_of(field);
  }
  for (const Unique& unique : object.uniques) {
    Json& one = json["unique"][unique.name];
    one["fields"] = unique.fields;
    put(one, "where", unique.where);
    one["says"] = unique.says;
  }
  for (const auto& fields : object.indexes) json["indexes"].push_back(fields);
  for (const Check& check : object.checks) {
    json["checks"][check.name] = {{"is", check.is}, {"says", check.says}};
  }
  if (!object.timeline_at.empty()) {
    json["timeline"] = {{"at", object.timeline_at}, {"fields", object.timeline}};
  }
  if (!object.list.columns.empty()) {
    json["list"]["columns"] = object.list.columns;
    put(json["list"], "order", object.list.order);
  }
  Json page = Json::object();
  put_names(page, "highlights", object.page.highlights);
  put_names(page, "tabs", object.page.tabs);
  put_names(page, "related", object.page.related);
  if (!page.empty()) json["page"] = std::move(page);
  return json;
}

}  // namespace rapport::entity
