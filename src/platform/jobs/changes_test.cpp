#include "platform/jobs/changes.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <mutex>
#include <thread>

#include "platform/testing.hpp"

namespace rapport::platform {
namespace {

using namespace std::chrono_literals;

constexpr store::Statement kLog{
    "test.log",
    "insert into changes (object, record_id, version, kind, actor, cause_kind, fields, at) values "
    "($1, gen_random_uuid(), $2, 'changed', '00000000-0000-0000-0000-000000000000', 'user', "
    "'{\"a\": [1, 2]}', now())"};

// What was heard, in order, as "object version".
struct Heard {
  std::mutex mutex;
  std::vector<std::string> all;
  std::vector<std::string> take() {
    const std::lock_guard lock(mutex);
    return all;
  }
};

class Recorder final : public ChangeListener {
 public:
  Recorder(Heard& heard, std::vector<std::string> objects = {}, int batch = 500)
      : heard_(heard), objects_(std::move(objects)), batch_(batch) {}
  [[nodiscard]] std::string name() const override { return "recorder"; }
  [[nodiscard]] std::vector<std::string> objects() const override { return objects_; }
  [[nodiscard]] int batch_max() const override { return batch_; }
  base::Result<void> take(store::Transaction& transaction,
                          std::span<const ChangeRow> changes) override {
    const std::lock_guard lock(heard_.mutex);
    if (fail_next > 0) {
      --fail_next;
      return base::refuse(base::ProblemKind::internal, "test.failed", "Not now.");
    }
    for (const auto& change : changes) {
      heard_.all.push_back(change.object + " " + std::to_string(change.version));
      (void)transaction.send({"test", "insert into projection values ($1)"},
                             store::Params().integer(change.version));
    }
    return {};
  }
  int fail_next = 0;

 private:
  Heard& heard_;
  std::vector<std::string> objects_;
  int batch_;
};

class ChangesTest : public testing::Test {
 protected:
  ChangesTest()
      : database("changes", [](store::Pool& pool) {
          make_platform_tables(pool);
          must_run(pool, "create table projection (n integer not null)");
        }) {}

  std::unique_ptr<ChangeListeners> process(std::unique_ptr<ChangeListener> listener) {
    auto listeners =
        std::make_unique<ChangeListeners>(database.pool(), clock.clock(),
                                          ListenersOptions{.poll = base::milliseconds(20),
                                                           .retry_first = base::milliseconds(1),
                                                           .retry_max = base::milliseconds(5)});
    listeners->add(std::move(listener));
    return listeners;
  }

  void log(std::string_view object, int version) {
    must_run(database.pool(), kLog.sql, store::Params().text(object).integer(version));
  }

