// PostgreSQL, as the rest of the program sees it: a pool of connections, transactions that pipeline
// their statements, rows of text cells. One round trip carries as many statements as have been sent
// since the last answer was needed:
//
//   auto tx = pool.begin(Mode::read_write);
//   auto inserted = tx.send({"person.insert", sql}, params);   // nothing travels yet
//   auto logged   = tx.send({"change.insert", sql}, params);
//   auto done     = tx.commit();                               // begin + both + commit: one trip
//
// Only `store`, `entity/query`, `entity/write`, `*_queries.sql` and migrations write SQL.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.hpp"
#include "base/id.hpp"
#include "base/instant.hpp"
#include "base/problem.hpp"

namespace rapport::store {

// What PostgreSQL said. `constraint` names the broken constraint, from which the user's sentence is
// made.
struct DatabaseError {
  std::string sqlstate;  // "23505"
  std::string message, detail, hint;
  std::string schema, table, column, constraint;

  [[nodiscard]] bool unique_violation() const { return sqlstate == "23505"; }
  [[nodiscard]] bool foreign_key_violation() const { return sqlstate == "23503"; }
  [[nodiscard]] bool integrity_violation() const { return sqlstate.starts_with("23"); }
  // Another transaction was in the way, or a table changed its shape under a prepared statement;
  // the same work may succeed when tried again in a new transaction.
  [[nodiscard]] bool retriable() const {
    return sqlstate == "40001" || sqlstate == "40P01" || sqlstate == "55P03" || stale_plan;
  }
  [[nodiscard]] bool connection_lost() const {
    return sqlstate.starts_with("08") || sqlstate.starts_with("57P0");
  }
  // The connection broke while COMMIT was under way: the work may be there or not.
  [[nodiscard]] bool outcome_unknown() const { return sqlstate == "08007"; }

  bool stale_plan = false;
};

// A database error nobody expected ends the request: 500, or 503 where the connection is gone.
[[nodiscard]] base::Problem as_problem(const DatabaseError& error);

// Parameters of a statement, in text form, in order. They lie one behind the other in one buffer.
class Params {
 public:
  static constexpr std::size_t size_max = 65535;  // PostgreSQL's

  Params& text(std::string_view value);
  Params& integer(std::int64_t value);
  Params& boolean(bool value);
  Params& decimal(const base::Decimal& value);
  Params& id(const base::Id& value);
  Params& instant(base::Instant value);
  Params& date(base::Date value);
  Params& null();
  // A one-dimensional array literal; nullopt elements are NULL.
  Params& array(std::span<const std::optional<std::string>> values);
  Params& ids(std::span<const base::Id> values);
  // All of another list behind this one.
  Params& append(const Params& others);

  [[nodiscard]] std::size_t size() const { return starts_.size(); }
  [[nodiscard]] std::size_t bytes() const { return buffer_.size(); }
  // nullopt: NULL. Valid until the next one is added.
  [[nodiscard]] std::optional<std::string_view> value(std::size_t n) const;
  [[nodiscard]] std::vector<std::optional<std::string>> values() const;
  void clear();

 private:
  friend class Connection;
  static constexpr std::size_t kNull = static_cast<std::size_t>(-1);
  void begin_value() { starts_.push_back(buffer_.size()); }
  Params& end_value() {
    buffer_.push_back('\0');
    return *this;
  }

  std::string buffer_;               // each value ends with a NUL, as libpq wants it
  std::vector<std::size_t> starts_;  // kNull: NULL
};

// Statements are prepared on each connection at first use and kept by their text; the name stands
// in metrics and logs. Statements made at run time (filters) share one name.
struct Statement {
  std::string_view name;
  std::string_view sql;
};

class Rows {
 public:
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] std::size_t columns() const;
  [[nodiscard]] std::string_view column_name(std::size_t column) const;
  [[nodiscard]] bool is_null(std::size_t row, std::size_t column) const;
  // Empty for NULL: ask is_null where that matters. Valid as long as the Rows live.
  [[nodiscard]] std::string_view text(std::size_t row, std::size_t column) const;
  [[nodiscard]] std::int64_t integer(std::size_t row, std::size_t column) const;
  [[nodiscard]] bool boolean(std::size_t row, std::size_t column) const;
  [[nodiscard]] base::Id id(std::size_t row, std::size_t column) const;
  [[nodiscard]] base::Instant instant(std::size_t row, std::size_t column) const;
  // Rows changed by an INSERT, UPDATE or DELETE.
  [[nodiscard]] std::int64_t affected() const;

