#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/json.hpp"
#include "base/json_writer.hpp"
#include "base/text.hpp"
#include "server/handlers/once.hpp"
#include "server/handlers/records.hpp"
#include "server/problems.hpp"

namespace rapport::server {

namespace {

using entity::Item;
using entity::ObjectType;
using entity::Outcome;
using entity::Work;
using entity::Write;

std::string_view name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::created:
      return "created";
    case Outcome::changed:
      return "changed";
    case Outcome::unchanged:
      return "unchanged";
    case Outcome::removed:
      return "removed";
    case Outcome::restored:
      return "restored";
    case Outcome::purged:
      return "purged";
    case Outcome::refused:
      return "refused";
  }
  return "refused";
}

base::Result<void> key_work(const Call& call, Work& work) {
  auto once = once_of(call);
  if (!once) return std::unexpected(once.error());
  work.effect = std::move(once->effect);
  work.fingerprint = std::move(once->fingerprint);
  return {};
}

// The version that If-Match names; nullopt: any ("*").
base::Result<std::optional<int>> matched_version(const Call& call) {
  auto header = call.request.header("if-match");
  if (!header)
    return base::refuse(base::ProblemKind::version_required, "server.version_required",
                        "The version you saw is needed, so that nobody's work is overwritten.", {},
                        "Send If-Match with the record's ETag.");
  auto tag = base::trimmed(*header);
  if (tag == "*") return std::optional<int>();
  if (tag.starts_with("W/")) tag.remove_prefix(2);
  int version = 0;
  if (tag.size() > 2 && tag.front() == '"' && tag.back() == '"') {
    tag = tag.substr(1, tag.size() - 2);
    auto [end, error] = std::from_chars(tag.data(), tag.data() + tag.size(), version);
    if (error == std::errc{} && end == tag.data() + tag.size() && version > 0)
      return std::optional(version);
  }
  return base::refuse(base::ProblemKind::malformed, "server.if_match",
                      "If-Match must be the ETag of the record, such as \"3\".");
}

// The records of a bulk body: those that could be read, and why the others could not.
struct BulkItems {
  std::vector<Item> items;
  std::vector<std::optional<base::Problem>> problems;  // one a record
};

base::Result<BulkItems> items_from(const Call& call, entity::Operation operation,
                                   const ObjectType& object, const base::Json& body) {
  const entity::Limits limits;
  if (!call.caller().policy->may(operation, object))
    return base::refuse(base::ProblemKind::forbidden, "plan.forbidden",
                        fmt::format("You may not do this to {}.", object.label_many));
  auto records = body.find("records");
  if (records == body.end() || !records->is_array() || records->empty())
    return base::refuse_field("server.records", "/records",
                              "\"records\" must be a list of at least one record.");
  if (records->size() > static_cast<std::size_t>(limits.bulk_max))
    return base::refuse(base::ProblemKind::too_large, "server.too_many_records",
                        fmt::format("At most {} records may come at once.", limits.bulk_max));
  BulkItems bulk;
  for (std::size_t i = 0; i < records->size(); ++i) {
    auto item = entity::item_from_json(object, (*records)[i], fmt::format("/records/{}", i));
    bulk.problems.emplace_back();
    if (item) {
      bulk.items.push_back(std::move(*item));
    } else {
      bulk.problems.back() = item.error();
    }
  }
  return bulk;
}

// Of a bulk body: beside "records" only what its route knows.
base::Result<void> only_members(const base::Json& body,
                                std::initializer_list<std::string_view> known) {
  for (const auto& [name, value] : body.items())
    if (std::ranges::find(known, name) == known.end())
      return base::refuse_field("server.member", "/" + name,
                                fmt::format("There is no member \"{}\" here.", name));
  return {};
}

void write_result(base::JsonWriter& json, const entity::ItemResult& result) {
  json.begin_object();
  json.key("outcome");
  json.string(name_of(result.outcome));
  json.key("id");
  result.id.empty() ? json.null() : json.string(base::to_text(result.id));
  json.key("version");
  result.version == 0 ? json.null() : json.number(result.version);
  if (result.problem) {
    std::string problem;
    append_problem(problem, *result.problem, status_of(result.problem->kind));
    json.key("problem");
    json.raw(problem);
  }
  json.end_object();
}

// What could not be read is refused alone; the rest is written.
Answer answer_bulk(Call& call, Write write,
                   const std::vector<std::optional<base::Problem>>& problems) {
  Work work;
  if (auto keyed = key_work(call, work); !keyed) return std::unexpected(keyed.error());
  entity::WorkResult done;
  if (std::ranges::any_of(problems, [](const auto& problem) { return !problem; })) {
    work.writes.push_back(std::move(write));
    work.partial = true;
    auto written = call.services.road.write(call.caller(), work);
    if (!written) return std::unexpected(written.error());
    done = std::move(*written);
  }
  std::string body;
  base::JsonWriter json(body);
  json.begin_object();
  json.key("data");
  json.begin_array();
  std::size_t next = 0;
  for (const auto& problem : problems) {
    entity::ItemResult refused;
    refused.outcome = Outcome::refused;
    refused.problem = problem;
    write_result(json, problem ? refused : done.writes.front()[next++]);
  }
  json.end_array();
  json.end_object();
  auto response = json_answer(std::move(body));
  add_timing(response, done.timing);
  return response;
}

