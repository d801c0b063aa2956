#include "store/process.hpp"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <thread>

namespace rapport::store {

using base::ProblemKind;
using base::refuse;

namespace {

// What stands between here and exec or _exit may only call async-signal-safe functions: other
// threads of ours may have held locks at the fork.
[[nodiscard]] bool become(const OsUser& user) {
  if (geteuid() != 0) return true;
  return setgroups(user.groups.size(), user.groups.data()) == 0 && setgid(user.gid) == 0 &&
         setuid(user.uid) == 0;
}

OsUser user_of(const passwd& entry) {
  OsUser user{.name = entry.pw_name, .uid = entry.pw_uid, .gid = entry.pw_gid, .groups = {}};
  int count = 64;
  user.groups.resize(static_cast<std::size_t>(count));
  if (getgrouplist(entry.pw_name, entry.pw_gid, user.groups.data(), &count) < 0) {
    count = 1;
    user.groups[0] = entry.pw_gid;
  }
  user.groups.resize(static_cast<std::size_t>(count));
  return user;
}

std::string reason() {
  return std::strerror(errno);
}

}  // namespace

std::optional<OsUser> find_user(const std::string& name) {
  const passwd* entry = getpwnam(name.c_str());
  if (entry == nullptr) return std::nullopt;
  return user_of(*entry);
}

std::optional<OsUser> find_user(uid_t uid) {
  const passwd* entry = getpwuid(uid);
  if (entry == nullptr) return std::nullopt;
  return user_of(*entry);
}

OsUser current_user() {
  if (auto user = find_user(geteuid())) return *user;
  // A container may run us as a number without a name.
  return {.name = std::to_string(geteuid()), .uid = geteuid(), .gid = getegid(), .groups = {}};
}

bool can_enter(const OsUser& user, const std::filesystem::path& path) {
  std::error_code ignored;
  std::filesystem::path folder = std::filesystem::absolute(path, ignored).lexically_normal();
  struct stat seen{};
  while (stat(folder.c_str(), &seen) != 0 && folder.has_relative_path()) {
    folder = folder.parent_path();
  }
  const pid_t child = fork();
  if (child == 0) {
    _exit(become(user) && access(folder.c_str(), X_OK) == 0 ? 0 : 1);
  }
  return child > 0 && wait_for(child) == 0;
}

base::Result<void> make_private_folder(const std::filesystem::path& path, const OsUser& user) {
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    return refuse(ProblemKind::unavailable, "store.folder_not_writable",
                  "The folder " + path.string() + " cannot be made.", reason(),
                  "Choose another data folder, or make this one writable.");
  }
  struct stat seen{};
  if (lstat(path.c_str(), &seen) != 0 || !S_ISDIR(seen.st_mode)) {
    return refuse(ProblemKind::unavailable, "store.not_a_folder",
                  path.string() + " is not a folder.");
  }
  if (geteuid() == 0 && seen.st_uid == 0 && user.uid != 0) {
    if (lchown(path.c_str(), user.uid, user.gid) != 0) {
      return refuse(ProblemKind::unavailable, "store.folder_not_writable",
                    "The folder " + path.string() + " cannot be given to " + user.name + ".",
                    reason());
    }
    seen.st_uid = user.uid;
  }
  if (seen.st_uid != user.uid) {
    return refuse(ProblemKind::forbidden, "store.not_the_owner",
                  "The folder " + path.string() + " belongs to another user.",
                  "owner " + std::to_string(seen.st_uid) + ", expected " + user.name,
                  "Run as its owner, or choose another data folder.");
  }
  if ((seen.st_mode & 077) != 0) chmod(path.c_str(), 0700);
  return {};
}

base::Result<pid_t> spawn(const Command& command) {
  std::vector<char*> arguments;
  arguments.reserve(command.arguments.size() + 1);
  for (const std::string& argument : command.arguments) {
    arguments.push_back(const_cast<char*>(argument.c_str()));
  }
  arguments.push_back(nullptr);
  // A clean environment: no PG* variable, no locale of the caller's.
  std::array<const char*, 5> environment{"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C.UTF-8",
                                         "TZ=UTC", "PGTZ=UTC", nullptr};
  const int output = open(command.output.empty() ? "/dev/null" : command.output.c_str(),
                          O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
  // Who runs as that user next time must be able to append.
  if (output >= 0 && geteuid() == 0 && !command.output.empty() &&
      fchown(output, command.user.uid, command.user.gid) != 0) {
    errno = 0;  // root still can
  }
  const int input = open("/dev/null", O_RDONLY | O_CLOEXEC);
  const pid_t child = output < 0 || input < 0 ? -1 : fork();
  if (child == 0) {
    setsid();
    umask(077);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    for (const int each : {SIGINT, SIGTERM, SIGPIPE, SIGHUP, SIGCHLD}) signal(each, SIG_DFL);
    if (!become(command.user) || chdir("/") != 0 || dup2(input, 0) < 0 || dup2(output, 1) < 0 ||
        dup2(output, 2) < 0 || close_range(3, ~0U, 0) != 0) {
      _exit(126);
    }
    execve(arguments[0], arguments.data(), const_cast<char**>(environment.data()));
    _exit(127);
  }
  const std::string why = reason();
  if (output >= 0) close(output);
  if (input >= 0) close(input);
  if (child < 0) {
    return refuse(ProblemKind::unavailable, "store.cannot_start_process",
                  "The program " + command.arguments[0] + " cannot be started.", why);
  }
  return child;
}

int wait_for(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return -1;
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

base::Result<int> run(const Command& command, std::string& said) {
  char name[] = "/tmp/rapport-output-XXXXXX";
  const int file = mkostemp(name, O_CLOEXEC);
  Command with_output = command;
  if (file >= 0) with_output.output = name;
  auto child = spawn(with_output);
  const int code = child ? wait_for(*child) : -1;
  if (file >= 0) {
    std::ifstream in(name);
    said.assign(std::istreambuf_iterator<char>(in), {});
    close(file);
    unlink(name);
  }
  if (!child) return std::unexpected(std::move(child.error()));
  return code;
}

bool is_running(pid_t process) {
  if (process <= 0 || (kill(process, 0) != 0 && errno != EPERM)) return false;
  std::ifstream in("/proc/" + std::to_string(process) + "/stat");
  std::string line;
  if (!std::getline(in, line)) return false;
  const auto name_end = line.rfind(')');
  return name_end == std::string::npos || name_end + 2 >= line.size() || line[name_end + 2] != 'Z';
}

bool wait_until_gone(pid_t process, int wait_ms_max) {
  using Clock = std::chrono::steady_clock;
  const auto until = Clock::now() + std::chrono::milliseconds(wait_ms_max);
  for (;;) {
    waitpid(process, nullptr, WNOHANG);  // where it is our child
    if (!is_running(process)) return true;
    if (Clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

bool is_running_as(pid_t process, std::string_view name) {
  if (!is_running(process)) return false;
  std::ifstream in("/proc/" + std::to_string(process) + "/comm");
  std::string line;
  return std::getline(in, line) && line == name;
}

}  // namespace rapport::store