  store::TestDatabase database;
  TestClock clock;
  Heard heard;
};

TEST_F(ChangesTest, AreHeardInOrderAndOnce) {
  for (int i = 1; i <= 7; ++i) log("person", i);
  auto listeners = process(std::make_unique<Recorder>(heard, std::vector<std::string>{}, 3));
  EXPECT_EQ(listeners->deliver_now(), 7);
  EXPECT_EQ(listeners->deliver_now(), 0);
  log("company", 1);
  EXPECT_EQ(listeners->deliver_now(), 1);
  EXPECT_EQ(heard.take(),
            (std::vector<std::string>{"person 1", "person 2", "person 3", "person 4", "person 5",
                                      "person 6", "person 7", "company 1"}));
}

// Forty changes of a torrent once came as one batch, ten thousands of persons in one transaction.
TEST_F(ChangesTest, ABatchEndsBeforeItNamesTooManyPersons) {
  class Crowd final : public ChangeListener {
   public:
    explicit Crowd(std::vector<std::string>& batches) : batches_(batches) {}
    [[nodiscard]] std::string name() const override { return "crowd"; }
    [[nodiscard]] std::vector<std::string> objects() const override {
      return {"order", "order_line"};
    }
    [[nodiscard]] std::size_t persons_max() const override { return 5; }
    base::Result<void> take(store::Transaction&, std::span<const ChangeRow> changes) override {
      auto& batch = batches_.emplace_back();
      for (const auto& change : changes) batch += std::to_string(change.version);
      return {};
    }

   private:
    std::vector<std::string>& batches_;
  };
  struct Case {
    std::string_view object;
    int from, until;  // numbers of the persons it names
  };
  int version = 0;
  for (const auto& [object, from, until] :
       {Case{"order", 1, 3}, Case{"order_line", 1, 3}, Case{"person", 10, 90}, Case{"order", 4, 5},
        Case{"order", 6, 6}, Case{"order", 10, 19}, Case{"order", 1, 5}, Case{"order", 5, 5}}) {
    must_run(
        database.pool(),
        "insert into changes (object, record_id, version, kind, actor, cause_kind, at, persons) "
        "select $1, gen_random_uuid(), $2, 'batch', '00000000-0000-0000-0000-000000000000', "
        "'user', now(), array_agg(lpad(n::text, 32, '0')::uuid) from generate_series($3::int, "
        "$4::int) n",
        store::Params().text(object).integer(++version).integer(from).integer(until));
  }
  std::vector<std::string> batches;
  auto listeners = process(std::make_unique<Crowd>(batches));
  EXPECT_EQ(listeners->deliver_now(), 8);
  EXPECT_EQ(batches, (std::vector<std::string>{"124", "5", "6", "78"}));
}

TEST_F(ChangesTest, ALateCommitIsNotSkipped) {
  auto listeners = process(std::make_unique<Recorder>(heard));
  log("person", 1);
  auto late = database.pool().begin(store::Mode::read_write);
  ASSERT_TRUE(late);
  ASSERT_TRUE(late->run(kLog, store::Params().text("person").integer(2)));
  log("person", 3);  // Begun later, committed first.
  EXPECT_EQ(listeners->deliver_now(), 1);
  ASSERT_TRUE(late->commit());
  EXPECT_EQ(listeners->deliver_now(), 2);
  EXPECT_EQ(heard.take(), (std::vector<std::string>{"person 1", "person 2", "person 3"}));
}

TEST_F(ChangesTest, OnlyTheNamedObjectsAreHeardAndTheCursorPassesTheRest) {
  auto listeners = process(std::make_unique<Recorder>(heard, std::vector<std::string>{"company"}));
  for (int i = 1; i <= 3; ++i) log("person", i);
  log("company", 9);
  EXPECT_EQ(listeners->deliver_now(), 4);
  EXPECT_EQ(heard.take(), std::vector<std::string>{"company 9"});
  EXPECT_EQ(listeners->deliver_now(), 0);
}

TEST_F(ChangesTest, ProjectionAndCursorMoveTogetherOrNotAtAll) {
  auto recorder = std::make_unique<Recorder>(heard);
  recorder->fail_next = 1;
  auto listeners = process(std::move(recorder));
  log("person", 1);
  EXPECT_FALSE(listeners->deliver_now());
  EXPECT_EQ(ask(database.pool(), "select count(*) from projection"), "0");
  EXPECT_EQ(listeners->deliver_now(), 1);
  EXPECT_EQ(ask(database.pool(), "select count(*) from projection"), "1");
}

TEST_F(ChangesTest, ARestoreFromBackupBeginsANewEpochWithLowerTransactions) {
  auto listeners = process(std::make_unique<Recorder>(heard));
  log("person", 1);
  EXPECT_EQ(listeners->deliver_now(), 1);
  // The old cluster had come much further in its transactions than the new one will for long.
  must_run(database.pool(),
           "insert into changes (object, record_id, version, kind, actor, cause_kind, at, xid) "
           "values ('person', gen_random_uuid(), 2, 'changed', gen_random_uuid(), 'user', now(), "
           "'99999999')");
  EXPECT_EQ(listeners->deliver_now(), 0);
  must_run(database.pool(), "update change_epoch set epoch = epoch + 1");
  log("person", 3);
  EXPECT_EQ(listeners->deliver_now(), 2);
  EXPECT_EQ(heard.take(), (std::vector<std::string>{"person 1", "person 2", "person 3"}));
}

// Once they were ordered by the text of the transaction id: 1000 came before 999, and what lay
// between was skipped.
TEST_F(ChangesTest, AreOrderedByTheNumberOfTheirTransaction) {
  auto listeners = process(std::make_unique<Recorder>(heard, std::vector<std::string>{}, 1));
  int version = 0;
  for (const auto xid : {"9", "10", "99", "100"}) {
    must_run(database.pool(),
             "insert into changes (object, record_id, version, kind, actor, cause_kind, at, xid) "
             "values ('person', gen_random_uuid(), $1, 'changed', gen_random_uuid(), 'user', "
             "now(), $2::text::xid8)",
             store::Params().integer(++version).text(xid));
  }
  EXPECT_EQ(listeners->deliver_now(), 4);
  EXPECT_EQ(heard.take(),
            (std::vector<std::string>{"person 1", "person 2", "person 3", "person 4"}));
}

TEST_F(ChangesTest, TwoProcessesDeliverEachChangeOnceUnderConcurrentWriters) {
  constexpr int kWriters = 4, kEach = 50;
  auto one = process(std::make_unique<Recorder>(heard, std::vector<std::string>{}, 7));
  auto two = process(std::make_unique<Recorder>(heard, std::vector<std::string>{}, 7));
  one->start();
  two->start();
  std::vector<std::thread> writers;
  writers.reserve(kWriters);
  for (int w = 0; w < kWriters; ++w) {
    writers.emplace_back([&, w] {
      for (int i = 0; i < kEach; ++i) {
        auto transaction = database.pool().begin(store::Mode::read_write);
        EXPECT_TRUE(transaction->run(
            kLog, store::Params().text("w" + std::to_string(w)).integer(w * 1000 + i)));
        if (i % 5 == 0) std::this_thread::sleep_for(2ms);  // some commit late
        EXPECT_TRUE(transaction->commit());
      }
    });
  }
  for (auto& writer : writers) writer.join();
  for (int i = 0; i < 500 && heard.take().size() < kWriters * kEach; ++i) {
    std::this_thread::sleep_for(10ms);
  }
  one->stop();
  two->stop();
  EXPECT_EQ(ask(database.pool(), "select count(*) || ' ' || count(distinct n) from projection"),
            "200 200");
  // Each writer's changes were heard in the order it made them.
  std::map<std::string, int> last;
  for (const auto& each : heard.take()) {
    const auto space = each.find(' ');
    const int version = std::stoi(each.substr(space + 1));
    EXPECT_GT(version, last.contains(each.substr(0, space)) ? last[each.substr(0, space)] : -1);
    last[each.substr(0, space)] = version;
  }
}

TEST_F(ChangesTest, AChangeIsHeardSoonThoughAnotherTransactionHeldItBack) {
  auto listeners = process(std::make_unique<Recorder>(heard));
  listeners->start();
  auto holding = database.pool().begin(store::Mode::read_write);
  ASSERT_TRUE(holding->run({"test", "select pg_current_xact_id()"}));
  log("person", 1);
  listeners->wake();
  std::this_thread::sleep_for(50ms);
  EXPECT_TRUE(heard.take().empty());
  holding->rollback();  // No NOTIFY tells of this.
  for (int i = 0; i < 100 && heard.take().empty(); ++i) std::this_thread::sleep_for(5ms);
  EXPECT_EQ(heard.take().size(), 1u);
}

}  // namespace
}  // namespace rapport::platform
