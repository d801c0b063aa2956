#include "platform/exchange/exchange.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include "base/json.hpp"
#include "base/log.hpp"
#include "entity/road.hpp"
#include "entity/write/write.hpp"
#include "platform/access/access.hpp"
#include "platform/exchange/recognise/recognise_json.hpp"
#include "platform/exchange/run/import_run.hpp"
#include "platform/exchange/run/rejected_file.hpp"
#include "platform/exchange/run/undo.hpp"
#include "platform/jobs/jobs.hpp"

namespace rapport::platform {

namespace {

using base::Json;
using base::ProblemKind;
using base::Result;

constexpr std::string_view run_job = "import.run";
constexpr std::string_view undo_job = "import.undo";
constexpr int not_undone_shown_max = 1000;
// How often one looks at an import that another runner has.
constexpr auto look_again = std::chrono::milliseconds(200);
constexpr base::Duration look_again_job = base::seconds(3);
constexpr std::size_t name_characters_max = 200;

bool is_open(ImportState state) {
  return state == ImportState::waiting || state == ImportState::running ||
         state == ImportState::undoing;
}

ImportStatus status_of(const ImportRecord& import) {
  ImportStatus status;
  status.id = import.id;
  status.state = import.state;
  status.file_name = import.file.name;
  status.rows = import.tally.rows;
  status.objects.assign(import.tally.objects.begin(), import.tally.objects.end());
  status.rows_done = import.tally.rows_done;
  status.bytes_done = import.state == ImportState::waiting ? 0 : import.next.offset;
  status.bytes_total = import.file.bytes;
  status.problem = import.problem;
  status.reported_json = reported_json(import.tally);
  status.not_undone_json = "[]";
  status.created_at = import.created_at;
  status.finished_at = import.finished_at;
  return status;
}

void put_counts(Json& json, const ImportCounts& counts) {
  json["created"] = counts.created;
  json["updated"] = counts.updated;
  json["unchanged"] = counts.unchanged;
  json["rejected"] = counts.rejected;
}

Json mapping_json_of(const StoredMapping& mapping) {
  return {{"id", base::to_text(mapping.id)},
          {"name", mapping.name},
          {"text", mapping.text},
          {"changed_at", base::to_text(mapping.changed_at)}};
}

// What a keyed request gave: kept with its key.
std::string id_json(const base::Id& id) {
  return base::to_text(Json{{"id", base::to_text(id)}});
}

Result<base::Id> id_from_json(const std::string& text) {
  const Json json = Json::parse(text, nullptr, false);
  if (const auto id = base::parse_id(json.is_object() ? json.value("id", "") : "")) return *id;
  return std::unexpected(entity::key_reused());
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

struct Exchange::State {
  entity::Road& road;
  ExchangeOptions options;
  ImportStore store;
  Jobs* jobs = nullptr;
  Access* access = nullptr;

  Result<JobDone> work(JobRun& run);
  Result<entity::Caller> caller_for(const ImportRecord& import, std::string_view cause);
  // None where another runner is at work on it.
  Result<std::optional<ImportRecord>> work_on(
      const entity::Caller& caller, const ImportRecord& import,
      const std::function<bool(const ImportRecord&)>& go_on);
  Result<Mapping> allowed_mapping(const entity::Caller& caller, std::string_view text);
  Result<void> may_import(const entity::Caller& caller);
  [[nodiscard]] bool administers(const entity::Caller& caller) const;
  // The file, where it is the caller's to read and import.
  Result<KeptFile> readable(const entity::Caller& caller, const base::Id& file);
  // The import, where it is the caller's to see.
  Result<ImportRecord> visible(const entity::Caller& caller, const base::Id& import);
  Result<ImportStatus> show(const base::Id& import);
  [[nodiscard]] std::filesystem::path rejected_path(const ImportRecord& import) const;
};

// In whose name the import acts: who started it, as he may act today.
Result<entity::Caller> Exchange::State::caller_for(const ImportRecord& import,
                                                   std::string_view cause) {
  entity::Cause why{.kind = std::string(cause), .id = import.id, .depth = 0};
  if (import.created_by.empty() || import.created_by == entity::program({}).user ||
      access == nullptr) {
    return entity::program(std::move(why));
  }
  auto admitted = access->act_as(import.created_by);
  if (!admitted) return std::unexpected(admitted.error());
  admitted->caller.cause = std::move(why);
  return admitted->caller;
}

Result<std::optional<ImportRecord>> Exchange::State::work_on(
    const entity::Caller& caller, const ImportRecord& import,
    const std::function<bool(const ImportRecord&)>& go_on) {
  auto taken = store.take(import.id);
  if (!taken) return std::unexpected(taken.error());
  if (!*taken) return std::nullopt;
  entity::Caller acting = caller;
  const bool undo = import.state == ImportState::undoing;
  acting.cause = {.kind = undo ? "undo" : "import", .id = import.id, .depth = 0};
  // What an import made is taken away again by the program: who may undo was asked at the start.
  if (undo) return undo_import(road, entity::program(acting.cause), import.id, go_on);
  ImportRunOptions run;
  run.folder = options.folder;
  run.chunks.rows = options.rows_per_chunk;
  run.chunks.rows_max = std::max(options.rows_per_chunk * 3 / 2, options.rows_per_chunk + 1);
  run.go_on = go_on;
  return run_import(road, acting, import.id, run);
}

Result<JobDone> Exchange::State::work(JobRun& run) {
  const Json payload = Json::parse(run.payload(), nullptr, false);
  const auto id = base::parse_id(payload.value("import", ""));
  if (!id)
    return base::refuse(ProblemKind::internal, "exchange.bad_job", "The job names no import.");
  auto import = store.find(*id);
  if (!import) return std::unexpected(import.error());
  auto caller = caller_for(*import, "import");
  if (!caller) return std::unexpected(caller.error());
  auto ended = work_on(*caller, *import, [&](const ImportRecord&) { return run.may_go_on(); });
  if (!ended) return std::unexpected(ended.error());
  if (!*ended) return JobDone{.again_at = road.now() + look_again_job};
  if (is_open((*ended)->state)) return stopped();
  return JobDone{};
}

// Whoever may write any kind of record may bring a file.
Result<void> Exchange::State::may_import(const entity::Caller& caller) {
  const auto catalog = road.catalog();
  for (const entity::ObjectType& type : catalog->objects()) {
    if (caller.policy->may(entity::Operation::create, type)) return {};
  }
  return base::refuse(ProblemKind::forbidden, "exchange.forbidden", "You may not import files.");
}

// Who may change users is an administrator (role.hpp), or the program.
bool Exchange::State::administers(const entity::Caller& caller) const {
  const auto catalog = road.catalog();
  const entity::ObjectType* users = catalog->find("user");
  return caller.policy->is_program() ||
         (users != nullptr && caller.policy->may(entity::Operation::change, *users));
}

Result<KeptFile> Exchange::State::readable(const entity::Caller& caller, const base::Id& file) {
  if (auto allowed = may_import(caller); !allowed) return std::unexpected(allowed.error());
  auto found = store.find_file(file);
  if (!found || found->created_by == caller.user || administers(caller)) return found;
  return base::refuse(ProblemKind::forbidden, "exchange.not_your_file",
                      "Only who brought a file and administrators may read and import it.");
}

Result<ImportRecord> Exchange::State::visible(const entity::Caller& caller,
                                              const base::Id& import) {
  if (auto allowed = may_import(caller); !allowed) return std::unexpected(allowed.error());
  auto found = store.find(import);
  if (!found || found->created_by == caller.user || administers(caller)) return found;
  return base::refuse(ProblemKind::forbidden, "exchange.not_yours",
                      "Only who started an import and administrators may see it.");
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
  for (const std::string_view kind : {run_job, undo_job}) {
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
    const auto kind = state == ImportState::undoing ? undo_job : run_job;
    if (auto done = state_->jobs->enqueue(job_for(kind, import)); !done) return done;
  }
  return {};
}

// ---- Files
// ---------------------------------------------------------------------------------------

Result<base::Id> Exchange::keep_file(const entity::Caller& caller, const FileToKeep& file) {
  if (auto allowed = state_->may_import(caller); !allowed) return std::unexpected(allowed.error());
  std::error_code error;
  const auto bytes = static_cast<std::int64_t>(std::filesystem::file_size(file.path, error));
  if (error) {
    return base::refuse(ProblemKind::not_found, "exchange.no_file", "The file cannot be read.",
                        file.path.string());
  }
  if (bytes > state_->options.file_bytes_max) {
    return base::refuse(ProblemKind::too_large, "exchange.file_too_large",
                        "The file is larger than this server takes.");
  }
  const KeptFile kept{base::new_id(), file.name.substr(0, name_characters_max), bytes, caller.user};
  const std::filesystem::path to = kept_path(state_->options.folder, kept.id);
  if (file.move) {
    std::filesystem::rename(file.path, to, error);
  }
  if (!file.move || error) {  // another file system: copy, then let go
    const bool copied = std::filesystem::copy_file(file.path, to, error);
    if (!copied) {
      return base::refuse(ProblemKind::internal, "exchange.cannot_write",
                          "The file cannot be kept.", error.message());
    }
    if (file.move) std::filesystem::remove(file.path, error);
  }
  if (auto done = state_->store.keep_file(kept, state_->road.now()); !done) {
    return std::unexpected(done.error());
  }
  return kept.id;
}

Result<std::string> Exchange::recognise(const entity::Caller& caller, const base::Id& file) {
  auto kept = state_->readable(caller, file);
  if (!kept) return std::unexpected(kept.error());
  return recognised_json(kept_path(state_->options.folder, file),
                         {base::to_text(file), kept->name, kept->bytes}, *state_->road.catalog());
}

Result<std::string> Exchange::preview(const entity::Caller& caller, const base::Id& file,
                                      std::string_view text) {
  if (auto kept = state_->readable(caller, file); !kept) return std::unexpected(kept.error());
  auto mapping = state_->allowed_mapping(caller, text);
  if (!mapping) return std::unexpected(mapping.error());
  return preview_json(kept_path(state_->options.folder, file), *mapping, *state_->road.catalog());
}

// ---- Imports
// -------------------------------------------------------------------------------------

Result<Mapping> Exchange::State::allowed_mapping(const entity::Caller& caller,
                                                 std::string_view text) {
  auto mapping = parse_mapping(text);
  if (!mapping) return mapping;
  const auto catalog = road.catalog();
  for (const ObjectSpec& object : mapping->objects) {
    const entity::ObjectType* type = catalog->find(object.object);
    if (type == nullptr) continue;  // said with its line when the mapping is bound
    using Mode = entity::Upsert::Mode;
    const bool create =
        object.mode == Mode::update_only || caller.policy->may(entity::Operation::create, *type);
    const bool change =
        object.mode == Mode::create_only || caller.policy->may(entity::Operation::change, *type);
    if (create && change) continue;
    return base::refuse(ProblemKind::forbidden, "exchange.forbidden",
                        "You may not import " + type->label_many + ".");
  }
  return mapping;
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
  if (state.jobs != nullptr) Jobs::enqueue(*tx, job_for(run_job, import.id), state.road.now());
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

Result<ImportStatus> Exchange::State::show(const base::Id& id) {
  auto import = store.find(id);
  if (!import) return std::unexpected(import.error());
  ImportStatus status = status_of(*import);
  if (import->state == ImportState::undone || import->state == ImportState::undoing) {
    auto left = store.not_undone(id, not_undone_shown_max);
    if (!left) return std::unexpected(left.error());
    Json json = Json::array();
    for (const NotUndone& one : *left) {
      json.push_back(
          {{"object", one.object}, {"id", base::to_text(one.record)}, {"reason", one.reason}});
    }
    status.not_undone_json = base::to_text(json);
  }
  return status;
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

std::filesystem::path Exchange::State::rejected_path(const ImportRecord& import) const {
  const std::string ending = std::filesystem::path(import.file.name).extension().string();
  const bool plain = ending.size() <= 8 && ending.find('/') == std::string::npos;
  return options.folder / (base::to_text(import.id) + ".rejected" + (plain ? ending : ".csv"));
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

// ---- Mappings
// ------------------------------------------------------------------------------------

Result<std::string> Exchange::mappings_json() {
  auto mappings = state_->store.mappings();
  if (!mappings) return std::unexpected(mappings.error());
  Json json = {{"data", Json::array()}};
  for (const StoredMapping& mapping : *mappings) json["data"].push_back(mapping_json_of(mapping));
  return base::to_text(json);
}

Result<std::string> Exchange::mapping_json(const base::Id& id) {
  auto mapping = state_->store.mapping(id);
  if (!mapping) return std::unexpected(mapping.error());
  return base::to_text(mapping_json_of(*mapping));
}

Result<base::Id> Exchange::keep_mapping(const entity::Caller& caller, std::optional<base::Id> id,
                                        std::string_view name, std::string_view text,
                                        const entity::Once& once) {
  if (name.empty() || name.size() > name_characters_max) {
    return base::refuse_field("mapping.no_name", "/name", "A stored mapping needs a name.");
  }
  auto mapping = state_->allowed_mapping(caller, text);
  if (!mapping) return std::unexpected(mapping.error());
  if (id) {
    if (auto there = state_->store.mapping(*id); !there) return std::unexpected(there.error());
  }
  const StoredMapping kept{id.value_or(base::new_id()), std::string(name), std::string(text),
                           state_->road.now()};
  auto tx = state_->road.pool().begin(store::Mode::read_write);
  if (!tx) return std::unexpected(tx.error());
  auto before = entity::done_before(*tx, once, id_json(kept.id));
  if (!before) return std::unexpected(before.error());
  if (*before) return id_from_json(**before);
  if (auto done = state_->store.keep_mapping(*tx, kept, caller.user); !done) {
    return std::unexpected(done.error());
  }
  if (auto done = tx->commit(); !done) return std::unexpected(store::as_problem(done.error()));
  return kept.id;
}

Result<void> Exchange::remove_mapping(const entity::Caller& caller, const base::Id& id) {
  auto there = state_->store.mapping(id);
  if (!there) return std::unexpected(there.error());
  if (auto allowed = state_->allowed_mapping(caller, there->text); !allowed) {
    return std::unexpected(allowed.error());
  }
  auto removed = state_->store.remove_mapping(id);
  if (!removed) return std::unexpected(removed.error());
  return {};
}

}  // namespace rapport::platform
