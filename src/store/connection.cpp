#include "store/connection.hpp"

#include <poll.h>

#include <cerrno>
#include <iterator>
#include <utility>

#include "store/server_priority.hpp"

namespace rapport::store {

namespace {

// Parallel workers are the postmaster's children and would not give way; what is written in bulk is
// sent to the disk as it comes, not in heaps that others' commits would have to wait behind.
constexpr std::string_view kGivingWay =
    " -c max_parallel_workers_per_gather=0 -c max_parallel_maintenance_workers=0"
    " -c backend_flush_after=256kB";

void ignore_notice(void*, const PGresult*) {}

using Settings = std::vector<std::pair<std::string, std::string>>;

// libpq takes the last where a keyword is given twice.
Settings with_defaults(Settings given) {
  Settings all{{"application_name", "rapport"},
               {"connect_timeout", "5"},
               {"keepalives_idle", "30"},
               {"tcp_user_timeout", "20000"}};
  all.insert(all.end(), std::make_move_iterator(given.begin()),
             std::make_move_iterator(given.end()));
  return all;
}

// What the caller gives, our defaults below it, and above it what the reading of answers counts on:
// a stray PGCLIENTENCODING or PGDATESTYLE must not change how values are written.
base::Result<Settings> settings_of(const ConnectionOptions& options) {
  char* said = nullptr;
  PQconninfoOption* given = PQconninfoParse(options.conninfo.c_str(), &said);
  if (given == nullptr) {
    const std::string why = said != nullptr ? said : "out of memory";
    PQfreemem(said);
    return base::refuse(base::ProblemKind::invalid, "store.bad_conninfo",
                        "The address of the database cannot be read.", why,
                        "Give it as postgresql://user@host/name or as host=… dbname=… user=….");
  }
  Settings settings;
  std::string server_options;
  for (const PQconninfoOption* at = given; at->keyword != nullptr; ++at) {
    if (at->val == nullptr) continue;
    if (std::string_view(at->keyword) == "options") {
      server_options = at->val;
    } else {
      settings.emplace_back(at->keyword, at->val);
    }
  }
  PQconninfoFree(given);
  settings = with_defaults(std::move(settings));
  settings.emplace_back("client_encoding", "UTF8");
  const auto milliseconds = [](base::Duration d) { return std::to_string(d.us / 1000); };
  server_options +=
      " -c timezone=UTC -c datestyle=ISO -c intervalstyle=iso_8601 -c bytea_output=hex"
      " -c statement_timeout=" +
      milliseconds(options.statement_timeout) +
      " -c lock_timeout=" + milliseconds(options.lock_timeout);
  if (options.niceness > 0) server_options += kGivingWay;
  settings.emplace_back("options", server_options);
  return settings;
}

}  // namespace

Connection::~Connection() {
  PQfinish(pg_);
}

void Connection::queue_statement(std::string_view sql, const Params& params, const Op& op) {
  if (lost()) {
    ops_.push_back(op);
    return;
  }
  const std::string& name = prepared_name(sql, op.transaction);
  pointers_.clear();
  for (const std::size_t start : params.starts_) {
    pointers_.push_back(start == Params::kNull ? nullptr : params.buffer_.data() + start);
  }
  if (PQsendQueryPrepared(pg_, name.c_str(), static_cast<int>(pointers_.size()), pointers_.data(),
                          nullptr, nullptr, 0) != 1) {
    lost_ = true;
  }
  ops_.push_back(op);
  sent(params.buffer_.size() + 64);
}

void Connection::queue_plain(const char* sql, const Op& op) {
  if (!lost() && PQsendQueryParams(pg_, sql, 0, nullptr, nullptr, nullptr, nullptr, 0) != 1) {
    lost_ = true;
  }
  ops_.push_back(op);
  sent(64);
}

void Connection::queue_sync(std::uint64_t transaction) {
  if (!lost() && PQpipelineSync(pg_) != 1) lost_ = true;
  ops_.push_back({OpKind::sync, transaction, 0, {}});
}

// With a sync of their own: a DEALLOCATE takes a snapshot, and after one a transaction's isolation
// level cannot be set any more.
void Connection::queue_deallocations(std::uint64_t transaction) {
  if (to_deallocate_.empty()) return;
  for (std::string& name : std::exchange(to_deallocate_, {})) {
    const std::string sql = "deallocate " + name;
    queue_plain(sql.c_str(), {OpKind::deallocate, transaction, 0, std::move(name)});
  }
  queue_sync(transaction);
}

const std::string& Connection::prepared_name(std::string_view sql, std::uint64_t transaction) {
  if (const auto found = by_sql_.find(sql); found != by_sql_.end()) {
    prepared_.splice(prepared_.begin(), prepared_, found->second);
    return prepared_.front().name;
  }
  if (prepared_.size() >= prepared_max) {
    by_sql_.erase(prepared_.back().sql);
    to_deallocate_.push_back(std::move(prepared_.back().name));
    prepared_.pop_back();
  }
  prepared_.push_front({std::string(sql), "s" + std::to_string(++names_given_)});
  Prepared& fresh = prepared_.front();
  by_sql_.emplace(fresh.sql, prepared_.begin());
  if (PQsendPrepare(pg_, fresh.name.c_str(), fresh.sql.c_str(), 0, nullptr) != 1) lost_ = true;
  ops_.push_back({OpKind::prepare, transaction, 0, fresh.name});
  ++prepares_under_way_;
  sent(fresh.sql.size() + 64);
  return fresh.name;
}

void Connection::forget(const std::string& name) {
  for (auto at = prepared_.begin(); at != prepared_.end(); ++at) {
    if (at->name != name) continue;
    by_sql_.erase(at->sql);
    prepared_.erase(at);
    return;
  }
}

void Connection::forget_prepared() {
  for (Prepared& each : prepared_) to_deallocate_.push_back(std::move(each.name));
  by_sql_.clear();
  prepared_.clear();
}

void Connection::sent(std::size_t bytes) {
  unsent_bytes_ += bytes;
  if (unsent_bytes_ > unsent_bytes_max) flush();
}

void Connection::request_answers() {
  if (!lost() && PQsendFlushRequest(pg_) != 1) lost_ = true;
}

void Connection::flush() {
  unsent_bytes_ = 0;
  while (!lost()) {
    const int pending = PQflush(pg_);
    if (pending == 0) return;
    if (pending < 0 || !wait_socket(true)) lost_ = true;
  }
}

bool Connection::wait_socket(bool to_write) {
  pollfd watched{.fd = PQsocket(pg_),
                 .events = static_cast<short>(to_write ? POLLIN | POLLOUT : POLLIN),
                 .revents = 0};
  if (watched.fd < 0) return false;
  while (poll(&watched, 1, -1) < 0) {
    if (errno != EINTR) return false;
  }
  if ((watched.revents & (POLLIN | POLLERR | POLLHUP)) != 0) return PQconsumeInput(pg_) == 1;
  return true;
}

bool Connection::wait_for_result() {
  bool waited = false;
  while (PQisBusy(pg_) == 1) {
    const int pending = PQflush(pg_);
    if (pending < 0) return false;
    if (!waited) ++round_trips_;
    waited = true;
    if (!wait_socket(pending > 0)) return false;
  }
  return true;
}

Outcome Connection::next() {
  for (;;) {
    Outcome outcome{.op = std::move(ops_.front()), .fate = Fate::ok, .rows = {}, .error = {}};
    ops_.pop_front();
    if (lost_ || !wait_for_result()) lost_ = true;
    // A lost connection may still hold what the server said before it hung up.
    const bool would_block = lost_ && PQisBusy(pg_) == 1;
    OwnedResult result(would_block ? nullptr : PQgetResult(pg_), &PQclear);
    const ExecStatusType status = result ? PQresultStatus(result.get()) : PGRES_FATAL_ERROR;
    if (outcome.op.kind == OpKind::sync && status == PGRES_PIPELINE_SYNC) return outcome;
    if (!result || (status == PGRES_FATAL_ERROR && lost())) {
      lost_ = true;
      outcome.fate = Fate::failed;
      outcome.error = result ? error_of(result.get()) : lost_error(PQerrorMessage(pg_));
      if (!outcome.error.connection_lost()) {
        outcome.error = lost_error(outcome.error.message);
      }
    } else if (status == PGRES_PIPELINE_ABORTED) {
      outcome.fate = Fate::skipped;
    } else if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ||
               status == PGRES_EMPTY_QUERY) {
      outcome.rows = Rows(std::make_shared<Rows::Result>(result.release()));
    } else {
      outcome.fate = Fate::failed;
      outcome.error = error_of(result.get());
    }
    if (!lost() && !wait_for_result()) lost_ = true;
    if (!lost()) OwnedResult(PQgetResult(pg_), &PQclear);  // the null that ends this op's results
    settle(outcome.op, outcome);
    const bool telling = outcome.fate == Fate::failed || (outcome.op.kind != OpKind::prepare &&
                                                          outcome.op.kind != OpKind::deallocate);
    if (telling || ops_.empty()) return outcome;
  }
}

