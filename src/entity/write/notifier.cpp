#include "entity/write/notifier.hpp"

#include <chrono>
#include <utility>

#include "base/log.hpp"
#include "entity/write/write.hpp"

namespace rapport::entity {

namespace {

std::chrono::microseconds chrono_of(base::Duration duration) {
  return std::chrono::microseconds(duration.us);
}

}  // namespace

Notifier::Notifier(store::PoolOptions options) : options_(std::move(options)) {
  options_.connections_max = 1;
}

Notifier::~Notifier() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Notifier::poke() {
  {
    const std::scoped_lock lock(mutex_);
    if (due_) return;
    due_ = true;
    if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  }
  wake_.notify_all();
}

void Notifier::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    const bool woken = wake_.wait_for(lock, chrono_of(idle_max), [&] { return due_ || stopping_; });
    if (!woken) {
      pool_.reset();
      continue;
    }
    // What was committed before the end is still told.
    if (!due_) return;
    due_ = false;
    lock.unlock();
    notify();
    lock.lock();
    wake_.wait_for(lock, chrono_of(gap), [&] { return stopping_; });
  }
}

void Notifier::notify() {
  if (!pool_) pool_.emplace(options_);
  auto tx = pool_->begin(store::Mode::read_write);
  if (tx) {
    send_no_wait_for_disk(*tx);
    tx->send({"notify", "select pg_notify('changes', '')"});
    if (tx->commit()) return;
  }
  base::log_warning("road: listeners could not be told of changes; they will look themselves");
}

}  // namespace rapport::entity
