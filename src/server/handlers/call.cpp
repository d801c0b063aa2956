#include "server/handlers/call.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/json.hpp"
#include "base/text.hpp"

namespace rapport::server {

namespace {

auto bad_parameter(std::string_view name, std::string message) {
  return base::refuse(base::ProblemKind::malformed, "server.parameter", std::move(message),
                      fmt::format("Parameter \"{}\".", name));
}

}  // namespace

base::Result<base::Json> json_body(const Call& call) {
  if (base::trimmed(call.request.body).empty())
    return base::refuse(base::ProblemKind::malformed, "server.no_body",
                        "The request needs a body: a JSON document.");
  auto json = base::parse_json(call.request.body);
  if (json && !json->is_object())
    return base::refuse(base::ProblemKind::malformed, "server.not_an_object",
                        "The body must be a JSON object.");
  return json;
}

base::Result<std::string> text_member(const base::Json& json, std::string_view name) {
  auto at = json.find(name);
  if (at == json.end() || !at->is_string())
    return base::refuse_field("server.text_needed", "/" + std::string(name),
                              fmt::format("\"{}\" must be given, as text.", name));
  auto text = base::clean_text(at->get_ref<const std::string&>());
  if (!text)
    return base::refuse_field("server.text_needed", "/" + std::string(name),
                              fmt::format("\"{}\" has characters that are not allowed.", name));
  return *text;
}

base::Result<void> only_parameters(const Call& call,
                                   std::initializer_list<std::string_view> known) {
  for (const auto& [name, value] : call.request.query) {
    if (std::ranges::find(known, name) != known.end()) continue;
    auto near = base::nearest(name, std::vector<std::string>(known.begin(), known.end()));
    auto problem = bad_parameter(name, fmt::format("There is no parameter \"{}\" here.", name));
    if (near) problem.error().hint = fmt::format("Did you mean \"{}\"?", *near);
    return problem;
  }
  return {};
}

base::Result<int> whole_parameter(const Call& call, std::string_view name, int otherwise,
                                  std::pair<int, int> bounds) {
  auto text = call.request.parameter(name);
  if (!text) return otherwise;
  int value = 0;
  auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error == std::errc{} && end == text->data() + text->size() && value >= bounds.first &&
      value <= bounds.second)
    return value;
  return bad_parameter(name, fmt::format("\"{}\" must be a whole number from {} to {}.", name,
                                         bounds.first, bounds.second));
}

base::Result<bool> boolean_parameter(const Call& call, std::string_view name) {
  auto text = call.request.parameter(name);
  if (!text || *text == "false") return false;
  if (*text == "true") return true;
  return bad_parameter(name, fmt::format("\"{}\" must be true or false.", name));
}

std::vector<std::string> list_parameter(const Call& call, std::string_view name) {
  std::vector<std::string> values;
  auto text = call.request.parameter(name);
  if (!text) return values;
  for (auto part : base::split(*text, ','))
    if (auto value = base::trimmed(part); !value.empty()) values.emplace_back(value);
  return values;
}

base::Result<base::Id> id_capture(const Call& call, std::size_t n) {
  if (auto id = base::parse_id(call.capture(n))) return *id;
  return base::refuse(base::ProblemKind::not_found, "server.no_such_record",
                      "There is no such record.", "The address holds no id.");
}

base::Result<std::pair<std::shared_ptr<const entity::Catalog>, const entity::ObjectType*>>
object_capture(const Call& call) {
  auto catalog = call.services.road.catalog();
  const auto* object = catalog->find_plural(call.capture(0));
  if (object && call.caller().policy->may(entity::Operation::read, *object))
    return std::pair{std::move(catalog), object};
  std::vector<std::string> plurals;
  for (const auto& one : catalog->objects())
    if (call.caller().policy->may(entity::Operation::read, one)) plurals.push_back(one.plural);
  auto near = base::nearest(call.capture(0), plurals);
  return base::refuse(base::ProblemKind::not_found, "server.no_such_object",
                      fmt::format("There are no \"{}\" here.", call.capture(0)), {},
                      near ? fmt::format("Did you mean \"{}\"?", *near) : "");
}

HttpResponse json_answer(std::string body, int status) {
  HttpResponse response;
  response.status = status;
  response.body = std::move(body);
  response.header("Content-Type", "application/json").header("Cache-Control", "no-cache");
  return response;
}

HttpResponse json_answer(const base::Json& json, int status) {
  return json_answer(base::to_text(json), status);
}

HttpResponse empty_answer() {
  HttpResponse response;
  response.status = 204;
  return response;
}

void add_timing(HttpResponse& response, const entity::Timing& timing) {
  std::string value;
  auto add = [&](std::string_view stage, base::Duration took) {
    if (took.us == 0) return;
    value += fmt::format("{}{};dur={:.2f}", value.empty() ? "" : ", ", stage,
                         static_cast<double>(took.us) / 1000);
  };
  add("plan", timing.plan);
  add("gather", timing.gather);
  add("rules", timing.rules);
  add("write", timing.write);
  add("query", timing.query);
  if (!value.empty()) response.header("Server-Timing", std::move(value));
}

std::string etag_of(int version) {
  return fmt::format("\"{}\"", version);
}

bool has_already(const HttpRequest& request, std::string_view etag) {
  auto header = request.header("if-none-match");
  if (!header) return false;
  for (auto tag : base::split(*header, ',')) {
    tag = base::trimmed(tag);
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    if (tag == etag || tag == "*") return true;
  }
  return false;
}

}  // namespace rapport::server
