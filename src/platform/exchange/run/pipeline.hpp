// A queue of a few chunks between the thread that cuts them and the one that writes them.
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>

#include "platform/exchange/run/chunk.hpp"

namespace rapport::platform {

class ChunkPipeline {
 public:
  static constexpr std::size_t ahead_max = 2;

  // Cuts from `place` on, the first chunk numbered `n`, on a thread of its own.
  ChunkPipeline(ChunkBuilder& builder, CsvReader::Place place, std::int64_t n);
  ~ChunkPipeline();
  ChunkPipeline(const ChunkPipeline&) = delete;
  ChunkPipeline& operator=(const ChunkPipeline&) = delete;

  // The next chunk; throws what broke the thread. Not to be called after the last one.
  [[nodiscard]] Chunk next();

 private:
  void work(CsvReader::Place place, std::int64_t n);

  ChunkBuilder& builder_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Chunk> ready_;
  std::exception_ptr broken_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace rapport::platform
