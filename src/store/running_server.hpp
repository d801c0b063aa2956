// What postmaster.pid says, checked against the processes there are: its number may have been given
// to another process since, or belong to one that nobody has buried yet.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <vector>

namespace rapport::store {

struct RunningServer {
  pid_t process = -1;
  std::filesystem::path socket_folder;
};

[[nodiscard]] std::optional<RunningServer> find_running_server(
    const std::filesystem::path& cluster);

// Before a start, where no server runs: ends the processes of a server that was killed, removes
// its postmaster.pid where PostgreSQL would stumble over it. Gives the socket folders it had.
[[nodiscard]] std::vector<std::filesystem::path> clear_after_crash(
    const std::filesystem::path& cluster);

}  // namespace rapport::store
