#include "server/edge/workers.hpp"

#include <pthread.h>

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "base/log.hpp"

namespace rapport::server {

struct Workers::State {
  WorkersOptions options;
  std::mutex mutex;
  std::condition_variable came;
  std::deque<Job> waiting;
  bool stopping = false;
  std::vector<std::jthread> threads;

  void work() {
    while (true) {
      Job job;
      {
        std::unique_lock lock(mutex);
        came.wait(lock, [&] { return stopping || !waiting.empty(); });
        if (waiting.empty()) return;
        job = std::move(waiting.front());
        waiting.pop_front();
      }
      try {
        job();
      } catch (const std::exception& error) {
        base::log_error(std::string("A job failed: ") + error.what());
      } catch (...) {
        base::log_error("A job failed.");
      }
    }
  }
};

Workers::Workers(WorkersOptions options) : state_(std::make_unique<State>()) {
  state_->options = std::move(options);
  for (std::size_t i = 0; i < state_->options.threads; ++i) {
    state_->threads.emplace_back([state = state_.get()] { state->work(); });
    auto name = state_->options.name.substr(0, 11) + "-" + std::to_string(i);
    pthread_setname_np(state_->threads.back().native_handle(), name.substr(0, 15).c_str());
  }
}

Workers::~Workers() {
  stop();
}

bool Workers::post(Job job) {
  {
    std::lock_guard lock(state_->mutex);
    if (state_->stopping || state_->waiting.size() >= state_->options.waiting_max) return false;
    state_->waiting.push_back(std::move(job));
  }
  state_->came.notify_one();
  return true;
}

void Workers::post_always(Job job) {
  {
    std::lock_guard lock(state_->mutex);
    state_->waiting.push_back(std::move(job));
  }
  state_->came.notify_one();
}

void Workers::stop() {
  {
    std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->came.notify_all();
  state_->threads.clear();
}

}  // namespace rapport::server
