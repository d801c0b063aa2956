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

// Sorts pairs of numbers, spilling sorted runs to unnamed files.
class PairSorter {
 public:
  struct Pair {
    std::uint64_t first, second;
    auto operator<=>(const Pair&) const = default;
  };
  static constexpr std::size_t in_memory_max = 1 << 20;  // 16 MiB

  explicit PairSorter(std::filesystem::path folder) : folder_(std::move(folder)) {}
  void add(const Pair& pair);
  // No more adding; afterwards `next` gives the pairs in order.
  void sort();
  [[nodiscard]] bool next(Pair& pair);

 private:
  struct Closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  struct Run {
    std::unique_ptr<std::FILE, Closer> file;
    std::vector<Pair> block;
    std::size_t at = 0;
    bool fill();
  };
  void spill();

  std::filesystem::path folder_;
  std::vector<Pair> pairs_;
  std::vector<Run> runs_;
  std::vector<std::size_t> heap_;  // of runs, by their next pair
  std::size_t at_ = 0;
};

// Which rows repeat an earlier one's key, and for which time.
class Occurrences {
 public:
  explicit Occurrences(const std::filesystem::path& folder) : by_key_(folder), by_row_(folder) {}
  void add(std::string_view key, std::uint64_t row);
  void count();
  // 1 where the row's key came for the first time. Rows are asked for in ascending order.
  [[nodiscard]] int of(std::uint64_t row);

 private:
  PairSorter by_key_, by_row_;
  PairSorter::Pair ahead_{};
  bool any_ahead_ = false;
};

}  // namespace rapport::platform
