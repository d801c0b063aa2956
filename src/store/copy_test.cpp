#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

#include "store/testing.hpp"

namespace rapport::store {
namespace {

class CopyTest : public testing::Test {
 protected:
  CopyTest() : tx_(begin()) { EXPECT_TRUE(tx_.script("create table t (n bigint, s text)")); }
  Transaction begin() {
    auto tx = database_.pool().begin(Mode::read_write);
    if (!tx) throw std::runtime_error(tx.error().details);
    return std::move(*tx);
  }

  TestDatabase database_;
  Transaction tx_;
};

constexpr const char* kCopyIn = "copy t (n, s) from stdin";

TEST_F(CopyTest, TextComesBackAsItWent) {
  const std::string_view odd[] = {
      "tab\tnewline\nreturn\r", "back\\slash\\N", "", "\\.", "Zoë", "a\\tb"};
  std::size_t next = 0;
  const auto copied = tx_.copy_in(kCopyIn, [&](std::string& out) {
    if (next == std::size(odd)) return;
    CopyRow row(out);
    row.raw(std::to_string(next)).text(odd[next]).end();
    ++next;
  });
  ASSERT_TRUE(copied) << copied.error().message;
  EXPECT_EQ(*copied, 6);
  const Answer rows = tx_.run({"t.all", "select s from t order by n"});
  ASSERT_TRUE(rows);
  for (std::size_t n = 0; n < std::size(odd); ++n) EXPECT_EQ(rows->text(n, 0), odd[n]);
}

TEST_F(CopyTest, AMillionRowsStreamThroughBothWaysAndThePipelineGoesOn) {
  constexpr std::int64_t kRows = 1'000'000;
  std::int64_t n = 0;
  std::size_t longest = 0;
  tx_.send({"t.insert", "insert into t values (-1, 'before')"});
  const auto copied = tx_.copy_in(kCopyIn, [&](std::string& out) {
    longest = std::max(longest, out.size());
    CopyRow row(out);
    for (int k = 0; k < 100 && n < kRows; ++k, ++n) {
      row.raw(std::to_string(n)).text("a value of some length, as names are").end();
    }
  });
  ASSERT_TRUE(copied) << copied.error().message;
  EXPECT_EQ(*copied, kRows);
  EXPECT_LT(longest, 300'000U);
  EXPECT_EQ(tx_.run({"t.count", "select count(*) from t"})->integer(0, 0), kRows + 1);

  std::int64_t lines = 0;
  const Done out = tx_.copy_out("copy t to stdout", [&](std::string_view piece) {
    lines += static_cast<std::int64_t>(std::ranges::count(piece, '\n'));
    return true;
  });
  ASSERT_TRUE(out) << out.error().message;
  EXPECT_EQ(lines, kRows + 1);
  EXPECT_TRUE(tx_.commit());
}

TEST_F(CopyTest, NothingToCopyIsNoError) {
  const auto copied = tx_.copy_in(kCopyIn, [](std::string&) {});
  ASSERT_TRUE(copied);
  EXPECT_EQ(*copied, 0);
  EXPECT_TRUE(tx_.commit());
}

TEST_F(CopyTest, ABadRowFailsTheCopyAndASavepointRecovers) {
  ASSERT_TRUE(tx_.savepoint("copy"));
  int calls = 0;
  const auto copied = tx_.copy_in(kCopyIn, [&](std::string& out) {
    if (++calls > 3) return;
    CopyRow(out).raw(calls == 2 ? "many" : "1").text("x").end();
  });
  ASSERT_FALSE(copied);
  EXPECT_EQ(copied.error().sqlstate, "22P02");
  EXPECT_FALSE(tx_.run({"t.count", "select count(*) from t"}));
  ASSERT_TRUE(tx_.rollback_to("copy"));
  EXPECT_EQ(tx_.run({"t.count", "select count(*) from t"})->integer(0, 0), 0);
  EXPECT_TRUE(tx_.commit());
}

TEST_F(CopyTest, AnErrorEarlyInAGreatStreamDoesNotHangIt) {
  int calls = 0;
  const auto copied = tx_.copy_in(kCopyIn, [&](std::string& out) {
    if (++calls > 200) return;
    out.append("many\tx\n");
    for (int k = 0; k < 1000; ++k) out.append("1\tsome more text to fill the buffers with\n");
  });
  ASSERT_FALSE(copied);
  EXPECT_EQ(copied.error().sqlstate, "22P02");
}

TEST_F(CopyTest, AWrongStatementIsAnError) {
  EXPECT_EQ(tx_.copy_in("copy nowhere from stdin", [](std::string&) {}).error().sqlstate, "42P01");
  Transaction other = begin();
  EXPECT_FALSE(other.copy_in("select 1", [](std::string&) {}));
  EXPECT_FALSE(other.commit());
  Transaction third = begin();
  EXPECT_FALSE(third.copy_out("select 1", [](std::string_view) { return true; }));
}

TEST_F(CopyTest, AFeedThatThrowsCancelsTheCopy) {
  EXPECT_THROW((void)tx_.copy_in(kCopyIn, [](std::string&) { throw std::runtime_error("no"); }),
               std::runtime_error);
  EXPECT_FALSE(tx_.commit());
  Transaction next = begin();
  EXPECT_TRUE(next.run({"test.one", "select 1"}));
}

TEST_F(CopyTest, WhoeverReadsMayStop) {
  Transaction tx = begin();
  int pieces = 0;
  const Done stopped = tx.copy_out("copy (select generate_series(1, 3000000)) to stdout",
                                   [&](std::string_view) { return ++pieces < 10; });
  EXPECT_TRUE(stopped);
  EXPECT_EQ(pieces, 10);
  tx.rollback();
  Transaction next = begin();
  EXPECT_TRUE(next.run({"test.one", "select 1"}));
}

}  // namespace
}  // namespace rapport::store
