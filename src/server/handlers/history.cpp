#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "base/json.hpp"
#include "base/json_writer.hpp"
#include "server/handlers/records.hpp"
#include "server/handlers/user_names.hpp"

namespace rapport::server {

namespace {

constexpr int history_default = 50;
constexpr int history_max = 500;

void write_change(base::JsonWriter& json, const entity::HistoryEntry& entry,
                  const UserNames& names) {
  json.begin_object();
  json.key("version");
  json.number(entry.version);
  json.key("kind");
  json.string(entry.kind);
  json.key("at");
  json.string(base::to_text(entry.at));
  json.key("actor");
  entry.actor.empty() ? json.null() : json.string(base::to_text(entry.actor));
  json.key("actor_name");
  json.string(names.of(entry.actor));
  json.key("cause");
  json.begin_object();
  json.key("kind");
  json.string(entry.cause_kind);
  json.key("id");
  entry.cause ? json.string(base::to_text(*entry.cause)) : json.null();
  json.end_object();
  json.key("fields");
  json.raw(entry.fields.empty() ? "{}" : entry.fields);
  json.end_object();
}

}  // namespace

Answer record_history(Call& call) {
  auto object = object_capture(call);
  if (!object) return std::unexpected(object.error());
  auto id = id_capture(call, 1);
  if (!id) return std::unexpected(id.error());
  if (auto known = only_parameters(call, {"before", "limit"}); !known)
    return std::unexpected(known.error());
  auto limit = whole_parameter(call, "limit", history_default, {1, history_max});
  if (!limit) return std::unexpected(limit.error());
  auto before = whole_parameter(call, "before", 0, {0, 2'000'000'000});
  if (!before) return std::unexpected(before.error());
  auto entries =
      call.services.road.history(call.caller(), object->second->name, *id, *before, *limit);
  if (!entries) return std::unexpected(entries.error());
  UserNames names(call, *entries);
  std::string body;
  base::JsonWriter json(body);
  json.begin_object();
  json.key("data");
  json.begin_array();
  for (const auto& entry : *entries) write_change(json, entry, names);
  json.end_array();
  json.end_object();
  return json_answer(std::move(body));
}

}  // namespace rapport::server
