#include "platform/exchange/run/import_store.hpp"

#include <array>

#include "entity/write/write.hpp"
#include "store/queries.hpp"

namespace rapport::platform {

namespace {

using base::Result;
using store::Params;

constexpr std::array<std::string_view, 6> state_names = {"waiting", "running", "done",
                                                         "failed",  "undoing", "undone"};

store::Statement named(std::string_view name) {
  return store::queries("exchange")[name];
}

ImportState state_named(std::string_view name) {
  for (std::size_t i = 0; i < state_names.size(); ++i) {
    if (state_names[i] == name) return static_cast<ImportState>(i);
  }
  return ImportState::failed;
}

std::unexpected<base::Problem> failed(const store::DatabaseError& error) {
  return std::unexpected(store::as_problem(error));
}

std::unexpected<base::Problem> not_found(const std::string& what) {
  return base::refuse(base::ProblemKind::not_found, "exchange.not_found",
                      "There is no such " + what + ".");
}

ImportRecord import_of(const store::Rows& rows, std::size_t i) {
  ImportRecord import;
  import.id = rows.id(i, 0);
  import.file = {rows.id(i, 1), std::string(rows.text(i, 2)), rows.integer(i, 3), rows.id(i, 6)};
  import.mapping = rows.text(i, 4);
  import.state = state_named(rows.text(i, 5));
  import.created_by = rows.id(i, 6);
  import.created_at = rows.instant(i, 7);
  if (!rows.is_null(i, 8)) import.finished_at = rows.instant(i, 8);
  import.chunks_done = rows.integer(i, 9);
  import.next = {rows.integer(i, 10), rows.integer(i, 11)};
  import.tally = tally_from_json(rows.text(i, 12));
  import.problem = rows.text(i, 13);
  import.undo_ordinal = rows.integer(i, 14);
  return import;
}

StoredMapping mapping_of(const store::Rows& rows, std::size_t i) {
  return {rows.id(i, 0), std::string(rows.text(i, 1)), std::string(rows.text(i, 2)),
          rows.instant(i, 3)};
}

using Texts = std::vector<std::optional<std::string>>;

}  // namespace

std::string_view name_of(ImportState state) {
  return state_names[static_cast<std::size_t>(state)];
}

Result<store::Rows> ImportStore::read(std::string_view statement, const Params& params) {
  auto tx = pool_.begin(store::Mode::read_only);
  if (!tx) return std::unexpected(tx.error());
  auto rows = tx->run(named(statement), params);
  if (!rows) return failed(rows.error());
  if (auto done = tx->commit(); !done) return failed(done.error());
  return *rows;
}

Result<std::int64_t> ImportStore::write(std::string_view statement, const Params& params) {
  auto tx = pool_.begin(store::Mode::read_write);
  if (!tx) return std::unexpected(tx.error());
  auto rows = tx->run(named(statement), params);
  if (!rows) return failed(rows.error());
  if (auto done = tx->commit(); !done) return failed(done.error());
  return rows->affected();
}

Result<void> ImportStore::keep_file(const KeptFile& file, base::Instant at) {
  auto done = write(
      "keep_file",
      Params().id(file.id).text(file.name).integer(file.bytes).instant(at).id(file.created_by));
  if (!done) return std::unexpected(done.error());
  return {};
}

Result<KeptFile> ImportStore::find_file(const base::Id& file) {
  auto rows = read("find_file", Params().id(file));
  if (!rows) return std::unexpected(rows.error());
  if (rows->size() == 0) return not_found("file");
  return KeptFile{file, std::string(rows->text(0, 0)), rows->integer(0, 1),
                  rows->is_null(0, 2) ? base::Id() : rows->id(0, 2)};
}

Result<void> ImportStore::add(store::Transaction& tx, const ImportRecord& import) {
  auto done = tx.run(named("add_import"), Params()
                                              .id(import.id)
                                              .id(import.file.id)
                                              .text(import.mapping)
                                              .id(import.created_by)
                                              .instant(import.created_at));
  if (!done) return failed(done.error());
  return {};
}

Result<ImportRecord> ImportStore::find(const base::Id& import) {
  auto rows = read("find_import", Params().id(import));
  if (!rows) return std::unexpected(rows.error());
  if (rows->size() == 0) return not_found("import");
  return import_of(*rows, 0);
}

Result<std::optional<ImportLock>> ImportStore::take(const base::Id& import) {
  store::PoolOptions options = pool_.options();
  options.connections_max = 1;
  auto pool = std::make_unique<store::Pool>(std::move(options));
  // Reads nothing and changes nothing: it keeps no old rows alive however long it is held.
  auto tx = pool->begin(store::Mode::read_only);
  if (!tx) return std::unexpected(tx.error());
  auto rows = tx->run(named("take_import"), Params().id(import));
  if (!rows) return failed(rows.error());
  if (!rows->boolean(0, 0)) return std::nullopt;
  return std::optional<ImportLock>(std::in_place, std::move(pool), std::move(*tx));
}

Result<std::vector<ImportRecord>> ImportStore::recent(int limit, std::optional<base::Id> of) {
  auto rows =
      read("recent_imports", Params().integer(limit).boolean(!of).id(of.value_or(base::Id())));
  if (!rows) return std::unexpected(rows.error());
  std::vector<ImportRecord> imports;
  imports.reserve(rows->size());
  for (std::size_t i = 0; i < rows->size(); ++i) imports.push_back(import_of(*rows, i));
  return imports;
}

Result<std::vector<std::pair<base::Id, ImportState>>> ImportStore::unfinished() {
  auto rows = read("unfinished_imports", {});
  if (!rows) return std::unexpected(rows.error());
  std::vector<std::pair<base::Id, ImportState>> imports;
  imports.reserve(rows->size());
  for (std::size_t i = 0; i < rows->size(); ++i) {
    imports.emplace_back(rows->id(i, 0), state_named(rows->text(i, 1)));
  }
  return imports;
}

Result<void> ImportStore::begin(const base::Id& import, CsvReader::Place first) {
  auto done =
      write("begin_import", Params().id(import).integer(first.offset).integer(first.number));
  if (!done) return std::unexpected(done.error());
  return {};
}

Result<bool> ImportStore::advance(const ImportRecord& before, const ChunkNote& note) {
  Tally tally = before.tally;
  tally.add(note.tally);
  auto tx = pool_.begin(store::Mode::read_write);
  if (!tx) return std::unexpected(tx.error());
  // Progress that a crash of the machine takes back is made again; the end of a run is durable.
  entity::send_no_wait_for_disk(*tx);
  const auto moved = tx->send(named("advance_import"), Params()
                                                           .id(before.id)
                                                           .integer(before.chunks_done)
                                                           .integer(note.next.offset)
                                                           .integer(note.next.number)
                                                           .text(to_json(tally)));
  if (!note.rejected.empty()) {
    Texts numbers, offsets, lengths, problems;
    for (const RejectedRow& row : note.rejected) {
      numbers.push_back(std::to_string(row.number));
      offsets.push_back(std::to_string(row.offset));
      lengths.push_back(std::to_string(row.length));
      problems.push_back(to_json(row.problems));
    }
    tx->send(named("add_rejections"),
             Params().id(before.id).array(numbers).array(offsets).array(lengths).array(problems));
  }
  if (!note.sums.empty()) {
    Texts objects;
    std::vector<base::Id> records;
    for (const auto& [object, record] : note.sums) {
      objects.push_back(std::to_string(object));
      records.push_back(record);
    }
    tx->send(named("add_sums"), Params().id(before.id).array(objects).ids(records));
  }
  auto rows = tx->take(moved);
  if (!rows) return failed(rows.error());
  if (rows->affected() == 0) {
    tx->rollback();
    return false;
  }
  if (auto done = tx->commit(); !done) return failed(done.error());
  return true;
}

Result<void> ImportStore::end(const base::Id& import, ImportState state, const std::string& problem,
                              base::Instant at) {
  auto done =
      write("end_import", Params().id(import).text(name_of(state)).text(problem).instant(at));
  if (!done) return std::unexpected(done.error());
  return {};
}

Result<std::vector<RejectedRow>> ImportStore::rejections(const base::Id& import, std::int64_t after,
                                                         int limit) {
  auto rows = read("rejections", Params().id(import).integer(after).integer(limit));
  if (!rows) return std::unexpected(rows.error());
  std::vector<RejectedRow> all;
  all.reserve(rows->size());
  for (std::size_t i = 0; i < rows->size(); ++i) {
    all.push_back({rows->integer(i, 0), rows->integer(i, 1), rows->integer(i, 2),
                   problems_from_json(rows->text(i, 3))});
  }
  return all;
}

Result<std::vector<base::Id>> ImportStore::sums(const base::Id& import, int object,
                                                const base::Id& after, int limit) {
  auto rows = read("sums", Params().id(import).integer(object).id(after).integer(limit));
  if (!rows) return std::unexpected(rows.error());
  std::vector<base::Id> all;
  all.reserve(rows->size());
  for (std::size_t i = 0; i < rows->size(); ++i) all.push_back(rows->id(i, 0));
  return all;
}

Result<bool> ImportStore::begin_undo(store::Transaction& tx, const base::Id& import) {
  auto rows = tx.run(named("begin_undo"), Params().id(import));
  if (!rows) return failed(rows.error());
  return rows->affected() == 1;
}

Result<void> ImportStore::advance_undo(const base::Id& import, std::int64_t ordinal,
                                       const std::vector<NotUndone>& not_undone) {
  auto tx = pool_.begin(store::Mode::read_write);
  if (!tx) return std::unexpected(tx.error());
  entity::send_no_wait_for_disk(*tx);
  tx->send(named("advance_undo"), Params().id(import).integer(ordinal));
  if (!not_undone.empty()) {
    Texts objects, reasons;
    std::vector<base::Id> records;
    for (const NotUndone& one : not_undone) {
      objects.push_back(one.object);
      records.push_back(one.record);
      reasons.push_back(one.reason);
    }
    tx->send(named("add_not_undone"),
             Params().id(import).array(objects).ids(records).array(reasons));
  }
  if (auto done = tx->commit(); !done) return failed(done.error());
  return {};
}

Result<std::vector<ImportChange>> ImportStore::changes(const base::Id& import, std::int64_t before,
                                                       int limit) {
  auto rows = read("changes_of_import", Params().id(import).integer(before).integer(limit));
  if (!rows) return std::unexpected(rows.error());
  std::vector<ImportChange> all;
  all.reserve(rows->size());
  for (std::size_t i = 0; i < rows->size(); ++i) {
    all.push_back({.ordinal = rows->integer(i, 0),
                   .object = std::string(rows->text(i, 1)),
                   .record = rows->id(i, 2),
                   .version = static_cast<int>(rows->integer(i, 3)),
                   .kind = std::string(rows->text(i, 4)),
                   .fields = std::string(rows->text(i, 5)),
                   .altered_since = rows->boolean(i, 6)});
  }
  return all;
}

Result<std::vector<base::Id>> ImportStore::altered_since(const base::Id& import,
                                                         const std::vector<base::Id>& records) {
  auto rows = read("altered_since", Params().id(import).ids(records));
  if (!rows) return std::unexpected(rows.error());
  std::vector<base::Id> all;
  all.reserve(rows->size());
  for (std::size_t i = 0; i < rows->size(); ++i) all.push_back(rows->id(i, 0));
  return all;
}

Result<std::vector<GivenKey>> ImportStore::given_keys(const base::Id& import, const GivenKey& after,
                                                      int limit) {
  auto rows = read(
      "keys_of_import",
      Params().id(import).text(after.object).text(after.source).text(after.value).integer(limit));
  if (!rows) return std::unexpected(rows.error());
  std::vector<GivenKey> all;
  all.reserve(rows->size());
  for (std::size_t i = 0; i < rows->size(); ++i) {
    all.push_back({std::string(rows->text(i, 0)), std::string(rows->text(i, 1)),
                   std::string(rows->text(i, 2)), rows->id(i, 3), rows->boolean(i, 4)});
  }
  return all;
}

Result<std::vector<GivenIdentity>> ImportStore::given_identities(const base::Id& import,
                                                                 const base::Id& after, int limit) {
  auto rows = read("identities_of_import", Params().id(import).id(after).integer(limit));
  if (!rows) return std::unexpected(rows.error());
  std::vector<GivenIdentity> all;
  all.reserve(rows->size());
  for (std::size_t i = 0; i < rows->size(); ++i) {
    all.push_back({rows->id(i, 0), rows->id(i, 1), std::string(rows->text(i, 2)),
                   std::string(rows->text(i, 3)), rows->boolean(i, 4)});
  }
  return all;
}

Result<void> ImportStore::forget_identities(const base::Id& import) {
  auto gone = write("forget_identities_of_import", Params().id(import));
  if (!gone) return std::unexpected(gone.error());
  return {};
}

Result<std::vector<NotUndone>> ImportStore::not_undone(const base::Id& import, int limit) {
  auto rows = read("not_undone", Params().id(import).integer(limit));
  if (!rows) return std::unexpected(rows.error());
  std::vector<NotUndone> all;
  all.reserve(rows->size());
  for (std::size_t i = 0; i < rows->size(); ++i) {
    all.push_back({std::string(rows->text(i, 0)), rows->id(i, 1), std::string(rows->text(i, 2))});
  }
  return all;
}

Result<std::vector<StoredMapping>> ImportStore::mappings() {
  auto rows = read("mappings", {});
  if (!rows) return std::unexpected(rows.error());
  std::vector<StoredMapping> all;
  all.reserve(rows->size());
  for (std::size_t i = 0; i < rows->size(); ++i) all.push_back(mapping_of(*rows, i));
  return all;
}

Result<StoredMapping> ImportStore::mapping(const base::Id& mapping) {
  auto rows = read("mapping", Params().id(mapping));
  if (!rows) return std::unexpected(rows.error());
  if (rows->size() == 0) return not_found("mapping");
  return mapping_of(*rows, 0);
}

Result<void> ImportStore::keep_mapping(store::Transaction& tx, const StoredMapping& mapping,
                                       const base::Id& by) {
  auto rows = tx.run(named("keep_mapping"), Params()
                                                .id(mapping.id)
                                                .text(mapping.name)
                                                .text(mapping.text)
                                                .instant(mapping.changed_at)
                                                .id(by));
  if (!rows && rows.error().unique_violation()) {
    return base::refuse(base::ProblemKind::conflict, "mapping.name_taken",
                        "Another mapping is called “" + mapping.name + "”.");
  }
  if (!rows) return failed(rows.error());
  return {};
}

Result<bool> ImportStore::remove_mapping(const base::Id& mapping) {
  auto done = write("remove_mapping", Params().id(mapping));
  if (!done) return std::unexpected(done.error());
  return *done > 0;
}

}  // namespace rapport::platform
