// Imports, files and mappings as the database keeps them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "platform/exchange/exchange.hpp"
#include "platform/exchange/run/note.hpp"
#include "store/database.hpp"

namespace rapport::platform {

struct KeptFile {
  base::Id id;
  std::string name;
  std::int64_t bytes = 0;
  base::Id created_by{};  // empty: kept before owners were
};

struct ImportRecord {
  base::Id id;
  KeptFile file;
  std::string mapping;
  ImportState state = ImportState::waiting;
  base::Id created_by;
  base::Instant created_at;
  std::optional<base::Instant> finished_at;
  std::int64_t chunks_done = 0;
  CsvReader::Place next;
  Tally tally;
  std::string problem;
  std::int64_t undo_ordinal = 0;
};

// One change an import made, as its undo reads it.
struct ImportChange {
  std::int64_t ordinal = 0;
  std::string object;
  base::Id record;
  int version = 0;
  std::string kind, fields;
  bool altered_since = false;
};

// A key an import gave to a record that was there already.
struct GivenKey {
  std::string object, source, value;
  base::Id record;
  bool named_since = false;  // somebody else named the record by it
};

struct GivenIdentity {
  base::Id id, person;
  std::string kind, value;
  bool named_since = false;
};

struct NotUndone {
  std::string object;
  base::Id record;
  std::string reason;
};

struct StoredMapping {
  base::Id id;
  std::string name, text;
  base::Instant changed_at;
};

// An import for one runner alone, as long as this lives. It stands on a connection of its own: a
// run may take hours, and as many runs as the pool has connections would leave none for their work.
class ImportLock {
 public:
  ImportLock(std::unique_ptr<store::Pool> pool, store::Transaction tx)
      : pool_(std::move(pool)), tx_(std::move(tx)) {}

 private:
  std::unique_ptr<store::Pool> pool_;
  store::Transaction tx_;
};

class ImportStore {
 public:
  explicit ImportStore(store::Pool& pool) : pool_(pool) {}

  base::Result<void> keep_file(const KeptFile& file, base::Instant at);
  base::Result<KeptFile> find_file(const base::Id& file);

  base::Result<void> add(store::Transaction& tx, const ImportRecord& import);
  base::Result<ImportRecord> find(const base::Id& import);
  // Of everybody, or of one user; the newest first.
  base::Result<std::vector<ImportRecord>> recent(int limit, std::optional<base::Id> of);
  base::Result<std::vector<std::pair<base::Id, ImportState>>> unfinished();

  // None while another has it. What several wrote at once would still be right (each chunk is a
  // keyed effect), and wasted.
  base::Result<std::optional<ImportLock>> take(const base::Id& import);

  base::Result<void> begin(const base::Id& import, CsvReader::Place first);
  // False where another runner was faster: read the import again.
  base::Result<bool> advance(const ImportRecord& before, const ChunkNote& note);
  base::Result<void> end(const base::Id& import, ImportState state, const std::string& problem,
                         base::Instant at);
  base::Result<std::vector<RejectedRow>> rejections(const base::Id& import, std::int64_t after,
                                                    int limit);
  base::Result<std::vector<base::Id>> sums(const base::Id& import, int object,
                                           const base::Id& after, int limit);

  // False where the import is in no state to be undone.
  base::Result<bool> begin_undo(store::Transaction& tx, const base::Id& import);
  base::Result<void> advance_undo(const base::Id& import, std::int64_t ordinal,
                                  const std::vector<NotUndone>& not_undone);
  base::Result<std::vector<ImportChange>> changes(const base::Id& import, std::int64_t before,
                                                  int limit);
  base::Result<std::vector<base::Id>> altered_since(const base::Id& import,
                                                    const std::vector<base::Id>& records);
  // In the order of their names, those that follow `after`.
  base::Result<std::vector<GivenKey>> given_keys(const base::Id& import, const GivenKey& after,
                                                 int limit);
  // Identities that it gave to persons who were there already, in the order of their ids.
  base::Result<std::vector<GivenIdentity>> given_identities(const base::Id& import,
                                                            const base::Id& after, int limit);
  base::Result<void> forget_identities(const base::Id& import);
  base::Result<std::vector<NotUndone>> not_undone(const base::Id& import, int limit);

  base::Result<std::vector<StoredMapping>> mappings();
  base::Result<StoredMapping> mapping(const base::Id& mapping);
  base::Result<void> keep_mapping(store::Transaction& tx, const StoredMapping& mapping,
                                  const base::Id& by);
  base::Result<bool> remove_mapping(const base::Id& mapping);

 private:
  base::Result<store::Rows> read(std::string_view statement, const store::Params& params);
  base::Result<std::int64_t> write(std::string_view statement, const store::Params& params);

  store::Pool& pool_;
};

}  // namespace rapport::platform
