#include "platform/jobs/changes.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include "base/log.hpp"
#include "base/text.hpp"
#include "platform/jobs/changes_statements.hpp"

namespace rapport::platform {
namespace {

// A change stands in the log whose transaction, or an earlier one, has not ended: it will soon.
constexpr std::chrono::milliseconds kUnsettledWait{20};

using Steady = std::chrono::steady_clock;

ChangeRow change_of(const store::Rows& rows, std::size_t i) {
  ChangeRow change{.object = std::string(rows.text(i, 0)),
                   .record = rows.id(i, 1),
                   .version = static_cast<int>(rows.is_null(i, 2) ? 0 : rows.integer(i, 2)),
                   .person = {},
                   .kind = std::string(rows.text(i, 4)),
                   .actor = rows.is_null(i, 5) ? base::Id{} : rows.id(i, 5),
                   .cause_kind = std::string(rows.text(i, 6)),
                   .cause = {},
                   .depth = static_cast<int>(rows.is_null(i, 8) ? 0 : rows.integer(i, 8)),
                   .persons = {},
                   .fields = std::string(rows.text(i, 10)),
                   .at = rows.instant(i, 11)};
  if (!rows.is_null(i, 3)) change.person = rows.id(i, 3);
  if (!rows.is_null(i, 7)) change.cause = rows.id(i, 7);
  if (!rows.text(i, 9).empty()) {
    for (const auto word : base::split(rows.text(i, 9), ' ')) {
      if (const auto id = base::parse_id(word)) change.persons.push_back(*id);
    }
  }
  return change;
}

struct Delivered {
  std::int64_t taken = 0;
  bool more = false;       // the batch was full, by changes or by persons
  bool unsettled = false;  // changes stand there that may not be delivered yet
};

std::unexpected<base::Problem> failed(const store::DatabaseError& error) {
  return std::unexpected(store::as_problem(error));
}

// One batch of one listener, in one transaction.
base::Result<Delivered> deliver(store::Pool& pool, ChangeListener& listener, base::Instant now) {
  const auto name = listener.name();
  auto transaction = pool.begin(store::Mode::read_write);
  if (!transaction) return std::unexpected(transaction.error());
  const auto cursor = transaction->run(statements::kTakeCursor, store::Params().text(name));
  if (!cursor) return failed(cursor.error());
  if (cursor->size() == 0) return Delivered{};  // Another process serves it.
  const auto batch = std::max(1, listener.batch_max());
  const auto rows =
      transaction->run(statements::kReadChanges, store::Params()
                                                     .text(cursor->text(0, 0))
                                                     .text(cursor->text(0, 1))
                                                     .text(cursor->text(0, 2))
                                                     .integer(batch)
                                                     .boolean(listener.wants_fields()));
  if (!rows) return failed(rows.error());
  Delivered delivered;
  const auto objects = listener.objects();
  std::vector<ChangeRow> changes;
  std::set<base::Id> persons;
  std::size_t read = 0;
  bool full = false;
  for (; read < rows->size(); ++read) {
    if (!rows->boolean(read, 15)) {
      delivered.unsettled = true;
      break;
    }
    const auto object = rows->text(read, 0);
    if (objects.empty() || std::find(objects.begin(), objects.end(), object) != objects.end()) {
      auto change = change_of(*rows, read);
      if (change.person) persons.insert(*change.person);
      persons.insert(change.persons.begin(), change.persons.end());
      full = persons.size() > listener.persons_max() && !changes.empty();
      if (full) break;
      changes.push_back(std::move(change));
    }
  }
  if (read == 0) return delivered;
  if (!changes.empty()) {
    const auto taken = listener.take(*transaction, changes);
    if (!taken) return std::unexpected(taken.error());
  }
  (void)transaction->send(statements::kMoveCursor, store::Params()
                                                       .text(name)
                                                       .text(rows->text(read - 1, 12))
                                                       .text(rows->text(read - 1, 13))
                                                       .text(rows->text(read - 1, 14))
                                                       .instant(now));
  if (const auto done = transaction->commit(); !done) return failed(done.error());
  delivered.taken = static_cast<std::int64_t>(read);
  delivered.more = full || read == static_cast<std::size_t>(batch);
  return delivered;
}

base::Result<Delivered> deliver_safely(store::Pool& pool, ChangeListener& listener,
                                       base::Instant now) {
  try {
    return deliver(pool, listener, now);
  } catch (const std::exception& exception) {
    return base::refuse(base::ProblemKind::internal, "changes.exception",
                        "The listener failed unexpectedly.", exception.what());
  }
}

// A listener and when it may try again.
struct Served {
  std::unique_ptr<ChangeListener> listener;
  bool has_cursor = false;
  base::Duration wait = {};
  Steady::time_point not_before = {};
};

}  // namespace

struct ChangeListeners::State {
  State(store::Pool& with_pool, base::Clock with_clock, ListenersOptions with_options)
      : pool(with_pool), clock(std::move(with_clock)), options(with_options) {}

