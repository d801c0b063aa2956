#include "store/short_locks.hpp"

#include <gtest/gtest.h>

#include <future>

#include "store/testing.hpp"

namespace rapport::store {
namespace {

class ShortLocks : public testing::Test {
 protected:
  void SetUp() override {
    auto tx = database_.pool().begin(Mode::read_write);
    ASSERT_TRUE(
        tx->script("create table shown (n int); insert into shown values (1);"
                   "create table made (n int); insert into made values (2);"));
    ASSERT_TRUE(tx->commit());
  }

  static std::function<Done()> swap(Transaction& tx) {
    return [&tx]() -> Done {
      for (const auto* sql : {"drop table shown", "alter table made rename to shown"}) {
        if (const auto done = tx.run({"test.swap", sql}); !done) {
          return std::unexpected(done.error());
        }
      }
      return {};
    };
  }

  std::string shown() {
    auto tx = database_.pool().begin(Mode::read_only);
    const auto rows = tx->run({"test.shown", "select n from shown"});
    return rows ? std::string(rows->text(0, 0)) : rows.error().message;
  }

  TestDatabase database_;
};

TEST_F(ShortLocks, TakeATableThatNobodyUses) {
  auto tx = database_.pool().begin(Mode::read_write);
  const auto done = with_short_locks(*tx, base::seconds(1), swap(*tx));
  ASSERT_TRUE(done);
  EXPECT_TRUE(*done);
  ASSERT_TRUE(tx->commit());
  EXPECT_EQ(shown(), "2");
}

// A figure reads a table for seconds. Who comes after it to read the same one goes on at once.
TEST_F(ShortLocks, KeepNobodyWaitingBehindWhoeverReadsForLong) {
  auto reader = database_.pool().begin(Mode::read_only);
  ASSERT_TRUE(reader->run({"test.read", "select n from shown"}));
  auto tx = database_.pool().begin(Mode::read_write);
  ASSERT_TRUE(tx->run({"test.earlier", "insert into made values (3)"}));
  auto swapped = std::async(std::launch::async,
                            [&] { return with_short_locks(*tx, base::seconds(20), swap(*tx)); });
  for (int i = 0; i < 5; ++i) EXPECT_EQ(shown(), "1");
  EXPECT_EQ(swapped.wait_for(std::chrono::milliseconds(400)), std::future_status::timeout);
  reader->rollback();
  const auto done = swapped.get();
  ASSERT_TRUE(done);
  EXPECT_TRUE(*done);
}

TEST_F(ShortLocks, LeaveTheTransactionAsItWasWhereATableIsInUseAllTheTime) {
  auto reader = database_.pool().begin(Mode::read_only);
  ASSERT_TRUE(reader->run({"test.read", "select n from shown"}));
  auto tx = database_.pool().begin(Mode::read_write);
  ASSERT_TRUE(tx->run({"test.earlier", "insert into made values (3)"}));
  const auto done = with_short_locks(*tx, base::Duration{}, swap(*tx));
  ASSERT_TRUE(done);
  EXPECT_FALSE(*done);
  EXPECT_EQ(shown(), "1");
  const auto made = tx->run({"test.made", "select count(*) from made"});
  ASSERT_TRUE(made);
  EXPECT_EQ(made->text(0, 0), "2");
}

TEST_F(ShortLocks, EndWithAnErrorThatIsNoLocks) {
  auto tx = database_.pool().begin(Mode::read_write);
  const auto done = with_short_locks(*tx, base::seconds(1), [&]() -> Done {
    const auto dropped = tx->run({"test.drop", "drop table no_such"});
    if (!dropped) return std::unexpected(dropped.error());
    return {};
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().sqlstate, "42P01");
}

}  // namespace
}  // namespace rapport::store
