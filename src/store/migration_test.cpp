#include "store/migration.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "store/testing.hpp"

namespace rapport::store {
namespace {

constexpr Migration kFirst{1, "pets_have_names",
                           "create table pets (name text); -- and more\n"
                           "insert into pets values ('Rex');"};
constexpr Migration kSecond{2, "pets_have_ages", "alter table pets add age integer;"};
constexpr Migration kBroken{2, "pets_break", "alter table pets add age integer; select 1/0;"};

std::int64_t count(Pool& pool, std::string_view sql) {
  auto tx = pool.begin(Mode::read_only);
  const Answer rows = tx->run({"test.count", sql});
  return rows ? rows->integer(0, 0) : -1;
}

TEST(Migration, EachRunsOnceInOrder) {
  TestDatabase database;
  const auto first = migrate(database.pool(), std::array{kFirst});
  ASSERT_TRUE(first);
  EXPECT_EQ(*first, std::vector{1});
  const auto both = migrate(database.pool(), std::array{kFirst, kSecond});
  ASSERT_TRUE(both) << both.error().message << both.error().details;
  EXPECT_EQ(*both, std::vector{2});
  const auto again = migrate(database.pool(), std::array{kFirst, kSecond});
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->empty());
  EXPECT_EQ(count(database.pool(), "select count(*) from pets"), 1);
}

TEST(Migration, AFailedOneLeavesNothingBehindAndIsTriedAgain) {
  TestDatabase database;
  const auto broken = migrate(database.pool(), std::array{kFirst, kBroken});
  ASSERT_FALSE(broken);
  EXPECT_NE(broken.error().message.find("2 (pets_break)"), std::string::npos);
  EXPECT_EQ(count(database.pool(), "select count(*) from migrations"), 1);
  const auto mended = migrate(database.pool(), std::array{kFirst, kSecond});
  ASSERT_TRUE(mended);
  EXPECT_EQ(*mended, std::vector{2});
}

TEST(Migration, AnAppliedOneThatChangedIsRefused) {
  TestDatabase database;
  ASSERT_TRUE(migrate(database.pool(), std::array{kFirst}));
  Migration changed = kFirst;
  changed.sql = "create table pets (name text, owner text);";
  const auto refused = migrate(database.pool(), std::array{changed});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "store.migration_changed");
}

TEST(Migration, ADatabaseOfANewerProgramIsRefused) {
  TestDatabase database;
  ASSERT_TRUE(migrate(database.pool(), std::array{kFirst, kSecond}));
  const auto refused = migrate(database.pool(), std::array{kFirst});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "store.migration_unknown");
}

TEST(Migration, ANumberBelowTheAppliedOnesIsRefused) {
  TestDatabase database;
  ASSERT_TRUE(migrate(database.pool(), std::array{Migration{7, "later", "select 1"}}));
  const auto refused =
      migrate(database.pool(), std::array{kFirst, Migration{7, "later", "select 1"}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "store.migration_late");
}

TEST(Migration, ProcessesThatStartTogetherApplyEachOnce) {
  TestDatabase database;
  std::vector<std::thread> threads;
  std::atomic<int> applied{0}, failed{0};
  for (int n = 0; n < 4; ++n) {
    threads.emplace_back([&] {
      const auto done = migrate(database.pool(), std::array{kFirst, kSecond});
      if (done) {
        applied += static_cast<int>(done->size());
      } else {
        ++failed;
      }
    });
  }
  for (std::thread& each : threads) each.join();
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(applied, 2);
  EXPECT_EQ(count(database.pool(), "select count(*) from pets"), 1);
}

TEST(Migration, ThoseTheProgramCarriesApplyToAnEmptyDatabase) {
  TestDatabase database;
  const auto all = embedded_migrations();
  ASSERT_TRUE(all) << all.error().message;
  const auto done = migrate(database.pool(), *all);
  ASSERT_TRUE(done) << done.error().message << done.error().details;
  EXPECT_EQ(done->size(), all->size());
}

}  // namespace
}  // namespace rapport::store
