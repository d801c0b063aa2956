#include "entity/gather/draft.hpp"

#include <algorithm>

namespace rapport::entity {

std::size_t ObjectDraft::slot(const Field& field) {
  const auto place = static_cast<std::size_t>(&field - object->fields.data());
  if (slot_of[place] < 0) {
    slot_of[place] = static_cast<int>(slots.size());
    slots.push_back(&field);
  }
  return static_cast<std::size_t>(slot_of[place]);
}

int ObjectDraft::find_slot(const Field& field) const {
  return slot_of[static_cast<std::size_t>(&field - object->fields.data())];
}

int ObjectDraft::find_slot(std::string_view field_name) const {
  const Field* field = object->find(field_name);
  return field == nullptr ? -1 : find_slot(*field);
}

DraftRecord* ObjectDraft::find(const base::Id& id) {
  const auto at = by_id.find(id);
  return at == by_id.end() ? nullptr : at->second;
}

DraftRecord& ObjectDraft::add(const base::Id& id) {
  DraftRecord& record = records.emplace_back();
  record.id = id;
  record.of = this;
  record.was.assign(slots.size(), &no_value);
  record.now.assign(slots.size(), &no_value);
  by_id[id] = &record;
  return record;
}

ObjectDraft& Draft::of(const ObjectType& object) {
  for (ObjectDraft& draft : objects_) {
    if (draft.object == &object) return draft;
  }
  ObjectDraft& draft = objects_.emplace_back();
  draft.object = &object;
  draft.slot_of.assign(object.fields.size(), -1);
  return draft;
}

ObjectDraft* Draft::find(std::string_view object_name) {
  const auto at = std::ranges::find_if(
      objects_, [&](const ObjectDraft& draft) { return draft.object->name == object_name; });
  return at == objects_.end() ? nullptr : &*at;
}

const base::Value* Draft::keep(base::Value value) {
  if (base::is_empty(value)) return &no_value;
  return &values_.emplace_back(std::move(value));
}

KeyTable& Draft::keys(const ObjectType& object, const Key& key) {
  return key_tables_[KeySource{object.name, key.kind, key.source}];
}

const KeyHolders& Draft::holders(const ObjectType& object, const Key& key) {
  static const KeyHolders nobody;
  const auto& table = keys(object, key);
  const auto at = table.find(key.value);
  return at == table.end() ? nobody : at->second;
}

void Draft::name(const ObjectType& object, const Key& key, const base::Id& record) {
  const auto table = key_tables_.find(KeySource{object.name, key.kind, key.source});
  if (table == key_tables_.end()) return;
  const auto holders = table->second.find(key.value);
  if (holders == table->second.end()) return;
  if (std::ranges::find(holders->second.given, record) == holders->second.given.end()) return;
  named_.insert({&table->first, key.value, record});
}

void Draft::refuse(DraftRecord& record, base::Problem problem) {
  if (!record.refused) record.refused = std::move(problem);
}

}  // namespace rapport::entity
