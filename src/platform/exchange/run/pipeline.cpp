#include "platform/exchange/run/pipeline.hpp"

namespace rapport::platform {

ChunkPipeline::ChunkPipeline(ChunkBuilder& builder, CsvReader::Place place, std::int64_t n)
    : builder_(builder), thread_([this, place, n] { work(place, n); }) {}

ChunkPipeline::~ChunkPipeline() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void ChunkPipeline::work(CsvReader::Place place, std::int64_t n) {
  try {
    builder_.go_to(place);
    for (bool last = false; !last; ++n) {
      Chunk chunk = builder_.next(n);
      last = chunk.last;
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stop_ || ready_.size() < ahead_max; });
      if (stop_) return;
      ready_.push_back(std::move(chunk));
      changed_.notify_all();
    }
  } catch (...) {
    const std::lock_guard lock(mutex_);
    broken_ = std::current_exception();
    changed_.notify_all();
  }
}

Chunk ChunkPipeline::next() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return broken_ != nullptr || !ready_.empty(); });
  if (ready_.empty()) std::rethrow_exception(broken_);
  Chunk chunk = std::move(ready_.front());
  ready_.pop_front();
  changed_.notify_all();
  return chunk;
}

}  // namespace rapport::platform
