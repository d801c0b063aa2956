#include "store/cluster.hpp"

#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <libpq-fe.h>

#include <charconv>
#include <chrono>
#include <fstream>
#include <optional>
#include <thread>

#include "base/log.hpp"
#include "store/cluster_folder.hpp"
#include "store/file_lock.hpp"
#include "store/running_server.hpp"
#include "store/server_process.hpp"

namespace rapport::store {

namespace fs = std::filesystem;

using base::ProblemKind;
using base::refuse;

namespace {

// Another program may be making, starting or stopping the cluster.
constexpr int kOthersMsMax = kStartMsMax + kStopMsMax;
constexpr std::uintmax_t kLogBytesMax = 8U << 20;
constexpr const char* kDatabase = "rapport";

std::string conninfo_for(const fs::path& socket_folder) {
  return "host=" + conninfo_quoted(socket_folder.string()) +
         " port=5432 user=rapport dbname=" + kDatabase;
}

bool answers(const std::string& conninfo) {
  PGconn* connection = PQconnectdb(conninfo.c_str());
  const bool good = PQstatus(connection) == CONNECTION_OK;
  PQfinish(connection);
  return good;
}

void give_to(const fs::path& file, const OsUser& user) {
  if (geteuid() == 0 && lchown(file.c_str(), user.uid, user.gid) != 0) {
    base::log_warning("a settings file of the database could not be given to its user");
  }
}

}  // namespace

struct Cluster::State {
  ClusterOptions options;
  ClusterFolder folder;
  OsUser user;
  FileLock use;
  FileLock change;
  RunningServer server;
  bool owned = false;
  bool left = false;