// One record's write, answered with the record as it is now.
struct Single {
  Write write;
  int status = 200;
};

Answer answer_single(Call& call, const ObjectType& object, Single single) {
  Work work;
  if (auto keyed = key_work(call, work); !keyed) return std::unexpected(keyed.error());
  work.writes.push_back(std::move(single.write));
  auto done = call.services.road.write(call.caller(), work);
  if (!done) return std::unexpected(done.error());
  const auto& result = done->writes.front().front();
  if (result.problem) return std::unexpected(*result.problem);
  entity::Get get{.object = object.name, .ids = {result.id}, .fields = {}};
  get.titles = call.request.parameter("titles") == "true";
  auto page = call.services.road.get(call.caller(), get);
  HttpResponse response;
  if (page && !page->records.empty()) {
    std::string body;
    base::JsonWriter json(body);
    entity::write_json(json, *page, page->records.front());
    response = json_answer(std::move(body), single.status);
    response.header("ETag", etag_of(page->records.front().version));
  } else {
    // Written, and out of the caller's sight since.
    response = json_answer(
        fmt::format("{{\"id\":\"{}\",\"version\":{}}}", base::to_text(result.id), result.version),
        single.status);
    response.header("ETag", etag_of(result.version));
  }
  if (single.status == 201)
    response.header("Location",
                    fmt::format("/api/v1/{}/{}", object.plural, base::to_text(result.id)));
  add_timing(response, done->timing);
  return response;
}

base::Result<Item> addressed_item(Call& call, bool version_needed) {
  auto id = id_capture(call, 1);
  if (!id) return std::unexpected(id.error());
  Item item;
  item.id = *id;
  if (version_needed || call.request.header("if-match")) {
    auto version = matched_version(call);
    if (!version) return std::unexpected(version.error());
    item.version = *version;
  }
  return item;
}

base::Result<entity::Upsert> upsert_from(const ObjectType& object, const base::Json& body) {
  entity::Upsert upsert;
  upsert.object = object.name;
  if (auto known = only_members(body, {"records", "key", "mode"}); !known)
    return std::unexpected(known.error());
  if (auto mode = body.find("mode"); mode != body.end()) {
    if (*mode == "create_only") {
      upsert.mode = entity::Upsert::Mode::create_only;
    } else if (*mode == "update_only") {
      upsert.mode = entity::Upsert::Mode::update_only;
    } else if (*mode != "upsert") {
      return base::refuse_field("server.member", "/mode",
                                "\"mode\" must be upsert, create_only or update_only.");
    }
  }
  return upsert;
}

// "key": "email" – the field whose value recognises each record; "external" needs no help: the
// records bring their external keys along.
base::Result<void> key_by(const ObjectType& object, const std::string& name,
                          const base::Json& records, BulkItems& bulk) {
  if (name == "external") return {};
  const auto* field = object.find(name);
  if (!field)
    return base::refuse_field("server.key", "/key",
                              fmt::format("There is no field \"{}\" to recognise by.", name));
  auto kind = field->identity.empty() ? entity::Key::Kind::field : entity::Key::Kind::identity;
  auto source = field->identity.empty() ? name : field->identity;
  std::size_t next = 0;
  for (std::size_t i = 0; i < bulk.problems.size(); ++i) {
    if (bulk.problems[i]) continue;
    auto value = records[i].find(name);
    if (value != records[i].end() && value->is_string()) {
      bulk.items[next++].keys.push_back({kind, source, value->get<std::string>()});
      continue;
    }
    bulk.items.erase(bulk.items.begin() + static_cast<std::ptrdiff_t>(next));
    bulk.problems[i] = base::refuse_field("server.key", fmt::format("/records/{}/{}", i, name),
                                          fmt::format("The key \"{}\" is missing.", name))
                           .error();
  }
  return {};
}

// Bulk changes and removals name each record and the version its writer saw.
void need_versions(BulkItems& bulk, bool fields_too) {
  std::size_t next = 0;
  for (auto& problem : bulk.problems) {
    if (problem) continue;
    const auto& item = bulk.items[next];
    if (item.id && item.version && (fields_too || item.fields.empty())) {
      ++next;
      continue;
    }
    problem =
        base::refuse_field("server.version_required", item.pointer,
                           fields_too ? "A record needs its \"id\" and the \"version\" you saw."
                                      : "A record needs \"id\" and \"version\", nothing else.")
            .error();
    bulk.items.erase(bulk.items.begin() + static_cast<std::ptrdiff_t>(next));
  }
}

}  // namespace

