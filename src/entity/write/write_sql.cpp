#include "entity/write/write_sql.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <utility>

#include "base/json_writer.hpp"
#include "entity/plan/columns.hpp"
#include "entity/query/lookup_sql.hpp"

namespace rapport::entity {

namespace {

// What a statement is about, row by row: `unnest(…) as w(…)`, one array parameter a column.
class Wanted {
 public:
  ArrayText& column(std::string_view name, std::string_view type) {
    return columns_.emplace_back(std::string(name), std::string(type), ArrayText()).array;
  }
  [[nodiscard]] bool empty() const { return columns_.front().array.size() == 0; }

  // Once, when all rows are in.
  [[nodiscard]] std::string from(SqlText& sql) {
    std::string arrays, names;
    for (auto& [name, type, array] : columns_) {
      const std::string parameter = sql.parameter(std::move(array).finish());
      arrays += fmt::format("{}{}::{}[]", arrays.empty() ? "" : ", ", parameter,
                            type.ends_with("[]") ? "text" : type);
      names += (names.empty() ? "" : ", ") + quoted_name(name);
    }
    return fmt::format("unnest({}) as w({})", arrays, names);
  }
  // unnest would take an array of arrays apart, so these travel as text.
  static std::string value(const Column& column) {
    std::string out = "w." + quoted_name(column.name);
    if (column.sql_type.ends_with("[]")) out += "::" + std::string(column.sql_type);
    return out;
  }

 private:
  struct Part {
    std::string name, type;
    ArrayText array;
  };
  std::deque<Part> columns_;  // a deque leaves its elements where they are
};

using Records = std::span<DraftRecord* const>;

const ObjectDraft& draft_of(Records records) {
  return *records.front()->of;
}

ArrayText ids_of(Records records) {
  ArrayText ids;
  for (const DraftRecord* record : records) ids.add_id(record->id);
  return ids;
}

void add_person(ArrayText& array, const DraftRecord& record) {
  if (const auto person = person_of(record)) {
    array.add_id(*person);
  } else {
    array.add_null();
  }
}

bool differs(const DraftRecord& record, std::size_t slot) {
  return record.now[slot] != record.was[slot] && !same_value(*record.was[slot], *record.now[slot]);
}

// The slots that some record of the set has something to write in.
std::vector<std::size_t> slots_to_write(Records records) {
  const ObjectDraft& objects = draft_of(records);
  std::vector<std::size_t> slots;
  for (std::size_t slot = 0; slot < objects.slots.size(); ++slot) {
    if (objects.slots[slot]->system || objects.slots[slot]->beside) continue;
    if (std::ranges::any_of(records, [&](const DraftRecord* one) { return differs(*one, slot); })) {
      slots.push_back(slot);
    }
  }
  return slots;
}

void add_slot(Wanted& wanted, Records records, std::size_t slot,
              const std::vector<Column>& columns) {
  const Field& field = *draft_of(records).slots[slot];
  std::vector<ArrayText*> arrays;
  arrays.reserve(columns.size());
  for (const Column& column : columns) {
    arrays.push_back(&wanted.column(column.name, column.sql_type));
  }
  std::vector<std::optional<std::string>> cells;
  for (const DraftRecord* record : records) {
    cells.clear();
    append_cells(field, *record->now[slot], cells);
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (cells[i]) {
        arrays[i]->add(*cells[i]);
      } else {
        arrays[i]->add_null();
      }
    }
  }
}

// Who, why and when: the same for every change row of a work.
struct Origin {
  std::string actor, at, cause_kind, cause_id, depth, object;
};

// Each parameter that is sent must be used, so a row that is not logged takes the first two alone.
Origin moment(const Draft& draft, SqlText& sql) {
  Origin made;
  made.actor = sql.parameter(base::to_text(draft.caller().user)) + "::uuid";
  made.at = sql.parameter(base::to_text(draft.now())) + "::timestamptz";
  return made;
}

Origin origin(const Draft& draft, const ObjectType& object, SqlText& sql) {
  const Caller& caller = draft.caller();
  Origin made = moment(draft, sql);
  made.cause_kind = sql.parameter(caller.cause.kind) + "::text";
  made.cause_id = sql.parameter(caller.cause.id ? std::optional(base::to_text(*caller.cause.id))
                                                : std::nullopt) +
                  "::uuid";
  made.depth = sql.parameter(std::to_string(caller.cause.depth)) + "::int";
  made.object = sql.parameter(object.name) + "::text";
  return made;
}

constexpr std::string_view change_columns =
    "object, record_id, version, person_id, kind, actor, cause_kind, cause_id, depth, fields, at";

// What a record pointed at until it was purged, and nothing else of it: whoever sums over what
// hangs on a record must know that it lost something.
std::string lost_links(const DraftRecord& record) {
  std::string out;
  base::JsonWriter json(out);
  json.begin_object();
  for (std::size_t slot = 0; slot < record.was.size(); ++slot) {
    const Field& field = *record.of->slots[slot];
    if (field.system || field.type != FieldType::link || base::is_empty(*record.was[slot]))
      continue;
    json.key(field.name);
    json.begin_array();
    write_json(json, field, *record.was[slot]);
    json.null();
    json.end_array();
  }
  json.end_object();
  return out;
}

std::string logged_fields(const DraftRecord& record) {
  if (record.fate == Fate::insert || record.fate == Fate::update) return changed_fields(record);
  return record.fate == Fate::purge ? lost_links(record) : "{}";
}

void add_change_columns(Wanted& wanted, Records records) {
  ArrayText& persons = wanted.column("w_person", "uuid");
  ArrayText& fields = wanted.column("w_fields", "jsonb");
  for (const DraftRecord* record : records) {
    add_person(persons, *record);
    fields.add(logged_fields(*record));
  }
}

std::string_view kind_of(Fate fate) {
  switch (fate) {
    case Fate::insert:
      return "created";
    case Fate::remove:
      return "removed";
    case Fate::restore:
      return "restored";
    case Fate::purge:
      return "purged";
    default:
      return "changed";
  }
}

}  // namespace

