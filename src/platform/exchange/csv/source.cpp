#include "platform/exchange/csv/source.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace rapport::platform {

namespace {

class FileSource final : public ByteSource {
 public:
  FileSource(int fd, std::int64_t size) : fd_(fd), size_(size) {}
  ~FileSource() override { ::close(fd_); }

  std::size_t read(std::int64_t offset, char* into, std::size_t bytes) override {
    for (;;) {
      const ssize_t n = ::pread(fd_, into, bytes, offset);
      if (n >= 0) return static_cast<std::size_t>(n);
      if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "pread");
    }
  }
  [[nodiscard]] std::int64_t size() const override { return size_; }

 private:
  int fd_;
  std::int64_t size_;
};

class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(std::string_view text) : text_(text) {}

  std::size_t read(std::int64_t offset, char* into, std::size_t bytes) override {
    const auto from = std::min(static_cast<std::size_t>(offset), text_.size());
    const std::size_t n = std::min(bytes, text_.size() - from);
    if (n > 0) std::memcpy(into, text_.data() + from, n);
    return n;
  }
  [[nodiscard]] std::int64_t size() const override {
    return static_cast<std::int64_t>(text_.size());
  }

 private:
  std::string_view text_;
};

}  // namespace

base::Result<std::unique_ptr<ByteSource>> open_file(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat info{};
  if (fd < 0 || ::fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
    if (fd >= 0) ::close(fd);
    return base::refuse(base::ProblemKind::not_found, "exchange.no_file",
                        "The file cannot be read.", path.string());
  }
  return std::make_unique<FileSource>(fd, info.st_size);
}

std::unique_ptr<ByteSource> from_memory(std::string_view text) {
  return std::make_unique<MemorySource>(text);
}

}  // namespace rapport::platform
