#include "store/short_locks.hpp"

#include <chrono>
#include <thread>

namespace rapport::store {
namespace {

// Vacuum gives way to whoever waits for longer than a second (deadlock_timeout), so now and then a
// try waits that long.
constexpr std::string_view kWait = "set local lock_timeout = '300ms'";
constexpr std::string_view kWaitOfVacuum = "set local lock_timeout = '1500ms'";
constexpr int kVacuumIsAskedEvery = 8;
constexpr std::chrono::milliseconds kBetweenTries{500};
constexpr std::string_view kBefore = "before_locks";

}  // namespace

std::expected<bool, DatabaseError> with_short_locks(Transaction& tx, base::Duration wait_max,
                                                    const std::function<Done()>& work) {
  using Clock = std::chrono::steady_clock;
  const auto until = Clock::now() + std::chrono::microseconds(wait_max.us);
  for (int tried = 1;; ++tried) {
    if (const auto saved = tx.savepoint(kBefore); !saved) return std::unexpected(saved.error());
    const bool ask_vacuum = tried % kVacuumIsAskedEvery == 0;
    (void)tx.send({"store.lock_timeout", ask_vacuum ? kWaitOfVacuum : kWait});
    const auto done = work();
    if (done) return true;
    if (!done.error().retriable()) return std::unexpected(done.error());
    if (const auto back = tx.rollback_to(kBefore); !back) return std::unexpected(back.error());
    if (Clock::now() > until) return false;
    std::this_thread::sleep_for(kBetweenTries);
  }
}

}  // namespace rapport::store
