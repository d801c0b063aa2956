#include "platform/search/search.hpp"

#include "base/json_writer.hpp"
#include "base/text.hpp"
#include "server/handlers/catalog.hpp"

namespace rapport::server {

Answer search_records(Call& call) {
  if (auto known = only_parameters(call, {"q", "objects", "limit"}); !known)
    return std::unexpected(known.error());
  platform::SearchQuery query;
  query.text = call.request.parameter("q").value_or("");
  query.objects = list_parameter(call, "objects");
  auto limit = whole_parameter(call, "limit", query.limit, {1, platform::SearchQuery::limit_max});
  if (!limit) return std::unexpected(limit.error());
  query.limit = *limit;
  auto found = call.services.search.find(call.caller(), query);
  if (!found) return std::unexpected(found.error());
  auto catalog = call.services.road.catalog();
  std::string body;
  base::JsonWriter json(body);
  json.begin_object();
  json.key("data");
  json.begin_array();
  for (const auto& one : *found) {
    const auto* object = catalog->find(one.object);
    if (!object) continue;
    json.begin_object();
    json.key("object");
    json.string(one.object);
    json.key("plural");
    json.string(object->plural);
    json.key("id");
    json.string(base::to_text(one.id));
    json.key("title");
    json.string(one.title);
    json.key("subtitle");
    json.string(one.subtitle);
    json.key("matched");
    json.string(one.matched);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return json_answer(std::move(body));
}

// Each event is shown to whoever may read its object type; which records of it exist for him, the
// browser learns when it fetches.
Answer live_events(Call& call) {
  HttpResponse response;
  response.header("Content-Type", "text/event-stream").header("Cache-Control", "no-store");
  response.header("X-Accel-Buffering", "no");
  response.events = [&road = call.services.road,
                     policy = call.caller().policy](std::string_view name) {
    auto catalog = road.catalog();
    const auto* object = catalog->find(name);
    return object && policy->may(entity::Operation::read, *object);
  };
  return response;
}

}  // namespace rapport::server
