// One connection in pipeline mode. What is sent is remembered as an `Op`, in order; `next` gives
// the outcome of the oldest one. Prepared statements are kept by their text; the least recently
// used ones are given up above a limit.
//
// libpq is used non-blocking: whoever only writes while the server waits for its answers to be read
// waits for ever, so every wait here watches both directions.
#pragma once

#include <libpq-fe.h>

#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/priority.hpp"
#include "store/database.hpp"

namespace rapport::store {

struct Rows::Result {
  explicit Result(PGresult* result) : pg(result) {}
  ~Result() { PQclear(pg); }
  Result(const Result&) = delete;
  Result& operator=(const Result&) = delete;
  PGresult* pg;
};

using OwnedResult = std::unique_ptr<PGresult, decltype(&PQclear)>;

[[nodiscard]] DatabaseError error_of(const PGresult* result);
[[nodiscard]] DatabaseError lost_error(std::string_view said);

struct ConnectionOptions {
  std::string conninfo;
  base::Duration statement_timeout;
  base::Duration lock_timeout;
  base::Niceness niceness = 0;  // above nought, its server process gives way to others'
};

enum class OpKind : std::uint8_t { prepare, deallocate, statement, control, commit, sync };

struct Op {
  OpKind kind;
  std::uint64_t transaction;  // whose it is; the outcome for one that has ended is dropped
  std::size_t slot;           // which of its answers
  std::string name;           // of a prepared statement
};

enum class Fate : std::uint8_t { ok, failed, skipped };

struct Outcome {
  Op op;
  Fate fate = Fate::ok;
  Rows rows;
  DatabaseError error;
};

class Connection {
 public:
  static constexpr std::size_t prepared_max = 200;
  static constexpr std::size_t unsent_bytes_max = 256 * 1024;

  [[nodiscard]] static base::Result<std::unique_ptr<Connection>> open(
      const ConnectionOptions& options);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Queueing. Nothing is waited for, except for room where much has been queued.
  void queue_statement(std::string_view sql, const Params& params, const Op& op);
  void queue_plain(const char* sql, const Op& op);  // not prepared, no parameters
  void queue_sync(std::uint64_t transaction);
  // Gives up the prepared statements that fell out of the cache.
  void queue_deallocations(std::uint64_t transaction);

  // The outcome of the oldest op that has one to tell; waits for it. Ops must be under way.
  [[nodiscard]] Outcome next();
  [[nodiscard]] std::size_t under_way() const { return ops_.size(); }
  [[nodiscard]] bool prepares_under_way() const { return prepares_under_way_ > 0; }
  // Has the server send what it has, without a sync.
  void request_answers();
  // Sends all that is queued.
  void flush();
  // Waits for everything under way, and drops it.
  void drain();

  // Outside the pipeline, for COPY and scripts. Nothing may be under way.
  [[nodiscard]] bool leave_pipeline();
  [[nodiscard]] bool enter_pipeline();
  // Until a result can be had without waiting; also sends.
  bool wait_for_result();
  // Until the socket can be read or, where `to_write`, written.
  bool wait_socket(bool to_write);

  // Asks the server to give up what it is doing.
  void cancel();
  [[nodiscard]] bool lost() const { return lost_ || PQstatus(pg_) == CONNECTION_BAD; }
  // Looks at an idle connection without waiting: false where the server has hung up.
  [[nodiscard]] bool healthy();
  [[nodiscard]] PGconn* pg() { return pg_; }
  [[nodiscard]] std::size_t round_trips() const { return round_trips_; }
  [[nodiscard]] base::Niceness niceness() const { return niceness_; }
  void forget_prepared();

 private:
  struct Prepared {
    std::string sql;
    std::string name;
  };
  explicit Connection(PGconn* pg) : pg_(pg) {}
  const std::string& prepared_name(std::string_view sql, std::uint64_t transaction);
  void forget(const std::string& name);
  void sent(std::size_t bytes);
  void settle(const Op& op, Outcome& outcome);

  PGconn* pg_;
  base::Niceness niceness_ = 0;
  bool lost_ = false;
  std::string lost_message_;
  std::deque<Op> ops_;
  std::size_t unsent_bytes_ = 0;
  std::size_t prepares_under_way_ = 0;
  std::size_t round_trips_ = 0;
  std::uint64_t names_given_ = 0;
  std::list<Prepared> prepared_;  // the most recently used first
  std::unordered_map<std::string_view, std::list<Prepared>::iterator> by_sql_;
  std::vector<std::string> to_deallocate_;
  std::vector<const char*> pointers_;  // of the parameters; kept to allocate once
};

}  // namespace rapport::store