  [[nodiscard]] base::Result<void> join_or_start();
  [[nodiscard]] base::Result<bool> join(const RunningServer& running);
  [[nodiscard]] base::Result<void> start();
  [[nodiscard]] base::Result<Programs> programs_for_data();
  [[nodiscard]] base::Result<void> make_if_missing(const Programs& programs);
  void write_settings();
  void keep_watched();
  void leave();
};

base::Result<Cluster> Cluster::start_or_join(const ClusterOptions& options) {
  auto user = prepare(options);
  if (!user) return std::unexpected(std::move(user.error()));
  const ClusterFolder folder(options.data);
  auto use = FileLock::open(folder.use_lock(), *user);
  if (!use) return std::unexpected(std::move(use.error()));
  auto change = FileLock::open(folder.change_lock(), *user);
  if (!change) return std::unexpected(std::move(change.error()));
  auto state = std::make_unique<State>(State{.options = options,
                                             .folder = folder,
                                             .user = std::move(*user),
                                             .use = std::move(*use),
                                             .change = std::move(*change),
                                             .server = {}});
  // Alone or not is told by a try for the exclusive lock; a watcher holds it while it stops a
  // database whose programs have died.
  state->owned = state->use.attempt(LOCK_EX);
  if (!state->use.attempt_for(LOCK_SH, kOthersMsMax) ||
      !state->change.attempt_for(LOCK_EX, kOthersMsMax)) {
    return refuse(ProblemKind::unavailable, "store.cluster_busy",
                  "Another program has been starting or stopping the database for too long.",
                  folder.root.string(), "Look for it with ps, and at " + folder.log().string());
  }
  auto done = state->join_or_start();
  state->change.unlock();
  if (!done) return std::unexpected(std::move(done.error()));
  return Cluster(std::move(state));
}

base::Result<void> Cluster::State::join_or_start() {
  if (const auto running = find_running_server(folder.cluster())) {
    const auto joined = join(*running);
    if (!joined) return std::unexpected(joined.error());
    if (*joined) {
      if (owned) base::log_info("the database was running without a program; it is adopted");
      keep_watched();
      return {};
    }
  }
  return start();
}

// False where it is gone (or had to be ended, since nobody could have reached it).
base::Result<bool> Cluster::State::join(const RunningServer& running) {
  constexpr int kSilentMsMax = 2'000;
  using Clock = std::chrono::steady_clock;
  auto silent_since = Clock::now();
  const auto begun = silent_since;
  while (is_running(running.process)) {
    const PGPing said = PQping(admin_conninfo(running.socket_folder, "postgres").c_str());
    if (said == PQPING_OK) {
      server = running;
      return true;
    }
    const auto now = Clock::now();
    if (said == PQPING_REJECT) silent_since = now;  // it starts, stops or recovers
    if (owned && now - silent_since > std::chrono::milliseconds(kSilentMsMax)) {
      base::log_warning("the database runs but its socket is gone; it is started anew");
      kill(running.process, SIGINT);
      if (!wait_until_gone(running.process, kStopMsMax)) kill(running.process, SIGQUIT);
      silent_since = now;
    }
    const bool lost = !owned && now - silent_since > std::chrono::milliseconds(kSilentMsMax);
    if (lost || now - begun > std::chrono::milliseconds(kOthersMsMax)) {
      return refuse(ProblemKind::unavailable, "store.start_failed",
                    "The database runs but does not answer.",
                    "process " + std::to_string(running.process),
                    "Its log is " + folder.log().string() + ".");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return false;
}

base::Result<void> Cluster::State::start() {
  owned = true;
  const auto programs = programs_for_data();
  if (!programs) return std::unexpected(programs.error());
  if (auto made = make_if_missing(*programs); !made) return made;
  for (const fs::path& each : clear_after_crash(folder.cluster())) {
    clear_socket_folder(each, user);
  }
  clear_socket_folder(folder.run(), user);
  write_settings();
  auto socket_folder = make_socket_folder(folder, user);
  if (!socket_folder) return std::unexpected(std::move(socket_folder.error()));
  const auto process = start_server(*programs, {.cluster = folder.cluster(),
                                                .socket_folder = *socket_folder,
                                                .log = folder.log(),
                                                .user = user});
  if (!process) {
    clear_socket_folder(*socket_folder, user);
    return std::unexpected(process.error());
  }
  server = {.process = *process, .socket_folder = *socket_folder};
  keep_watched();
  if (answers(conninfo_for(*socket_folder))) return {};
  auto made = make_database(*socket_folder, kDatabase);
  if (!made) leave();
  return made;
}

base::Result<Programs> Cluster::State::programs_for_data() {
  std::error_code error;
  std::ifstream in(folder.cluster() / "PG_VERSION");
  int major = 0;
  if (in >> major) {
    const auto programs = find_programs(options.bin, options.bin.empty() ? major : 0);
    if (!programs || programs->major == major) return programs;
    return refuse(ProblemKind::conflict, "store.other_version",
                  "The data in " + folder.root.string() + " was made by PostgreSQL " +
                      std::to_string(major) + ", but " + options.bin.string() + " holds version " +
                      std::to_string(programs->major) + ".",
                  {},
                  "Use the programs of version " + std::to_string(major) +
                      ", or move the data over with pg_upgrade.");
  }
  if (fs::exists(folder.cluster(), error) && !fs::is_empty(folder.cluster(), error)) {
    return refuse(ProblemKind::conflict, "store.not_a_cluster",
                  "The folder " + folder.cluster().string() +
                      " holds something, but no database that can be read.",
                  error ? error.message() : "PG_VERSION is missing or cannot be read",
                  "Nothing was touched. Move it away, or choose another data folder.");
  }
  return find_programs(options.bin, 0);
}

base::Result<void> Cluster::State::make_if_missing(const Programs& programs) {
  struct stat seen{};
  std::error_code error;
  if (fs::exists(folder.cluster() / "PG_VERSION", error)) {
    if (stat(folder.cluster().c_str(), &seen) == 0 && seen.st_uid == user.uid) return {};
    return refuse(ProblemKind::forbidden, "store.not_the_owner",
                  "The database in " + folder.root.string() + " belongs to another user.",
                  "owner " + std::to_string(seen.st_uid) + ", expected " + user.name,
                  "Run as its owner, or choose another data folder.");
  }
  // Root may reach into a folder that the database's user may not write to.
  base::log_info("making a new database in " + folder.root.string());
  return make_cluster(
      programs,
      {.cluster = folder.cluster(), .user = user, .durable = true, .settings = first_settings()});
}

void Cluster::State::write_settings() {
  const fs::path path = folder.cluster() / "rapport.conf";
  const fs::path beside = path.string() + ".new";
  {
    std::ofstream out(beside, std::ios::trunc);
    out << own_settings(options);
  }
  give_to(beside, user);
  std::error_code error;
  fs::rename(beside, path, error);
  if (fs::file_size(folder.log(), error) > kLogBytesMax && !error) {
    fs::rename(folder.log(), folder.log().string() + ".1", error);
  }
}

void Cluster::State::keep_watched() {
  pid_t watcher = -1, watched = -1;
  std::ifstream(folder.watcher()) >> watcher >> watched;
  if (watched == server.process && is_running_as(watcher, kWatcherName)) return;
  watcher = leave_watcher(
      {.lock = folder.use_lock(), .process = server.process, .signal = SIGINT, .remove = {}});
  if (watcher < 0) {
    base::log_warning("nobody watches the database: it will run on if this program is killed");
    return;
  }
  std::ofstream(folder.watcher(), std::ios::trunc) << watcher << ' ' << server.process << '\n';
  give_to(folder.watcher(), user);
}

void Cluster::State::leave() {
  if (left) return;
  left = true;
  // Under the change lock nobody starts or stops; whoever is about to join holds his use lock.
  const bool alone = change.attempt_for(LOCK_EX, kOthersMsMax) && use.attempt(LOCK_EX);
  if (alone) {
    kill(server.process, SIGINT);
    if (!wait_until_gone(server.process, kStopMsMax)) {
      base::log_warning("the database did not stop in time and is stopped at once");
      kill(server.process, SIGQUIT);
      (void)wait_until_gone(server.process, kStopMsMax);
    }
    clear_socket_folder(server.socket_folder, user);
  } else {
    // Others use it and will stop it; or the watcher was faster, in the gap between our shared lock
    // and the exclusive one.
    for (int ms = 0; ms < kStopMsMax && !use.attempt(LOCK_SH); ms += 10) {
      if (wait_until_gone(server.process, 10)) break;
    }
    if (!is_running(server.process)) clear_socket_folder(server.socket_folder, user);
  }
  use.unlock();
  change.unlock();
}

Cluster::Cluster(std::unique_ptr<State> state) : state_(std::move(state)) {}
Cluster::Cluster(Cluster&&) noexcept = default;
Cluster& Cluster::operator=(Cluster&& other) noexcept {
  if (this != &other) {
    stop();
    state_ = std::move(other.state_);
  }
  return *this;
}

Cluster::~Cluster() {
  stop();
}

void Cluster::stop() {
  if (state_) state_->leave();
}

std::string Cluster::conninfo() const {
  return conninfo_for(state_->server.socket_folder);
}
bool Cluster::owned() const {
  return state_->owned;
}
int Cluster::process() const {
  return state_->server.process;
}

bool Cluster::alive() const {
  if (state_->left) return false;
  waitpid(state_->server.process, nullptr, WNOHANG);  // where it is our child
  return is_running(state_->server.process);
}

}  // namespace rapport::store
