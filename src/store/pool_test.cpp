#include <gtest/gtest.h>
#include <sys/resource.h>

#include <chrono>
#include <thread>

#include "base/priority.hpp"
#include "store/testing.hpp"

namespace rapport::store {
namespace {

using Clock = std::chrono::steady_clock;

std::string backend(Transaction& tx) {
  const Answer rows = tx.run({"test.pid", "select pg_backend_pid()"});
  return rows ? std::string(rows->text(0, 0)) : "";
}

// As superuser: ends all connections to the test's database but its own.
void terminate_others(const TestDatabase& database, const std::string& only = "") {
  Pool admin({.conninfo = database.admin_conninfo(), .connections_max = 1});
  const Answer done = admin.run_alone(
      {"test.kill",
       "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname ="
       " current_database() and pid <> pg_backend_pid()" +
           (only.empty() ? "" : " and pid = " + only)});
  ASSERT_TRUE(done);
}

TEST(Pool, GivesAConnectionBackAndUsesItAgain) {
  TestDatabase database;
  std::string first;
  {
    auto tx = database.pool().begin(Mode::read_only);
    first = backend(*tx);
    EXPECT_EQ(database.pool().statistics().in_use, 1);
  }
  auto tx = database.pool().begin(Mode::read_only);
  EXPECT_EQ(backend(*tx), first);
  EXPECT_EQ(database.pool().statistics().open, 1);
  EXPECT_EQ(database.pool().statistics().transactions, 2);
}

base::Niceness niceness_of_server(const std::string& process) {
  return getpriority(PRIO_PROCESS, static_cast<id_t>(std::stoi(process)));
}

TEST(Pool, AThreadThatGivesWayHasAServerProcessThatDoesToo) {
  TestDatabase database;
  Pool& pool = database.pool();
  std::string usual, giving_way, giving_way_again, usual_again;
  const auto ask = [&](std::string& process) {
    auto tx = pool.begin(Mode::read_only);
    ASSERT_TRUE(tx);
    process = backend(*tx);
  };
  ask(usual);
  std::thread([&] {
    base::give_way();
    ask(giving_way);
    EXPECT_EQ(niceness_of_server(giving_way), base::niceness());
    auto tx = pool.begin(Mode::read_only);
    const auto workers = tx->run({"test.workers", "show max_parallel_workers_per_gather"});
    EXPECT_EQ(workers->text(0, 0), "0");
    giving_way_again = backend(*tx);
  }).join();
  ask(usual_again);
  EXPECT_EQ(usual_again, usual);
  EXPECT_NE(giving_way, usual);
  EXPECT_EQ(giving_way_again, giving_way);
  EXPECT_EQ(niceness_of_server(usual), base::niceness());
}

// Idle connections of the other kind must not keep anybody waiting.
TEST(Pool, AFullPoolGivesUpAnIdleConnectionForOneOfAnotherPriority) {
  TestDatabase database;
  Pool pool(
      {.conninfo = database.conninfo(), .connections_max = 1, .wait_max = base::milliseconds(60)});
  ASSERT_TRUE(pool.begin(Mode::read_only));
  std::thread([&] {
    base::give_way();
    EXPECT_TRUE(pool.begin(Mode::read_only));
  }).join();
  EXPECT_TRUE(pool.begin(Mode::read_only));
  EXPECT_EQ(pool.statistics().open, 1);
}

TEST(Pool, RefusesAfterTheLongestWaitWhenAllAreInUse) {
  TestDatabase database;
  Pool pool(
      {.conninfo = database.conninfo(), .connections_max = 2, .wait_max = base::milliseconds(60)});
  auto first = pool.begin(Mode::read_only);
  auto second = pool.begin(Mode::read_only);
  ASSERT_TRUE(first && second);
  const auto begun = Clock::now();
  const auto third = pool.begin(Mode::read_only);
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().kind, base::ProblemKind::unavailable);
  EXPECT_EQ(third.error().code, "store.busy");
  EXPECT_GE(Clock::now() - begun, std::chrono::milliseconds(59));
  first->rollback();
  EXPECT_TRUE(pool.begin(Mode::read_only));
  EXPECT_EQ(pool.statistics().waits, 1);
}

TEST(Pool, WaitsForAConnectionThatBecomesFree) {
  TestDatabase database;
  Pool pool({.conninfo = database.conninfo(), .connections_max = 1});
  auto first = pool.begin(Mode::read_only);
  std::thread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    first->rollback();
  });
  EXPECT_TRUE(pool.begin(Mode::read_only));
  later.join();
}

TEST(Pool, ServesManyThreads) {
  TestDatabase database;
  Pool pool({.conninfo = database.conninfo(), .connections_max = 4});
  std::atomic<int> good{0};
  constexpr int workers = 12;
  std::vector<std::thread> threads;
  threads.reserve(workers);
  for (int n = 0; n < workers; ++n) {
    threads.emplace_back([&, n] {
      for (int k = 0; k < 25; ++k) {
        auto tx = pool.begin(Mode::read_only);
        const Answer rows =
            tx->run({"test.sum", "select $1::int + $2::int"}, Params().integer(n).integer(k));
        if (rows && rows->integer(0, 0) == n + k) ++good;
      }
    });
  }
  for (std::thread& each : threads) each.join();
  EXPECT_EQ(good, 300);
  EXPECT_LE(pool.statistics().open, 4);
  EXPECT_EQ(pool.statistics().in_use, 0);
}

