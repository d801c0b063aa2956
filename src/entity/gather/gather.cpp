#include "entity/gather/gather.hpp"

#include <algorithm>
#include <utility>

#include "entity/plan/columns.hpp"
#include "entity/query/lookup_sql.hpp"

namespace rapport::entity {

namespace {

// Reads may follow from reads (key → record → what it links to): so many trips at most.
constexpr int trips_max = 4;

Operation operation_of(WriteKind kind) {
  switch (kind) {
    case WriteKind::create:
      return Operation::create;
    case WriteKind::remove:
      return Operation::remove;
    case WriteKind::restore:
      return Operation::restore;
    case WriteKind::purge:
      return Operation::purge;
    default:
      return Operation::change;
  }
}

class Reads {
 public:
  Reads(Draft& draft, const CompiledChecks& checks, const Rules& rules)
      : draft_(draft), checks_(checks), rules_(rules) {}

  void name(const WritePlan& plan);

 private:
  void slots(ObjectDraft& objects, const WritePlan& plan);
  void path(ObjectDraft& objects, std::string_view path);
  void item(ObjectDraft& objects, const WritePlan& plan, const PlannedItem& item);
  void target(const Field& field, const base::Value& value);

  Draft& draft_;
  const CompiledChecks& checks_;
  const Rules& rules_;
};

// "email", "name.given" or "person.lifecycle".
void Reads::path(ObjectDraft& objects, std::string_view path) {
  const auto dot = path.find('.');
  const Field* field = objects.object->find(path.substr(0, dot));
  if (field == nullptr) return;
  objects.slot(*field);
  const ObjectType* to = target_of(draft_.catalog(), *field);
  if (dot == std::string_view::npos || to == nullptr) return;
  const std::string_view rest = path.substr(dot + 1);
  const Field* linked = to->find(rest.substr(0, rest.find('.')));
  if (linked == nullptr) return;
  draft_.of(*to).slot(*linked);
  const auto read = std::make_pair(&objects, field);
  if (std::ranges::find(draft_.link_reads, read) == draft_.link_reads.end()) {
    draft_.link_reads.push_back(read);
  }
}

void Reads::slots(ObjectDraft& objects, const WritePlan& plan) {
  const ObjectType& object = *plan.object;
  std::vector<bool> assigned(object.fields.size());
  for (const PlannedItem& item : plan.items) {
    for (const Assignment& one : item.fields) assigned[one.field] = true;
  }
  const bool creates = plan.kind == WriteKind::create || plan.kind == WriteKind::upsert;
  for (std::size_t i = 0; i < object.fields.size(); ++i) {
    const Field& field = object.fields[i];
    if (field.system) continue;
    const bool at_creation = creates && (field.required || !base::is_empty(field.default_value));
    const bool names = field.name == object.title || field.name == object.person_field;
    // What a purged record pointed at, only the log tells afterwards.
    const bool lost =
        plan.kind == WriteKind::purge && field.type == FieldType::link && !field.beside;
    if (assigned[i] || at_creation || names || lost || !field.identity.empty()) objects.slot(field);
  }
  for (const CompiledCheck& check : checks_.of(object)) {
    for (const expression::Path& read : check.reads) {
      std::string full;
      for (const expression::Field& link : read.links) full += link.name + ".";
      path(objects, full + read.field.name);
    }
  }
  for (const Rule& rule : rules_.of(object.name)) {
    for (const std::string& read : rule.reads) path(objects, read);
  }
  const auto condition = draft_.caller().policy->condition(Operation::create, object);
  if (!creates || !condition) return;
  for (const expression::Path& read : expression::reads(*condition)) {
    if (read.links.empty()) path(objects, read.field.name);
  }
}

void Reads::target(const Field& field, const base::Value& value) {
  const ObjectType* to = target_of(draft_.catalog(), field);
  const auto* id = std::get_if<base::Id>(&value);
  if (to != nullptr && id != nullptr) draft_.of(*to).wanted.push_back(*id);
}

void Reads::item(ObjectDraft& objects, const WritePlan& plan, const PlannedItem& item) {
  const ObjectType& object = *plan.object;
  if (item.item->id) objects.wanted.push_back(*item.item->id);
  if (item.item->id && plan.kind == WriteKind::purge) objects.purged.push_back(*item.item->id);
  for (const Key& key : item.keys) draft_.keys(object, key).try_emplace(key.value);
  for (const Assignment& one : item.fields) {
    const Field& field = object.fields[one.field];
    if (one.key != nullptr) {
      const ObjectType* to = target_of(draft_.catalog(), field);
      const Key& key = plan.link_keys[one.link_key];
      draft_.keys(*to, key).try_emplace(key.value);
      continue;
    }
    target(field, *one.value);
    const auto* text = std::get_if<std::string>(one.value);
    if (!field.identity.empty() && text != nullptr) {
      draft_.keys(object, {Key::Kind::identity, field.identity, {}}).try_emplace(*text);
    }
  }
}

// What a new stand-in must have.
void stand_in_slots(ObjectDraft& persons) {
  for (const Field& field : persons.object->fields) {
    const bool filled = field.required || !base::is_empty(field.default_value);
    if (!field.system && (filled || field.name == person_kind_field)) persons.slot(field);
  }
}

void Reads::name(const WritePlan& plan) {
  ObjectDraft& objects = draft_.of(*plan.object);
  const Operation operation = operation_of(plan.kind);
  const bool on_found = operation != Operation::create;
  if (on_found && std::ranges::find(objects.operations, operation) == objects.operations.end()) {
    objects.operations.push_back(operation);
  }
  slots(objects, plan);
  for (const Field& field : plan.object->fields) {
    const ObjectType* to = target_of(draft_.catalog(), field);
    if (to == nullptr || objects.find_slot(field) < 0) continue;
    ObjectDraft& linked = draft_.of(*to);
    // A torrent row without a person takes the person of the torrent row it points at.
    if (to->torrent) {
      if (const Field* person = to->find(to->person_field)) linked.slot(*person);
    }
    if (plan.object->torrent && to->name == person_object) stand_in_slots(linked);
  }
  for (const PlannedItem& one : plan.items) {
    if (!one.refused) item(objects, plan, one);
  }
}

// Ids wanted and not asked for yet, in order.
std::vector<base::Id> fresh(ObjectDraft& objects) {
  std::ranges::sort(objects.wanted);
  const auto twice = std::ranges::unique(objects.wanted);
  objects.wanted.erase(twice.begin(), twice.end());
  std::erase_if(objects.wanted, [&](const base::Id& id) { return objects.asked.contains(id); });
  return objects.wanted;
}

void read_records(Draft& draft, ObjectDraft& objects, const store::Rows& rows) {
  std::vector<std::size_t> widths;
  widths.reserve(objects.slots.size());
  for (const Field* field : objects.slots) widths.push_back(columns_of(field->type).size());
  std::vector<std::optional<std::string_view>> cells;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    DraftRecord& record = objects.add(rows.id(row, 0));
    record.version = static_cast<int>(rows.integer(row, 1));
    record.found = true;
    record.removed = rows.boolean(row, 2);
    record.readable = rows.boolean(row, 3);
    record.writable = rows.boolean(row, 4);
    std::size_t column = 5;
    for (std::size_t slot = 0; slot < widths.size(); ++slot) {
      cells.clear();
      for (std::size_t n = 0; n < widths[slot]; ++n, ++column) {
        if (rows.is_null(row, column)) {
          cells.emplace_back();
        } else {
          cells.emplace_back(rows.text(row, column));
        }
      }
      record.was[slot] = draft.keep(value_from_cells(*objects.slots[slot], cells));
      record.now[slot] = record.was[slot];
    }
  }
}

std::expected<void, store::DatabaseError> read_keys(
    Draft& draft, store::Transaction& tx,
    const std::vector<std::pair<const KeySource*, store::Ticket>>& sent) {
  for (const auto& [source, ticket] : sent) {
    const auto rows = tx.take(ticket);
    if (!rows) return std::unexpected(rows.error());
    KeyTable& table = draft.key_tables().at(*source);
    ObjectDraft& objects = draft.of(*draft.catalog().find(source->object));
    for (std::size_t row = 0; row < rows->size(); ++row) {
      const base::Id id = rows->id(row, 1);
      KeyHolders& holders = table[std::string(rows->text(row, 0))];
      holders.ids.push_back(id);
      if (rows->boolean(row, 2)) holders.given.push_back(id);
      objects.wanted.push_back(id);
    }
  }
  return {};
}

struct UseSent {
  ObjectDraft* purged;
  const ObjectType* by;
  store::Ticket ticket;
};

// What a purge would take the ground from. Identities go with their person.
std::vector<UseSent> send_uses(Draft& draft, store::Transaction& tx) {
  std::vector<UseSent> sent;
  for (ObjectDraft& objects : draft.objects()) {
    if (objects.purged.empty()) continue;
    for (const auto& [by, link] : draft.catalog().links_to(objects.object->name)) {
      const bool goes_with_it = by->name == identity_object;
      // What is kept beside is cleared as the record goes.
      if (goes_with_it || link->system || link->beside) continue;
      const SqlText sql = uses_sql(objects, *by, *link, draft.find(by->name));
      sent.push_back({&objects, by, tx.send({"gather.uses", sql.text}, to_params(sql.parameters))});
    }
  }
  return sent;
}

std::expected<void, store::DatabaseError> read_uses(store::Transaction& tx,
                                                    const std::vector<UseSent>& sent) {
  for (const UseSent& one : sent) {
    const auto rows = tx.take(one.ticket);
    if (!rows) return std::unexpected(rows.error());
    for (std::size_t row = 0; row < rows->size(); ++row) {
      DraftRecord* record = one.purged->find(rows->id(row, 0));
      if (record != nullptr) record->used_by = one.by;
    }
  }
  return {};
}

void want_linked(Draft& draft) {
  for (const auto& [objects, field] : draft.link_reads) {
    const ObjectType* to = target_of(draft.catalog(), *field);
    const auto slot = static_cast<std::size_t>(objects->find_slot(*field));
    ObjectDraft& linked = draft.of(*to);
    for (const DraftRecord& record : objects->records) {
      const auto* id = std::get_if<base::Id>(record.was[slot]);
      if (id != nullptr && linked.find(*id) == nullptr) linked.wanted.push_back(*id);
    }
  }
}

}  // namespace

