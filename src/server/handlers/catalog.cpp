#include "server/handlers/catalog.hpp"

#include <fmt/format.h>

#include "base/json_writer.hpp"
#include "server/openapi/openapi.hpp"
#include "store/queries.hpp"

namespace rapport::server {

namespace {

using base::JsonWriter;
using entity::Field;
using entity::ObjectType;
using entity::Operation;
using entity::Policy;

const store::Statement behind_statement = store::queries("live")["behind"];

void member(JsonWriter& json, std::string_view name, std::string_view value) {
  json.key(name);
  json.string(value);
}

void member(JsonWriter& json, std::string_view name, bool value) {
  json.key(name);
  json.boolean(value);
}

void member(JsonWriter& json, std::string_view name, const std::vector<std::string>& values) {
  json.key(name);
  json.begin_array();
  for (const auto& value : values) json.string(value);
  json.end_array();
}

void write_field(JsonWriter& json, const Policy& policy, const ObjectType& object,
                 const Field& field) {
  json.begin_object();
  member(json, "name", field.name);
  member(json, "type", entity::name_of(field.type));
  member(json, "label", field.label);
  member(json, "help", field.help);
  member(json, "required", field.required);
  member(json, "read_only", field.read_only);
  member(json, "hidden", field.hidden);
  member(json, "system", field.system);
  member(json, "custom", field.custom);
  member(json, "indexed", field.indexed);
  json.key("max");
  field.max > 0 ? json.number(field.max) : json.null();
  json.key("choices");
  json.begin_array();
  for (const auto& choice : field.choices) {
    json.begin_object();
    member(json, "name", choice.name);
    member(json, "label", choice.label);
    member(json, "color", choice.color);
    json.end_object();
  }
  json.end_array();
  json.key("link_to");
  field.link_to.empty() ? json.null() : json.string(field.link_to);
  json.key("back");
  field.back.empty() ? json.null() : json.string(field.back);
  json.key("default");
  base::is_empty(field.default_value) ? json.null()
                                      : entity::write_json(json, field, field.default_value);
  member(json, "may_set", !field.system && !field.read_only && policy.may_set(object, field));
  json.end_object();
}

void write_layouts(JsonWriter& json, const ObjectType& object) {
  json.key("list");
  json.begin_object();
  member(json, "columns", object.list.columns);
  member(json, "order", object.list.order);
  json.end_object();
  json.key("page");
  json.begin_object();
  member(json, "highlights", object.page.highlights);
  member(json, "tabs", object.page.tabs);
  member(json, "related", object.page.related);
  json.end_object();
  json.key("timeline");
  if (object.timeline_at.empty()) {
    json.null();
    return;
  }
  json.begin_object();
  member(json, "at", object.timeline_at);
  member(json, "fields", object.timeline);
  json.end_object();
}

void write_object(JsonWriter& json, const Policy& policy, const ObjectType& object) {
  json.begin_object();
  member(json, "name", object.name);
  member(json, "plural", object.plural);
  json.key("label");
  json.begin_object();
  member(json, "one", object.label_one);
  member(json, "many", object.label_many);
  json.end_object();
  member(json, "help", object.help);
  member(json, "icon", object.icon);
  member(json, "wing", object.wing);
  member(json, "title", object.title);
  member(json, "torrent", object.torrent);
  member(json, "navigable", object.navigable);
  member(json, "custom", object.custom);
  json.key("person_field");
  object.person_field.empty() ? json.null() : json.string(object.person_field);
  json.key("fields");
  json.begin_array();
  for (const auto& field : object.fields)
    if (policy.may_see(object, field)) write_field(json, policy, object, field);
  json.end_array();
  write_layouts(json, object);
  json.key("may");
  json.begin_object();
  member(json, "create", policy.may(Operation::create, object));
  member(json, "change", policy.may(Operation::change, object));
  member(json, "remove", policy.may(Operation::remove, object));
  json.end_object();
  json.end_object();
}

}  // namespace

Answer get_catalog(Call& call) {
  auto catalog = call.services.road.catalog();
  const auto& policy = *call.caller().policy;
  // Two roles see two catalogs of one version.
  auto etag =
      fmt::format("\"{}-{}-{}\"", catalog->version(), platform::name_of(call.admitted.user.role),
                  call.admitted.key ? base::to_text(*call.admitted.key) : "");
  if (has_already(call.request, etag)) {
    HttpResponse response;
    response.status = 304;
    return response.header("ETag", etag);
  }
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.key("version");
  json.number(catalog->version());
  json.key("objects");
  json.begin_array();
  for (const auto& object : catalog->objects())
    if (policy.may(Operation::read, object)) write_object(json, policy, object);
  json.end_array();
  json.end_object();
  return json_answer(std::move(body)).header("ETag", etag).header("Vary", "Cookie, Authorization");
}

// The same for everybody: what the program can do, not what is in it.
Answer get_openapi(Call& call) {
  auto catalog = call.services.road.catalog();
  auto etag = fmt::format("\"{}-{}\"", RAPPORT_VERSION, catalog->version());
  HttpResponse response;
  if (has_already(call.request, etag)) {
    response.status = 304;
  } else {
    response = json_answer(openapi(*catalog, {.version = RAPPORT_VERSION}));
  }
  return response.header("ETag", etag);
}

// How far what follows the change log is behind it.
Answer get_status(Call& call) {
  auto transaction = call.services.road.pool().begin(store::Mode::read_only);
  if (!transaction) return std::unexpected(transaction.error());
  auto rows = transaction->run(behind_statement, store::Params().text("search"));
  if (!rows) return std::unexpected(store::as_problem(rows.error()));
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.key("version");
  json.string(RAPPORT_VERSION);
  json.key("catalog");
  json.number(call.services.road.catalog()->version());
  json.key("search_behind");
  json.number(rows->integer(0, 0));
  json.end_object();
  return json_answer(std::move(body));
}

}  // namespace rapport::server
