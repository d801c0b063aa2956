#include "server/openapi/parts.hpp"

#include <fmt/core.h>

#include <array>
#include <utility>

namespace rapport::server {
namespace {

using base::Json;
using entity::Field;
using entity::FieldType;

Json nullable(std::string_view type, std::string_view format = {}) {
  Json schema;
  schema["type"] = Json::array({type, "null"});
  if (!format.empty()) schema["format"] = format;
  return schema;
}

Json or_null(std::string_view name) {
  Json schema;
  schema["oneOf"] = Json::array({reference("schemas", name), {{"type", "null"}}});
  return schema;
}

Json choice_names(const Field& field) {
  Json names = Json::array();
  for (const auto& choice : field.choices) names.push_back(choice.name);
  return names;
}

Json value_schema(const Field& field) {
  switch (field.type) {
    case FieldType::text:
    case FieldType::long_text:
    case FieldType::phone: {
      Json schema = nullable("string");
      if (field.max > 0) schema["maxLength"] = field.max;
      return schema;
    }
    case FieldType::email:
      return nullable("string", "email");
    case FieldType::url:
      return nullable("string", "uri");
    case FieldType::integer:
      return nullable("integer", "int64");
    case FieldType::decimal:
    case FieldType::percent:
      return or_null("Decimal");
    case FieldType::money:
      return or_null("Money");
    case FieldType::date:
      return nullable("string", "date");
    case FieldType::instant:
      return nullable("string", "date-time");
    case FieldType::boolean:
      return nullable("boolean");
    case FieldType::choice: {
      Json schema = nullable("string");
      schema["enum"] = choice_names(field);
      schema["enum"].push_back(nullptr);
      return schema;
    }
    case FieldType::choices: {
      Json schema = nullable("array");
      schema["items"] = {{"type", "string"}, {"enum", choice_names(field)}};
      return schema;
    }
    case FieldType::link:
    case FieldType::user:
    case FieldType::id:
      return nullable("string", "uuid");
    case FieldType::address:
      return or_null("Address");
    case FieldType::person_name:
      return or_null("PersonName");
    case FieldType::json:
      return Json::object();
  }
  return Json::object();
}

void describe(Json& schema, const Field& field) {
  std::string text = field.label;
  if (!field.help.empty()) text += ". " + field.help;
  if (field.type == FieldType::link) text += fmt::format(" (a {})", field.link_to);
  schema["description"] = text;
}

Json object_schema(Json properties, std::initializer_list<std::string_view> required = {}) {
  Json schema{{"type", "object"}, {"properties", std::move(properties)}};
  for (const auto name : required) schema["required"].push_back(name);
  return schema;
}

Json query_parameter(std::string_view name, std::string_view description, Json schema) {
  return {
      {"name", name}, {"in", "query"}, {"description", description}, {"schema", std::move(schema)}};
}

}  // namespace

std::string schema_name(std::string_view object_name) {
  std::string name;
  bool upper = true;
  for (const char c : object_name) {
    if (c == '_') {
      upper = true;
    } else {
      name += upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
      upper = false;
    }
  }
  return name;
}

Json reference(std::string_view kind, std::string_view name) {
  return {{"$ref", fmt::format("#/components/{}/{}", kind, name)}};
}

Json schema_of(const Field& field) {
  Json schema = value_schema(field);
  describe(schema, field);
  return schema;
}

Json input_schema_of(const Field& field) {
  Json schema = value_schema(field);
  if (field.type == FieldType::link || field.type == FieldType::user) {
    schema = {{"oneOf", Json::array({std::move(schema), reference("schemas", "Key")})}};
  } else if (field.type == FieldType::person_name) {
    schema["oneOf"].push_back({{"type", "string"}});
  }
  describe(schema, field);
  if (!base::is_empty(field.default_value)) {
    std::string out;
    base::JsonWriter writer(out);
    write_json(writer, field, field.default_value);
    schema["default"] = Json::parse(out);
  }
  return schema;
}

Json shared_schemas() {
  const Json text{{"type", "string"}};
  const Json uuid{{"type", "string"}, {"format", "uuid"}};
  Json schemas;
  schemas["Decimal"] = {{"type", "string"},
                        {"pattern", "^-?[0-9]+(\\.[0-9]+)?$"},
                        {"description", "An exact number. Numbers of JSON are taken as well."}};
  schemas["Money"] = object_schema(
      {{"amount", reference("schemas", "Decimal")},
       {"currency", {{"type", "string"}, {"pattern", "^[A-Z]{3}$"}, {"description", "ISO 4217."}}}},
      {"amount", "currency"});
  schemas["Address"] = object_schema({{"line1", nullable("string")},
                                      {"line2", nullable("string")},
                                      {"city", nullable("string")},
                                      {"region", nullable("string")},
                                      {"postal_code", nullable("string")},
                                      {"country", nullable("string")}});
  schemas["PersonName"] = object_schema({{"full", nullable("string")},
                                         {"given", nullable("string")},
                                         {"family", nullable("string")}});
  schemas["Key"] = object_schema(
      {{"external", object_schema({{"source", text}, {"value", text}}, {"source", "value"})},
       {"email", text},
       {"phone", text}});
  schemas["Key"]["description"] = "A record by what the world calls it, instead of by its id.";
  schemas["ExternalKey"] = object_schema({{"source", text}, {"value", text}}, {"source", "value"});
  schemas["Count"] =
      object_schema({{"value", {{"type", "integer"}}},
                     {"kind", {{"type", "string"}, {"enum", Json::array({"exact", "estimated"})}}}},
                    {"value", "kind"});
  schemas["Page"] = object_schema({{"after", nullable("string")}, {"count", or_null("Count")}});
  schemas["Problem"] = object_schema(
      {{"type", {{"type", "string"}, {"format", "uri-reference"}}},
       {"title", text},
       {"status", {{"type", "integer"}}},
       {"code", {{"type", "string"}, {"description", "Stable: `plan.unknown_field`."}}},
       {"detail", text},
       {"hint", text},
       {"errors",
        {{"type", "array"},
         {"items", object_schema({{"pointer", text}, {"code", text}, {"message", text}},
                                 {"code", "message"})}}}},
      {"type", "title", "status", "code"});
  schemas["ItemResult"] = object_schema(
      {{"outcome",
        {{"type", "string"},
         {"enum",
          Json::array({"created", "changed", "unchanged", "removed", "restored", "refused"})}}},
       {"id", uuid},
       {"version", {{"type", "integer"}}},
       {"problem", reference("schemas", "Problem")}},
      {"outcome"});
  schemas["ItemResults"] = object_schema(
      {{"data", {{"type", "array"}, {"items", reference("schemas", "ItemResult")}}}}, {"data"});
  schemas["Change"] = object_schema({{"version", {{"type", "integer"}}},
                                     {"kind", text},
                                     {"at", {{"type", "string"}, {"format", "date-time"}}},
                                     {"actor", uuid},
                                     {"actor_name", nullable("string")},
                                     {"cause", {{"description", "What set it in motion."}}},
                                     {"fields",
                                      {{"type", "object"},
                                       {"description", "Each field from → to."},
                                       {"additionalProperties", {{"type", "array"}}}}}});
  schemas["TimelineEntry"] = object_schema({{"kind", text},
                                            {"at", {{"type", "string"}, {"format", "date-time"}}},
                                            {"object", text},
                                            {"id", uuid},
                                            {"title", nullable("string")},
                                            {"fields", {{"type", "object"}}}});
  schemas["Removal"] = object_schema({{"id", uuid}, {"version", {{"type", "integer"}}}}, {"id"});
  return schemas;
}

Json shared_parameters() {
  const Json text{{"type", "string"}};
  Json parameters;
  parameters["where"] = query_parameter(
      "where", "A condition in the expression language: `country = 'ES' and email is not empty`.",
      text);
  parameters["set"] = query_parameter(
      "set", "Only the records behind a mark of a figure: the token the figure gave.", text);
  parameters["order"] =
      query_parameter("order", "Fields to sort by, `-` for descending: `name,-created_at`.", text);
  parameters["fields"] =
      query_parameter("fields", "Which fields, also of linked records: `name,company.name`.", text);
  parameters["limit"] =
      query_parameter("limit", "How many records.",
                      {{"type", "integer"}, {"minimum", 1}, {"maximum", 1000}, {"default", 50}});
  parameters["after"] = query_parameter("after", "The cursor that the page before answered.", text);
  parameters["offset"] = query_parameter("offset", "How many records to skip, instead of `after`.",
                                         {{"type", "integer"}, {"minimum", 0}});
  parameters["count"] = query_parameter("count", "Whether to count all that match.",
                                        {{"type", "string"},
                                         {"enum", Json::array({"exact", "estimated", "none"})},
                                         {"default", "none"}});
  parameters["bin"] = query_parameter("bin", "Records in the bin.",
                                      {{"type", "string"},
                                       {"enum", Json::array({"without", "only", "with"})},
                                       {"default", "without"}});
  parameters["stand_ins"] =
      query_parameter("stand_ins", "Anonymous persons, too.", {{"type", "boolean"}});
  parameters["titles"] = query_parameter(
      "titles", "Adds `$title`, and `$titles` of linked records.", {{"type", "boolean"}});
  parameters["before"] = query_parameter("before", "Only changes that led to earlier versions.",
                                         {{"type", "integer"}});
  parameters["kinds"] =
      query_parameter("kinds", "Kinds of entries: `interaction,order,task,change`.", text);
  parameters["id"] = {{"name", "id"},
                      {"in", "path"},
                      {"required", true},
                      {"description", "The record's id."},
                      {"schema", {{"type", "string"}, {"format", "uuid"}}}};
  parameters["if_match"] = {{"name", "If-Match"},
                            {"in", "header"},
                            {"required", true},
                            {"description", "The ETag of the version it is to change: `\"3\"`."},
                            {"schema", text}};
  parameters["idempotency_key"] = {{"name", "Idempotency-Key"},
                                   {"in", "header"},
                                   {"description",
                                    "The same key is done once and answered alike; with another "
                                    "body it is refused (422, write.key_reused)."},
                                   {"schema", {{"type", "string"}, {"maxLength", 255}}}};
  return parameters;
}

Json shared_responses() {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 10> refusals{
      {{"400", "What was sent cannot be read."},
       {"401", "Nobody is signed in."},
       {"403", "The caller may not do this."},
       {"404", "There is no such record, or not for this caller."},
       {"409", "A rule of the data forbids it."},
       {"412", "Someone changed the record meanwhile; `differing` shows both values."},
       {"413", "It is too large."},
       {"422", "Understood, and wrong: see `errors`."},
       {"428", "If-Match is missing."},
       {"429", "Too many requests."}}};
  Json responses;
  for (const auto& [status, description] : refusals) {
    responses["Refused" + std::string(status)] = {
        {"description", description},
        {"content", {{"application/problem+json", {{"schema", reference("schemas", "Problem")}}}}}};
  }
  return responses;
}

Json json_content(Json schema) {
  return {{"application/json", {{"schema", std::move(schema)}}}};
}

Json answer(std::string_view description, Json schema) {
  return {{"description", description}, {"content", json_content(std::move(schema))}};
}

Json operation(std::string_view id, std::string_view tag, std::string_view summary,
               std::initializer_list<std::string_view> parameters,
               std::initializer_list<std::string_view> refusals) {
  Json json;
  json["operationId"] = id;
  json["tags"] = Json::array({tag});
  json["summary"] = summary;
  for (const auto name : parameters) {
    json["parameters"].push_back(reference("parameters", name));
  }
  json["responses"] = Json::object();
  for (const auto status : {"400", "401", "403"}) {
    json["responses"][status] = reference("responses", "Refused" + std::string(status));
  }
  for (const auto status : refusals) {
    json["responses"][std::string(status)] =
        reference("responses", "Refused" + std::string(status));
  }
  return json;
}

}  // namespace rapport::server
