// The private PostgreSQL cluster: initialised and started by the program in its data directory,
// reached over a Unix socket there, stopped with it. Data directory:
//
//   DIR/postgres   the cluster           DIR/run      socket (or a short folder in /tmp: paths of
//   DIR/log        its log                            sockets end at 107 bytes)
//   DIR/rapport.pid the lock of `serve`
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/problem.hpp"

namespace rapport::store {

struct ClusterOptions {
  std::filesystem::path data;  // DIR
  std::filesystem::path bin;   // folder of initdb and postgres; empty: Debian's newest ≥ 15
  std::string shared_buffers = "128MB";
  std::string run_as;  // as root: drop to this user; empty: owner of DIR, else "postgres"
};

class Cluster {
 public:
  // Starts the cluster, making it first where there is none, or joins the one that runs already.
  // Clears stale lock files of a crash. `owned` says whether stop() will stop it.
  static base::Result<Cluster> start_or_join(const ClusterOptions& options);

  Cluster(Cluster&&) noexcept;
  Cluster& operator=(Cluster&&) noexcept;
  ~Cluster();  // stops it (fast) where owned

  [[nodiscard]] std::string conninfo() const;  // "host=DIR/run dbname=rapport user=rapport"
  [[nodiscard]] bool owned() const;
  // Fast shutdown; waits until it is down.
  void stop();
  // False once the server process has died underneath us.
  [[nodiscard]] bool alive() const;

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
