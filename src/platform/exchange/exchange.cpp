#include "platform/exchange/exchange.hpp"

#include <chrono>
#include <thread>

#include "base/json.hpp"
#include "entity/write/write.hpp"
#include "platform/exchange/exchange_state.hpp"
#include "platform/exchange/run/rejected_file.hpp"

namespace rapport::platform {

namespace {

using base::Json;
using base::ProblemKind;
using base::Result;

// How often one looks at an import that another runner has.
constexpr auto look_again = std::chrono::milliseconds(200);

void put_counts(Json& json, const ImportCounts& counts) {
  json["created"] = counts.created;
  json["updated"] = counts.updated;
  json["unchanged"] = counts.unchanged;
  json["rejected"] = counts.rejected;
}

NewJob job_for(std::string_view kind, const base::Id& import) {
  Json payload = {{"import", base::to_text(import)}};
  NewJob job;
  job.kind = kind;
  job.payload = base::to_text(payload);
  job.key = std::string(kind) + ":" + base::to_text(import);
  return job;
}

}  // namespace

std::string to_json(const ImportStatus& status, std::string_view rejected_file) {
  Json json = {{"import", base::to_text(status.id)},
               {"state", std::string(name_of(status.state))},
               {"file_name", status.file_name},
               {"received", status.rows.received}};
  put_counts(json, status.rows);
  json["rows_done"] = status.rows_done;
  json["bytes_done"] = status.bytes_done;
  json["bytes_total"] = status.bytes_total;
  json["objects"] = Json::object();
  for (const auto& [object, counts] : status.objects) put_counts(json["objects"][object], counts);
  json["reported"] = Json::parse(status.reported_json.empty() ? "[]" : status.reported_json);
  json["not_undone"] = Json::parse(status.not_undone_json.empty() ? "[]" : status.not_undone_json);
  json["problem"] = status.problem.empty() ? Json(nullptr) : Json(status.problem);
  json["created_at"] = base::to_text(status.created_at);
  json["finished_at"] =
      status.finished_at ? Json(base::to_text(*status.finished_at)) : Json(nullptr);
  const bool rejected = status.rows.rejected > 0 && !rejected_file.empty();
  json["rejected_file"] = rejected ? Json(std::string(rejected_file)) : Json(nullptr);
  return base::to_text(json);
}

Exchange::Exchange(entity::Road& road, ExchangeOptions options)
    : state_(std::make_unique<State>(
          State{.road = road, .options = std::move(options), .store = ImportStore(road.pool())})) {
  std::filesystem::create_directories(state_->options.folder);
}

Exchange::~Exchange() = default;

void Exchange::use(Jobs& jobs, Access& access) {
  state_->jobs = &jobs;
  state_->access = &access;
  for (const std::string_view kind : {import_job, undo_job}) {
    JobKind declared;
    declared.name = kind;
    declared.run = [this](JobRun& run) { return state_->work(run); };
    declared.lease = base::seconds(15);
    jobs.declare(std::move(declared));
  }
}

Result<void> Exchange::resume() {
  if (state_->jobs == nullptr) return {};
  auto unfinished = state_->store.unfinished();
  if (!unfinished) return std::unexpected(unfinished.error());
  for (const auto& [import, state] : *unfinished) {
    const auto kind = state == ImportState::undoing ? undo_job : import_job;
    auto job = job_for(kind, import);
    job.running_will_do = true;
    if (auto done = state_->jobs->enqueue(job); !done) return done;
  }
  return {};
}

Result<base::Id> Exchange::start(const entity::Caller& caller, const base::Id& file,
                                 std::string_view text, const entity::Once& once) {
  State& state = *state_;
  auto kept = state.readable(caller, file);
  if (!kept) return std::unexpected(kept.error());
  auto mapping = state.allowed_mapping(caller, text);
  if (!mapping) return std::unexpected(mapping.error());
  // What does not fit is said at once, not by a failed run.
  auto opened = open_import(kept_path(state.options.folder, file), mapping->file);
  if (!opened) return std::unexpected(opened.error());
  auto bound = bind_mapping(std::move(*mapping), *state.road.catalog(), opened->columns);
  if (!bound) return std::unexpected(bound.error());
  ImportRecord import;
  import.id = base::new_id();
  import.file = *kept;
  import.mapping = text;
  import.created_by = caller.user;
  import.created_at = state.road.now();
  auto tx = state.road.pool().begin(store::Mode::read_write);
  if (!tx) return std::unexpected(tx.error());
  auto before = entity::done_before(*tx, once, id_json(import.id));
  if (!before) return std::unexpected(before.error());
  if (*before) return id_from_json(**before);
  if (auto added = state.store.add(*tx, import); !added) return std::unexpected(added.error());
  if (state.jobs != nullptr) Jobs::enqueue(*tx, job_for(import_job, import.id), state.road.now());
  if (auto done = tx->commit(); !done) return std::unexpected(store::as_problem(done.error()));
  if (state.jobs != nullptr) state.jobs->wake();
  return import.id;
}

Result<ImportStatus> Exchange::run(const entity::Caller& caller, const base::Id& id,
                                   const std::function<bool(const ImportStatus&)>& progress) {
  auto import = state_->store.find(id);
  if (!import) return std::unexpected(import.error());
  const auto go_on = [&](const ImportRecord& now) { return !progress || progress(status_of(now)); };
  for (;;) {
    auto ended = state_->work_on(caller, *import, go_on);
    if (!ended) return std::unexpected(ended.error());
    if (*ended) break;
    std::this_thread::sleep_for(look_again);
    import = state_->store.find(id);
    if (!import) return std::unexpected(import.error());
    if (!is_open(import->state) || !go_on(*import)) break;
  }
  return state_->show(id);
}

Result<ImportStatus> Exchange::status(const entity::Caller& caller, const base::Id& id) {
  auto import = state_->visible(caller, id);
  if (!import) return std::unexpected(import.error());
  return state_->show(id);
}

Result<std::vector<ImportStatus>> Exchange::recent(const entity::Caller& caller, int limit) {
  if (auto allowed = state_->may_import(caller); !allowed) return std::unexpected(allowed.error());
  auto imports = state_->store.recent(
      limit, state_->administers(caller) ? std::nullopt : std::optional(caller.user));
  if (!imports) return std::unexpected(imports.error());
  std::vector<ImportStatus> all;
  all.reserve(imports->size());
  for (const ImportRecord& import : *imports) all.push_back(status_of(import));
  return all;
}

Result<std::filesystem::path> Exchange::rejected_file(const entity::Caller& caller,
                                                      const base::Id& id) {
  auto import = state_->visible(caller, id);
  if (!import) return std::unexpected(import.error());
  if (auto allowed = state_->allowed_mapping(caller, import->mapping); !allowed) {
    return std::unexpected(allowed.error());
  }
  if (import->tally.rows.rejected == 0) {
    return base::refuse(ProblemKind::not_found, "exchange.none_rejected",
                        "This import rejected no row.");
  }
  std::filesystem::path path = state_->rejected_path(*import);
  const bool final = import->state != ImportState::running;
  if (final && std::filesystem::exists(path)) return path;
  const auto kept = kept_path(state_->options.folder, import->file.id);
  if (auto done = write_rejected_file(state_->store, *import, kept, path); !done) {
    return std::unexpected(done.error());
  }
  return path;
}

Result<void> Exchange::undo(const entity::Caller& caller, const base::Id& id,
                            const entity::Once& once) {
  State& state = *state_;
  auto import = state.visible(caller, id);
  if (!import) return std::unexpected(import.error());
  if (auto allowed = state.allowed_mapping(caller, import->mapping); !allowed) {
    return std::unexpected(allowed.error());
  }
  auto tx = state.road.pool().begin(store::Mode::read_write);
  if (!tx) return std::unexpected(tx.error());
  auto before = entity::done_before(*tx, once, "{}");
  if (!before) return std::unexpected(before.error());
  if (*before) return {};
  auto begun = state.store.begin_undo(*tx, id);
  if (!begun) return std::unexpected(begun.error());
  if (!*begun) {
    const bool undone = import->state == ImportState::undone;
    return base::refuse(ProblemKind::conflict, undone ? "exchange.undone" : "exchange.not_ended",
                        undone ? "This import is undone already."
                               : "This import is still at work; undo it when it has ended.");
  }
  if (state.jobs != nullptr) Jobs::enqueue(*tx, job_for(undo_job, id), state.road.now());
  if (auto done = tx->commit(); !done) return std::unexpected(store::as_problem(done.error()));
  if (state.jobs != nullptr) state.jobs->wake();
  return {};
}

}  // namespace rapport::platform
