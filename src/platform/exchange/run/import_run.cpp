#include "platform/exchange/run/import_run.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <thread>

#include "base/log.hpp"
#include "platform/exchange/run/pipeline.hpp"
#include "platform/exchange/run/sums.hpp"

namespace rapport::platform {

namespace {

using base::Problem;
using base::Result;

constexpr int tries_max = 6;  // of one chunk while the database is away
constexpr auto wait_first = std::chrono::milliseconds(100);  // doubled each time

bool may_pass(const Problem& problem) {
  return problem.kind == base::ProblemKind::unavailable ||
         problem.kind == base::ProblemKind::conflict || problem.kind == base::ProblemKind::stale;
}

// What a run works with, made anew from the import's row and its file at each start.
struct Bench {
  OpenedFile file;
  Mapping mapping;
  std::shared_ptr<const entity::Catalog> catalog;
  std::unique_ptr<RowShaper> shaper;
  std::unique_ptr<Occurrences> occurrences;
  std::size_t counted_object = 0;
  std::unique_ptr<ChunkBuilder> builder;
};

class ImportRun {
 public:
  ImportRun(entity::Road& road, const entity::Caller& caller, const ImportRunOptions& options)
      : road_(road), caller_(caller), options_(options), store_(road.pool()) {}

  Result<ImportRecord> run(const base::Id& id);

 private:
  enum class Ended { all, left, elsewhere };
  Result<void> prepare(Bench& bench);
  void count_occurrences(Bench& bench);
  Result<Ended> chunks(Bench& bench);
  Result<ChunkNote> write(const Bench& bench, Chunk& chunk, bool& repeated);
  Result<entity::WorkResult> write_patiently(const entity::Work& work);
  Result<ImportRecord> failed(const Problem& problem);

