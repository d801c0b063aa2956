#include <utility>

#include "store/pool_state.hpp"

namespace rapport::store {

namespace {

constexpr std::string_view kLostState = "08006";
constexpr std::string_view kUnknownOutcomeState = "08007";
constexpr std::size_t kNoSlot = static_cast<std::size_t>(-1);

DatabaseError over_error() {
  DatabaseError error;
  error.sqlstate = "25P01";
  error.message = "the transaction has ended";
  return error;
}

DatabaseError too_many_params_error() {
  DatabaseError error;
  error.sqlstate = "54000";
  error.message = "a statement takes at most 65535 parameters";
  return error;
}

std::string quoted(std::string_view name) {
  std::string out = "\"";
  for (const char c : name) {
    if (c == '"') out.push_back('"');
    out.push_back(c);
  }
  out.push_back('"');
  return out;
}

}  // namespace

Transaction::Transaction(std::unique_ptr<State> state) : state_(std::move(state)) {}
Transaction::Transaction(Transaction&&) noexcept = default;

Transaction& Transaction::operator=(Transaction&& other) noexcept {
  if (this != &other) {
    rollback();
    state_ = std::move(other.state_);
  }
  return *this;
}

Transaction::~Transaction() {
  rollback();
}

Ticket Transaction::send(const Statement& statement, const Params& params) {
  State& state = *state_;
  const Ticket ticket{state.answers.size()};
  state.answers.emplace_back();
  state.taken.push_back(false);
  ++state.statements;
  if (!state.connection) {
    state.answers.back() = std::unexpected(over_error());
  } else if (state.error) {
    state.answers.back() = std::unexpected(*state.error);
  } else if (params.size() > Params::size_max) {
    state.error = too_many_params_error();
    state.answers.back() = std::unexpected(*state.error);
  } else {
    state.connection->queue_statement(statement.sql, params,
                                      {OpKind::statement, state.number, ticket.n, {}});
  }
  return ticket;
}

Answer Transaction::take(Ticket ticket) {
  State& state = *state_;
  if (ticket.n >= state.answers.size()) return std::unexpected(over_error());
  if (!state.answers[ticket.n]) state.read_until(ticket.n);
  state.taken[ticket.n] = true;
  return *state.answers[ticket.n];
}

Answer Transaction::run(const Statement& statement, const Params& params) {
  return take(send(statement, params));
}

Done Transaction::commit() {
  State& state = *state_;
  if (!state.connection) return std::unexpected(state.error ? *state.error : over_error());
  if (state.error) {
    rollback();
    return std::unexpected(*state.error);
  }
  state.connection->queue_plain("commit", {OpKind::commit, state.number, kNoSlot, {}});
  state.connection->queue_sync(state.number);
  state.connection->flush();
  state.read_all();
  if (!state.error) {
    state.end();
    return {};
  }
  // The server hung up without a word: how far it came with what had been sent, nobody knows.
  if (state.error->sqlstate == kLostState) state.error->sqlstate = kUnknownOutcomeState;
  rollback();
  return std::unexpected(*state.error);
}

void Transaction::rollback() {
  if (!state_ || !state_->connection) return;
  State& state = *state_;
  Connection& connection = *state.connection;
  // The first sync mends a pipeline that an error has stopped. Nobody waits for the answers: the
  // connection's next user reads past them.
  connection.queue_sync(state.number);
  state.queue_control("rollback");
  connection.queue_sync(state.number);
  connection.flush();
  state.end();
}

Done Transaction::savepoint(std::string_view name) {
  State& state = *state_;
  if (!state.connection) return std::unexpected(over_error());
  if (state.error) return std::unexpected(*state.error);
  state.sql = "savepoint " + quoted(name);
  state.queue_control(state.sql.c_str());
  return {};
}

Done Transaction::release(std::string_view name) {
  State& state = *state_;
  if (!state.connection) return std::unexpected(over_error());
  if (state.error) return std::unexpected(*state.error);
  state.sql = "release savepoint " + quoted(name);
  state.queue_control(state.sql.c_str());
  return {};
}

Done Transaction::rollback_to(std::string_view name) {
  State& state = *state_;
  if (!state.connection) return std::unexpected(over_error());
  // After an error the server skips all up to a sync; in a transaction block a sync ends nothing.
  state.connection->queue_sync(state.number);
  state.sql = "rollback to savepoint " + quoted(name);
  state.queue_control(state.sql.c_str());
  state.connection->request_answers();
  state.connection->flush();
  while (state.connection->under_way() > 1) state.absorb(state.connection->next());
  Outcome last = state.connection->next();
  if (last.fate == Fate::ok) {
    state.error.reset();
    return {};
  }
  if (!state.error) state.error = std::move(last.error);
  return std::unexpected(*state.error);
}

Done Transaction::script(std::string_view sql) {
  State& state = *state_;
  if (const Done settled = state.settle(); !settled) return settled;
  ++state.statements;
  Connection& connection = *state.connection;
  if (!connection.leave_pipeline() || PQsendQuery(connection.pg(), std::string(sql).c_str()) != 1) {
    state.error = lost_error(PQerrorMessage(connection.pg()));
    return std::unexpected(*state.error);
  }
  connection.flush();
  while (connection.wait_for_result()) {
    const OwnedResult result(PQgetResult(connection.pg()), &PQclear);
    if (!result) break;
    if (PQresultStatus(result.get()) == PGRES_FATAL_ERROR && !state.error) {
      state.error = error_of(result.get());
      if (connection.lost()) state.error->sqlstate = "08006";
    }
  }
  if (!connection.enter_pipeline() && !state.error) {
    state.error = lost_error(PQerrorMessage(connection.pg()));
  }
  if (state.error) return std::unexpected(*state.error);
  return {};
}

Done Transaction::read_as_of(Transaction& other) {
  const auto exported = other.run({"transaction.snapshot", "select pg_export_snapshot()"});
  if (!exported) return std::unexpected(exported.error());
  // It is of hexadecimal digits and dashes. Prepared and planned, a statement would be the first.
  return script("set transaction isolation level repeatable read; set transaction snapshot '" +
                std::string(exported->text(0, 0)) + "'");
}

std::size_t Transaction::statements() const {
  return state_->statements;
}

std::size_t Transaction::round_trips() const {
  if (!state_->connection) return state_->trips;
  return state_->connection->round_trips() - state_->trips_before;
}

void Transaction::State::queue_control(const char* text) {
  connection->queue_plain(text, {OpKind::control, number, kNoSlot, {}});
}

void Transaction::State::absorb(Outcome outcome) {
  if (outcome.op.transaction != number) return;
  const bool lost = outcome.fate == Fate::failed && outcome.error.connection_lost();
  if (outcome.fate == Fate::failed && !error) {
    error = std::move(outcome.error);
    if (lost && outcome.op.kind == OpKind::commit) error->sqlstate = kUnknownOutcomeState;
  }
  if (outcome.op.kind != OpKind::statement) return;
  auto& answer = answers[outcome.op.slot];
  if (outcome.fate == Fate::ok) {
    answer = std::move(outcome.rows);
  } else {
    answer = std::unexpected(error ? *error : over_error());
  }
}

void Transaction::State::read_until(std::size_t slot) {
  if (connection) {
    connection->request_answers();
    connection->flush();
    while (!answers[slot] && connection->under_way() > 0) absorb(connection->next());
  }
  if (!answers[slot]) answers[slot] = std::unexpected(error ? *error : over_error());
}

void Transaction::State::read_all() {
  while (connection->under_way() > 0) absorb(connection->next());
}

Done Transaction::State::settle() {
  if (!connection) return std::unexpected(over_error());
  connection->queue_sync(number);
  connection->flush();
  read_all();
  if (error) return std::unexpected(*error);
  return {};
}

void Transaction::State::end() {
  trips = connection->round_trips() - trips_before;
  pool->statements += static_cast<std::int64_t>(statements);
  pool->release(std::move(connection));
}

}  // namespace rapport::store
