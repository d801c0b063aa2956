// What a pool and its transactions share.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "store/connection.hpp"

namespace rapport::store {

struct Pool::State {
  using Clock = std::chrono::steady_clock;
  struct Idle {
    std::unique_ptr<Connection> connection;
    Clock::time_point since;
  };
  // An unused connection costs the server some megabytes.
  static constexpr std::chrono::seconds idle_max{60};

  explicit State(PoolOptions given) : options(std::move(given)) {}

  // One whose server process works at the priority of the calling thread.
  [[nodiscard]] base::Result<std::unique_ptr<Connection>> acquire();
  void release(std::unique_ptr<Connection> connection);

  const PoolOptions options;
  const base::Niceness usual = base::niceness();
  std::atomic<std::int64_t> transactions{0}, statements{0}, waits{0};

  std::mutex mutex;
  std::condition_variable freed;
  std::vector<Idle> idle;  // the most recently used last
  int open = 0;            // idle, in use, or being opened

 private:
  [[nodiscard]] base::Result<std::unique_ptr<Connection>> open_one(Clock::time_point until,
                                                                   base::Niceness niceness);
  // The one used last of those of this priority, or null; under the lock.
  [[nodiscard]] std::unique_ptr<Connection> take_idle(base::Niceness niceness);
  void forget_one();
};

struct Transaction::State {
  State(std::shared_ptr<Pool::State> of, std::unique_ptr<Connection> on, std::uint64_t as)
      : pool(std::move(of)), connection(std::move(on)), number(as) {}

  std::shared_ptr<Pool::State> pool;
  std::unique_ptr<Connection> connection;  // null once it is over
  std::uint64_t number;
  std::vector<std::optional<Answer>> answers;
  std::vector<bool> taken;
  std::optional<DatabaseError> error;  // the first, until a savepoint is rolled back to
  std::size_t statements = 0;
  std::size_t trips_before = 0;
  std::size_t trips = 0;  // once it is over
  std::string sql;        // of savepoints, kept to allocate once

  void queue_control(const char* text);
  void absorb(Outcome outcome);
  void read_until(std::size_t slot);
  void read_all();
  // Everything sent is answered, the pipeline works again, even after an error.
  Done settle();
  void end();
};

}  // namespace rapport::store
