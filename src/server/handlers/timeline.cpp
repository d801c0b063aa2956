#include "server/handlers/timeline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <variant>
#include <vector>

#include "base/json_writer.hpp"
#include "base/text.hpp"
#include "server/handlers/records.hpp"
#include "server/handlers/user_names.hpp"

namespace rapport::server {

namespace {

constexpr int timeline_default = 20;
constexpr int timeline_max = 100;

// One kind of record on this timeline, as far as it was read.
struct Source {
  const entity::ObjectType* object;
  const entity::Field* link;
  entity::Page page;
  std::size_t next = 0;  // of page.records
  std::size_t at_column = 0;

  [[nodiscard]] bool ended() const { return next >= page.records.size(); }
  [[nodiscard]] base::Instant at() const {
    const auto& value = page.records[next].values[at_column];
    if (const auto* instant = std::get_if<base::Instant>(&value)) return *instant;
    if (const auto* date = std::get_if<base::Date>(&value)) return {date->days * base::days(1).us};
    return {};
  }
};

// The kinds asked for; empty: all.
bool wanted(const std::vector<std::string>& kinds, std::string_view kind) {
  return kinds.empty() || std::ranges::find(kinds, kind) != kinds.end();
}

const entity::Field* link_to(const entity::ObjectType& from, std::string_view object) {
  if (object == "person" && !from.person_field.empty()) {
    const auto* field = from.find(from.person_field);
    if (field && field->link_to == object) return field;
  }
  for (const auto& field : from.fields)
    if (field.type == entity::FieldType::link && field.link_to == object) return &field;
  return nullptr;
}

base::Result<void> read(Call& call, Source& source, const base::Id& id,
                        const std::optional<TimelineCursor>& cursor, int limit) {
  const auto& at = source.object->timeline_at;
  entity::List list;
  list.object = source.object->name;
  list.where =
      fmt::format("{} = '{}' and {} is not empty", source.link->name, base::to_text(id), at);
  int shown = 0;
  if (cursor) {
    list.where += fmt::format(" and {} <= '{}'", at, base::to_text(cursor->at));
    if (auto found = cursor->shown.find(source.object->name); found != cursor->shown.end())
      shown = found->second;
  }
  list.order = {"-" + at};
  list.limit = std::min(limit + shown, entity::Limits{}.list_max);
  list.fields = source.object->timeline;
  if (std::ranges::find(list.fields, at) == list.fields.end()) list.fields.push_back(at);
  list.titles = true;
  auto page = call.services.road.list(call.caller(), list);
  if (!page) return std::unexpected(page.error());
  source.page = std::move(*page);
  source.next = std::min(static_cast<std::size_t>(shown), source.page.records.size());
  for (std::size_t i = 0; i < source.page.columns.size(); ++i)
    if (source.page.columns[i].name == at &&
        source.page.columns[i].role == entity::OutputColumn::Role::field)
      source.at_column = i;
  return {};
}

std::string title_of(const entity::Page& page, const entity::Record& record) {
  for (std::size_t i = 0; i < page.columns.size(); ++i) {
    if (page.columns[i].role != entity::OutputColumn::Role::own_title) continue;
    if (const auto* text = std::get_if<std::string>(&record.values[i])) return *text;
    if (const auto* name = std::get_if<base::PersonName>(&record.values[i])) return name->full;
    if (page.columns[i].field && !base::is_empty(record.values[i]))
      return entity::to_text(*page.columns[i].field, record.values[i]);
  }
  return {};
}

class Timeline {
 public:
  Timeline(Call& call, const entity::Catalog& catalog, const entity::ObjectType& object,
           const base::Id& id)
      : call_(call), catalog_(catalog), object_(object), id_(id) {}

  base::Result<void> gather(const std::vector<std::string>& kinds,
                            const std::optional<TimelineCursor>& cursor, int limit) {
    for (const auto& other : catalog_.objects()) {
      if (other.timeline_at.empty() || !wanted(kinds, other.name)) continue;
      if (!call_.caller().policy->may(entity::Operation::read, other)) continue;
      const auto* link = link_to(other, object_.name);
      if (!link) continue;
      sources_.push_back({&other, link, {}});
      if (auto done = read(call_, sources_.back(), id_, cursor, limit); !done) return done;
    }
    if (wanted(kinds, "change")) {
      auto history = call_.services.road.history(call_.caller(), object_.name, id_,
                                                 cursor ? cursor->before_version : 0, limit);
      if (!history) return std::unexpected(history.error());
      changes_ = std::move(*history);
    }
    cursor_ = cursor.value_or(TimelineCursor{});
    return {};
  }

