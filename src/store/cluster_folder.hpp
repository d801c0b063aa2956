// Where the parts of a cluster lie, and who owns them.
#pragma once

#include "store/cluster.hpp"
#include "store/process.hpp"

namespace rapport::store {

struct ClusterFolder {
  explicit ClusterFolder(const std::filesystem::path& data)
      : root(std::filesystem::absolute(data).lexically_normal()) {}

  std::filesystem::path root;
  [[nodiscard]] std::filesystem::path cluster() const { return root / "postgres"; }
  [[nodiscard]] std::filesystem::path run() const { return root / "run"; }
  [[nodiscard]] std::filesystem::path logs() const { return root / "log"; }
  [[nodiscard]] std::filesystem::path log() const { return logs() / "postgres.log"; }
  // Held shared by every program that uses the cluster.
  [[nodiscard]] std::filesystem::path use_lock() const { return run() / "use.lock"; }
  // Held while the cluster is made, started or stopped.
  [[nodiscard]] std::filesystem::path change_lock() const { return run() / "change.lock"; }
  [[nodiscard]] std::filesystem::path watcher() const { return run() / "watcher"; }
};

[[nodiscard]] base::Result<OsUser> user_for(const ClusterOptions& options);

// prepare_data_folder, and the folders in it.
[[nodiscard]] base::Result<OsUser> prepare(const ClusterOptions& options);

// The folder for the socket: run/ where its path is short enough, else a new one in /tmp.
[[nodiscard]] base::Result<std::filesystem::path> make_socket_folder(const ClusterFolder& folder,
                                                                     const OsUser& user);
// Of such a folder, what a stopped or dead server left in it.
void clear_socket_folder(const std::filesystem::path& folder, const OsUser& user);

// postgresql.conf of a new cluster; rapport.conf, which it includes.
[[nodiscard]] std::string first_settings();
[[nodiscard]] std::string own_settings(const ClusterOptions& options);

}  // namespace rapport::store