std::optional<base::Id> person_of(const DraftRecord& record) {
  const ObjectType& object = *record.of->object;
  if (object.person_field.empty()) return std::nullopt;
  if (object.person_field == "id") return record.id;
  const int slot = record.of->find_slot(object.person_field);
  if (slot < 0) return std::nullopt;
  const auto* id = std::get_if<base::Id>(record.now[static_cast<std::size_t>(slot)]);
  return id == nullptr ? std::nullopt : std::optional(*id);
}

std::string changed_fields(const DraftRecord& record) {
  std::string out;
  base::JsonWriter json(out);
  json.begin_object();
  for (std::size_t slot = 0; slot < record.now.size(); ++slot) {
    const Field& field = *record.of->slots[slot];
    if (field.system || !differs(record, slot)) continue;
    json.key(field.name);
    json.begin_array();
    write_json(json, field, *record.was[slot]);
    write_json(json, field, *record.now[slot]);
    json.end_array();
  }
  json.end_object();
  return out;
}

SqlText insert_sql(const Draft& draft, Records records, const base::Id& batch) {
  const ObjectType& object = *draft_of(records).object;
  SqlText sql;
  Wanted wanted;
  wanted.column("id", "uuid") = ids_of(records);
  std::string names;
  std::string values;
  for (const std::size_t slot : slots_to_write(records)) {
    const auto columns = table_columns(*draft_of(records).slots[slot]);
    add_slot(wanted, records, slot, columns);
    for (const Column& column : columns) {
      names += ", " + quoted_name(column.name);
      values += ", " + Wanted::value(column);
    }
  }
  if (!object.torrent) add_change_columns(wanted, records);
  const Origin by = object.torrent ? moment(draft, sql) : origin(draft, object, sql);
  if (object.torrent) {
    names += ", batch";
    values += ", " + sql.parameter(base::to_text(batch)) + "::uuid";
  }
  const std::string insert = fmt::format(
      "insert into {} (id, version, created_at, created_by, changed_at, changed_by{}) "
      "select w.id, 1, {}, {}, {}, {}{} from ",
      quoted_name(object.plural), names, by.at, by.actor, by.at, by.actor, values);
  if (object.torrent) {
    sql.text = insert + wanted.from(sql);
    return sql;
  }
  const std::string beside =
      object.has_beside() ? fmt::format("beside as (insert into {} (id) select w.id from w), ",
                                        quoted_name(beside_table(object.plural)))
                          : "";
  sql.text = fmt::format(
      "with w as materialized (select * from {}), {}made as ({} w) "
      "insert into changes ({}) select {}, w.id, 1, w.w_person, 'created', {}, {}, {}, {}, "
      "w.w_fields, {} from w",
      wanted.from(sql), beside, insert, change_columns, by.object, by.actor, by.cause_kind,
      by.cause_id, by.depth, by.at);
  return sql;
}

SqlText lock_sql(Records records) {
  SqlText sql;
  const std::string ids = sql.parameter(ids_of(records).finish());
  sql.text = fmt::format("select 1 from {} t where t.id = any({}::uuid[]) order by t.id for update",
                         quoted_name(draft_of(records).object->plural), ids);
  return sql;
}

