// The n-th identical row: files without ids have nothing else to tell two rows apart. Rows are
// counted before the run, over the whole file, by sorting on disk: memory stays the same whatever
// the file's size, and the numbers are the same whenever and wherever the run goes on.
#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

namespace rapport::platform {

// Sorts triples of numbers, spilling sorted runs to unnamed files.
class TripleSorter {
 public:
  struct Triple {
    std::uint64_t first, second, third;
    auto operator<=>(const Triple&) const = default;
  };
  static constexpr std::size_t in_memory_max = 1 << 20;  // 24 MiB

  explicit TripleSorter(std::filesystem::path folder) : folder_(std::move(folder)) {}
  void add(const Triple& triple);
  // No more adding; afterwards `next` gives them in order.
  void sort();
  [[nodiscard]] bool next(Triple& triple);

 private:
  struct Closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  struct Run {
    std::unique_ptr<std::FILE, Closer> file;
    std::vector<Triple> block;
    std::size_t at = 0;
    bool fill();
  };
  void spill();

  std::filesystem::path folder_;
  std::vector<Triple> triples_;
  std::vector<Run> runs_;
  std::vector<std::size_t> heap_;  // of runs, by what comes next
  std::size_t at_ = 0;
};

// Which rows repeat an earlier one's key, and for which time.
//
// A file of rejected rows, mended, goes on where the file it came from left off: a row whose key is
// as it was keeps the number it had there; one whose key was mended comes after all of that file's.
class Occurrences {
 public:
  static constexpr std::uint64_t no_row = 0;

  explicit Occurrences(const std::filesystem::path& folder) : by_key_(folder), by_row_(folder) {}
  // `rejected_row`: which row of the original file this one was.
  void add(std::string_view key, std::uint64_t row, std::uint64_t rejected_row = no_row);
  void add_original(std::string_view key, std::uint64_t row);
  void count();
  // 1 where the row's key came for the first time. Rows are asked for in ascending order.
  [[nodiscard]] int of(std::uint64_t row);

 private:
  void count_group(const std::vector<TripleSorter::Triple>& rows,
                   const std::vector<std::uint64_t>& original);
  TripleSorter by_key_, by_row_;
  TripleSorter::Triple ahead_{};
  bool any_ahead_ = false;
};

}  // namespace rapport::platform
