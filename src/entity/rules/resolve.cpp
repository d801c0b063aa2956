#include "entity/rules/resolve.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/json_writer.hpp"
#include "entity/plan/columns.hpp"
#include "entity/rules/resolver.hpp"

namespace rapport::entity {

using base::ProblemKind;

namespace {

std::string where_it_is(const DraftRecord& record) {
  return record.removed ? ", which is in the bin" : "";
}

}  // namespace

std::string in_the_way(const DraftRecord* record) {
  if (record == nullptr || !record->readable) return "another record";
  return fmt::format("{} “{}”{}", record->of->object->label_one, title_of(*record),
                     where_it_is(*record));
}

std::string holder_extra(const DraftRecord* record) {
  if (record == nullptr || !record->readable) return {};
  return fmt::format(R"({{"object":"{}","id":"{}","in_bin":{}}})", record->of->object->name,
                     base::to_text(record->id), record->removed);
}

void Resolver::all() {
  auto& targets = draft_.targets[write_];
  auto& refused = draft_.refused[write_];
  for (std::size_t i = 0; i < plan_.items.size(); ++i) {
    const PlannedItem& planned = plan_.items[i];
    refused[i] = planned.refused;
    if (refused[i]) continue;
    DraftRecord* record = nullptr;
    laid_.clear();
    refused[i] = item(planned, record);
    targets[i] = record;
    if (record == nullptr) continue;
    if (!refused[i]) {
      const bool made = record->fate == Fate::insert && record->items.empty();
      record->items.push_back({write_, i, made, !laid_.empty()});
    } else if (record->fate == Fate::insert && record->items.empty()) {
      draft_.refuse(*record, *refused[i]);
    }
  }
  for (std::size_t i = 0; i < plan_.items.size(); ++i) {
    if (refused[i] || targets[i] == nullptr || targets[i]->refused) continue;
    find_person(*targets[i]);
    const Item& item = *plan_.items[i].item;
    refused[i] = check_required(*targets[i], item);
    if (!refused[i]) refused[i] = identities(*targets[i], item);
    if (refused[i]) draft_.refuse(*targets[i], *refused[i]);
  }
}

Resolver::Refusal Resolver::by_keys(const PlannedItem& item, DraftRecord*& record) {
  if (item.item->id) {
    record = objects_.find(*item.item->id);
    if (record != nullptr && !record->readable) record = nullptr;
  }
  for (const Key& key : item.keys) {
    const KeyHolders& holders = draft_.holders(*plan_.object, key);
    if (holders.ids.empty()) continue;
    DraftRecord* named = objects_.find(holders.ids.front());
    const bool another = named != nullptr && record != nullptr && named != record;
    if (holders.ids.size() > 1 || another) {
      return refuse(ProblemKind::conflict, item, "", "gather.ambiguous_key",
                    fmt::format("{} “{}” names more than one record.", key.source, key.value));
    }
    if (named != nullptr && record == nullptr) record = named;
  }
  if (record == nullptr) return {};
  for (const Key& key : item.keys) draft_.name(*plan_.object, key, record->id);
  return {};
}

Resolver::Refusal Resolver::item(const PlannedItem& item, DraftRecord*& record) {
  DraftRecord* found = nullptr;
  if (auto refused = by_keys(item, found)) return refused;
  const bool there = found != nullptr && found->readable;
  switch (plan_.kind) {
    case WriteKind::create:
      if (found != nullptr) {
        Refusal refused = refuse(ProblemKind::conflict, item, "", "gather.exists",
                                 fmt::format("{} has this key already.", in_the_way(found)));
        refused->extra = holder_extra(found);
        return refused;
      }
      return create(item, record);
    case WriteKind::upsert:
      if (found != nullptr && !there) {
        return refuse(ProblemKind::conflict, item, "", "gather.exists",
                      "Another record has this key already.");
      }
      if (found == nullptr && plan_.mode != Upsert::Mode::update_only) return create(item, record);
      if (found == nullptr) break;
      record = found;
      if (plan_.mode == Upsert::Mode::create_only && found->fate != Fate::insert) return {};
      return change(item, *found);
    default:
      if (!there) break;
      record = found;
      return plan_.kind == WriteKind::change ? change(item, *found) : bin(item, *found);
  }
  record = nullptr;
  return refuse(ProblemKind::not_found, item, "", "gather.not_found",
                fmt::format("There is no such {}.", plan_.object->label_one));
}

Resolver::Refusal Resolver::create(const PlannedItem& item, DraftRecord*& record) {
  const base::Id id = item.item->id ? *item.item->id : base::new_id();
  if (objects_.find(id) != nullptr) {
    return refuse(ProblemKind::conflict, item, "id", "gather.exists",
                  "There is a record with this id already.");
  }
  DraftRecord& made = objects_.add(id);
  made.fate = Fate::insert;
  for (std::size_t slot = 0; slot < objects_.slots.size(); ++slot) {
    made.now[slot] = &objects_.slots[slot]->default_value;
  }
  record = &made;
  if (auto refused = assign(item, made)) return refused;
  return keep_keys(item, made);
}

Resolver::Refusal Resolver::stale(const PlannedItem& item, const DraftRecord& record) {
  if (!item.item->version || *item.item->version == record.version) return {};
  auto problem = refuse(ProblemKind::stale, item, "", "write.stale",
                        fmt::format("Someone changed “{}” meanwhile.", title_of(record)));
  problem->hint = "Look at the differing fields and decide again.";
  std::string extra;
  base::JsonWriter json(extra);
  json.begin_object();
  json.key("version");
  json.number(record.version);
  json.key("differing");
  json.begin_object();
  for (const Assignment& one : item.fields) {
    const Field& field = plan_.object->fields[one.field];
    const auto slot = static_cast<std::size_t>(objects_.slot_of[one.field]);
    if (one.value == nullptr || same_value(*one.value, *record.was[slot])) continue;
    json.key(field.name);
    json.begin_object();
    json.key("yours");
    write_json(json, field, *one.value);
    json.key("theirs");
    write_json(json, field, *record.was[slot]);
    json.end_object();
  }
  json.end_object();
  json.end_object();
  problem->extra = std::move(extra);
  return problem;
}

Resolver::Refusal Resolver::change(const PlannedItem& item, DraftRecord& record) {
  const bool open =
      record.fate == Fate::none || record.fate == Fate::insert || record.fate == Fate::update;
  if (!open) {
    return refuse(ProblemKind::conflict, item, "", "gather.twice",
                  "This record is named by two writes that do not go together.");
  }
  if (record.removed) {
    Refusal refused =
        refuse(ProblemKind::conflict, item, "", "gather.in_bin",
               fmt::format("{} “{}” is in the bin.", plan_.object->label_one, title_of(record)));
    refused->hint = "Restore it first.";
    refused->extra = holder_extra(&record);
    return refused;
  }
  if (!record.writable) {
    return refuse(ProblemKind::forbidden, item, "", "plan.forbidden",
                  fmt::format("You may not change this {}.", plan_.object->label_one));
  }
  if (auto refused = stale(item, record)) return refused;
  if (record.fate == Fate::none) record.fate = Fate::update;
  if (auto refused = assign(item, record)) return refused;
  for (const Key& key : item.item->dropped_keys) record.dropped_keys.push_back(&key);
  return keep_keys(item, record);
}

// Into the bin, out of it, or gone.
Resolver::Refusal Resolver::bin(const PlannedItem& item, DraftRecord& record) {
  if (!record.writable) {
    return refuse(ProblemKind::forbidden, item, "", "plan.forbidden",
                  fmt::format("You may not do this to this {}.", plan_.object->label_one));
  }
  const Fate fate = plan_.kind == WriteKind::remove    ? Fate::remove
                    : plan_.kind == WriteKind::restore ? Fate::restore
                                                       : Fate::purge;
  if (record.fate == fate) return {};
  if (record.fate != Fate::none) {
    return refuse(ProblemKind::conflict, item, "", "gather.twice",
                  "This record is named by two writes that do not go together.");
  }
  const bool already =
      (fate == Fate::remove && record.removed) || (fate == Fate::restore && !record.removed);
  if (already) return {};
  if (auto refused = stale(item, record)) return refused;
  if (fate == Fate::purge && record.used_by != nullptr) {
    return refuse(
        ProblemKind::conflict, item, "", "write.still_referenced",
        fmt::format("“{}” is still used by {}.", title_of(record), record.used_by->label_many));
  }
  record.fate = fate;
  return {};
}

Resolver::Refusal Resolver::target_by_key(const PlannedItem& item, const Assignment& one,
                                          DraftRecord*& target) {
  const Field& field = plan_.object->fields[one.field];
  const ObjectType& to = *target_of(draft_.catalog(), field);
  const Key& key = plan_.link_keys[one.link_key];
  const KeyHolders& holders = draft_.holders(to, key);
  target = holders.ids.empty() ? nullptr : draft_.of(to).find(holders.ids.front());
  if (holders.ids.size() > 1) {
    return refuse(
        ProblemKind::conflict, item, field.name, "gather.ambiguous_key",
        fmt::format("{} “{}” names more than one of {}.", key.source, key.value, to.label_many));
  }
  if (target != nullptr && target->readable) {
    draft_.name(to, key, target->id);
    return {};
  }
  target = nullptr;
  return refuse(ProblemKind::invalid, item, field.name, "gather.no_such_key",
                fmt::format("There is no {} with {} “{}”.", to.label_one, key.source, key.value));
}

Resolver::Refusal Resolver::value_of(const PlannedItem& item, const Assignment& one,
                                     const base::Value*& value, DraftRecord*& target) {
  const Field& field = plan_.object->fields[one.field];
  if (one.key != nullptr) {
    if (auto refused = target_by_key(item, one, target)) return refused;
    value = draft_.keep(target->id);
    return {};
  }
  value = one.value;
  const auto* id = std::get_if<base::Id>(value);
  const ObjectType* to = id == nullptr ? nullptr : target_of(draft_.catalog(), field);
  if (to == nullptr) return {};
  target = draft_.of(*to).find(*id);
  if (target != nullptr && target->readable && target->fate != Fate::purge) return {};
  target = nullptr;
  return refuse(ProblemKind::invalid, item, field.name, "gather.no_such_record",
                fmt::format("“{}” points at no {}.", field.label, to->label_one));
}

// All of an item's values are found good before the first is laid on the record: others may have
// laid theirs on it, too.
Resolver::Refusal Resolver::assign(const PlannedItem& item, DraftRecord& record) {
  const bool laid_before = record.found || !record.items.empty();
  laid_.clear();
  for (const Assignment& one : item.fields) {
    const Field& field = plan_.object->fields[one.field];
    const auto slot = static_cast<std::size_t>(objects_.slot_of[one.field]);
    const Collision collision =
        plan_.collisions.empty() ? Collision::overwrite : plan_.collisions[one.field];
    const bool kept =
        laid_before && (collision == Collision::skip || (collision == Collision::fill_if_empty &&
                                                         !base::is_empty(*record.now[slot])));
    if (kept) continue;
    Laid laid{slot, nullptr, nullptr};
    if (auto refused = value_of(item, one, laid.value, laid.target)) return refused;
    if (same_value(*record.now[slot], *laid.value)) continue;
    if (laid.target != nullptr && laid.target->removed) {
      return refuse(ProblemKind::conflict, item, field.name, "gather.link_in_bin",
                    fmt::format("“{}” points at {}.", field.label, in_the_way(laid.target)));
    }
    const bool spread_by =
        record.found && plan_.object->torrent && field.name == plan_.object->person_field;
    if (spread_by) {
      return refuse(ProblemKind::conflict, item, field.name, "gather.person_is_fixed",
                    fmt::format("{} cannot move to another person.", plan_.object->label_many));
    }
    laid_.push_back(laid);
  }
  for (const Laid& laid : laid_) {
    record.now[laid.slot] = laid.value;
    if (laid.target != nullptr && laid.target->fate == Fate::insert) {
      record.needs.push_back(laid.target);
    }
  }
  return {};
}

std::string title_of(const DraftRecord& record) {
  const int slot = record.of->find_slot(record.of->object->title);
  if (slot >= 0) {
    const auto& value = *record.now[static_cast<std::size_t>(slot)];
    const auto& was = *record.was[static_cast<std::size_t>(slot)];
    const Field& field = *record.of->slots[static_cast<std::size_t>(slot)];
    std::string text = to_text(field, record.found ? was : value);
    if (!text.empty()) return text;
  }
  return base::to_text(record.id);
}

void resolve(Draft& draft, const Rules& rules) {
  draft.targets.resize(draft.plans.size());
  draft.refused.resize(draft.plans.size());
  for (std::size_t write = 0; write < draft.plans.size(); ++write) {
    draft.targets[write].assign(draft.plans[write].items.size(), nullptr);
    draft.refused[write].assign(draft.plans[write].items.size(), std::nullopt);
    Resolver(draft, rules, write).all();
  }
}

void settle(Draft& draft) {
  for (std::size_t write = 0; write < draft.targets.size(); ++write) {
    for (std::size_t i = 0; i < draft.targets[write].size(); ++i) {
      DraftRecord* record = draft.targets[write][i];
      if (record == nullptr) continue;
      for (const DraftRecord* need : record->needs) {
        if (!need->refused || record->refused) continue;
        const Item& item = *draft.plans[write].items[i].item;
        record->refused =
            item_problem(ProblemKind::conflict, item, "", "gather.needs_refused",
                         fmt::format("It belongs to a {} that was refused: {}",
                                     need->of->object->label_one, need->refused->message));
      }
      auto& refused = draft.refused[write][i];
      if (!record->refused || refused) continue;
      refused = record->refused;
      const ItemPlace& first = record->items.front();
      if (first.write == write && first.item == i) continue;
      // Said of the first item; here with this one's own pointer.
      for (auto& one : refused->fields) one.field = draft.plans[write].items[i].item->pointer;
    }
  }
  for (ObjectDraft& objects : draft.objects()) {
    for (DraftRecord& record : objects.records) {
      if (record.stands_for != nullptr && record.stands_for->refused) {
        draft.refuse(record, *record.stands_for->refused);
      }
    }
  }
}

}  // namespace rapport::entity
