#include "platform/exchange/run/undo.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "base/json.hpp"
#include "expression/quoted.hpp"

namespace rapport::platform {

namespace {

using base::Json;
using base::Result;

constexpr int changes_at_once = 1000;
constexpr int page_rows = 1000;

constexpr std::string_view used_since = "Others use it since.";

std::string not_taken_back(std::string_view what, const std::string& value, std::string_view why) {
  return std::string(what) + " “" + value + "” was not taken back: " + std::string(why);
}

std::string not_undone_json(const std::vector<NotUndone>& all) {
  Json json = Json::array();
  for (const NotUndone& one : all) {
    json.push_back(Json::array({one.object, base::to_text(one.record), one.reason}));
  }
  return base::to_text(json);
}

std::vector<NotUndone> not_undone_from(std::string_view text) {
  std::vector<NotUndone> all;
  for (const auto& one : Json::parse(text)) {
    all.push_back({one[0], *base::parse_id(one[1].get<std::string>()), one[2]});
  }
  return all;
}

class Undo {
 public:
  Undo(entity::Road& road, const entity::Caller& caller)
      : road_(road), caller_(caller), store_(road.pool()) {}

  Result<ImportRecord> run(const base::Id& id,
                           const std::function<bool(const ImportRecord&)>& go_on);

 private:
  using GoOn = std::function<bool(const ImportRecord&)>;
  Result<void> step(const std::vector<ImportChange>& changes);
  // False where they were told to stop before the end.
  Result<bool> take_keys_back_all(const GoOn& go_on);
  Result<void> take_keys_back(const std::vector<GivenKey>& keys);
  Result<bool> take_identities_back_all(const GoOn& go_on);
  Result<void> take_identities_back(const std::vector<GivenIdentity>& identities);
  Result<std::set<std::pair<base::Id, std::string>>> in_use(
      const std::vector<GivenIdentity>& identities);
  Result<void> plan(const ImportChange& change, entity::Work& work);
  Result<void> plan_batch(const ImportChange& change, entity::Work& work);
  void plan_created(const ImportChange& change, entity::Work& work);
  Result<void> plan_changed(const ImportChange& change, entity::Work& work);
  Result<void> keep_altered(const ImportChange& change, const Json& fields,
                            std::vector<std::string>& altered);
  void add_purge(entity::Work& work, const std::string& object, const base::Id& record);
  void leave(const std::string& object, const base::Id& record, std::string reason) {
    not_undone_.push_back({object, record, std::move(reason)});
  }

