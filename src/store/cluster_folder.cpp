#include "store/cluster_folder.hpp"

#include <fcntl.h>
#include <grp.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "store/file_lock.hpp"

namespace rapport::store {

namespace fs = std::filesystem;

using base::ProblemKind;
using base::refuse;

namespace {

constexpr std::string_view kSocketName = ".s.PGSQL.5432";
constexpr std::size_t kSocketPathMax = 107;
constexpr std::string_view kShortFolderPrefix = "/tmp/rapport-";

std::unexpected<base::Problem> unreachable(const OsUser& user, const fs::path& path) {
  if (geteuid() != 0) {
    return refuse(ProblemKind::forbidden, "store.not_the_owner",
                  "The data folder " + path.string() + " is closed to you.", {},
                  "Run as its owner, or choose another data folder.");
  }
  return refuse(ProblemKind::forbidden, "store.unreachable_folder",
                "The user " + user.name + " cannot reach the data folder " + path.string() + ".",
                "PostgreSQL refuses to run as root, and a folder above is closed to others",
                "Choose a data folder that " + user.name + " can reach, as /var/lib/rapport.");
}

// A folder of root's that has things in it is not ours to give away.
base::Result<void> make_root_folder(const fs::path& root, const OsUser& user) {
  struct stat seen{};
  if (stat(root.c_str(), &seen) != 0) {
    if (!can_enter(user, root)) return unreachable(user, root);
    return make_private_folder(root, user);
  }
  if (!S_ISDIR(seen.st_mode)) {
    return refuse(ProblemKind::unavailable, "store.not_a_folder",
                  root.string() + " is not a folder.");
  }
  std::error_code error;
  if (geteuid() == 0 && seen.st_uid != user.uid && fs::is_empty(root, error)) {
    if (!can_enter(user, root.parent_path())) return unreachable(user, root);
    return make_private_folder(root, user);
  }
  if (!can_enter(user, root)) return unreachable(user, root);
  if (geteuid() != 0 && !fs::exists(root / "run", error) && access(root.c_str(), W_OK) != 0) {
    return refuse(ProblemKind::unavailable, "store.folder_not_writable",
                  "The data folder " + root.string() + " cannot be written.", std::strerror(errno),
                  "Choose another data folder, or make this one writable.");
  }
  return {};
}

}  // namespace

base::Result<OsUser> user_for(const ClusterOptions& options) {
  if (geteuid() != 0) {
    OsUser me = current_user();
    if (options.run_as.empty() || options.run_as == me.name) return me;
    return refuse(ProblemKind::forbidden, "store.cannot_become_user",
                  "Only root can run the database as " + options.run_as + ".");
  }
  struct stat seen{};
  if (options.run_as.empty() && stat(options.data.c_str(), &seen) == 0 && seen.st_uid != 0) {
    if (auto owner = find_user(seen.st_uid)) return *owner;
    return OsUser{
        .name = std::to_string(seen.st_uid), .uid = seen.st_uid, .gid = seen.st_gid, .groups = {}};
  }
  const std::string name = options.run_as.empty() ? "postgres" : options.run_as;
  auto user = find_user(name);
  if (user && user->uid != 0) return *user;
  return refuse(ProblemKind::invalid, "store.no_such_user",
                user ? "PostgreSQL refuses to run as root."
                     : "There is no user " + name + " to run the database as.",
                {}, "Name another user, or create it: useradd --system " + name);
}

base::Result<std::string> prepare_data_folder(const ClusterOptions& options) {
  auto user = prepare(options);
  if (!user) return std::unexpected(std::move(user.error()));
  return user->name;
}

base::Result<OsUser> prepare(const ClusterOptions& options) {
  auto user = user_for(options);
  if (!user) return user;
  const ClusterFolder folder(options.data);
  if (auto made = make_root_folder(folder.root, *user); !made) {
    return std::unexpected(std::move(made.error()));
  }
  for (const fs::path& each : {folder.run(), folder.logs()}) {
    if (auto made = make_private_folder(each, *user); !made) {
      return std::unexpected(std::move(made.error()));
    }
  }
  return user;
}

bool reachable_by(const std::string& user, const fs::path& path) {
  const auto found = find_user(user);
  return found && can_enter(*found, path);
}

base::Result<void> become_user(const std::string& name) {
  if (geteuid() != 0) return {};
  const auto user = find_user(name);
  if (user && user->uid != 0 && setgroups(user->groups.size(), user->groups.data()) == 0 &&
      setgid(user->gid) == 0 && setuid(user->uid) == 0) {
    setenv("HOME", "/", 1);  // root's home is closed now
    setenv("USER", name.c_str(), 1);
    return {};
  }
  return refuse(ProblemKind::forbidden, "store.cannot_become_user",
                "The program cannot become the user " + name + ".", std::strerror(errno));
}

base::Result<fs::path> make_socket_folder(const ClusterFolder& folder, const OsUser& user) {
  if (folder.run().string().size() + 1 + kSocketName.size() <= kSocketPathMax) return folder.run();
  std::string path = std::string(kShortFolderPrefix) + "XXXXXX";
  if (mkdtemp(path.data()) == nullptr) {
    return refuse(ProblemKind::unavailable, "store.folder_not_writable",
                  "No folder for the socket of the database can be made in /tmp.",
                  std::strerror(errno), "Choose a data folder with a shorter path.");
  }
  if (auto made = make_private_folder(path, user); !made) return std::unexpected(made.error());
  return fs::path(path);
}

void clear_socket_folder(const fs::path& folder, const OsUser& user) {
  struct stat seen{};
  if (lstat(folder.c_str(), &seen) != 0 || !S_ISDIR(seen.st_mode) || seen.st_uid != user.uid) {
    return;
  }
  unlink((folder / kSocketName).c_str());
  unlink((folder / (std::string(kSocketName) + ".lock")).c_str());
  if (folder.string().starts_with(kShortFolderPrefix)) rmdir(folder.c_str());
}

base::Result<ServeLock> ServeLock::take(const fs::path& data) {
  const fs::path path = data / "rapport.pid";
  struct stat seen{};
  OsUser owner = current_user();
  if (geteuid() == 0 && stat(data.c_str(), &seen) == 0 && seen.st_uid != 0) {
    owner.uid = seen.st_uid;
    owner.gid = seen.st_gid;
  }
  auto lock = FileLock::open(path, owner);
  if (!lock) return std::unexpected(std::move(lock.error()));
  char text[32] = {};
  if (!lock->attempt(LOCK_EX)) {
    const auto size = pread(lock->fd(), text, sizeof text - 1, 0);
    std::string other(text, size > 0 ? static_cast<std::size_t>(size) : 0);
    while (!other.empty() && other.back() == '\n') other.pop_back();
    return refuse(ProblemKind::conflict, "store.already_serving",
                  "Another server runs on the data folder " + data.string() +
                      (other.empty() ? "." : " (process " + other + ")."),
                  {}, "Stop it first, or give this one a data folder of its own.");
  }
  const std::string mine = std::to_string(getpid()) + "\n";
  if (ftruncate(lock->fd(), 0) != 0 || pwrite(lock->fd(), mine.data(), mine.size(), 0) < 0) {
    return refuse(ProblemKind::unavailable, "store.folder_not_writable",
                  "The file " + path.string() + " cannot be written.", std::strerror(errno));
  }
  return ServeLock(lock->release());
}

ServeLock::ServeLock(ServeLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

ServeLock& ServeLock::operator=(ServeLock&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

ServeLock::~ServeLock() {
  if (fd_ < 0) return;
  // The file stays: whoever removed it could remove the one that another has just locked.
  if (ftruncate(fd_, 0) != 0) {
    // A number of a process that is gone does no harm; the lock says who runs.
  }
  close(fd_);
}

}  // namespace rapport::store