namespace {

std::string set_list(Records records, Wanted& wanted, const Origin& by) {
  const Fate fate = records.front()->fate;
  std::string sets =
      fmt::format("version = t.version + 1, changed_at = {}, changed_by = {}", by.at, by.actor);
  if (fate == Fate::remove) {
    return sets + fmt::format(", removed_at = {}, removed_by = {}", by.at, by.actor);
  }
  if (fate == Fate::restore) return sets + ", removed_at = null, removed_by = null";
  for (const std::size_t slot : slots_to_write(records)) {
    const auto columns = table_columns(*draft_of(records).slots[slot]);
    add_slot(wanted, records, slot, columns);
    for (const Column& column : columns) {
      sets += fmt::format(", {} = {}", quoted_name(column.name), Wanted::value(column));
    }
  }
  return sets;
}

}  // namespace

SqlText alter_sql(const Draft& draft, Records records) {
  const ObjectType& object = *draft_of(records).object;
  const Fate fate = records.front()->fate;
  SqlText sql;
  Wanted wanted;
  wanted.column("id", "uuid") = ids_of(records);
  ArrayText& versions = wanted.column("w_version", "int");
  for (const DraftRecord* record : records) versions.add(std::to_string(record->version));
  add_change_columns(wanted, records);
  const Origin by = origin(draft, object, sql);
  std::string met = "t.id = w.id and t.version = w.w_version";
  // The key a torrent is spread by is always named.
  if (object.torrent) met += " and t.person_id = w.w_person";
  const std::string table = quoted_name(object.plural);
  // What the log needs comes back with the row: joined to `w` once more, a large set would be met
  // pair by pair, since writes forbid the hash join.
  constexpr std::string_view logged = "w.id, w.w_version, w.w_person, w.w_fields";
  const std::string alter =
      fate == Fate::purge
          ? fmt::format("delete from {} t using w where {} returning {}", table, met, logged)
          : fmt::format("update {} t set {} from w where {} returning {}", table,
                        set_list(records, wanted, by), met, logged);
  const std::string count = sql.parameter(std::to_string(records.size()));
  sql.text = fmt::format(
      "with w as materialized (select * from {}), altered as ({}), "
      "logged as (insert into changes ({}) select {}, a.id, a.w_version + 1, a.w_person, '{}', {}, "
      "{}, {}, {}, a.w_fields, {} from altered a returning 1) "
      "select expect_rows((select count(*) from logged), {}::bigint)",
      wanted.from(sql), alter, change_columns, by.object, kind_of(fate), by.actor, by.cause_kind,
      by.cause_id, by.depth, by.at, count);
  return sql;
}

SqlText batch_sql(const Draft& draft, const ObjectType& object, const base::Id& batch,
                  Records records) {
  std::vector<base::Id> persons;
  for (const DraftRecord* record : records) {
    if (const auto person = person_of(*record)) persons.push_back(*person);
  }
  std::ranges::sort(persons);
  const auto twice = std::ranges::unique(persons);
  persons.erase(twice.begin(), twice.end());
  ArrayText array;
  for (const base::Id& person : persons) array.add_id(person);
  SqlText sql;
  const std::string id = sql.parameter(base::to_text(batch)) + "::uuid";
  const std::string touched = sql.parameter(std::move(array).finish()) + "::uuid[]";
  const std::string fields =
      sql.parameter(fmt::format(R"({{"records":[null,{}]}})", records.size())) + "::jsonb";
  const Origin by = origin(draft, object, sql);
  sql.text = fmt::format(
      "insert into changes ({}, persons) values ({}, {}, 1, null, 'batch', {}, {}, {}, {}, {}, {}, "
      "{})",
      change_columns, by.object, id, by.actor, by.cause_kind, by.cause_id, by.depth, fields, by.at,
      touched);
  return sql;
}

// A new record's keys go with it; those that an old one is given name their cause, which may take
// them back.
SqlText new_keys_sql(const Draft& draft, Records records) {
  Wanted wanted;
  ArrayText& sources = wanted.column("source", "text");
  ArrayText& values = wanted.column("value", "text");
  ArrayText& ids = wanted.column("id", "uuid");
  ArrayText& persons = wanted.column("person_id", "uuid");
  for (const DraftRecord* record : records) {
    for (const Key* key : record->new_keys) {
      sources.add(key->source);
      values.add(key->value);
      ids.add_id(record->id);
      add_person(persons, *record);
    }
  }
  SqlText sql;
  if (wanted.empty()) return sql;
  const std::string object = sql.parameter(draft_of(records).object->name);
  const auto& cause = draft.caller().cause.id;
  const bool new_record = records.front()->fate == Fate::insert;
  const std::string by =
      sql.parameter(new_record || !cause ? std::nullopt : std::optional(base::to_text(*cause)));
  sql.text = fmt::format(
      "insert into external_keys (object, source, value, id, person_id, cause_id) "
      "select {}::text, w.source, w.value, w.id, w.person_id, {}::uuid from {}",
      object, by, wanted.from(sql));
  return sql;
}