  struct Result;     // owns a PGresult
  Rows() = default;  // none
  explicit Rows(std::shared_ptr<const Result> result);

 private:
  std::shared_ptr<const Result> result_;
};

using Answer = std::expected<Rows, DatabaseError>;
using Done = std::expected<void, DatabaseError>;

enum class Mode { read_only, read_write };

struct Ticket {
  std::size_t n;  // the n-th statement of its transaction
};

class Connection;
class Pool;

// One transaction on one connection. Left without commit it rolls back. After the first error all
// that follows answers that error until a savepoint is rolled back to. Not thread-safe.
class Transaction {
 public:
  Transaction(Transaction&&) noexcept;
  Transaction& operator=(Transaction&&) noexcept;
  ~Transaction();

  // Queues a statement. Its error, if any, is what `take` or `commit` gives.
  Ticket send(const Statement& statement, const Params& params = {});
  // The answer of an earlier `send`; waits for it, in as few trips as possible. Works after
  // `commit` as well: what was sent before it travelled with it.
  Answer take(Ticket ticket);
  // send and take.
  Answer run(const Statement& statement, const Params& params = {});
  // Commits what was sent, in the same trip; the first error of any statement not yet taken.
  Done commit();
  // Does not wait.
  void rollback();

  // Work between `savepoint` and `rollback_to` can be undone without ending the transaction.
  // `savepoint` and `release` are queued as statements are; `rollback_to` waits.
  Done savepoint(std::string_view name);
  Done rollback_to(std::string_view name);
  Done release(std::string_view name);

  // COPY … FROM STDIN in text format; `feed` is called until it appends nothing.
  // Returns the rows copied. Leaves the pipeline before and enters it after.
  std::expected<std::int64_t, DatabaseError> copy_in(std::string_view copy_sql,
                                                     const std::function<void(std::string&)>& feed);
  // COPY … TO STDOUT; `take_chunk` gets each piece of bytes, false stops.
  Done copy_out(std::string_view copy_sql, const std::function<bool(std::string_view)>& take_chunk);

  // Several statements without parameters, as migrations and DDL need them. Leaves the pipeline
  // before and enters it after, as COPY does.
  Done script(std::string_view sql);

  // Reads on as of the moment that `other` reads at: two connections read halves of one whole. Must
  // be this one's first statement; `other`'s level is repeatable read, and it stays open meanwhile.
  Done read_as_of(Transaction& other);

  // Statements sent so far; tests count them.
  [[nodiscard]] std::size_t statements() const;
  // Times it waited for the database so far; tests count these too.
  [[nodiscard]] std::size_t round_trips() const;

 private:
  friend class Pool;
  struct State;
  explicit Transaction(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

struct PoolOptions {
  std::string conninfo;  // libpq keywords or URL
  int connections_max = 16;
  base::Duration wait_max = base::seconds(5);  // for a free connection; then `unavailable`
  base::Duration statement_timeout = base::seconds(30);  // 0: none
  base::Duration lock_timeout = base::seconds(2);        // 0: none
};

// Connections are opened when first needed, checked when they fail, and replaced after a restart of
// the database. Thread-safe.
class Pool {
 public:
  explicit Pool(PoolOptions options);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // Waits for a connection; refuses with `unavailable` after wait_max or where none can be opened.
  // A thread that gives way (base/priority.hpp) gets one whose server process does so, too, where
  // that runs on this machine.
  [[nodiscard]] base::Result<Transaction> begin(Mode mode);

  // A statement outside a transaction block (CREATE INDEX CONCURRENTLY, VACUUM); without time-out.
  Answer run_alone(const Statement& statement, const Params& params = {});

  [[nodiscard]] const PoolOptions& options() const;

  struct Statistics {
    int open, in_use;
    std::int64_t transactions, statements, waits;
  };
  [[nodiscard]] Statistics statistics() const;

  struct State;

 private:
  std::shared_ptr<State> state_;  // shared with the transactions under way
};

// Writes rows in the format of COPY FROM STDIN (text): escapes, separates, ends.
class CopyRow {
 public:
  explicit CopyRow(std::string& out) : out_(out) {}
  CopyRow& text(std::string_view value);
  CopyRow& raw(std::string_view value);  // needs no escaping: numbers, ids
  CopyRow& id(const base::Id& value);
  CopyRow& instant(base::Instant value);
  CopyRow& null();
  void end();

 private:
  std::string& out_;
  bool first_ = true;
};

}  // namespace rapport::store
