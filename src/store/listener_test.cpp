#include "store/listener.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

#include "store/testing.hpp"

namespace rapport::store {
namespace {

// Counts what a listener calls back.
class Heard {
 public:
  Listener::Callbacks callbacks() {
    return {.notified =
                [this](std::string_view channel, std::string_view payload) {
                  add(std::string(channel) + ":" + std::string(payload));
                },
            .connected = [this] { add("connected"); }};
  }
  // The n-th thing heard; waits for it.
  std::string at(std::size_t n) {
    std::unique_lock lock(mutex_);
    came_.wait_for(lock, std::chrono::seconds(10), [&] { return all_.size() > n; });
    return all_.size() > n ? all_[n] : "nothing";
  }

 private:
  void add(std::string what) {
    const std::lock_guard lock(mutex_);
    all_.push_back(std::move(what));
    came_.notify_all();
  }
  std::mutex mutex_;
  std::condition_variable came_;
  std::vector<std::string> all_;
};

void notify(Pool& pool, std::string_view channel, std::string_view payload) {
  auto tx = pool.begin(Mode::read_write);
  tx->send({"test.notify", "select pg_notify($1, $2)"}, Params().text(channel).text(payload));
  ASSERT_TRUE(tx->commit());
}

TEST(Listener, HearsItsChannelsAndNoOthers) {
  TestDatabase database;
  Heard heard;
  const Listener listener(database.conninfo(), {"changes", "odd \"name\""}, heard.callbacks());
  ASSERT_EQ(heard.at(0), "connected");
  notify(database.pool(), "changes", "one");
  notify(database.pool(), "elsewhere", "two");
  notify(database.pool(), "odd \"name\"", "three");
  EXPECT_EQ(heard.at(1), "changes:one");
  EXPECT_EQ(heard.at(2), "odd \"name\":three");
}

TEST(Listener, ConnectsAgainAndSaysSo) {
  TestDatabase database;
  Heard heard;
  const Listener listener(database.conninfo(), {"changes"}, heard.callbacks());
  ASSERT_EQ(heard.at(0), "connected");
  Pool admin({.conninfo = database.admin_conninfo(), .connections_max = 1});
  ASSERT_TRUE(admin.run_alone({"test.kill",
                               "select pg_terminate_backend(pid, 5000) from pg_stat_activity where"
                               " datname = current_database() and pid <> pg_backend_pid()"}));
  ASSERT_EQ(heard.at(1), "connected");
  notify(database.pool(), "changes", "after");
  EXPECT_EQ(heard.at(2), "changes:after");
}

TEST(Listener, EndsAtOnceWhileItCannotConnect) {
  Heard heard;
  const auto begun = std::chrono::steady_clock::now();
  {
    const Listener listener("host=/nowhere dbname=x", {"changes"}, heard.callbacks());
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(2));
}

}  // namespace
}  // namespace rapport::store
