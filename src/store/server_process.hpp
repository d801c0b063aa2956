// The steps of a PostgreSQL server's life: its programs found, its cluster made, the server started
// and awaited, stopped. `Cluster` and the tests are made of them.
#pragma once

#include <string>

#include "store/process.hpp"

namespace rapport::store {

inline constexpr int kMajorMin = 15;
// A server that replays much log after a crash takes its time.
inline constexpr int kStartMsMax = 120'000;
inline constexpr int kStopMsMax = 30'000;

struct Programs {
  std::filesystem::path folder;
  int major = 0;
};

// In `given`, or, where that is empty, the installed ones: of `major` where that is not 0, else
// the newest.
[[nodiscard]] base::Result<Programs> find_programs(const std::filesystem::path& given, int major);

// initdb into `cluster`, which must not exist: made beside it and moved there when whole.
struct ClusterMaking {
  std::filesystem::path cluster;
  OsUser user;
  bool durable = true;
  std::string settings = {};  // instead of initdb's postgresql.conf, where not empty
};
[[nodiscard]] base::Result<void> make_cluster(const Programs& programs,
                                              const ClusterMaking& making);

struct ServerStart {
  std::filesystem::path cluster;
  std::filesystem::path socket_folder;
  std::filesystem::path log;
  OsUser user;
};
// Starts it and waits until it answers.
[[nodiscard]] base::Result<pid_t> start_server(const Programs& programs, const ServerStart& start);

// As `postgres`, the superuser.
[[nodiscard]] std::string admin_conninfo(const std::filesystem::path& socket_folder,
                                         std::string_view database);
// A value in a libpq keyword string.
[[nodiscard]] std::string conninfo_quoted(std::string_view value);

// Role `rapport`, and `database` owned by it with the extensions; what is there already is left.
[[nodiscard]] base::Result<void> make_database(const std::filesystem::path& socket_folder,
                                               const std::string& database);

}  // namespace rapport::store
