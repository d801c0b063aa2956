// Child processes that run as another user: initdb and postgres refuse to run as root.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.hpp"

namespace rapport::store {

struct OsUser {
  std::string name;
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<gid_t> groups;
};

[[nodiscard]] std::optional<OsUser> find_user(const std::string& name);
[[nodiscard]] std::optional<OsUser> find_user(uid_t uid);
[[nodiscard]] OsUser current_user();

// Whether `user` can enter the folder `path`, or the nearest one above it that exists. Tried by a
// child process as that user, so that every rule of the file system counts.
[[nodiscard]] bool can_enter(const OsUser& user, const std::filesystem::path& path);

// A folder owned by `user`, mode 0700; made where it is missing, parents too.
[[nodiscard]] base::Result<void> make_private_folder(const std::filesystem::path& path,
                                                     const OsUser& user);

struct Command {
  std::vector<std::string> arguments;  // the first is the program's path
  OsUser user;
  std::filesystem::path output;  // appended to; empty: dropped
};

// Started in a session of its own, so that Ctrl-C reaches only us.
[[nodiscard]] base::Result<pid_t> spawn(const Command& command);
// Exit code; 128 + n for a signal.
[[nodiscard]] int wait_for(pid_t child);
// What the command said goes to `said`.
[[nodiscard]] base::Result<int> run(const Command& command, std::string& said);

// False also for a zombie, which still takes signals.
[[nodiscard]] bool is_running(pid_t process);
[[nodiscard]] bool wait_until_gone(pid_t process, int wait_ms_max);

// Leaves a small process behind that waits until nobody holds a lock on `lock` any more, then sends
// `signal` to `process`, waits for its end and removes the folder `remove` (if any). It outlives
// us: it is what stops the database after a kill −9. Gives its process number, or −1.
struct Watch {
  std::filesystem::path lock;
  pid_t process = -1;
  int signal = 0;
  std::filesystem::path remove;
};
inline constexpr const char* kWatcherName = "rapport-watch";
pid_t leave_watcher(const Watch& watch);

// Whether `process` runs and calls itself `name`.
[[nodiscard]] bool is_running_as(pid_t process, std::string_view name);

}  // namespace rapport::store
