// The private PostgreSQL cluster: initialised and started by the program in its data directory,
// reached over a Unix socket there, stopped with it. Data directory:
//
//   DIR/postgres    the cluster; its settings are rewritten at each start in postgres/rapport.conf,
//                   an operator's own go below the include in postgres/postgresql.conf
//   DIR/run         socket (or a short folder in /tmp: paths of sockets end at 107 bytes), locks
//   DIR/log         its log
//   DIR/rapport.pid the lock of `serve`
//
// Any number of programs may use it at once (a server and commands beside it). The first one starts
// it, the last one that ends stops it. Each holds a shared lock on DIR/run/use.lock, which the
// kernel takes back however the program ends; a watcher process waits for that lock and stops the
// database after a crash, so that it never runs on unseen. If the watcher was killed as well, the
// next program finds the database running, adopts it and sets a new watcher.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/problem.hpp"

namespace rapport::store {

struct ClusterOptions {
  std::filesystem::path data;  // DIR
  std::filesystem::path bin =
      {};  // folder of initdb and postgres; empty: the newest ≥ 15 installed
  // As PostgreSQL writes it; empty: an eighth of the memory, from 128 MB to 1 GB.
  std::string shared_buffers = {};
  std::string run_as = {};  // as root: drop to this user; empty: owner of DIR, else "postgres"
};

// Who the program and its database are to run as: the caller, or, for root, `run_as`, the owner of
// DIR or `postgres`. Makes DIR, private and theirs, where it is missing. Refuses where they cannot
// reach it, with the code `store.unreachable_folder`.
[[nodiscard]] base::Result<std::string> prepare_data_folder(const ClusterOptions& options);

// Whether that user can enter `path`, or the nearest folder above it that exists: below a closed
// home nobody else can.
[[nodiscard]] bool reachable_by(const std::string& user, const std::filesystem::path& path);

// Gives up root for good; nothing where the caller is that user already.
[[nodiscard]] base::Result<void> become_user(const std::string& user);

class Cluster {
 public:
  // Starts the cluster, making it first where there is none, or joins the one that runs already.
  // Clears what a crash left behind. Call it after prepare_data_folder (or let it call that).
  static base::Result<Cluster> start_or_join(const ClusterOptions& options);

  Cluster(Cluster&&) noexcept;
  Cluster& operator=(Cluster&&) noexcept;
  ~Cluster();  // stop()

  [[nodiscard]] std::string conninfo() const;  // "host=DIR/run dbname=rapport user=rapport"
  // Whether we started it, or found it running without any program that used it.
  [[nodiscard]] bool owned() const;
  // Leaves it. Where nobody else uses it: a fast shutdown, waited for.
  void stop();
  // False once the server process has died underneath us; start_or_join brings it back.
  [[nodiscard]] bool alive() const;
  [[nodiscard]] int process() const;

 private:
  struct State;
  explicit Cluster(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// The lock that lets only one `serve` run on a data directory; the problem names the other's
// process.
class ServeLock {
 public:
  static base::Result<ServeLock> take(const std::filesystem::path& data);
  ServeLock(ServeLock&&) noexcept;
  ServeLock& operator=(ServeLock&&) noexcept;
  ~ServeLock();

 private:
  explicit ServeLock(int fd) : fd_(fd) {}
  int fd_ = -1;
};

}  // namespace rapport::store
