// A lock on a file, which the kernel takes back however its holder ends.
#pragma once

#include <filesystem>

#include "store/process.hpp"

namespace rapport::store {

class FileLock {
 public:
  // Opens the file, made where it is missing and given to `user`.
  [[nodiscard]] static base::Result<FileLock> open(const std::filesystem::path& path,
                                                   const OsUser& user);
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&& other) noexcept;
  ~FileLock();

  // One try; `operation` is LOCK_SH or LOCK_EX. Where it fails, a lock held before is lost.
  [[nodiscard]] bool attempt(int operation) const;
  [[nodiscard]] bool attempt_for(int operation, int wait_ms_max) const;
  void unlock() const;
  // Keeps the descriptor, and with it the lock, beyond this object.
  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] int release();

 private:
  explicit FileLock(int fd) : fd_(fd) {}
  int fd_ = -1;
};

}  // namespace rapport::store
