#include "platform/exchange/exchange_state.hpp"

#include <algorithm>

#include "base/json.hpp"
#include "entity/write/write.hpp"
#include "platform/exchange/run/undo.hpp"

namespace rapport::platform {

namespace {

using base::Json;
using base::ProblemKind;
using base::Result;

constexpr int not_undone_shown_max = 1000;
// How often a job looks at an import that another runner has.
constexpr base::Duration look_again_job = base::seconds(3);

}  // namespace

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

std::string id_json(const base::Id& id) {
  return base::to_text(Json{{"id", base::to_text(id)}});
}

Result<base::Id> id_from_json(const std::string& text) {
  const Json json = Json::parse(text, nullptr, false);
  if (const auto id = base::parse_id(json.is_object() ? json.value("id", "") : "")) return *id;
  return std::unexpected(entity::key_reused());
}

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

std::filesystem::path Exchange::State::rejected_path(const ImportRecord& import) const {
  const std::string ending = std::filesystem::path(import.file.name).extension().string();
  const bool plain = ending.size() <= 8 && ending.find('/') == std::string::npos;
  return options.folder / (base::to_text(import.id) + ".rejected" + (plain ? ending : ".csv"));
}

}  // namespace rapport::platform