void Connection::settle(const Op& op, Outcome& outcome) {
  const bool ok = outcome.fate == Fate::ok;
  if (op.kind == OpKind::prepare) {
    --prepares_under_way_;
    if (!ok) forget(op.name);
  } else if (op.kind == OpKind::deallocate && !ok) {
    if (outcome.fate == Fate::skipped) to_deallocate_.push_back(op.name);
  } else if (op.kind == OpKind::statement && outcome.fate == Fate::failed) {
    const bool unknown_statement = outcome.error.sqlstate == "26000";
    if (unknown_statement || outcome.error.stale_plan) {
      outcome.error.stale_plan = true;
      forget_prepared();
      if (unknown_statement) to_deallocate_.clear();
    }
  }
}

void Connection::drain() {
  while (!ops_.empty()) (void)next();
}

bool Connection::leave_pipeline() {
  return !lost() && PQexitPipelineMode(pg_) == 1;
}

bool Connection::enter_pipeline() {
  return !lost() && PQenterPipelineMode(pg_) == 1;
}

void Connection::cancel() {
  char message[256];
  if (PGcancel* handle = PQgetCancel(pg_)) {
    PQcancel(handle, message, sizeof message);
    PQfreeCancel(handle);
  }
}

bool Connection::healthy() {
  pollfd watched{.fd = PQsocket(pg_), .events = POLLIN, .revents = 0};
  // A server that hangs up sends its reason first: read until there is nothing, or the end.
  while (!lost() && watched.fd >= 0 && poll(&watched, 1, 0) > 0) {
    if (PQconsumeInput(pg_) != 1) lost_ = true;
    watched.revents = 0;
  }
  return !lost() && watched.fd >= 0;
}

