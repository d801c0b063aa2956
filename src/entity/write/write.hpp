// Writes a draft: sends the statements of every record that was not refused.
//
// `send` queues all of it, to travel with the commit in one trip. Where that meets a broken
// constraint, `search` does it again under savepoints and halves what fails until the records at
// fault are found; they are refused in words, the others are written.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "entity/catalog/catalog_source.hpp"
#include "entity/gather/draft.hpp"
#include "entity/request/once.hpp"
#include "entity/write/write_sql.hpp"
#include "store/database.hpp"

namespace rapport::entity {

class Writer {
 public:
  Writer(Draft& draft, const CatalogSource& source, store::Transaction& tx);

  void send();
  [[nodiscard]] store::Done search();

 private:
  using Records = std::vector<DraftRecord*>;
  struct Step {
    ObjectDraft* objects;
    Fate fate;
    bool stand_ins;
  };
  [[nodiscard]] std::vector<Step> steps() const;
  [[nodiscard]] Records records_of(const Step& step) const;
  void send_set(std::span<DraftRecord* const> records);
  void send_text(std::string_view name, const ObjectType& object, const SqlText& text);
  store::Done search_set(std::span<DraftRecord* const> records);
  void send_batches();
  void send_named();
  const base::Id& batch_of(const ObjectDraft& objects);

  Draft& draft_;
  const CatalogSource& source_;
  store::Transaction& tx_;
  std::vector<std::pair<const ObjectDraft*, base::Id>> batches_;
  std::vector<store::Ticket> sent_;
};

// What happened to each item, as it will be answered once the transaction commits.
[[nodiscard]] WorkResult results_of(const Draft& draft);

// Has this transaction look up by index, whatever the planner believes.
void send_by_index(store::Transaction& tx);
// Lets the transaction's commit return before it is on disk.
void send_no_wait_for_disk(store::Transaction& tx);

// What is stored under the work's key, once it was done before: a row with its result and its
// fingerprint, or none.
[[nodiscard]] store::Ticket ask_effect(store::Transaction& tx, const std::string& key);
// Stores the result under the work's key.
void send_effect(store::Transaction& tx, const Work& work, const std::string& result);

// For works of the floors above that are no records: makes this transaction the one that does the
// keyed work, whose answer `result` (JSON text) is kept. Where it was done before, gives that
// answer, and the transaction is to be left. Waits for one that does it at this moment.
[[nodiscard]] base::Result<std::optional<std::string>> done_before(store::Transaction& tx,
                                                                   const Once& once,
                                                                   const std::string& result);
[[nodiscard]] base::Problem key_reused();

[[nodiscard]] std::string to_json(const WorkResult& result);
[[nodiscard]] base::Result<WorkResult> result_from_json(std::string_view json);

// The user's words for a broken constraint.
[[nodiscard]] base::Problem constraint_problem(const CatalogSource& source, const Catalog& catalog,
                                               const DraftRecord& record,
                                               const store::DatabaseError& error);

}  // namespace rapport::entity