Answer create_records(Call& call) {
  auto object = object_capture(call);
  if (!object) return std::unexpected(object.error());
  auto body = json_body(call);
  if (!body) return std::unexpected(body.error());
  if (body->contains("records")) {
    if (auto known = only_members(*body, {"records"}); !known)
      return std::unexpected(known.error());
    auto items = items_from(call, entity::Operation::create, *object->second, *body);
    if (!items) return std::unexpected(items.error());
    return answer_bulk(call, entity::Create{object->second->name, std::move(items->items)},
                       items->problems);
  }
  auto item = entity::item_from_json(*object->second, *body, "");
  if (!item) return std::unexpected(item.error());
  entity::Create create{object->second->name, {}};
  create.items.push_back(std::move(*item));
  return answer_single(call, *object->second, {std::move(create), 201});
}

Answer upsert_records(Call& call) {
  auto object = object_capture(call);
  if (!object) return std::unexpected(object.error());
  auto body = json_body(call);
  if (!body) return std::unexpected(body.error());
  auto upsert = upsert_from(*object->second, *body);
  if (!upsert) return std::unexpected(upsert.error());
  auto items = items_from(call, entity::Operation::create, *object->second, *body);
  if (!items) return std::unexpected(items.error());
  if (body->contains("key")) {
    auto key = text_member(*body, "key");
    if (!key) return std::unexpected(key.error());
    auto keyed = key_by(*object->second, *key, (*body)["records"], *items);
    if (!keyed) return std::unexpected(keyed.error());
  }
  upsert->items = std::move(items->items);
  return answer_bulk(call, std::move(*upsert), items->problems);
}

Answer change_record(Call& call) {
  auto object = object_capture(call);
  if (!object) return std::unexpected(object.error());
  auto addressed = addressed_item(call, true);
  if (!addressed) return std::unexpected(addressed.error());
  auto body = json_body(call);
  if (!body) return std::unexpected(body.error());
  for (std::string_view name : {"id", "version"})
    if (body->contains(name))
      return base::refuse_field("plan.read_only", "/" + std::string(name),
                                fmt::format("\"{}\" is kept by the program.", name));
  auto item = entity::item_from_json(*object->second, *body, "");
  if (!item) return std::unexpected(item.error());
  item->id = addressed->id;
  item->version = addressed->version;
  entity::Change change{object->second->name, {}};
  change.items.push_back(std::move(*item));
  return answer_single(call, *object->second, {std::move(change), 200});
}

Answer change_records(Call& call) {
  auto object = object_capture(call);
  if (!object) return std::unexpected(object.error());
  auto body = json_body(call);
  if (!body) return std::unexpected(body.error());
  if (auto known = only_members(*body, {"records"}); !known) return std::unexpected(known.error());
  auto items = items_from(call, entity::Operation::change, *object->second, *body);
  if (!items) return std::unexpected(items.error());
  need_versions(*items, true);
  return answer_bulk(call, entity::Change{object->second->name, std::move(items->items)},
                     items->problems);
}

Answer remove_record(Call& call) {
  auto object = object_capture(call);
  if (!object) return std::unexpected(object.error());
  auto item = addressed_item(call, true);
  if (!item) return std::unexpected(item.error());
  Work work;
  entity::Remove remove{object->second->name, {}};
  remove.items.push_back(std::move(*item));
  work.writes.emplace_back(std::move(remove));
  auto done = call.services.road.write(call.caller(), work);
  if (!done) return std::unexpected(done.error());
  if (auto& problem = done->writes.front().front().problem) return std::unexpected(*problem);
  auto response = empty_answer();
  add_timing(response, done->timing);
  return response;
}

Answer remove_records(Call& call) {
  auto object = object_capture(call);
  if (!object) return std::unexpected(object.error());
  auto body = json_body(call);
  if (!body) return std::unexpected(body.error());
  if (auto known = only_members(*body, {"records"}); !known) return std::unexpected(known.error());
  auto items = items_from(call, entity::Operation::remove, *object->second, *body);
  if (!items) return std::unexpected(items.error());
  need_versions(*items, false);
  return answer_bulk(call, entity::Remove{object->second->name, std::move(items->items)},
                     items->problems);
}

Answer restore_record(Call& call) {
  auto object = object_capture(call);
  if (!object) return std::unexpected(object.error());
  auto item = addressed_item(call, false);
  if (!item) return std::unexpected(item.error());
  entity::Restore restore{object->second->name, {}};
  restore.items.push_back(std::move(*item));
  return answer_single(call, *object->second, {std::move(restore), 200});
}

}  // namespace rapport::server
