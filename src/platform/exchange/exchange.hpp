// Exchange: files in and out. What a file is, is recognised and shown; what its columns mean, a
// mapping says; a run streams it through the road in chunks, and whatever happens on the way,
// received = created + updated + unchanged + rejected holds when it ends.
//
//   auto file   = exchange.keep_file(caller, {.path = temporary, .name = "orders.csv"});
//   auto shown  = exchange.recognise(caller, *file);             // JSON for the import page
//   auto import = exchange.start(caller, *file, mapping_text);   // YAML or JSON; a job runs it
//   auto status = exchange.status(caller, *import);              // counts while it runs, and after
//   exchange.undo(caller, *import);
//
// The kept file, the mapping and the progress stand in the data folder and in table `imports`: a
// run killed at any moment goes on where its last committed chunk ended, in whatever process takes
// the job next.
//
// Functions that answer `Json…` give JSON text as the API shows it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.hpp"
#include "base/instant.hpp"
#include "base/problem.hpp"
#include "entity/policy.hpp"
#include "entity/request/once.hpp"

namespace rapport::entity {
class Road;
struct List;
}  // namespace rapport::entity

namespace rapport::platform {

class Access;
class Jobs;

struct ExchangeOptions {
  std::filesystem::path folder;  // DIR/imports: kept files and rejected files
  std::int64_t file_bytes_max = std::int64_t{64} << 30;
  int rows_per_chunk = 3000;
};

struct FileToKeep {
  std::filesystem::path path;  // on the same machine
  std::string name;            // as the user calls it
  bool move = false;           // an upload's temporary file; else it is copied
};

enum class ImportState { waiting, running, done, failed, undoing, undone };
[[nodiscard]] std::string_view name_of(ImportState state);

// Rows of the file by what became of their main object, and records by object type.
struct ImportCounts {
  std::int64_t received = 0, created = 0, updated = 0, unchanged = 0, rejected = 0;
};

struct ImportStatus {
  base::Id id;
  ImportState state = ImportState::waiting;
  std::string file_name;
  ImportCounts rows;
  std::vector<std::pair<std::string, ImportCounts>> objects;
  std::int64_t rows_done = 0, bytes_done = 0, bytes_total = 0;
  std::string problem;          // of failed: a sentence
  std::string reported_json;    // array: [{"report","count","rows":[…]}]
  std::string not_undone_json;  // array: [{"object","id","reason"}], the first thousand
  base::Instant created_at;
  std::optional<base::Instant> finished_at;
};
// {"import","state","file_name","received",…,"rejected_file"} as GET /api/v1/imports/{id} shows it.
// `rejected_file` is the address or path to show where rows were rejected, else null.
[[nodiscard]] std::string to_json(const ImportStatus& status, std::string_view rejected_file);

class Exchange {
 public:
  Exchange(entity::Road& road, ExchangeOptions options);
  ~Exchange();
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  // The jobs `import.run` and `import.undo`; before jobs.start(). `access` gives the policy of the
  // user in whose name a job acts. Without jobs (a command), `run` does the work.
  void use(Jobs& jobs, Access& access);
  // Enqueues what a crash or a killed command left unfinished; after jobs.start().
  [[nodiscard]] base::Result<void> resume();

  // ---- Files and what they are ----
  // A file is for who brought it and for administrators, to look at and to import. Others:
  // `exchange.not_your_file`; `exchange.forbidden` where the caller may write no records at all.
  [[nodiscard]] base::Result<base::Id> keep_file(const entity::Caller& caller,
                                                 const FileToKeep& file);
  // {"file","name","bytes","encoding","delimiter","quote","header","rows_estimated","columns",
  //  "rows","suggested_mapping"}
  [[nodiscard]] base::Result<std::string> recognise(const entity::Caller& caller,
                                                    const base::Id& file);
  // {"rows":[{"row","cells","problems":[{"column","reason"}],"outcome":"accepted|rejected"}]}
  // of the first rows; nothing is written. A wrong mapping is the problem `mapping.…`.
  [[nodiscard]] base::Result<std::string> preview(const entity::Caller& caller,
                                                  const base::Id& file, std::string_view mapping);

  // ---- Imports ----
  // Refused where the caller may not write an object the mapping names. What is asked under the
  // same key once more (`once`, here and below) is not done again; it gives what it gave.
  [[nodiscard]] base::Result<base::Id> start(const entity::Caller& caller, const base::Id& file,
                                             std::string_view mapping,
                                             const entity::Once& once = {});
  // Works on the calling thread until the import (or its undo) has ended; gives where it stands.
  // Where another runner has it, follows that one, and takes over should it die.
  // `progress` is told now and then; false leaves, to be resumed.
  [[nodiscard]] base::Result<ImportStatus> run(
      const entity::Caller& caller, const base::Id& import,
      const std::function<bool(const ImportStatus&)>& progress = {});
  // An import is for who started it and for administrators, all that follows: its file's name, its
  // problems and its rejected rows show what stood in the file. Others: `exchange.not_yours`.
  [[nodiscard]] base::Result<ImportStatus> status(const entity::Caller& caller,
                                                  const base::Id& import);
  // Those that the caller may see, the newest first.
  [[nodiscard]] base::Result<std::vector<ImportStatus>> recent(const entity::Caller& caller,
                                                               int limit);
  // The rejected rows as they were, with their reasons; `exchange.none_rejected` where none were.
  // Refused where the caller may not import such records (any more).
  [[nodiscard]] base::Result<std::filesystem::path> rejected_file(const entity::Caller& caller,
                                                                  const base::Id& import);
  // Begins the undo, a job as well. Refused while it runs, and where it is undone already.
  [[nodiscard]] base::Result<void> undo(const entity::Caller& caller, const base::Id& import,
                                        const entity::Once& once = {});

  // ---- Stored mappings: {"id","name","text","changed_at"} ----
  [[nodiscard]] base::Result<std::string> mappings_json();
  [[nodiscard]] base::Result<std::string> mapping_json(const base::Id& mapping);
  // Checked before it is kept; no id: a new one. Gives its id.
  [[nodiscard]] base::Result<base::Id> keep_mapping(const entity::Caller& caller,
                                                    std::optional<base::Id> id,
                                                    std::string_view name, std::string_view text,
                                                    const entity::Once& once = {});
  [[nodiscard]] base::Result<void> remove_mapping(const entity::Caller& caller,
                                                  const base::Id& mapping);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// ---- Export ------------------------------------------------------------------------------------

enum class ExportFormat { csv, jsonl };

// Streams what the list asks for (its limit and after are ignored), chunk by chunk by keyset;
// `take` gets each piece and stops it by answering false. Cells a spreadsheet would take for a
// formula (they begin with = + - @ tab or CR and are no numbers) get an apostrophe before them.
[[nodiscard]] base::Result<std::int64_t> export_records(
    entity::Road& road, const entity::Caller& caller, const entity::List& list, ExportFormat format,
    const std::function<bool(std::string_view piece)>& take);

}  // namespace rapport::platform
