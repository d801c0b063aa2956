// A table beside records is built anew while others read and write, and nothing is lost.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "entity/road_testing.hpp"
#include "entity/write/beside_rebuild.hpp"

namespace rapport::entity {
namespace {

using namespace testing;

constexpr int people = 300;

base::Value euros(int whole) {
  return base::Money{base::Decimal::of(whole, 0), "EUR"};
}

class BesideRebuildTest : public ::testing::Test {
 protected:
  BesideRebuildTest() {
    Create persons{.object = "person", .items = {}};
    for (int i = 0; i < people; ++i) {
      persons.items.push_back(item({{"name", name(fmt::format("P {:03}", i))}}));
    }
    const auto done = shop.road.write(shop.caller, {.writes = {persons}});
    EXPECT_TRUE(done);
    for (const ItemResult& one : done->writes[0]) ids.push_back(one.id);
  }

  base::Result<bool> rebuild(const std::vector<std::string>& fields,
                             const std::vector<BesideRow>& rows,
                             base::Duration wait = rebuild_wait_max) {
    std::size_t next = 0;
    return rebuild_beside(shop.database.pool(), *shop.road.catalog(), "person", fields,
                          [&](BesideRow& row) {
                            if (next == rows.size()) return false;
                            row = rows[next++];
                            return true;
                          },
                          {.wait_max = wait});
  }

  // Everything that hangs on the table: constraints, indexes, columns.
  std::string shape() {
    return shop.one(
        "select string_agg(d, E'\\n' order by d) from ("
        "select conname || ' ' || pg_get_constraintdef(oid) as d from pg_constraint "
        "where conrelid = 'persons_beside'::regclass "
        "union all select indexdef from pg_indexes where tablename = 'persons_beside' "
        "union all select column_name || ' ' || data_type || ' ' || is_nullable || "
        "coalesce(collation_name, '') from information_schema.columns "
        "where table_name = 'persons_beside') s");
  }

  std::string whole() {
    return shop.one(
        "select count(*) filter (where b.id is null) || ' missing, ' || "
        "count(*) filter (where p.id is null) || ' left over' "
        "from persons p full join persons_beside b using (id)");
  }

