#include "server/live_changes.hpp"

#include <condition_variable>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "base/log.hpp"
#include "store/queries.hpp"

namespace rapport::server {

namespace {

using namespace std::chrono_literals;

constexpr auto open_transaction_wait = 200ms;  // until what is not yet to be shown is
constexpr auto failure_wait = 2000ms;

const store::Statement begin_statement = store::queries("live")["begin"];
const store::Statement read_statement = store::queries("live")["read"];

}  // namespace

struct LiveChanges::State {
  store::Pool& pool;
  std::function<void(LiveEvent)> publish;
  std::mutex mutex;
  std::condition_variable woken;
  bool wake = true, stopping = false;
  bool begun = false;
  std::int64_t epoch = 0, ordinal = -1;
  std::string xid = "0";
  std::thread thread;

  enum class Next { sleep, at_once, soon, after_failure };

  store::Answer ask(const store::Statement& statement, const store::Params& params) {
    auto transaction = pool.begin(store::Mode::read_only);
    if (!transaction) {
      store::DatabaseError lost;
      lost.sqlstate = "08006";
      return std::unexpected(std::move(lost));
    }
    auto rows = transaction->run(statement, params);
    if (rows) (void)transaction->commit();
    return rows;
  }

  Next begin() {
    auto rows = ask(begin_statement, {});
    if (!rows || rows->size() != 1) return Next::after_failure;
    epoch = rows->integer(0, 0);
    xid = std::string(rows->text(0, 1));
    ordinal = -1;
    begun = true;
    return Next::at_once;
  }

  Next read() {
    if (!begun) return begin();
    store::Params params;
    params.integer(epoch).text(xid).integer(ordinal).integer(read_max);
    auto rows = ask(read_statement, params);
    if (!rows) return Next::after_failure;
    std::size_t shown = 0;
    while (shown < rows->size() && rows->boolean(shown, 6)) ++shown;
    tell(*rows, shown);
    if (shown > 0) {
      epoch = rows->integer(shown - 1, 3);
      xid = std::string(rows->text(shown - 1, 4));
      ordinal = rows->integer(shown - 1, 5);
    }
    if (shown < rows->size()) return Next::soon;
    return shown == read_max ? Next::at_once : Next::sleep;
  }

  void tell(const store::Rows& rows, std::size_t count) {
    std::set<std::string> objects;
    for (std::size_t i = 0; i < count; ++i) {
      std::string object(rows.text(i, 0));
      if (count <= told_singly_max) {
        publish({object, std::string(rows.text(i, 1)), rows.integer(i, 2)});
      } else if (objects.insert(object).second) {
        publish({object, "", 0});
      }
    }
  }

  void run() {
    while (true) {
      {
        std::unique_lock lock(mutex);
        woken.wait(lock, [&] { return wake || stopping; });
        if (stopping) return;
        wake = false;
      }
      auto next = read();
      if (next == Next::sleep) continue;
      std::unique_lock lock(mutex);
      wake = true;
      if (next == Next::at_once) continue;
      woken.wait_for(lock, next == Next::soon ? open_transaction_wait : failure_wait,
                     [&] { return stopping; });
    }
  }
};

LiveChanges::LiveChanges(store::Pool& pool, std::function<void(LiveEvent)> publish)
    : state_(std::make_unique<State>(pool, std::move(publish))) {
  state_->thread = std::thread([state = state_.get()] { state->run(); });
}

LiveChanges::~LiveChanges() {
  {
    std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->woken.notify_all();
  state_->thread.join();
}

void LiveChanges::wake() {
  {
    std::lock_guard lock(state_->mutex);
    state_->wake = true;
  }
  state_->woken.notify_all();
}

}  // namespace rapport::server
