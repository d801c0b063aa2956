// A pool of threads that run jobs in the order they came. The queue is bounded: who finds it full
// is told so at once (503), instead of waiting behind work that will be late anyway.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace rapport::server {

using Job = std::move_only_function<void()>;

struct WorkersOptions {
  std::string name;  // of the threads: "worker", "slow"
  std::size_t threads = 4;
  std::size_t waiting_max = 256;
};

class Workers {
 public:
  explicit Workers(WorkersOptions options);
  ~Workers();  // finishes what is queued
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  // False where the queue is full.
  [[nodiscard]] bool post(Job job);
  // Continues work that was accepted before; never refused.
  void post_always(Job job);
  void stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace rapport::server