  entity::Road& road_;
  const entity::Caller& caller_;
  ImportStore store_;
  ImportRecord import_;
  std::vector<NotUndone> not_undone_;
  std::set<base::Id> purged_;  // of the step: what goes need not be put back first
};

Result<ImportRecord> Undo::run(const base::Id& id,
                               const std::function<bool(const ImportRecord&)>& go_on) {
  auto found = store_.find(id);
  if (!found) return std::unexpected(found.error());
  import_ = std::move(*found);
  if (import_.state != ImportState::undoing) return import_;
  for (;;) {
    auto changes = store_.changes(id, import_.undo_ordinal, changes_at_once);
    if (!changes) return std::unexpected(changes.error());
    if (changes->empty()) break;
    // A batch is some thousand records: it is a step of its own.
    for (auto from = changes->begin(); from != changes->end();) {
      auto to = std::find_if(from, changes->end(),
                             [](const ImportChange& one) { return one.kind == "batch"; });
      if (to == from) ++to;
      if (auto done = step(std::vector<ImportChange>(from, to)); !done)
        return std::unexpected(done.error());
      if (go_on && !go_on(import_)) return import_;
      from = to;
    }
  }
  for (const auto take_back : {&Undo::take_keys_back_all, &Undo::take_identities_back_all}) {
    auto taken = (this->*take_back)(go_on);
    if (!taken) return std::unexpected(taken.error());
    if (!*taken) return import_;
  }
  if (auto done = store_.end(id, ImportState::undone, "", road_.now()); !done) {
    return std::unexpected(done.error());
  }
  return store_.find(id);
}

Result<void> Undo::step(const std::vector<ImportChange>& changes) {
  not_undone_.clear();
  purged_.clear();
  entity::Work work;
  work.partial = true;
  work.resumable = true;
  const std::int64_t last = changes.back().ordinal;
  work.effect = "undo:" + base::to_text(import_.id) + ":" + std::to_string(last);
  for (const ImportChange& change : changes) {
    if (auto planned = plan(change, work); !planned) return planned;
  }
  if (!work.writes.empty()) {
    work.note = [&](const entity::WorkResult& result) {
      std::vector<NotUndone> all = not_undone_;
      for (std::size_t w = 0; w < result.writes.size() && w < work.writes.size(); ++w) {
        const auto& [object, items] = std::visit(
            [](const auto& write) {
              return std::pair<const std::string&, const std::vector<entity::Item>&>(write.object,
                                                                                     write.items);
            },
            work.writes[w]);
        for (std::size_t i = 0; i < result.writes[w].size(); ++i) {
          const entity::ItemResult& one = result.writes[w][i];
          if (one.outcome != entity::Outcome::refused || !one.problem) continue;
          all.push_back({object, items[i].id.value_or(one.id), one.problem->message});
        }
      }
      return not_undone_json(all);
    };
    auto result = road_.write(caller_, work);
    if (!result) return std::unexpected(result.error());
    not_undone_ = not_undone_from(result->note);
  }
  import_.undo_ordinal = last;
  return store_.advance_undo(import_.id, last, not_undone_);
}

// Those that records had before the import keep; the import's own went with what it made. Killed
// and called again, it meets those that are left.
Result<bool> Undo::take_keys_back_all(const GoOn& go_on) {
  GivenKey last;
  for (;;) {
    auto keys = store_.given_keys(import_.id, last, changes_at_once);
    if (!keys) return std::unexpected(keys.error());
    if (keys->empty()) return true;
    if (auto taken = take_keys_back(*keys); !taken) return std::unexpected(taken.error());
    if (go_on && !go_on(import_)) return false;
    last = keys->back();
  }
}

Result<void> Undo::take_keys_back(const std::vector<GivenKey>& keys) {
  not_undone_.clear();
  entity::Work work;
  work.partial = true;
  work.resumable = true;
  std::vector<const GivenKey*> taken;
  for (const GivenKey& key : keys) {
    if (key.named_since) {
      leave(key.object, key.record, not_taken_back("Its key", key.value, used_since));
      continue;
    }
    taken.push_back(&key);
    auto* change = work.writes.empty() ? nullptr : std::get_if<entity::Change>(&work.writes.back());
    if (change == nullptr || change->object != key.object) {
      work.writes.emplace_back(entity::Change{.object = key.object, .items = {}});
      change = std::get_if<entity::Change>(&work.writes.back());
    }
    entity::Item& item = change->items.emplace_back();
    item.id = key.record;
    item.dropped_keys = {{entity::Key::Kind::external, key.source, key.value}};
  }
  auto result = taken.empty() ? entity::WorkResult{} : road_.write(caller_, work);
  if (!result) return std::unexpected(result.error());
  auto key = taken.begin();
  for (const auto& items : result->writes) {
    for (const entity::ItemResult& one : items) {
      const GivenKey& given = **key++;
      if (one.outcome != entity::Outcome::refused || !one.problem) continue;
      leave(given.object, given.record,
            not_taken_back("Its key", given.value, one.problem->message));
    }
  }
  return store_.advance_undo(import_.id, import_.undo_ordinal, not_undone_);
}

// By what persons who were there are known since the import alone: the e-mail it wrote over an
// older one, a number it brought for them.
Result<bool> Undo::take_identities_back_all(const GoOn& go_on) {
  base::Id last{};
  for (;;) {
    auto identities = store_.given_identities(import_.id, last, changes_at_once);
    if (!identities) return std::unexpected(identities.error());
    if (identities->empty()) break;
    if (auto taken = take_identities_back(*identities); !taken) {
      return std::unexpected(taken.error());
    }
    if (go_on && !go_on(import_)) return false;
    last = identities->back().id;
  }
  auto forgotten = store_.forget_identities(import_.id);
  if (!forgotten) return std::unexpected(forgotten.error());
  return true;
}

Result<void> Undo::take_identities_back(const std::vector<GivenIdentity>& identities) {
  not_undone_.clear();
  const auto used = in_use(identities);
  if (!used) return std::unexpected(used.error());
  entity::Work work;
  work.partial = true;
  work.resumable = true;
  entity::Purge purge{.object = "identity", .items = {}};
  std::vector<const GivenIdentity*> purged;
  for (const GivenIdentity& one : identities) {
    // A field that holds it has been listed already, where it could not be put back.
    if (used->contains({one.person, one.value})) continue;
    if (one.named_since) {
      leave("person", one.person, not_taken_back("Its", one.value, used_since));
      continue;
    }
    purge.items.emplace_back().id = one.id;
    purged.push_back(&one);
  }
  if (!purged.empty()) {
    work.writes.emplace_back(std::move(purge));
    auto result = road_.write(caller_, work);
    if (!result) return std::unexpected(result.error());
    for (std::size_t i = 0; i < purged.size(); ++i) {
      const entity::ItemResult& one = result->writes[0][i];
      if (one.outcome != entity::Outcome::refused || !one.problem) continue;
      leave("person", purged[i]->person,
            not_taken_back("Its", purged[i]->value, one.problem->message));
    }
  }
  return store_.advance_undo(import_.id, import_.undo_ordinal, not_undone_);
}

// Values that a field of their person still holds, since it could not be put back or was altered.
Result<std::set<std::pair<base::Id, std::string>>> Undo::in_use(
    const std::vector<GivenIdentity>& identities) {
  std::set<std::pair<base::Id, std::string>> used;
  entity::Get get{.object = "person", .ids = {}, .fields = {}, .removed = true};
  for (const entity::Field& field : road_.catalog()->find("person")->fields) {
    if (!field.identity.empty()) get.fields.push_back(field.name);
  }
  std::set<base::Id> persons;
  for (const GivenIdentity& one : identities) persons.insert(one.person);
  get.ids.assign(persons.begin(), persons.end());
  auto page = road_.get(caller_, get);
  if (!page && page.error().kind != base::ProblemKind::not_found) {
    return std::unexpected(page.error());
  }
  if (!page) return used;
  for (const entity::Record& record : page->records) {
    for (const base::Value& value : record.values) {
      if (const auto* text = std::get_if<std::string>(&value)) used.emplace(record.id, *text);
    }
  }
  return used;
}

Result<void> Undo::plan(const ImportChange& change, entity::Work& work) {
  if (change.kind == "batch") return plan_batch(change, work);
  if (change.kind == "created") {
    plan_created(change, work);
    return {};
  }
  if (change.kind == "changed") return plan_changed(change, work);
  return {};
}

void Undo::plan_created(const ImportChange& change, entity::Work& work) {
  if (change.altered_since) {
    leave(change.object, change.record, "It was changed after the import.");
  } else {
    add_purge(work, change.object, change.record);
  }
}

Result<void> Undo::plan_batch(const ImportChange& change, entity::Work& work) {
  entity::List list;
  list.object = change.object;
  list.where = "batch = " + expression::quoted(base::to_text(change.record));
  list.limit = page_rows;
  list.fields = {"id"};
  list.bin = entity::List::Bin::with;
  list.stand_ins = true;
  std::vector<base::Id> rows, altered;
  do {
    auto page = road_.list(caller_, list);
    if (!page) return std::unexpected(page.error());
    for (const entity::Record& record : page->records) {
      rows.push_back(record.id);
      if (record.version > 1) altered.push_back(record.id);
    }
    list.after = page->after;
  } while (!list.after.empty());
  std::set<base::Id> kept;
  if (!altered.empty()) {
    auto since = store_.altered_since(import_.id, altered);
    if (!since) return std::unexpected(since.error());
    kept.insert(since->begin(), since->end());
  }
  for (const base::Id& row : rows) {
    if (kept.contains(row)) {
      leave(change.object, row, "It was changed after the import.");
    } else {
      add_purge(work, change.object, row);
    }
  }
  return {};
}

void Undo::add_purge(entity::Work& work, const std::string& object, const base::Id& record) {
  purged_.insert(record);
  auto* last = work.writes.empty() ? nullptr : std::get_if<entity::Purge>(&work.writes.back());
  if (last == nullptr || last->object != object) {
    work.writes.emplace_back(entity::Purge{.object = object, .items = {}});
    last = std::get_if<entity::Purge>(&work.writes.back());
  }
  last->items.emplace_back().id = record;
}

Result<void> Undo::plan_changed(const ImportChange& change, entity::Work& work) {
  const auto catalog = road_.catalog();
  const entity::ObjectType* type = catalog->find(change.object);
  const Json fields = Json::parse(change.fields, nullptr, false);
  if (type == nullptr || !fields.is_object()) {
    leave(change.object, change.record, "What it was before is not known.");
    return {};
  }
  std::vector<std::string> altered;
  if (change.altered_since) {
    if (auto kept = keep_altered(change, fields, altered); !kept) return kept;
  }
  entity::Item item;
  item.id = change.record;
  for (const auto& [name, from_to] : fields.items()) {
    const entity::Field* field = type->find(name);
    if (field == nullptr || field->system || field->read_only || !from_to.is_array()) continue;
    if (std::find(altered.begin(), altered.end(), name) != altered.end()) {
      leave(change.object, change.record, "“" + field->label + "” was changed after the import.");
      continue;
    }
    auto before = entity::value_from_json(*field, from_to[0]);
    if (!before) {
      leave(change.object, change.record, "“" + field->label + "”: " + before.error().message);
      continue;
    }
    item.fields.push_back({name, std::move(*before)});
  }
  if (item.fields.empty()) return {};
  // Two changes of one record are put back one after the other.
  work.writes.emplace_back(entity::Change{.object = change.object, .items = {std::move(item)}});
  return {};
}

// Fields that no longer hold what the import wrote.
Result<void> Undo::keep_altered(const ImportChange& change, const Json& fields,
                                std::vector<std::string>& altered) {
  entity::Get get{.object = change.object, .ids = {change.record}, .fields = {}, .removed = true};
  for (const auto& [name, from_to] : fields.items()) get.fields.push_back(name);
  auto page = road_.get(caller_, get);
  if (!page) return std::unexpected(page.error());
  if (page->records.empty()) {
    altered = get.fields;
    return {};
  }
  for (std::size_t i = 0; i < page->columns.size(); ++i) {
    const auto& column = page->columns[i];
    if (!fields.contains(column.name)) continue;
    const auto written = entity::value_from_json(*column.field, fields[column.name][1]);
    if (!written || *written != page->records[0].values[i]) altered.push_back(column.name);
  }
  return {};
}

}  // namespace

Result<ImportRecord> undo_import(entity::Road& road, const entity::Caller& caller,
                                 const base::Id& import,
                                 const std::function<bool(const ImportRecord&)>& go_on) {
  return Undo(road, caller).run(import, go_on);
}

}  // namespace rapport::platform
