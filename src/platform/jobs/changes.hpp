// Change listeners: whoever must react to altered records reads the change log in order, each with
// a cursor of its own, kept in the same transaction as what it writes.
//
// Order is (epoch, transaction id, ordinal), and only transactions below the snapshot's xmin are
// read: one that began earlier and commits later is not skipped. Changes come at least once, in
// batches; a listener acts on the record's present state, which it reads again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/id.hpp"
#include "base/instant.hpp"
#include "base/problem.hpp"
#include "store/database.hpp"

namespace rapport::platform {

struct ChangeRow {
  std::string object;  // "person"
  base::Id record;     // of a batch change: the batch
  int version = 0;
  std::optional<base::Id> person;
  std::string kind;  // created, changed, removed, restored, purged; batch for torrents
  base::Id actor;
  std::string cause_kind;
  std::optional<base::Id> cause;
  int depth = 0;
  std::vector<base::Id> persons;  // of a batch: whom it touched
  std::string fields;             // JSON object {"field": [from, to]}; empty unless asked for
  base::Instant at;
};

class ChangeListener {
 public:
  virtual ~ChangeListener() = default;
  // Names its cursor: never change it.
  [[nodiscard]] virtual std::string name() const = 0;
  // Object types it wants to hear of; empty: all. Asked before each batch.
  [[nodiscard]] virtual std::vector<std::string> objects() const { return {}; }
  [[nodiscard]] virtual bool wants_fields() const { return false; }
  [[nodiscard]] virtual int batch_max() const { return 500; }
  // A batch ends before the change with which it would name more persons than these. One change
  // alone may name more: what was written as one comes as one.
  [[nodiscard]] virtual std::size_t persons_max() const {
    return std::numeric_limits<std::size_t>::max();
  }
  // Writes its projection in the given transaction, which also moves the cursor. A problem puts the
  // batch off and is tried again, later and later.
  [[nodiscard]] virtual base::Result<void> take(store::Transaction& transaction,
                                                std::span<const ChangeRow> changes) = 0;
};

struct ListenersOptions {
  base::Duration poll = base::seconds(2);  // where no NOTIFY came
  base::Duration retry_first = base::milliseconds(200);
  base::Duration retry_max = base::seconds(60);
};

// Runs the listeners on one thread. Of several processes one serves a listener at a time: it holds
// the row of the cursor.
class ChangeListeners {
 public:
  ChangeListeners(store::Pool& pool, base::Clock clock, ListenersOptions options = {});
  ~ChangeListeners();
  ChangeListeners(const ChangeListeners&) = delete;
  ChangeListeners& operator=(const ChangeListeners&) = delete;

  void add(std::unique_ptr<ChangeListener> listener);  // before start
  void start();
  void stop();
  void wake();  // on NOTIFY `changes`
  // Delivers what there is, on the calling thread; for tests and commands. Gives the changes taken.
  [[nodiscard]] base::Result<std::int64_t> deliver_now();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace rapport::platform
