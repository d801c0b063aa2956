#include <thread>

#include "store/pool_state.hpp"

namespace rapport::store {

using base::ProblemKind;
using base::refuse;

namespace {

std::uint64_t next_number() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

}  // namespace

Pool::Pool(PoolOptions options) : state_(std::make_shared<State>(std::move(options))) {}
Pool::~Pool() = default;

base::Result<Transaction> Pool::begin(Mode mode) {
  auto connection = state_->acquire();
  if (!connection) return std::unexpected(std::move(connection.error()));
  auto state = std::make_unique<Transaction::State>(state_, std::move(*connection), next_number());
  state->trips_before = state->connection->round_trips();
  state->connection->queue_deallocations(state->number);
  state->queue_control(mode == Mode::read_only ? "begin read only" : "begin");
  ++state_->transactions;
  return Transaction(std::move(state));
}

Answer Pool::run_alone(const Statement& statement, const Params& params) {
  auto acquired = state_->acquire();
  if (!acquired) return std::unexpected(lost_error(acquired.error().details));
  Connection& connection = **acquired;
  const std::uint64_t number = next_number();
  const Op control{OpKind::control, number, 0, {}};
  for (const auto* setting : {"set statement_timeout = 0", "set lock_timeout = 0"}) {
    connection.queue_plain(setting, control);
  }
  connection.queue_sync(number);
  // A statement that must stand alone takes no other between two syncs, not even its own PREPARE
  // after a limit has been passed; an unnamed one is enough.
  if (params.size() == 0) {
    connection.queue_plain(std::string(statement.sql).c_str(), {OpKind::statement, number, 0, {}});
  } else {
    connection.queue_statement(statement.sql, params, {OpKind::statement, number, 0, {}});
  }
  connection.queue_sync(number);
  for (const auto* setting : {"reset statement_timeout", "reset lock_timeout"}) {
    connection.queue_plain(setting, control);
  }
  connection.queue_sync(number);
  connection.flush();
  ++state_->statements;
  std::optional<Answer> answer;
  while (connection.under_way() > 0) {
    Outcome outcome = connection.next();
    if (outcome.op.transaction != number) continue;
    if (outcome.fate == Fate::failed && !answer) {
      answer = std::unexpected(std::move(outcome.error));
    } else if (outcome.op.kind == OpKind::statement && !answer) {
      answer = std::move(outcome.rows);
    }
  }
  state_->release(std::move(*acquired));
  return answer ? std::move(*answer) : Answer(std::unexpected(lost_error({})));
}

const PoolOptions& Pool::options() const {
  return state_->options;
}

Pool::Statistics Pool::statistics() const {
  const std::lock_guard lock(state_->mutex);
  return {.open = state_->open,
          .in_use = state_->open - static_cast<int>(state_->idle.size()),
          .transactions = state_->transactions,
          .statements = state_->statements,
          .waits = state_->waits};
}

base::Result<std::unique_ptr<Connection>> Pool::State::acquire() {
  const auto until = Clock::now() + std::chrono::microseconds(options.wait_max.us);
  const auto own = base::niceness();
  const auto niceness = own > usual ? own : 0;
  std::unique_lock lock(mutex);
  bool waited = false;
  for (;;) {
    while (auto connection = take_idle(niceness)) {
      lock.unlock();
      if (connection->healthy()) {
        // A PREPARE that an error skipped must be known to be missing before it is used again.
        if (connection->prepares_under_way()) connection->drain();
        if (!connection->lost()) return connection;
      }
      connection.reset();
      lock.lock();
      --open;
    }
    if (open >= options.connections_max && !idle.empty()) {  // of another priority
      idle.erase(idle.begin());
      --open;
    }
    if (open < options.connections_max) {
      ++open;
      lock.unlock();
      auto opened = open_one(until, niceness);
      if (!opened) forget_one();
      return opened;
    }
    if (!waited) ++waits;
    waited = true;
    if (freed.wait_until(lock, until) == std::cv_status::timeout && idle.empty() &&
        open >= options.connections_max) {
      return refuse(ProblemKind::unavailable, "store.busy",
                    "The server is busy; please try again in a moment.",
                    "all " + std::to_string(open) + " database connections are in use");
    }
  }
}

std::unique_ptr<Connection> Pool::State::take_idle(base::Niceness niceness) {
  for (auto at = idle.rbegin(); at != idle.rend(); ++at) {
    if (at->connection->niceness() != niceness) continue;
    auto connection = std::move(at->connection);
    idle.erase(std::next(at).base());
    return connection;
  }
  return nullptr;
}

base::Result<std::unique_ptr<Connection>> Pool::State::open_one(Clock::time_point until,
                                                                base::Niceness niceness) {
  const ConnectionOptions how{.conninfo = options.conninfo,
                              .statement_timeout = options.statement_timeout,
                              .lock_timeout = options.lock_timeout,
                              .niceness = niceness};
  for (;;) {
    auto opened = Connection::open(how);
    if (opened || Clock::now() >= until) return opened;
    // A server that starts up or recovers says so; it is worth the wait.
    if (PQping(options.conninfo.c_str()) != PQPING_REJECT) return opened;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

void Pool::State::forget_one() {
  {
    const std::lock_guard lock(mutex);
    --open;
  }
  freed.notify_one();
}

void Pool::State::release(std::unique_ptr<Connection> connection) {
  if (connection->lost()) {
    connection.reset();
    forget_one();
    return;
  }
  std::unique_ptr<Connection> stale;
  {
    const std::lock_guard lock(mutex);
    const auto now = Clock::now();
    idle.push_back({std::move(connection), now});
    if (idle.front().since + idle_max < now) {
      stale = std::move(idle.front().connection);
      idle.erase(idle.begin());
      --open;
    }
  }
  freed.notify_one();
}

}  // namespace rapport::store
