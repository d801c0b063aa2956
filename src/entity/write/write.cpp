#include "entity/write/write.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "entity/plan/columns.hpp"
#include "entity/rules/resolve.hpp"

namespace rapport::entity {

namespace {

// A write looks up what it names, by index. Plans are kept for as long as a connection lives: one
// made while a table was small, to read it whole, would turn an import quadratic. This holds for
// the plans of foreign keys as well.
constexpr std::string_view by_index =
    "select set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true), "
    "set_config('enable_mergejoin', 'off', true)";

// An update that changes nothing is none.
void drop_unchanged(Draft& draft) {
  for (ObjectDraft& objects : draft.objects()) {
    for (DraftRecord& record : objects.records) {
      if (record.fate != Fate::update || record.refused) continue;
      bool differs = false;
      for (std::size_t slot = 0; slot < record.now.size() && !differs; ++slot) {
        differs = record.now[slot] != record.was[slot] &&
                  !same_value(*record.now[slot], *record.was[slot]);
      }
      if (!differs) record.fate = Fate::none;
    }
  }
}

bool by_id(const DraftRecord* a, const DraftRecord* b) {
  return a->id < b->id;
}

}  // namespace

Writer::Writer(Draft& draft, const CatalogSource& source, store::Transaction& tx)
    : draft_(draft), source_(source), tx_(tx) {
  drop_unchanged(draft_);
}

// Stand-ins first, since torrent rows of this work point at them; then what is made, in the order
// of the work's writes; then what is altered; what goes, last.
std::vector<Writer::Step> Writer::steps() const {
  std::vector<ObjectDraft*> in_order;
  for (const WritePlan& plan : draft_.plans) {
    ObjectDraft* objects = &draft_.of(*plan.object);
    if (std::ranges::find(in_order, objects) == in_order.end()) in_order.push_back(objects);
  }
  std::vector<Step> steps;
  for (ObjectDraft& objects : draft_.objects()) steps.push_back({&objects, Fate::insert, true});
  for (const Fate fate : {Fate::insert, Fate::update, Fate::restore, Fate::remove, Fate::purge}) {
    for (ObjectDraft* objects : in_order) steps.push_back({objects, fate, false});
  }
  // Of these only the keys changed.
  for (ObjectDraft* objects : in_order) steps.push_back({objects, Fate::none, false});
  return steps;
}

Writer::Records Writer::records_of(const Step& step) const {
  Records records;
  for (DraftRecord& record : step.objects->records) {
    if (record.fate != step.fate || record.refused) continue;
    if ((record.stands_for != nullptr) != step.stand_ins) continue;
    const bool keys =
        !record.new_keys.empty() || !record.dropped_keys.empty() || !record.new_identities.empty();
    if (step.fate == Fate::none && !keys) continue;
    records.push_back(&record);
  }
  if (step.fate != Fate::insert) std::ranges::sort(records, by_id);
  return records;
}

const base::Id& Writer::batch_of(const ObjectDraft& objects) {
  for (const auto& [of, id] : batches_) {
    if (of == &objects) return id;
  }
  return batches_.emplace_back(&objects, base::new_id()).second;
}

void Writer::send_text(std::string_view name, const ObjectType& object, const SqlText& text) {
  if (text.text.empty()) return;
  const std::string full = fmt::format("{}.{}", name, object.plural);
  sent_.push_back(tx_.send({full, text.text}, to_params(text.parameters)));
}

void Writer::send_set(std::span<DraftRecord* const> records) {
  const DraftRecord& first = *records.front();
  const ObjectType& object = *first.of->object;
  switch (first.fate) {
    case Fate::insert: {
      const base::Id batch = object.torrent ? batch_of(*first.of) : base::Id{};
      send_text("insert", object, insert_sql(draft_, records, batch));
      break;
    }
    case Fate::none:
      break;
    case Fate::purge:
      if (object.name == person_object) {
        send_text("drop_identities", object, drop_identities_sql(records));
      }
      send_text("drop_keys", object, drop_keys_sql(records));
      [[fallthrough]];
    default:
      if (records.size() > 1) send_text("lock", object, lock_sql(records));
      send_text("alter", object, alter_sql(draft_, records));
  }
  if (first.fate == Fate::purge) return;
  send_text("lost_keys", object, lost_keys_sql(records));
  send_text("keys", object, new_keys_sql(draft_, records));
  if (object.name == person_object) {
    send_text("identities", object, new_identities_sql(draft_, records));
  }
}

void Writer::send_batches() {
  for (const auto& [objects, batch] : batches_) {
    Records written;
    for (DraftRecord& record : draft_.of(*objects->object).records) {
      if (record.fate == Fate::insert && !record.refused) written.push_back(&record);
    }
    if (written.empty()) continue;
    send_text("batch", *objects->object, batch_sql(draft_, *objects->object, batch, written));
  }
}

void Writer::send_named() {
  if (draft_.named().empty()) return;
  for (const auto& [name, text] : {std::pair{"named_keys", named_keys_sql(draft_)},
                                   std::pair{"named_identities", named_identities_sql(draft_)}}) {
    if (!text.text.empty())
      sent_.push_back(tx_.send({name, text.text}, to_params(text.parameters)));
  }
}

void Writer::send() {
  for (const Step& step : steps()) {
    const Records records = records_of(step);
    if (!records.empty()) send_set(records);
  }
  send_batches();
  send_named();
}

store::Done Writer::search() {
  for (const Step& step : steps()) {
    settle(draft_);
    const Records records = records_of(step);
    if (records.empty()) continue;
    if (auto done = search_set(records); !done) return done;
  }
  settle(draft_);
  send_batches();
  send_named();
  return {};
}

store::Done Writer::search_set(std::span<DraftRecord* const> records) {
  constexpr std::string_view place = "set";
  if (auto saved = tx_.savepoint(place); !saved) return saved;
  sent_.clear();
  send_set(records);
  store::Done done;
  for (const store::Ticket ticket : sent_) {
    const auto answer = tx_.take(ticket);
    if (answer) continue;
    done = std::unexpected(answer.error());
    break;
  }
  if (done) return tx_.release(place);
  if (!done.error().integrity_violation()) return done;
  if (auto back = tx_.rollback_to(place); !back) return back;
  if (records.size() == 1) {
    DraftRecord& record = *records.front();
    draft_.refuse(record, constraint_problem(source_, draft_.catalog(), record, done.error()));
    if (!record.items.empty()) {
      const ItemPlace at = record.items.front();
      const std::string& pointer = draft_.plans[at.write].items[at.item].item->pointer;
      for (auto& one : record.refused->fields) {
        one.field = one.field.empty() ? pointer : pointer + "/" + one.field;
      }
    }
    return {};
  }
  const auto half = records.size() / 2;
  if (auto first = search_set(records.first(half)); !first) return first;
  // What the first half's refusals take with them (within one set: companies and their parents).
  settle(draft_);
  std::vector<DraftRecord*> rest;
  for (DraftRecord* record : records.subspan(half)) {
    if (!record->refused) rest.push_back(record);
  }
  return rest.empty() ? store::Done{} : search_set(rest);
}

WorkResult results_of(const Draft& draft) {
  WorkResult result;
  result.writes.resize(draft.plans.size());
  for (std::size_t write = 0; write < draft.plans.size(); ++write) {
    auto& items = result.writes[write];
    items.resize(draft.plans[write].items.size());
    for (std::size_t i = 0; i < items.size(); ++i) {
      const DraftRecord* record = draft.targets[write][i];
      const bool there = record != nullptr && (record->found || !draft.refused[write][i]);
      if (there) {
        items[i].id = record->id;
        items[i].version = record->version;
      }
      if (draft.refused[write][i]) {
        items[i].outcome = Outcome::refused;
        items[i].problem = draft.refused[write][i];
      }
    }
  }
  for (const ObjectDraft& objects : draft.objects()) {
    for (const DraftRecord& record : objects.records) {
      for (const ItemPlace& place : record.items) {
        ItemResult& item = result.writes[place.write][place.item];
        if (item.outcome == Outcome::refused) continue;
        switch (record.fate) {
          case Fate::none:
            item.outcome = Outcome::unchanged;
            continue;
          case Fate::insert:
          case Fate::update:
            item.outcome = place.made   ? Outcome::created
                           : place.laid ? Outcome::changed
                                        : Outcome::unchanged;
            break;
          case Fate::remove:
            item.outcome = Outcome::removed;
            break;
          case Fate::restore:
            item.outcome = Outcome::restored;
            break;
          case Fate::purge:
            item.outcome = Outcome::purged;
            break;
        }
        item.version = record.version + 1;
      }
    }
  }
  return result;
}

void send_by_index(store::Transaction& tx) {
  tx.send({"write.by_index", by_index});
}

void send_no_wait_for_disk(store::Transaction& tx) {
  tx.send({"write.no_wait", "select set_config('synchronous_commit', 'off', true)"});
}

store::Ticket ask_effect(store::Transaction& tx, const std::string& key) {
  return tx.send({"effect.find", "select result, fingerprint from effects where key = $1"},
                 store::Params().text(key));
}

void send_effect(store::Transaction& tx, const Work& work, const std::string& result) {
  store::Params params;
  params.text(work.effect).text(result).text(work.fingerprint);
  tx.send({"effect", "insert into effects (key, result, fingerprint) values ($1, $2::json, $3)"},
          params);
}

base::Result<std::optional<std::string>> done_before(store::Transaction& tx, const Once& once,
                                                     const std::string& result) {
  if (once.effect.empty()) return std::nullopt;
  const auto kept =
      tx.run({"effect.once",
              "insert into effects (key, result, fingerprint) values ($1, $2::json, $3) "
              "on conflict do nothing"},
             store::Params().text(once.effect).text(result).text(once.fingerprint));
  if (!kept) return std::unexpected(store::as_problem(kept.error()));
  if (kept->affected() == 1) return std::nullopt;
  const auto first = tx.take(ask_effect(tx, once.effect));
  if (!first) return std::unexpected(store::as_problem(first.error()));
  if (first->size() == 0 || first->text(0, 1) != once.fingerprint) {
    return std::unexpected(key_reused());
  }
  return std::string(first->text(0, 0));
}

base::Problem key_reused() {
  return {.kind = base::ProblemKind::invalid,
          .code = "write.key_reused",
          .message = "This key was used for another request already.",
          .details = {},
          .hint = "Send the first request again as it was, or take a new key.",
          .fields = {},
          .extra = {}};
}

base::Problem constraint_problem(const CatalogSource& source, const Catalog& catalog,
                                 const DraftRecord& record, const store::DatabaseError& error) {
  const ObjectType& object = *record.of->object;
  base::Problem problem{
      .kind = base::ProblemKind::invalid,
      .code = "write.constraint",
      .message = fmt::format("A rule of the data forbids this {}.", object.label_one),
      .details = error.constraint.empty() ? error.message : error.constraint,
      .hint = {},
      .fields = {},
      .extra = {}};
  std::string field;
  const bool gone = record.fate == Fate::purge;
  if (error.foreign_key_violation() && gone) {
    const ObjectType* other = catalog.find_plural(error.table);
    problem.code = "write.still_referenced";
    problem.message = fmt::format("“{}” is still used by {}.", title_of(record),
                                  other != nullptr ? other->label_many : "other records");
  } else if (error.table == "external_keys") {
    problem.code = "write.key_taken";
    problem.message = "This key belongs to another record already.";
  } else if (error.table == "identities") {
    problem.code = "write.identity_taken";
    problem.message = "This identity belongs to another person already.";
  } else if (const auto said = source.sentence(catalog, object, error.constraint)) {
    problem.code = said->code;
    problem.message = said->message;
    field = said->field;
  } else if (!error.column.empty()) {
    problem.code = "plan.required";
    problem.message = fmt::format("“{}” is needed.", error.column);
    field = error.column;
  }
  if (error.unique_violation() || (error.foreign_key_violation() && gone)) {
    problem.kind = base::ProblemKind::conflict;
  }
  problem.fields.push_back({std::move(field), problem.code, problem.message});
  return problem;
}

}  // namespace rapport::entity