  store::Pool& pool;
  base::Clock clock;
  ListenersOptions options;
  std::vector<Served> all;
  std::mutex mutex;
  std::condition_variable wakes;
  bool woken = false;
  std::atomic<bool> stopping{false};
  std::thread thread;

  void serve();
  // One batch; gives when this listener is to be looked at again.
  Steady::time_point serve_one(Served& served);
  base::Result<void> ensure_cursor(Served& served);
};

ChangeListeners::ChangeListeners(store::Pool& pool, base::Clock clock, ListenersOptions options)
    : state_(std::make_unique<State>(pool, std::move(clock), options)) {}

ChangeListeners::~ChangeListeners() {
  stop();
}

void ChangeListeners::add(std::unique_ptr<ChangeListener> listener) {
  state_->all.push_back({.listener = std::move(listener)});
}

void ChangeListeners::start() {
  auto& s = *state_;
  if (s.thread.joinable()) return;
  s.stopping = false;
  s.thread = std::thread([&s] { s.serve(); });
}

void ChangeListeners::stop() {
  auto& s = *state_;
  {
    const std::lock_guard lock(s.mutex);
    s.stopping = true;
  }
  s.wakes.notify_all();
  if (s.thread.joinable()) s.thread.join();
}

void ChangeListeners::wake() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->woken = true;
  }
  state_->wakes.notify_one();
}

void ChangeListeners::State::serve() {
  while (!stopping) {
    auto next = Steady::now() + std::chrono::microseconds(options.poll.us);
    for (auto& served : all) {
      if (stopping) return;
      if (Steady::now() < served.not_before) {
        next = std::min(next, served.not_before);
        continue;
      }
      next = std::min(next, serve_one(served));
    }
    std::unique_lock lock(mutex);
    wakes.wait_until(lock, next, [this] { return woken || stopping; });
    woken = false;
  }
}

Steady::time_point ChangeListeners::State::serve_one(Served& served) {
  base::Result<Delivered> delivered = Delivered{};
  if (const auto ready = ensure_cursor(served); !ready) {
    delivered = std::unexpected(ready.error());
  } else {
    delivered = deliver_safely(pool, *served.listener, clock());
  }
  const auto now = Steady::now();
  if (!delivered) {
    served.wait =
        std::clamp(base::Duration{served.wait.us * 2}, options.retry_first, options.retry_max);
    served.not_before = now + std::chrono::microseconds(served.wait.us);
    base::log_warning("listener " + served.listener->name() + ": " + delivered.error().message +
                      " " + delivered.error().details);
    return served.not_before;
  }
  served.wait = {};
  if (delivered->more) return now;
  if (delivered->unsettled) return now + kUnsettledWait;
  return now + std::chrono::microseconds(options.poll.us);
}

base::Result<void> ChangeListeners::State::ensure_cursor(Served& served) {
  if (served.has_cursor) return {};
  auto transaction = pool.begin(store::Mode::read_write);
  if (!transaction) return std::unexpected(transaction.error());
  (void)transaction->send(statements::kAddCursor,
                          store::Params().text(served.listener->name()).instant(clock()));
  if (const auto done = transaction->commit(); !done) return failed(done.error());
  served.has_cursor = true;
  return {};
}

base::Result<std::int64_t> ChangeListeners::deliver_now() {
  auto& s = *state_;
  std::int64_t taken = 0;
  for (auto& served : s.all) {
    if (const auto ready = s.ensure_cursor(served); !ready) return std::unexpected(ready.error());
    for (bool more = true; more;) {
      const auto delivered = deliver_safely(s.pool, *served.listener, s.clock());
      if (!delivered) return std::unexpected(delivered.error());
      taken += delivered->taken;
      more = delivered->more;
    }
  }
  return taken;
}

}  // namespace rapport::platform