void name_reads(Draft& draft, const CompiledChecks& checks, const Rules& rules) {
  Reads reads(draft, checks, rules);
  for (const WritePlan& plan : draft.plans) reads.name(plan);
  for (auto& [source, table] : draft.key_tables()) draft.of(*draft.catalog().find(source.object));
}

std::expected<void, store::DatabaseError> gather(Draft& draft, store::Transaction& tx) {
  std::vector<std::pair<const KeySource*, store::Ticket>> keys;
  for (const auto& [source, table] : draft.key_tables()) {
    if (table.empty()) continue;
    const SqlText sql = key_sql(draft, source, table);
    keys.emplace_back(&source, tx.send({"gather.keys", sql.text}, to_params(sql.parameters)));
  }
  const auto uses = send_uses(draft, tx);
  for (int trip = 0; trip < trips_max; ++trip) {
    std::vector<std::pair<ObjectDraft*, store::Ticket>> sent;
    for (ObjectDraft& objects : draft.objects()) {
      if (fresh(objects).empty()) continue;
      const SqlText sql = records_sql(draft, objects);
      sent.emplace_back(&objects, tx.send({"gather.records", sql.text}, to_params(sql.parameters)));
      objects.asked.insert(objects.wanted.begin(), objects.wanted.end());
      objects.wanted.clear();
    }
    if (trip == 0) {
      if (auto read = read_keys(draft, tx, keys); !read) return read;
    }
    for (const auto& [objects, ticket] : sent) {
      const auto rows = tx.take(ticket);
      if (!rows) return std::unexpected(rows.error());
      read_records(draft, *objects, *rows);
    }
    want_linked(draft);
    const bool more = std::ranges::any_of(
        draft.objects(), [](ObjectDraft& objects) { return !fresh(objects).empty(); });
    if (!more) break;
  }
  return read_uses(tx, uses);
}

}  // namespace rapport::entity
