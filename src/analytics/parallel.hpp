// Work over rows spread on the machine's cores.
#pragma once

#include <algorithm>
#include <cstddef>
#include <exception>
#include <thread>
#include <type_traits>
#include <vector>

namespace rapport::analytics {

// Below this many rows a thread costs more than it saves.
inline constexpr std::size_t rows_worth_a_thread = 4096;

[[nodiscard]] inline std::size_t threads_for(std::size_t rows,
                                             std::size_t worth = rows_worth_a_thread) {
  const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
  return std::clamp<std::size_t>(rows / worth, 1, cores);
}

// Calls part(from, to) on stretches that cover [0, rows) and gives what each returned, in order of
// the stretches, so that sums come out the same however the threads ran. What part throws is thrown
// here, once all have ended. Fewer rows than `worth` are not worth a thread.
template <typename Part>
auto in_parallel(std::size_t rows, Part part, std::size_t worth = rows_worth_a_thread) {
  using Result = decltype(part(std::size_t{}, std::size_t{}));
  // Its elements share bytes: threads that write neighbours would write over each other.
  static_assert(!std::is_same_v<Result, bool>, "a vector<bool> cannot be filled by threads");
  const std::size_t count = threads_for(rows, worth);
  std::vector<Result> results(count);
  std::vector<std::exception_ptr> failures(count);
  const auto run = [&](std::size_t i) {
    try {
      results[i] = part(rows * i / count, rows * (i + 1) / count);
    } catch (...) {
      failures[i] = std::current_exception();
    }
  };
  {
    // Joined at the end of this block, also where one more could not be started.
    std::vector<std::jthread> others;
    others.reserve(count - 1);
    for (std::size_t i = 1; i < count; ++i) others.emplace_back(run, i);
    run(0);
  }
  for (const std::exception_ptr& failure : failures) {
    if (failure) std::rethrow_exception(failure);
  }
  return results;
}

}  // namespace rapport::analytics
