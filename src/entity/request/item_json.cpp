#include <fmt/format.h>

#include <utility>

#include "base/json.hpp"
#include "base/text.hpp"
#include "entity/catalog/catalog.hpp"
#include "entity/plan/columns.hpp"
#include "entity/request/request.hpp"

namespace rapport::entity {

namespace {

constexpr std::size_t keys_max = 20;  // of one record
constexpr std::size_t key_bytes_max = 1000;

std::string escaped(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

base::Result<std::string> text_member(const base::Json& json, const char* name,
                                      const std::string& pointer) {
  const auto at = json.find(name);
  const auto* text = at == json.end() ? nullptr : at->get_ptr<const std::string*>();
  auto cleaned = text == nullptr ? std::nullopt : base::clean_text(*text);
  if (!cleaned || base::trimmed(*cleaned).empty() || cleaned->size() > key_bytes_max) {
    return base::refuse_field(
        "request.key", pointer,
        fmt::format("A key needs a text “{}” of at most {} bytes.", name, key_bytes_max));
  }
  return std::string(base::trimmed(*cleaned));
}

// {"source": "shop", "value": "4711"}
base::Result<Key> external_key(const base::Json& json, const std::string& pointer) {
  if (!json.is_object() || json.size() != 2) {
    return base::refuse_field("request.key", pointer,
                              "An external key is {\"source\": …, \"value\": …}.");
  }
  auto source = text_member(json, "source", pointer);
  if (!source) return std::unexpected(source.error());
  auto value = text_member(json, "value", pointer);
  if (!value) return std::unexpected(value.error());
  return Key{Key::Kind::external, std::move(*source), std::move(*value)};
}

// {"external": {…}}, {"email": "…"} or {"number": "…"}: a linked record by what the world calls it.
base::Result<Key> link_key(const Field& field, const base::Json& json, const std::string& pointer) {
  if (json.size() != 1) {
    return base::refuse_field("request.key", pointer, "A link is an id or an object with one key.");
  }
  const std::string& name = json.begin().key();
  if (name == "external") return external_key(json.begin().value(), pointer + "/external");
  auto value = text_member(json, name.c_str(), pointer + "/" + escaped(name));
  if (!value) return std::unexpected(value.error());
  const bool of_person = field.link_to == person_object;
  return Key{of_person ? Key::Kind::identity : Key::Kind::field, name, std::move(*value)};
}

base::Result<void> read_keys(const base::Json& json, const std::string& pointer, Item& item) {
  if (!json.is_array() || json.size() > keys_max) {
    return base::refuse_field("request.key", pointer,
                              fmt::format("External keys are a list of at most {}.", keys_max));
  }
  for (std::size_t i = 0; i < json.size(); ++i) {
    auto key = external_key(json[i], fmt::format("{}/{}", pointer, i));
    if (!key) return std::unexpected(key.error());
    item.keys.push_back(std::move(*key));
  }
  return {};
}

base::Result<void> read_id(const base::Json& json, const std::string& pointer, Item& item) {
  const auto* text = json.get_ptr<const std::string*>();
  item.id = text == nullptr ? std::nullopt : base::parse_id(*text);
  if (!item.id) return base::refuse_field("request.id", pointer, "This is not an id.");
  return {};
}

base::Result<void> read_version(const base::Json& json, const std::string& pointer, Item& item) {
  constexpr std::int64_t version_max = 2'000'000'000;
  const bool fits = json.is_number_integer() && json.get<std::int64_t>() > 0 &&
                    json.get<std::int64_t>() < version_max;
  if (!fits) {
    return base::refuse_field("request.version", pointer, "A version is a whole number from 1.");
  }
  item.version = json.get<int>();
  return {};
}

base::Result<void> read_field(const ObjectType& object, const std::string& name,
                              const base::Json& json, const std::string& pointer, Item& item) {
  const Field* field = object.find(name);
  if (field == nullptr) {
    std::vector<std::string> names;
    for (const Field& known : object.fields) {
      if (!known.system && !known.read_only) names.push_back(known.name);
    }
    const auto near = base::nearest(name, names);
    return base::refuse_field("plan.unknown_field", pointer,
                              fmt::format("{} have no field “{}”.{}", object.label_many, name,
                                          near ? fmt::format(" Did you mean “{}”?", *near) : ""));
  }
  if (field->system || field->read_only) {
    return base::refuse_field("plan.read_only", pointer,
                              fmt::format("“{}” is kept by the program.", name));
  }
  const bool points = field->type == FieldType::link || field->type == FieldType::user;
  if (points && json.is_object()) {
    auto key = link_key(*field, json, pointer);
    if (!key) return std::unexpected(key.error());
    item.fields.push_back({name, std::move(*key)});
    return {};
  }
  auto value = value_from_json(*field, json);
  if (!value) {
    base::Problem problem = std::move(value.error());
    if (problem.fields.empty()) problem.fields.push_back({{}, problem.code, problem.message});
    for (base::FieldProblem& one : problem.fields) one.field = pointer + one.field;
    return std::unexpected(std::move(problem));
  }
  item.fields.push_back({name, std::move(*value)});
  return {};
}

}  // namespace

base::Result<Item> item_from_json(const ObjectType& object, const base::Json& json,
                                  const std::string& pointer) {
  if (!json.is_object()) {
    return base::refuse_field("request.not_a_record", pointer, "A record is a JSON object.");
  }
  Item item;
  item.pointer = pointer;
  std::optional<base::Problem> problem;  // of all fields together
  for (const auto& [name, value] : json.items()) {
    const std::string at = pointer + "/" + escaped(name);
    base::Result<void> read;
    if (name == "id") {
      read = read_id(value, at, item);
    } else if (name == "version") {
      read = read_version(value, at, item);
    } else if (name == "external") {
      read = read_keys(value, at, item);
    } else {
      read = read_field(object, name, value, at, item);
    }
    if (read) continue;
    if (!problem) {
      problem = std::move(read.error());
    } else {
      for (auto& one : read.error().fields) problem->fields.push_back(std::move(one));
    }
  }
  if (problem) return std::unexpected(std::move(*problem));
  return item;
}

}  // namespace rapport::entity