  entity::Road& road_;
  const entity::Caller& caller_;
  const ImportRunOptions& options_;
  ImportStore store_;
  ImportRecord import_;
};

Result<ImportRecord> ImportRun::run(const base::Id& id) {
  auto found = store_.find(id);
  if (!found) return std::unexpected(found.error());
  import_ = std::move(*found);
  if (import_.state != ImportState::waiting && import_.state != ImportState::running) {
    return import_;
  }
  for (;;) {
    Bench bench;
    if (auto ready = prepare(bench); !ready) return failed(ready.error());
    const auto ended = chunks(bench);
    if (!ended) return failed(ended.error());
    if (*ended == Ended::left) return import_;
    if (*ended == Ended::all) {
      auto summed = mend_sums(road_, caller_, store_, import_.id, *bench.shaper);
      if (!summed) return failed(summed.error());
      if (auto done = store_.end(id, ImportState::done, "", road_.now()); !done) {
        return std::unexpected(done.error());
      }
      return store_.find(id);
    }
    // Another place than ours is next: a crash came between a chunk and its progress, or somebody
    // else runs this import, too.
    auto again = store_.find(id);
    if (!again) return std::unexpected(again.error());
    import_ = std::move(*again);
    if (import_.state != ImportState::running) return import_;
  }
}

// A problem that may pass leaves the import to be resumed; any other ends it.
Result<ImportRecord> ImportRun::failed(const Problem& problem) {
  if (problem.kind == base::ProblemKind::unavailable) return std::unexpected(problem);
  if (auto done = store_.end(import_.id, ImportState::failed, problem.message, road_.now());
      !done) {
    return std::unexpected(done.error());
  }
  return store_.find(import_.id);
}

Result<void> ImportRun::prepare(Bench& bench) {
  auto mapping = parse_mapping(import_.mapping);
  if (!mapping) return std::unexpected(mapping.error());
  auto file = open_import(kept_path(options_.folder, import_.file.id), mapping->file);
  if (!file) return std::unexpected(file.error());
  bench.file = std::move(*file);
  bench.catalog = road_.catalog();
  auto bound = bind_mapping(std::move(*mapping), *bench.catalog, bench.file.columns);
  if (!bound) return std::unexpected(bound.error());
  bench.mapping = std::move(*bound);
  bench.shaper = std::make_unique<RowShaper>(bench.mapping, *bench.catalog);
  if (import_.state == ImportState::waiting) {
    if (auto begun = store_.begin(import_.id, bench.file.data); !begun) {
      return std::unexpected(begun.error());
    }
    import_.state = ImportState::running;
    import_.next = bench.file.data;
  }
  if (bench.shaper->counts_occurrences()) count_occurrences(bench);
  bench.builder = std::make_unique<ChunkBuilder>(bench.file, *bench.shaper, bench.occurrences.get(),
                                                 bench.counted_object, options_.chunks);
  return {};
}

void ImportRun::count_occurrences(Bench& bench) {
  const auto& objects = bench.mapping.objects;
  for (std::size_t n = 0; n < objects.size(); ++n) {
    const auto& keys = objects[n].keys;
    if (std::any_of(keys.begin(), keys.end(), [](const KeySpec& key) { return key.occurrence; })) {
      bench.counted_object = n;
    }
  }
  bench.occurrences = std::make_unique<Occurrences>(options_.folder);
  const auto original = [&](const base::Id& id) -> std::optional<OpenedFile> {
    auto import = store_.find(id);
    if (!import) return std::nullopt;
    auto file = open_import(kept_path(options_.folder, import->file.id), bench.mapping.file);
    return file ? std::optional(std::move(*file)) : std::nullopt;
  };
  platform::count_occurrences(bench.file, *bench.shaper, bench.counted_object, original,
                              *bench.occurrences);
}

Result<ImportRun::Ended> ImportRun::chunks(Bench& bench) {
  ChunkPipeline pipeline(*bench.builder, import_.next, import_.chunks_done);
  for (;;) {
    Chunk chunk = pipeline.next();
    bool repeated = false;
    auto note = write(bench, chunk, repeated);
    if (!note) return std::unexpected(note.error());
    auto moved = store_.advance(import_, *note);
    if (!moved) return std::unexpected(moved.error());
    if (!*moved) return Ended::elsewhere;
    ++import_.chunks_done;
    import_.tally.add(note->tally);
    import_.next = note->next;
    if (note->last) return Ended::all;
    if (options_.go_on && !options_.go_on(import_)) return Ended::left;
    if (repeated && note->next.offset != chunk.next.offset) return Ended::elsewhere;
  }
}

Result<ChunkNote> ImportRun::write(const Bench& bench, Chunk& chunk, bool& repeated) {
  entity::Work work;
  work.partial = true;
  work.resumable = true;
  work.effect = "import:" + base::to_text(import_.id) + ":" + std::to_string(chunk.n);
  std::vector<std::size_t> written;  // which object each write of the work is for
  for (std::size_t n = 0; n < chunk.writes.size(); ++n) {
    if (chunk.writes[n].items.empty()) continue;
    written.push_back(n);
    work.writes.emplace_back(std::move(chunk.writes[n]));
  }
  const auto in_order = [&](const entity::WorkResult& result) {
    std::vector<std::vector<entity::ItemResult>> results(chunk.writes.size());
    for (std::size_t i = 0; i < written.size() && i < result.writes.size(); ++i) {
      results[written[i]] = result.writes[i];
    }
    return results;
  };
  if (work.writes.empty()) return note_of(chunk, *bench.shaper, in_order({}));
  work.note = [&](const entity::WorkResult& result) {
    return to_json(note_of(chunk, *bench.shaper, in_order(result)));
  };
  auto result = write_patiently(work);
  if (!result) return std::unexpected(result.error());
  repeated = result->repeated;
  return note_from_json(result->note);
}

Result<entity::WorkResult> ImportRun::write_patiently(const entity::Work& work) {
  auto wait = wait_first;
  for (int n = 1;; ++n) {
    auto result = road_.write(caller_, work);
    if (result || n == tries_max || !may_pass(result.error())) return result;
    base::log_warning("import: a chunk is tried again: " + result.error().code);
    std::this_thread::sleep_for(wait);
    wait *= 2;
  }
}

}  // namespace

std::filesystem::path kept_path(const std::filesystem::path& folder, const base::Id& file) {
  return folder / (base::to_text(file) + ".file");
}

Result<ImportRecord> run_import(entity::Road& road, const entity::Caller& caller,
                                const base::Id& import, const ImportRunOptions& options) {
  return ImportRun(road, caller, options).run(import);
}

}  // namespace rapport::platform