  std::string render(int limit) {
    UserNames names(call_, changes_);
    std::string body;
    base::JsonWriter json(body);
    json.begin_object();
    json.key("data");
    json.begin_array();
    int n = 0;
    for (; n < limit && write_next(json, names); ++n) {
    }
    json.end_array();
    json.key("page");
    json.begin_object();
    json.key("after");
    n == limit&& more() ? json.string(to_text(cursor_)) : json.null();
    json.end_object();
    json.end_object();
    return body;
  }

 private:
  [[nodiscard]] bool more() const {
    return next_change_ < changes_.size() ||
           std::ranges::any_of(
               sources_, [](const auto& source) { return !source.ended(); }) ||
           std::ranges::any_of(
               sources_, [](const auto& source) { return !source.page.after.empty(); });
  }

  void moved_to(base::Instant at) {
    if (at != cursor_.at) cursor_.shown.clear();
    cursor_.at = at;
  }

  bool write_next(base::JsonWriter& json, const UserNames& names) {
    Source* newest = nullptr;
    for (auto& source : sources_)
      if (!source.ended() && (!newest || source.at() > newest->at())) newest = &source;
    bool change =
        next_change_ < changes_.size() && (!newest || changes_[next_change_].at >= newest->at());
    if (change) {
      write_change(json, changes_[next_change_++], names);
      return true;
    }
    if (!newest) return false;
    moved_to(newest->at());
    ++cursor_.shown[newest->object->name];
    write_record(json, *newest);
    ++newest->next;
    return true;
  }

  void write_record(base::JsonWriter& json, const Source& source) {
    const auto& record = source.page.records[source.next];
    begin_entry(json, source.object->name, source.at(), source.object->name, record.id,
                title_of(source.page, record));
    json.key("fields");
    entity::write_json(json, source.page, record);
    json.end_object();
  }

  void write_change(base::JsonWriter& json, const entity::HistoryEntry& entry,
                    const UserNames& names) {
    moved_to(entry.at);
    cursor_.before_version = entry.version;
    begin_entry(json, "change", entry.at, object_.name, id_, entry.kind);
    json.key("version");
    json.number(entry.version);
    json.key("actor");
    entry.actor.empty() ? json.null() : json.string(base::to_text(entry.actor));
    json.key("actor_name");
    json.string(names.of(entry.actor));
    json.key("cause");
    json.string(entry.cause_kind);
    json.key("fields");
    json.raw(entry.fields.empty() ? "{}" : entry.fields);
    json.end_object();
  }

  static void begin_entry(base::JsonWriter& json, std::string_view kind, base::Instant at,
                          std::string_view object, const base::Id& id, std::string_view title) {
    json.begin_object();
    json.key("kind");
    json.string(kind);
    json.key("at");
    json.string(base::to_text(at));
    json.key("object");
    json.string(object);
    json.key("id");
    json.string(base::to_text(id));
    json.key("title");
    json.string(title);
  }

  Call& call_;
  const entity::Catalog& catalog_;
  const entity::ObjectType& object_;
  base::Id id_;
  std::vector<Source> sources_;
  std::vector<entity::HistoryEntry> changes_;
  std::size_t next_change_ = 0;
  TimelineCursor cursor_;
};

}  // namespace

Answer record_timeline(Call& call) {
  auto object = object_capture(call);
  if (!object) return std::unexpected(object.error());
  auto id = id_capture(call, 1);
  if (!id) return std::unexpected(id.error());
  if (auto known = only_parameters(call, {"kinds", "after", "limit"}); !known)
    return std::unexpected(known.error());
  auto limit = whole_parameter(call, "limit", timeline_default, {1, timeline_max});
  if (!limit) return std::unexpected(limit.error());
  std::optional<TimelineCursor> cursor;
  if (auto after = call.request.parameter("after"); after && !after->empty()) {
    cursor = parse_timeline_cursor(*after);
    if (!cursor)
      return base::refuse(base::ProblemKind::malformed, "server.cursor",
                          "\"after\" is not a cursor of a timeline.");
  }
  Timeline timeline(call, *object->first, *object->second, *id);
  auto gathered = timeline.gather(list_parameter(call, "kinds"), cursor, *limit);
  if (!gathered) return std::unexpected(gathered.error());
  return json_answer(timeline.render(*limit));
}

}  // namespace rapport::server