  Shop shop;
  std::vector<base::Id> ids;
};

TEST_F(BesideRebuildTest, WritesWhatItIsGivenAndLeavesTheRest) {
  const auto before = shape();
  EXPECT_TRUE(
      rebuild({"cell"}, {{ids[0], {text("111")}}, {ids[1], {text("222")}}}).value_or(false));
  std::vector<BesideRow> rows;
  for (std::size_t i = 1; i < ids.size(); ++i) {
    rows.push_back(
        {ids[i], {i % 9 == 0 ? base::Value{} : euros(static_cast<int>(i)), text("watch")}});
  }
  rows.push_back({base::new_id(), {euros(1), text("act")}});  // no more there
  EXPECT_TRUE(rebuild({"lifetime_value", "warning"}, rows).value_or(false));
  EXPECT_EQ(shop.one("select string_agg(concat_ws(' ', cell, lifetime_value, warning), ', ' "
                     "order by id) from (select * from persons_beside order by id limit 3) b"),
            "111, 222 1.0000 watch, 2.0000 watch");
  EXPECT_EQ(shop.one("select count(*) || ' ' || count(lifetime_value) from persons_beside"),
            "300 266");
  EXPECT_EQ(whole(), "0 missing, 0 left over");
  EXPECT_EQ(shape(), before) << "key, checks, indexes and links are as the catalog made them";
}

TEST_F(BesideRebuildTest, RefusesWhatIsNotKeptBesideAndWritesNothing) {
  EXPECT_EQ(rebuild({"name"}, {}).error().code, "beside.unknown");
  EXPECT_EQ(rebuild({"cell"}, {{ids[0], {text("111")}}, {ids[1], {euros(1)}}}).error().code,
            "beside.wrong_type");
  EXPECT_FALSE(rebuild({"warning"}, {{ids[0], {text("never heard of")}}}));
  EXPECT_EQ(shop.one("select count(cell) + count(warning) from persons_beside"), "0");
  EXPECT_EQ(shop.one("select to_regclass('persons_beside_next') is null"), "t");
}

TEST_F(BesideRebuildTest, GivesUpWhereTheTableStaysInUse) {
  auto reader = shop.database.pool().begin(store::Mode::read_only);
  ASSERT_TRUE(reader->run({"test", "select count(*) from persons"}));
  const auto done = rebuild({"cell"}, {{ids[0], {text("111")}}}, base::milliseconds(400));
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_FALSE(*done);
  reader->rollback();
  EXPECT_EQ(shop.one("select count(cell) from persons_beside"), "0");
  EXPECT_TRUE(rebuild({"cell"}, {{ids[0], {text("111")}}}).value_or(false));
  EXPECT_EQ(shop.one("select count(cell) from persons_beside"), "1");
}

TEST_F(BesideRebuildTest, WritesNothingWhereItMayNotTakeTheOldOnesPlace) {
  bool given = false, stood = false;
  const auto done = rebuild_beside(shop.database.pool(), *shop.road.catalog(), "person", {"cell"},
                                   [&](BesideRow& row) {
                                     row = {ids[0], {text("111")}};
                                     return !std::exchange(given, true);
                                   },
                                   {.may_swap = [&]() -> base::Result<void> {
                                     stood = given;
                                     return base::refuse(base::ProblemKind::unavailable,
                                                         "test.stopped", "Stopped.");
                                   }});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, "test.stopped");
  EXPECT_TRUE(stood) << "asked once all rows are there";
  EXPECT_EQ(shop.one("select count(cell) from persons_beside"), "0");
  EXPECT_EQ(shop.one("select to_regclass('persons_beside_next') is null"), "t");
}

// Made, and then the program or the machine stopped.
TEST_F(BesideRebuildTest, MakesAnewWhatACrashLeft) {
  auto tx = shop.database.pool().begin(store::Mode::read_write);
  ASSERT_TRUE(tx->run({"test", "select beside_next_begin('persons_beside')"}));
  ASSERT_TRUE(tx->run({"test", "insert into persons_beside_next select * from persons_beside"}));
  ASSERT_TRUE(tx->commit());
  EXPECT_TRUE(rebuild({"cell"}, {{ids[0], {text("111")}}}).value_or(false));
  EXPECT_EQ(shop.one("select count(cell) from persons_beside"), "1");
  EXPECT_EQ(whole(), "0 missing, 0 left over");
}

// The catalog gained a field between making the table and putting it in place.
TEST_F(BesideRebuildTest, ATableOfAnOlderCatalogTakesNobodysPlace) {
  const auto done = rebuild_beside(
      shop.database.pool(), *shop.road.catalog(), "person", {"cell"},
      [](BesideRow&) { return false; }, {.may_swap = [&]() -> base::Result<void> {
        auto moved = shop.database.pool().begin(store::Mode::read_write);
        EXPECT_TRUE(moved->run({"test", "update catalog_state set version = version + 1"}));
        EXPECT_TRUE(moved->commit());
        return {};
      }});
  ASSERT_FALSE(done);
  EXPECT_TRUE(catalog_changed(done.error())) << done.error().message;
  EXPECT_EQ(shop.one("select to_regclass('persons_beside_next') is null"), "t");
}

TEST_F(BesideRebuildTest, ACatalogThatMovedOnIsToldApart) {
  const auto old = shop.road.catalog();
  {
    auto moved = shop.database.pool().begin(store::Mode::read_write);
    ASSERT_TRUE(moved->run({"test", "update catalog_state set version = version + 1"}));
    ASSERT_TRUE(moved->commit());
  }
  auto tx = shop.database.pool().begin(store::Mode::read_write);
  const std::vector<BesideRow> rows{{ids[0], {text("111")}}};
  const auto written = write_beside(*tx, *old, "person", {"cell"}, rows);
  ASSERT_FALSE(written);
  EXPECT_TRUE(catalog_changed(written.error())) << written.error().details;
  const auto rebuilt = rebuild({"cell"}, rows);
  ASSERT_FALSE(rebuilt);
  EXPECT_TRUE(catalog_changed(rebuilt.error()));
}

// Persons are made, scored, merged away and listed all the while.
TEST_F(BesideRebuildTest, LosesNothingOthersWriteMeanwhile) {
  std::atomic<bool> over = false;
  std::atomic<int> made = 0, read = 0;
  std::thread maker([&] {
    for (int n = 0; !over; ++n) {
      const auto done = shop.road.write(
          shop.caller, {.writes = {Create{"person", {item({{"name", name("New")}})}}}});
      if (!done) ADD_FAILURE() << done.error().message << done.error().details;
      if (!done) return;
      ++made;
      const auto& one = done->writes[0][0];
      auto tx = shop.database.pool().begin(store::Mode::read_write);
      const std::vector<BesideRow> rows{{one.id, {text("999")}}};
      const auto scored = write_beside(*tx, *shop.road.catalog(), "person", {"cell"}, rows);
      EXPECT_TRUE(scored) << scored.error().message << scored.error().details;
      EXPECT_EQ(scored.value_or(0), 1);
      EXPECT_TRUE(tx->commit());
      if (n % 3 == 0) {  // as erasure does
        auto erased = shop.database.pool().begin(store::Mode::read_write);
        EXPECT_TRUE(
            erased->run({"test", "delete from persons where id = $1"}, store::Params().id(one.id)));
        EXPECT_TRUE(erased->commit());
        --made;
      }
    }
  });
  std::thread lister([&] {
    while (!over) {
      const auto page = shop.road.list(
          shop.caller, {.object = "person", .order = {"-lifetime_value"}, .limit = 500});
      if (!page) ADD_FAILURE() << page.error().message << page.error().details;
      if (!page) return;
      EXPECT_GE(page->records.size(), static_cast<std::size_t>(people));
      ++read;
    }
  });
  int swapped = 0;
  for (int round = 1; round <= 8; ++round) {
    std::vector<BesideRow> rows;
    for (const auto& id : ids) rows.push_back({id, {euros(round), text("none")}});
    const auto done = rebuild({"lifetime_value", "warning"}, rows);
    EXPECT_TRUE(done) << done.error().message << done.error().details;
    swapped += done && *done ? 1 : 0;
    EXPECT_EQ(shop.one(fmt::format("select count(*) from persons_beside where lifetime_value = {}",
                                   round)),
              std::to_string(people));
  }
  over = true;
  maker.join();
  lister.join();
  EXPECT_EQ(swapped, 8);
  EXPECT_GT(made, 0);
  EXPECT_GT(read, 0);
  EXPECT_EQ(whole(), "0 missing, 0 left over");
  EXPECT_EQ(shop.one("select count(*) from persons_beside where cell = '999'"),
            std::to_string(made));
}

// Two writers of the same rows in opposite orders once ended in a deadlock.
TEST_F(BesideRebuildTest, WritersOfTheSameRowsInAnyOrderWaitForEachOther) {
  const auto write = [&](bool backwards, const std::string& cell) {
    for (int round = 0; round < 20; ++round) {
      std::vector<BesideRow> rows;
      for (const auto& id : ids) rows.push_back({id, {text(fmt::format("{}{}", cell, round % 2))}});
      if (backwards) std::reverse(rows.begin(), rows.end());
      auto tx = shop.database.pool().begin(store::Mode::read_write);
      const auto written = write_beside(*tx, *shop.road.catalog(), "person", {"cell"}, rows);
      EXPECT_TRUE(written) << written.error().details;
      EXPECT_TRUE(tx->commit());
    }
  };
  std::thread other([&] { write(true, "a"); });
  write(false, "b");
  other.join();
}

}  // namespace
}  // namespace rapport::entity
