// By what a record is known: its keys and identities, its person, the fields it must have.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "entity/plan/columns.hpp"
#include "entity/rules/resolver.hpp"

namespace rapport::entity {

using base::ProblemKind;

// The keys an item brings belong to its record from now on.
Resolver::Refusal Resolver::keep_keys(const PlannedItem& item, DraftRecord& record) {
  for (const Key& key : item.keys) {
    auto& ids = draft_.keys(*plan_.object, key)[key.value].ids;
    if (std::ranges::find(ids, record.id) != ids.end()) continue;
    ids.push_back(record.id);
    if (key.kind == Key::Kind::external) {
      record.new_keys.push_back(&key);
    } else if (key.kind == Key::Kind::identity) {
      record.new_identities.push_back({key.source, key.value, rules_.is_exclusive(key.source)});
    }
  }
  return {};
}

// Every row of a torrent names a person: its own, that of the torrent record it points at, or a
// stand-in.
void Resolver::find_person(DraftRecord& record) {
  const ObjectType& object = *plan_.object;
  const Field* field = object.find(object.person_field);
  if (!object.torrent || field == nullptr || record.fate != Fate::insert) return;
  const auto person = static_cast<std::size_t>(objects_.slot(*field));
  if (!base::is_empty(*record.now[person])) return;
  for (std::size_t slot = 0; slot < objects_.slots.size(); ++slot) {
    const ObjectType* to = target_of(draft_.catalog(), *objects_.slots[slot]);
    const auto* id = std::get_if<base::Id>(record.now[slot]);
    if (to == nullptr || !to->torrent || id == nullptr) continue;
    ObjectDraft& linked = draft_.of(*to);
    const DraftRecord* target = linked.find(*id);
    const int at = linked.find_slot(to->person_field);
    if (target == nullptr || at < 0) continue;
    record.now[person] = target->now[static_cast<std::size_t>(at)];
    for (DraftRecord* need : target->needs) record.needs.push_back(need);
    return;
  }
  make_stand_in(record, person);
}

void Resolver::make_stand_in(DraftRecord& record, std::size_t person_slot) {
  const ObjectType* person = draft_.catalog().find(person_object);
  if (person == nullptr || !has_stand_ins(*person)) return;
  ObjectDraft& persons = draft_.of(*person);
  const auto kind = persons.slot(*person->find(person_kind_field));
  DraftRecord& made = persons.add(base::new_id());
  made.fate = Fate::insert;
  made.stands_for = &record;
  for (std::size_t slot = 0; slot < persons.slots.size(); ++slot) {
    made.now[slot] = &persons.slots[slot]->default_value;
  }
  made.now[kind] = draft_.keep(std::string(stand_in_kind));
  record.now[person_slot] = draft_.keep(made.id);
  record.needs.push_back(&made);
}

Resolver::Refusal Resolver::check_required(const DraftRecord& record, const Item& item) {
  if (record.fate != Fate::insert && record.fate != Fate::update) return {};
  Refusal all;
  for (std::size_t slot = 0; slot < objects_.slots.size(); ++slot) {
    const Field& field = *objects_.slots[slot];
    if (!field.required || !base::is_empty(*record.now[slot])) continue;
    const bool untouched = record.found && base::is_empty(*record.was[slot]);
    if (untouched) continue;
    auto one = item_problem(ProblemKind::invalid, item, field.name, "plan.required",
                            fmt::format("“{}” is needed.", field.label));
    if (all) {
      all->fields.push_back(std::move(one.fields.front()));
    } else {
      all = std::move(one);
    }
  }
  return all;
}

Resolver::Refusal Resolver::identities(DraftRecord& record, const Item& item) {
  if (plan_.object->name != person_object) return {};
  if (record.fate != Fate::insert && record.fate != Fate::update) return {};
  const auto held_by_another = [&](const NewIdentity& identity, std::string_view field) -> Refusal {
    const auto& holders =
        draft_.holders(*plan_.object, {Key::Kind::identity, identity.kind, identity.value});
    for (const base::Id& id : holders.ids) {
      if (!identity.exclusive || id == record.id) continue;
      const DraftRecord* holder = objects_.find(id);
      auto refused = item_problem(
          ProblemKind::conflict, item, field, "write.identity_taken",
          fmt::format("“{}” belongs to {} already.", identity.value, in_the_way(holder)));
      refused.extra = holder_extra(holder);
      return refused;
    }
    return {};
  };
  for (const NewIdentity& identity : record.new_identities) {
    if (auto refused = held_by_another(identity, "")) return refused;
  }
  for (std::size_t slot = 0; slot < objects_.slots.size(); ++slot) {
    const Field& field = *objects_.slots[slot];
    const auto* text = std::get_if<std::string>(record.now[slot]);
    if (field.identity.empty() || text == nullptr || *record.was[slot] == *record.now[slot]) {
      continue;
    }
    NewIdentity identity{field.identity, *text, rules_.is_exclusive(field.identity)};
    if (auto refused = held_by_another(identity, field.name)) return refused;
    auto& ids = draft_.keys(*plan_.object, {Key::Kind::identity, field.identity, {}})[*text].ids;
    if (std::ranges::find(ids, record.id) != ids.end()) continue;
    ids.push_back(record.id);
    record.new_identities.push_back(std::move(identity));
  }
  return {};
}

}  // namespace rapport::entity
