// Tells listeners that there are changes (NOTIFY changes), soon after a commit and once for all
// that were committed meanwhile.
//
// It stands beside the writes and not in their transactions: PostgreSQL lets commits that notify
// pass one at a time, each waiting for its own flush to disk, so that sixteen writers got a seventh
// of their throughput. A crash in between loses nothing but the haste: listeners read the log from
// where they stood.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "store/database.hpp"

namespace rapport::entity {

class Notifier {
 public:
  static constexpr base::Duration gap = base::milliseconds(5);   // between two notices
  static constexpr base::Duration idle_max = base::seconds(30);  // then its connection closes

  // With a connection of its own, opened at the first notice.
  explicit Notifier(store::PoolOptions options);
  ~Notifier();
  Notifier(const Notifier&) = delete;
  Notifier& operator=(const Notifier&) = delete;

  // There are changes. Thread-safe; does not wait.
  void poke();

 private:
  void run();
  void notify();

  store::PoolOptions options_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool due_ = false;
  bool stopping_ = false;
  std::optional<store::Pool> pool_;  // the thread's alone
  std::thread thread_;
};

}  // namespace rapport::entity
