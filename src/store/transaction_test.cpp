#include <gtest/gtest.h>

#include "store/testing.hpp"

namespace rapport::store {
namespace {

TEST(Transaction, WritesAndCommitsInOneRoundTrip) {
  TestDatabase database;
  auto setup = database.pool().begin(Mode::read_write);
  ASSERT_TRUE(setup);
  ASSERT_TRUE(setup->script("create table t (n integer primary key, s text)"));
  ASSERT_TRUE(setup->commit());

  auto tx = database.pool().begin(Mode::read_write);
  ASSERT_TRUE(tx);
  const Ticket insert = tx->send({"t.insert", "insert into t values ($1, $2) returning s"},
                                 Params().integer(1).text("one"));
  ASSERT_TRUE(tx->commit());
  EXPECT_LE(tx->round_trips(), 1U);
  const Answer answer = tx->take(insert);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->text(0, 0), "one");
  EXPECT_EQ(answer->affected(), 1);
}

}  // namespace
}  // namespace rapport::store
