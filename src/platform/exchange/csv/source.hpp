// Where a reader gets its bytes: a file, read at any place, or memory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>

#include "base/problem.hpp"

namespace rapport::platform {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Reads up to `bytes` at `offset`; 0 at the end. A broken disk is an exception: nobody expects
  // it.
  [[nodiscard]] virtual std::size_t read(std::int64_t offset, char* into, std::size_t bytes) = 0;
  [[nodiscard]] virtual std::int64_t size() const = 0;
};

[[nodiscard]] base::Result<std::unique_ptr<ByteSource>> open_file(
    const std::filesystem::path& path);
// The text must outlive the source.
[[nodiscard]] std::unique_ptr<ByteSource> from_memory(std::string_view text);

}  // namespace rapport::platform