TEST(Pool, ReplacesAConnectionKilledWhileIdle) {
  TestDatabase database;
  {
    auto first = database.pool().begin(Mode::read_only);
    auto second = database.pool().begin(Mode::read_only);
    ASSERT_FALSE(backend(*first).empty());
    ASSERT_FALSE(backend(*second).empty());
  }
  terminate_others(database);
  auto tx = database.pool().begin(Mode::read_write);
  ASSERT_TRUE(tx);
  EXPECT_TRUE(tx->run({"test.one", "select 1"}));
  EXPECT_TRUE(tx->commit());
  EXPECT_EQ(database.pool().statistics().open, 1);
}

TEST(Pool, AConnectionKilledInATransactionIsUnavailableAndReplaced) {
  TestDatabase database;
  auto tx = database.pool().begin(Mode::read_write);
  const std::string killed = backend(*tx);
  terminate_others(database, killed);
  const Answer lost = tx->run({"test.one", "select 1"});
  ASSERT_FALSE(lost);
  EXPECT_TRUE(lost.error().connection_lost()) << lost.error().sqlstate;
  EXPECT_EQ(as_problem(lost.error()).kind, base::ProblemKind::unavailable);
  EXPECT_FALSE(tx->commit());
  auto again = database.pool().begin(Mode::read_write);
  ASSERT_TRUE(again);
  EXPECT_NE(backend(*again), killed);
  EXPECT_EQ(database.pool().statistics().open, 1);
}

TEST(Pool, AConnectionKilledWhileItsStatementRunsIsUnavailable) {
  TestDatabase database;
  auto tx = database.pool().begin(Mode::read_write);
  const std::string pid = backend(*tx);
  std::thread killer([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    terminate_others(database, pid);
  });
  const Answer lost = tx->run({"test.sleep", "select pg_sleep(20)"});
  killer.join();
  ASSERT_FALSE(lost);
  EXPECT_TRUE(lost.error().connection_lost()) << lost.error().sqlstate << lost.error().message;
  EXPECT_FALSE(tx->rollback_to("nothing"));
}

TEST(Pool, AConnectionKilledBeforeItsCommitFailsTheCommit) {
  TestDatabase database;
  auto tx = database.pool().begin(Mode::read_write);
  ASSERT_TRUE(tx->script("create table t (n integer)"));
  terminate_others(database, backend(*tx));
  tx->send({"t.insert", "insert into t values (1)"});
  const Done done = tx->commit();
  ASSERT_FALSE(done);
  EXPECT_EQ(as_problem(done.error()).kind, base::ProblemKind::unavailable);
}

TEST(Pool, AStatementThatTakesTooLongIsStopped) {
  TestDatabase database;
  Pool pool({.conninfo = database.conninfo(),
             .connections_max = 1,
             .statement_timeout = base::milliseconds(50)});
  auto tx = pool.begin(Mode::read_only);
  const Answer stopped = tx->run({"test.sleep", "select pg_sleep(20)"});
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().sqlstate, "57014");
  EXPECT_EQ(as_problem(stopped.error()).code, "store.too_slow");
  tx->rollback();
  EXPECT_TRUE(pool.run_alone({"test.sleep", "select pg_sleep(0.1)"}));
  auto after = pool.begin(Mode::read_only);
  EXPECT_EQ(after->run({"test.show", "show statement_timeout"})->text(0, 0), "50ms");
}

TEST(Pool, ALockHeldTooLongIsRetriable) {
  TestDatabase database;
  Pool pool({.conninfo = database.conninfo(),
             .connections_max = 2,
             .lock_timeout = base::milliseconds(50)});
  auto first = pool.begin(Mode::read_write);
  auto second = pool.begin(Mode::read_write);
  const Statement lock{"test.lock", "select pg_advisory_xact_lock(1)"};
  ASSERT_TRUE(first->run(lock));
  const Answer refused = second->run(lock);
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().retriable());
}

// ANALYZE of a whole database once met a table that autovacuum held for longer than a request
// waits.
TEST(Pool, WhatRunsAloneWaitsForALockAsLongAsItIsHeld) {
  TestDatabase database;
  ASSERT_TRUE(database.pool().run_alone({"test.make", "create table t (n integer)"}));
  Pool pool({.conninfo = database.conninfo(),
             .connections_max = 2,
             .lock_timeout = base::milliseconds(50)});
  auto holder = pool.begin(Mode::read_write);
  ASSERT_TRUE(holder->run({"test.hold", "lock table t in share update exclusive mode"}));
  std::jthread release([&holder] {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    holder->rollback();
  });
  const Answer done = pool.run_alone({"test.analyze", "analyze t"});
  EXPECT_TRUE(done) << done.error().message;
  auto after = pool.begin(Mode::read_only);
  EXPECT_EQ(after->run({"test.show", "show lock_timeout"})->text(0, 0), "50ms");
}

TEST(Pool, StatementsThatMustStandAloneRunAlone) {
  TestDatabase database;
  ASSERT_TRUE(database.pool().run_alone({"test.make", "create table t (n integer)"}));
  EXPECT_TRUE(database.pool().run_alone({"test.index", "create index concurrently t_n on t (n)"}));
  EXPECT_TRUE(database.pool().run_alone({"test.vacuum", "vacuum t"}));
  const Answer error =
      database.pool().run_alone({"test.bad", "select $1::int / 0"}, Params().integer(1));
  ASSERT_FALSE(error);
  EXPECT_EQ(error.error().sqlstate, "22012");
}

TEST(Pool, SaysThatTheDatabaseCannotBeReached) {
  Pool nowhere({.conninfo = "host=/nowhere dbname=x user=y", .connections_max = 1});
  const auto refused = nowhere.begin(Mode::read_only);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "store.unreachable");
  EXPECT_EQ(nowhere.statistics().open, 0);
  Pool nonsense({.conninfo = "colour=green"});
  EXPECT_EQ(nonsense.begin(Mode::read_only).error().code, "store.bad_conninfo");
}

}  // namespace
}  // namespace rapport::store
