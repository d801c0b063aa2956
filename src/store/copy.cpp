#include <memory>

#include "store/pool_state.hpp"

namespace rapport::store {

namespace {

// Large enough to cost no more than the bytes, small enough to keep two of them in memory.
constexpr std::size_t kCopyChunkBytes = 256 * 1024;

// The pipeline is left for as long as one of these lives.
class OutsidePipeline {
 public:
  explicit OutsidePipeline(Connection& connection)
      : connection_(connection), left_(connection.leave_pipeline()) {}
  ~OutsidePipeline() {
    if (left_) (void)connection_.enter_pipeline();
  }
  OutsidePipeline(const OutsidePipeline&) = delete;
  OutsidePipeline& operator=(const OutsidePipeline&) = delete;

  [[nodiscard]] bool begin(std::string_view sql) {
    if (!left_ || PQsendQuery(connection_.pg(), std::string(sql).c_str()) != 1) return false;
    connection_.flush();
    return true;
  }
  [[nodiscard]] OwnedResult result() {
    (void)connection_.wait_for_result();
    return {PQgetResult(connection_.pg()), &PQclear};
  }

 private:
  Connection& connection_;
  bool left_;
};

DatabaseError error_from(const PGresult* result, Connection& connection) {
  DatabaseError error = result != nullptr ? error_of(result) : DatabaseError{};
  if (connection.lost() && !error.connection_lost()) {
    return lost_error(PQerrorMessage(connection.pg()));
  }
  if (error.sqlstate.empty()) {
    error.sqlstate = "XX000";
    error.message = "the statement is no COPY of the kind expected";
  }
  return error;
}

// Sends what `feed` gives; the server works on one chunk while the next is made.
bool stream_in(Connection& connection, const std::function<void(std::string&)>& feed) {
  std::string chunk;
  chunk.reserve(kCopyChunkBytes + kCopyChunkBytes / 4);
  for (bool more = true; more;) {
    chunk.clear();
    while (more && chunk.size() < kCopyChunkBytes) {
      const std::size_t before = chunk.size();
      feed(chunk);
      more = chunk.size() > before;
    }
    connection.flush();
    if (connection.lost()) return false;
    if (chunk.empty()) break;
    // The buffer is empty now, so that libpq always takes it.
    if (PQputCopyData(connection.pg(), chunk.data(), static_cast<int>(chunk.size())) != 1) {
      return false;
    }
    if (PQflush(connection.pg()) < 0) return false;
  }
  return true;
}

}  // namespace

std::expected<std::int64_t, DatabaseError> Transaction::copy_in(
    std::string_view copy_sql, const std::function<void(std::string&)>& feed) {
  State& state = *state_;
  if (const Done settled = state.settle(); !settled) return std::unexpected(settled.error());
  ++state.statements;
  Connection& connection = *state.connection;
  OutsidePipeline outside(connection);
  const auto fail = [&](const PGresult* result) {
    state.error = error_from(result, connection);
    while (outside.result()) {
    }
    return std::unexpected(*state.error);
  };
  if (!outside.begin(copy_sql)) return fail(nullptr);
  if (const OwnedResult start = outside.result(); PQresultStatus(start.get()) != PGRES_COPY_IN) {
    return fail(start.get());
  }
  try {
    if (!stream_in(connection, feed)) return fail(nullptr);
  } catch (...) {
    PQputCopyEnd(connection.pg(), "the program could not go on");
    connection.flush();
    (void)fail(outside.result().get());
    throw;
  }
  if (PQputCopyEnd(connection.pg(), nullptr) != 1) return fail(nullptr);
  connection.flush();
  OwnedResult end = outside.result();
  if (PQresultStatus(end.get()) != PGRES_COMMAND_OK) return fail(end.get());
  const Rows rows(std::make_shared<Rows::Result>(end.release()));
  while (outside.result()) {
  }
  return rows.affected();
}

Done Transaction::copy_out(std::string_view copy_sql,
                           const std::function<bool(std::string_view)>& take_chunk) {
  State& state = *state_;
  if (const Done settled = state.settle(); !settled) return settled;
  ++state.statements;
  Connection& connection = *state.connection;
  OutsidePipeline outside(connection);
  const auto fail = [&](const PGresult* result) {
    state.error = error_from(result, connection);
    while (outside.result()) {
    }
    return std::unexpected(*state.error);
  };
  if (!outside.begin(copy_sql)) return fail(nullptr);
  if (const OwnedResult start = outside.result(); PQresultStatus(start.get()) != PGRES_COPY_OUT) {
    return fail(start.get());
  }
  bool stopped = false;
  const auto give_up = [&] {
    stopped = true;
    connection.cancel();
  };
  std::exception_ptr thrown;
  for (;;) {
    char* piece = nullptr;
    const int size = PQgetCopyData(connection.pg(), &piece, 1);
    if (size == 0) {
      if (!connection.wait_socket(false)) return fail(nullptr);
      continue;
    }
    if (size < 0) break;
    const std::unique_ptr<char, decltype(&PQfreemem)> owned(piece, &PQfreemem);
    if (stopped) continue;
    try {
      if (!take_chunk({piece, static_cast<std::size_t>(size)})) give_up();
    } catch (...) {
      thrown = std::current_exception();
      give_up();
    }
  }
  const OwnedResult end = outside.result();
  const bool ok = PQresultStatus(end.get()) == PGRES_COMMAND_OK;
  if (!ok) (void)fail(end.get());
  if (ok) {
    while (outside.result()) {
    }
  }
  if (thrown) std::rethrow_exception(thrown);
  // Whoever stops has what he wanted; the transaction can do no more, though.
  if (ok || stopped) return {};
  return std::unexpected(*state.error);
}

}  // namespace rapport::store
