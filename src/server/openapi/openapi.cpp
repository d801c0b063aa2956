#include "server/openapi/openapi.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "server/openapi/parts.hpp"

namespace rapport::server {
namespace {

using base::Json;
using entity::Field;
using entity::ObjectType;

Json list_of(Json items) {
  return {{"type", "array"}, {"items", std::move(items)}};
}

Json external_keys() {
  return {{"type", "array"},
          {"description", "What other systems call it; each finds the record again."},
          {"items", reference("schemas", "ExternalKey")}};
}

bool settable(const Field& field) {
  return !field.system && !field.read_only;
}

// As it is answered. With `fields=` only those that were asked for stand in it.
Json read_schema(const ObjectType& object) {
  Json properties;
  for (const Field& field : object.fields) properties[field.name] = schema_of(field);
  properties["id"] = {{"type", "string"}, {"format", "uuid"}};
  properties["version"] = {{"type", "integer"}};
  properties["$title"] = {{"type", Json::array({"string", "null"})}};
  properties["$titles"] = {{"type", "object"},
                           {"additionalProperties", {{"type", Json::array({"string", "null"})}}}};
  Json schema{{"type", "object"}, {"properties", std::move(properties)}};
  if (!object.help.empty()) schema["description"] = object.help;
  schema["required"] = Json::array({"id", "version"});
  return schema;
}

Json change_schema(const ObjectType& object) {
  Json properties = Json::object();
  for (const Field& field : object.fields) {
    if (!settable(field)) continue;
    properties[field.name] = input_schema_of(field);
    properties[field.name].erase("default");
  }
  return {
      {"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
}

Json create_schema(const ObjectType& object) {
  Json properties = Json::object();
  Json required = Json::array();
  properties["id"] = {{"type", "string"},
                      {"format", "uuid"},
                      {"description", "Of version 7; made by the server where left out."}};
  properties["external"] = external_keys();
  for (const Field& field : object.fields) {
    if (!settable(field)) continue;
    properties[field.name] = input_schema_of(field);
    if (field.required && base::is_empty(field.default_value)) required.push_back(field.name);
  }
  Json schema{
      {"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
  if (!required.empty()) schema["required"] = std::move(required);
  return schema;
}

// Records with the id and version they are changed at.
Json changes_schema(const ObjectType& object) {
  Json record;
  record["allOf"] = Json::array(
      {reference("schemas", "Removal"), {{"type", "object"}, {"additionalProperties", true}}});
  record["description"] =
      fmt::format("Beside id and version any fields of {}Change.", schema_name(object.name));
  return {{"type", "object"},
          {"properties", {{"records", list_of(std::move(record))}}},
          {"required", Json::array({"records"})}};
}

Json query_schema() {
  const Json text{{"type", "string"}};
  return {{"type", "object"},
          {"properties",
           {{"where", text},
            {"where_tree", {{"type", "object"}, {"description", "The condition as a tree."}}},
            {"set", {{"type", "string"}, {"description", "The token of a figure's mark."}}},
            {"order", list_of(text)},
            {"fields", list_of(text)},
            {"limit", {{"type", "integer"}, {"minimum", 1}, {"maximum", 1000}}},
            {"after", text},
            {"offset", {{"type", "integer"}, {"minimum", 0}}},
            {"count", {{"type", "string"}, {"enum", Json::array({"exact", "estimated", "none"})}}},
            {"bin", {{"type", "string"}, {"enum", Json::array({"without", "only", "with"})}}},
            {"stand_ins", {{"type", "boolean"}}},
            {"titles", {{"type", "boolean"}}}}}};
}

// The routes of one object type.
class Routes {
 public:
  Routes(const ObjectType& object, Json& document)
      : object_(object),
        paths_(document["paths"]),
        base_("/api/v1/" + object.plural),
        schema_(schema_name(object.name)),
        one_(object.label_one),
        many_(object.label_many) {}

  void put() {
    collection();
    one();
    bulk();
    history();
  }

 private:
  std::string id(std::string_view verb) { return fmt::format("{}_{}", verb, object_.plural); }

  static Json body(Json schema) {
    return {{"required", true}, {"content", json_content(std::move(schema))}};
  }

  Json list_answer() {
    return answer("A page of records.", {{"type", "object"},
                                         {"properties",
                                          {{"data", list_of(reference("schemas", schema_))},
                                           {"page", reference("schemas", "Page")}}},
                                         {"required", Json::array({"data", "page"})}});
  }

  Json record_answer(std::string_view description) {
    Json json = answer(description, reference("schemas", schema_));
    json["headers"]["ETag"] = {{"description", "The version in quotes."},
                               {"schema", {{"type", "string"}}}};
    return json;
  }

  void collection() {
    Json list = operation(
        id("list"), object_.plural, "List " + many_,
        {"where", "set", "order", "fields", "limit", "after", "offset", "count", "bin", "titles"},
        {"422"});
    if (object_.name == "person") {
      list["parameters"].push_back(reference("parameters", "stand_ins"));
    }
    list["responses"]["200"] = list_answer();
    paths_[base_]["get"] = std::move(list);

    Json create = operation(id("create"), object_.plural, "Create " + one_ + " records",
                            {"idempotency_key"}, {"409", "413", "422"});
    const Json records{
        {"type", "object"},
        {"properties", {{"records", list_of(reference("schemas", schema_ + "Create"))}}},
        {"required", Json::array({"records"})}};
    create["requestBody"] =
        body({{"anyOf", Json::array({reference("schemas", schema_ + "Create"), records})}});
    create["responses"]["200"] =
        answer("The outcome of each of several records.", reference("schemas", "ItemResults"));
    create["responses"]["201"] = record_answer("The record as created.");
    paths_[base_]["post"] = std::move(create);

    Json query = operation(id("query"), object_.plural, "List " + many_ + " by a long condition",
                           {}, {"422"});
    query["requestBody"] = body(query_schema());
    query["responses"]["200"] = list_answer();
    paths_[base_ + "/query"]["post"] = std::move(query);

    Json csv = operation(id("export"), object_.plural, "Export " + many_ + " as CSV",
                         {"where", "set", "fields"}, {"422"});
    csv["responses"]["200"] = {
        {"description", "CSV; cells that a spreadsheet would compute are guarded."},
        {"content", {{"text/csv", {{"schema", {{"type", "string"}}}}}}}};
    paths_[base_ + "/export"]["get"] = std::move(csv);
  }

  void one() {
    const std::string path = base_ + "/{id}";
    Json get = operation(id("get"), object_.plural, "Get one " + one_, {"id", "fields", "titles"},
                         {"404", "422"});
    get["responses"]["200"] = record_answer("The record.");
    paths_[path]["get"] = std::move(get);

    Json change = operation(id("change"), object_.plural, "Change one " + one_, {"id", "if_match"},
                            {"404", "409", "412", "422", "428"});
    change["requestBody"] = body(reference("schemas", schema_ + "Change"));
    change["responses"]["200"] = record_answer("The record as changed.");
    paths_[path]["patch"] = std::move(change);

    Json remove = operation(id("remove"), object_.plural, "Move one " + one_ + " to the bin",
                            {"id", "if_match"}, {"404", "409", "412", "428"});
    remove["responses"]["204"] = {{"description", "It is in the bin."}};
    paths_[path]["delete"] = std::move(remove);

    Json restore = operation(id("restore"), object_.plural, "Take one " + one_ + " out of the bin",
                             {"id"}, {"404", "409"});
    restore["responses"]["200"] = record_answer("The record as restored.");
    paths_[path + "/restoration"]["post"] = std::move(restore);
  }

  void bulk() {
    const auto put_bulk = [&](std::string_view verb, std::string_view summary, Json schema) {
      Json json =
          operation(id(verb), object_.plural, summary, {"idempotency_key"}, {"409", "413", "422"});
      json["requestBody"] = body(std::move(schema));
      json["responses"]["200"] =
          answer("The outcome of each record.", reference("schemas", "ItemResults"));
      return json;
    };
    const Json text{{"type", "string"}};
    const Json upsert{
        {"type", "object"},
        {"properties",
         {{"key",
           {{"description", "By what a record is recognised: `email`, or a source of keys."}}},
          {"records", list_of(reference("schemas", schema_ + "Create"))}}},
        {"required", Json::array({"records"})}};
    paths_[base_ + "/upsert"]["post"] =
        put_bulk("upsert", "Create or change " + many_ + " by their keys", upsert);
    paths_[base_ + "/changes"]["post"] =
        put_bulk("change_many", "Change " + many_, changes_schema(object_));
    paths_[base_ + "/removals"]["post"] =
        put_bulk("remove_many", "Move " + many_ + " to the bin",
                 {{"type", "object"},
                  {"properties", {{"records", list_of(reference("schemas", "Removal"))}}},
                  {"required", Json::array({"records"})}});
  }

  void history() {
    const std::string path = base_ + "/{id}";
    const auto data_of = [](std::string_view name) {
      return Json{
          {"type", "object"},
          {"properties",
           {{"data", list_of(reference("schemas", name))}, {"page", reference("schemas", "Page")}}},
          {"required", Json::array({"data"})}};
    };
    Json changes = operation(id("history_of"), object_.plural, "The changes of one " + one_,
                             {"id", "before", "limit"}, {"404"});
    changes["responses"]["200"] = answer("Newest first.", data_of("Change"));
    paths_[path + "/changes"]["get"] = std::move(changes);
    if (std::ranges::find(object_.page.tabs, "timeline") == object_.page.tabs.end()) return;
    Json timeline = operation(id("timeline_of"), object_.plural, "The timeline of one " + one_,
                              {"id", "kinds", "after", "limit"}, {"404", "422"});
    timeline["responses"]["200"] = answer("Newest first.", data_of("TimelineEntry"));
    paths_[path + "/timeline"]["get"] = std::move(timeline);
  }

  const ObjectType& object_;
  Json& paths_;
  std::string base_, schema_, one_, many_;
};

}  // namespace

std::string openapi(const entity::Catalog& catalog, const OpenapiOptions& options) {
  Json document;
  document["openapi"] = "3.1.0";
  document["info"] = {
      {"title", "Rapport"},
      {"version", options.version},
      {"description", "The records of a CRM, one resource an object type, made from its catalog."},
      {"license", {{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}}}};
  document["servers"] = Json::array({{{"url", options.url}}});
  document["security"] = Json::array({{{"key", Json::array()}}, {{"session", Json::array()}}});
  document["tags"] = Json::array();
  for (const auto& [name, text] :
       {std::pair{"session", "Signing in and out."},
        {"catalog", "What there is."},
        {"search", "Finding records as typed."},
        {"import", "Files in."},
        {"insight", "What each customer is worth, and why."},
        {"keys", "Keys of programs."},
        {"settings", "How the organisation wants it, and what was done."},
        {"health", "Whether it serves."}}) {
    document["tags"].push_back({{"name", name}, {"description", text}});
  }
  document["paths"] = general_paths();
  document["paths"].update(insight_paths());
  Json schemas = shared_schemas();
  for (const ObjectType& object : catalog.objects()) {
    document["tags"].push_back(
        {{"name", object.plural},
         {"description", object.help.empty() ? object.label_many : object.help}});
    const std::string name = schema_name(object.name);
    schemas[name] = read_schema(object);
    schemas[name + "Create"] = create_schema(object);
    schemas[name + "Change"] = change_schema(object);
    Routes(object, document).put();
  }
  document["components"]["schemas"] = std::move(schemas);
  document["components"]["parameters"] = shared_parameters();
  document["components"]["responses"] = shared_responses();
  document["components"]["securitySchemes"] = {
      {"key", {{"type", "http"}, {"scheme", "bearer"}}},
      {"session", {{"type", "apiKey"}, {"in", "cookie"}, {"name", "__Host-session"}}}};
  return base::to_text(document);
}

}  // namespace rapport::server
