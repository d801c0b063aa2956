#include "store/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>
#include <utility>

namespace rapport::store {

base::Result<FileLock> FileLock::open(const std::filesystem::path& path, const OsUser& user) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) {
    return base::refuse(base::ProblemKind::unavailable, "store.folder_not_writable",
                        "The file " + path.string() + " cannot be opened.", std::strerror(errno),
                        "Run as the owner of the data folder, or choose another one.");
  }
  if (geteuid() == 0 && user.uid != 0 && fchown(fd, user.uid, user.gid) != 0) {
    // Root can use it; the user cannot open it later and will be told.
  }
  return FileLock(fd);
}

FileLock::FileLock(FileLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

FileLock::~FileLock() {
  if (fd_ >= 0) close(fd_);
}

bool FileLock::attempt(int operation) const {
  while (flock(fd_, operation | LOCK_NB) != 0) {
    if (errno != EINTR) return false;
  }
  return true;
}

bool FileLock::attempt_for(int operation, int wait_ms_max) const {
  using Clock = std::chrono::steady_clock;
  const auto until = Clock::now() + std::chrono::milliseconds(wait_ms_max);
  while (!attempt(operation)) {
    if (Clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return true;
}

void FileLock::unlock() const {
  flock(fd_, LOCK_UN);
}

int FileLock::release() {
  return std::exchange(fd_, -1);
}

}  // namespace rapport::store