base::Result<std::unique_ptr<Connection>> Connection::open(const ConnectionOptions& options) {
  const auto settings = settings_of(options);
  if (!settings) return std::unexpected(settings.error());
  std::vector<const char*> keywords, values;
  for (const auto& [keyword, value] : *settings) {
    keywords.push_back(keyword.c_str());
    values.push_back(value.c_str());
  }
  keywords.push_back(nullptr);
  values.push_back(nullptr);
  PGconn* pg = PQconnectdbParams(keywords.data(), values.data(), 0);
  std::unique_ptr<Connection> connection(new Connection(pg));
  if (pg == nullptr || PQstatus(pg) != CONNECTION_OK) {
    return base::refuse(base::ProblemKind::unavailable, "store.unreachable",
                        "The database cannot be reached.",
                        pg != nullptr ? PQerrorMessage(pg) : "out of memory");
  }
  PQsetNoticeReceiver(pg, ignore_notice, nullptr);
  if (PQsetnonblocking(pg, 1) != 0 || PQenterPipelineMode(pg) != 1) {
    return base::refuse(base::ProblemKind::internal, "store.no_pipeline",
                        "The database connection cannot be used.", PQerrorMessage(pg));
  }
  connection->niceness_ = options.niceness;
  if (options.niceness > 0) set_server_priority(pg, options.niceness);
  return connection;
}

}  // namespace rapport::store