SqlText named_keys_sql(const Draft& draft) {
  Wanted wanted;
  ArrayText& objects = wanted.column("object", "text");
  ArrayText& sources = wanted.column("source", "text");
  ArrayText& values = wanted.column("value", "text");
  for (const NamedKey& named : draft.named()) {
    if (named.source->kind != Key::Kind::external) continue;
    objects.add(named.source->object);
    sources.add(named.source->source);
    values.add(named.value);
  }
  SqlText sql;
  if (wanted.empty()) return sql;
  sql.text = fmt::format(
      "update external_keys k set named_since = true from {} where k.object = w.object and "
      "k.source = w.source and k.value = w.value",
      wanted.from(sql));
  return sql;
}

SqlText named_identities_sql(const Draft& draft) {
  Wanted wanted;
  ArrayText& kinds = wanted.column("kind", "text");
  ArrayText& values = wanted.column("value", "text");
  ArrayText& persons = wanted.column("person_id", "uuid");
  for (const NamedKey& named : draft.named()) {
    if (named.source->kind != Key::Kind::identity) continue;
    kinds.add(named.source->source);
    values.add(named.value);
    persons.add_id(named.record);
  }
  SqlText sql;
  if (wanted.empty()) return sql;
  sql.text = fmt::format(
      "update identity_causes c set named_since = true from {} join identities i on "
      "i.kind = w.kind and i.value = w.value and i.person_id = w.person_id "
      "where c.identity_id = i.id",
      wanted.from(sql));
  return sql;
}

SqlText lost_keys_sql(Records records) {
  Wanted wanted;
  ArrayText& sources = wanted.column("source", "text");
  ArrayText& values = wanted.column("value", "text");
  ArrayText& ids = wanted.column("id", "uuid");
  for (const DraftRecord* record : records) {
    for (const Key* key : record->dropped_keys) {
      sources.add(key->source);
      values.add(key->value);
      ids.add_id(record->id);
    }
  }
  SqlText sql;
  if (wanted.empty()) return sql;
  const std::string object = sql.parameter(draft_of(records).object->name);
  sql.text = fmt::format(
      "delete from external_keys k using {} where k.object = {}::text and k.source = w.source and "
      "k.value = w.value and k.id = w.id",
      wanted.from(sql), object);
  return sql;
}

SqlText new_identities_sql(const Draft& draft, Records records) {
  Wanted wanted;
  ArrayText& ids = wanted.column("id", "uuid");
  ArrayText& kinds = wanted.column("kind", "text");
  ArrayText& values = wanted.column("value", "text");
  ArrayText& persons = wanted.column("person_id", "uuid");
  ArrayText& exclusives = wanted.column("exclusive", "boolean");
  for (const DraftRecord* record : records) {
    for (const NewIdentity& identity : record->new_identities) {
      ids.add_id(base::new_id());
      kinds.add(identity.kind);
      values.add(identity.value);
      persons.add_id(record->id);
      exclusives.add(identity.exclusive ? "t" : "f");
    }
  }
  SqlText sql;
  if (wanted.empty()) return sql;
  const std::string by = sql.parameter(base::to_text(draft.caller().user)) + "::uuid";
  const std::string at = sql.parameter(base::to_text(draft.now())) + "::timestamptz";
  const std::string insert = fmt::format(
      "insert into identities (id, version, created_at, created_by, changed_at, changed_by, kind, "
      "value, person_id, exclusive) select w.id, 1, {0}, {1}, {0}, {1}, w.kind, w.value, "
      "w.person_id, w.exclusive from ",
      at, by);
  // Those that an old person is given remember their cause, which may take them back.
  const auto& cause = draft.caller().cause.id;
  if (records.front()->fate == Fate::insert || !cause) {
    sql.text = insert + wanted.from(sql);
    return sql;
  }
  const std::string given_by = sql.parameter(base::to_text(*cause)) + "::uuid";
  sql.text = fmt::format(
      "with w as materialized (select * from {}), made as ({} w) "
      "insert into identity_causes (cause_id, identity_id) select {}, w.id from w",
      wanted.from(sql), insert, given_by);
  return sql;
}

SqlText drop_keys_sql(Records records) {
  SqlText sql;
  const std::string ids = sql.parameter(ids_of(records).finish());
  sql.text = fmt::format("delete from external_keys where id = any({}::uuid[]) and object = {}",
                         ids, sql.parameter(draft_of(records).object->name));
  return sql;
}

SqlText drop_identities_sql(Records records) {
  SqlText sql;
  const std::string ids = sql.parameter(ids_of(records).finish());
  sql.text = fmt::format("delete from identities where person_id = any({}::uuid[])", ids);
  return sql;
}

}  // namespace rapport::entity
