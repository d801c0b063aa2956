#include "server/commands/output_file.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

namespace rapport::server {

namespace fs = std::filesystem;

namespace {

constexpr mode_t usual_mode = 0666;
constexpr char word_to_keep = 'k';

mode_t mask_of_process() {
  const mode_t mask = ::umask(0);
  ::umask(mask);
  return mask;
}

// What the keeper does: waits for the word, and renames on it; where the command ends without one
// the unfinished file goes. Between fork and _exit only what is safe there.
[[noreturn]] void keep_rights(int socket, const char* unfinished, const char* path) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE}) ::signal(signal, SIG_IGN);
  char word = 0;
  ssize_t n = 0;
  do n = ::read(socket, &word, 1);
  while (n < 0 && errno == EINTR);
  int error = 0;
  if (n == 1 && word == word_to_keep && ::rename(unfinished, path) != 0) error = errno;
  if (n != 1 || word != word_to_keep || error != 0) ::unlink(unfinished);
  const ssize_t answered = ::write(socket, &error, sizeof error);
  ::_exit(answered == sizeof error ? 0 : 1);
}

}  // namespace

base::Result<OutputFile> OutputFile::create(const fs::path& path) {
  OutputFile file;
  std::error_code error;
  file.path_ = fs::absolute(path, error);
  struct stat seen{};
  const bool exists = ::stat(file.path_.c_str(), &seen) == 0;
  if (exists && S_ISDIR(seen.st_mode)) return std::unexpected(file.unwritable(EISDIR));
  if (exists && !S_ISREG(seen.st_mode)) {
    file.fd_ = ::open(file.path_.c_str(), O_WRONLY | O_CLOEXEC);
    if (file.fd_ < 0) return std::unexpected(file.unwritable(errno));
    return file;
  }
  if (exists) {
    // Where a file may not be written, the folder's rights must not replace it either.
    if (::access(file.path_.c_str(), W_OK) != 0) return std::unexpected(file.unwritable(errno));
    if (auto real = fs::canonical(file.path_, error); !error) file.path_ = real;
  }
  std::string unfinished = file.path_.string() + ".XXXXXX";
  file.fd_ = ::mkostemp(unfinished.data(), O_CLOEXEC);
  if (file.fd_ < 0) return std::unexpected(file.unwritable(errno));
  // Of another owner, where the rights to give it to him are missing, it becomes ours.
  if (exists && ::fchown(file.fd_, seen.st_uid, seen.st_gid) != 0) errno = 0;
  const mode_t mode = exists ? seen.st_mode & 07777 : usual_mode & ~mask_of_process();
  if (::fchmod(file.fd_, mode) != 0) file.error_ = errno;
  if (auto started = file.start_keeper(unfinished); !started)
    return std::unexpected(started.error());
  return file;
}

base::Result<void> OutputFile::start_keeper(const std::string& unfinished) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    const int error = errno;
    ::unlink(unfinished.c_str());
    return std::unexpected(unwritable(error));
  }
  std::fflush(nullptr);
  keeper_process_ = ::fork();
  if (keeper_process_ == 0) {
    ::close(ends[0]);
    ::close(fd_);
    keep_rights(ends[1], unfinished.c_str(), path_.c_str());
  }
  const int error = errno;
  ::close(ends[1]);
  keeper_ = ends[0];
  if (keeper_process_ > 0) return {};
  ::unlink(unfinished.c_str());
  return std::unexpected(unwritable(error));
}

bool OutputFile::write(std::string_view piece) {
  while (error_ == 0 && !piece.empty()) {
    const ssize_t n = ::write(fd_, piece.data(), piece.size());
    if (n >= 0)
      piece.remove_prefix(static_cast<std::size_t>(n));
    else if (errno != EINTR)
      error_ = errno;
  }
  return error_ == 0;
}

base::Result<void> OutputFile::keep() {
  // A file that is renamed before its content is on the disk may be empty after a crash.
  if (error_ == 0 && keeper_ >= 0 && ::fsync(fd_) != 0) error_ = errno;
  if (fd_ >= 0 && ::close(std::exchange(fd_, -1)) != 0 && error_ == 0) error_ = errno;
  if (keeper_ >= 0) {
    const int answer = ask_keeper(error_ == 0);
    if (error_ == 0) error_ = answer;
  }
  if (error_ != 0) return std::unexpected(unwritable(error_));
  return {};
}

int OutputFile::ask_keeper(bool keep) {
  int answer = EPIPE;  // it is gone
  const bool asked = keep && ::send(keeper_, &word_to_keep, 1, MSG_NOSIGNAL) == 1;
  if (asked) {
    ssize_t n = 0;
    do n = ::read(keeper_, &answer, sizeof answer);
    while (n < 0 && errno == EINTR);
    if (n != sizeof answer) answer = EPIPE;
  }
  ::close(std::exchange(keeper_, -1));
  while (::waitpid(keeper_process_, nullptr, 0) < 0 && errno == EINTR) {
  }
  keeper_process_ = -1;
  return answer;
}

base::Problem OutputFile::unwritable(int error) const {
  return base::refuse(base::ProblemKind::invalid, "export.unwritable",
                      "Cannot write " + path_.string() + ".",
                      std::generic_category().message(error) + ".")
      .error();
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : path_(std::move(other.path_)),
      fd_(std::exchange(other.fd_, -1)),
      keeper_(std::exchange(other.keeper_, -1)),
      keeper_process_(std::exchange(other.keeper_process_, -1)),
      error_(other.error_) {}

OutputFile::~OutputFile() {
  if (fd_ >= 0) ::close(fd_);
  if (keeper_ >= 0) ask_keeper(false);
}

}  // namespace rapport::server
