#include <gtest/gtest.h>

#include <string>

#include "store/testing.hpp"

namespace rapport::store {
namespace {

class TransactionTest : public testing::Test {
 protected:
  TransactionTest()
      : database_("transaction_test", [](Pool& pool) {
          auto tx = pool.begin(Mode::read_write);
          const Done made = tx->script(R"(
            create table pets (
              n integer constraint pets_pkey primary key,
              name text not null,
              age integer constraint pets_age_possible check (age >= 0));
            create table walks (pet integer constraint walks_pet_fkey references pets);
            insert into pets values (0, 'Rex', 3))");
          if (!made || !tx->commit()) throw std::runtime_error("cannot make the tables");
        }) {}

  Transaction begin(Mode mode = Mode::read_write) {
    auto tx = database_.pool().begin(mode);
    if (!tx) throw std::runtime_error(tx.error().details);
    return std::move(*tx);
  }
  static Ticket insert(Transaction& tx, int n, std::string_view name = "pet") {
    return tx.send({"pet.insert", "insert into pets (n, name) values ($1, $2) returning name"},
                   Params().integer(n).text(name));
  }
  std::int64_t count() {
    auto tx = begin(Mode::read_only);
    const Answer rows = tx.run({"pet.count", "select count(*) from pets"});
    return rows ? rows->integer(0, 0) : -1;
  }

  TestDatabase database_;
};

TEST_F(TransactionTest, BeginStatementsAndCommitAreOneRoundTrip) {
  Transaction tx = begin();
  const Ticket first = insert(tx, 1, "one");
  const Ticket second = insert(tx, 2, "two");
  ASSERT_TRUE(tx.commit());
  EXPECT_LE(tx.round_trips(), 1U);
  EXPECT_EQ(tx.statements(), 2U);
  EXPECT_EQ(tx.take(second)->text(0, 0), "two");
  EXPECT_EQ(tx.take(first)->text(0, 0), "one");
  EXPECT_EQ(tx.take(first)->affected(), 1);
  EXPECT_EQ(count(), 3);
}

TEST_F(TransactionTest, LeftWithoutCommitLeavesNothing) {
  {
    Transaction tx = begin();
    ASSERT_TRUE(tx.take(insert(tx, 1)));
    insert(tx, 2);
  }
  EXPECT_EQ(count(), 1);
}

TEST_F(TransactionTest, ValuesOfEveryTypeComeBackAsTheyWent) {
  const base::Id id = base::new_id();
  const base::Instant instant = *base::parse_instant("2026-03-01T12:00:00.25Z");
  const std::vector<base::Id> ids{id, base::new_id()};
  const std::vector<std::optional<std::string>> words{"a", "b,\"c\\", std::nullopt, "", "NULL"};
  Transaction tx = begin(Mode::read_only);
  const Answer rows = tx.run(
      {"test.values",
       "select $1::text, $2::bigint, $3::boolean, $4::numeric, $5::uuid, $6::timestamptz, $7::date,"
       " $8::text, cardinality($9::uuid[]), ($10::text[])[2], ($10::text[])[3] is null,"
       " ($10::text[])[5] is null, $5::uuid = ($9::uuid[])[1]"},
      Params()
          .text("Zoë 'x' \\ \n")
          .integer(-9'007'199'254'740'993)
          .boolean(true)
          .decimal(*base::parse_decimal("-12.50"))
          .id(id)
          .instant(instant)
          .date(*base::parse_date("2026-02-28"))
          .null()
          .ids(ids)
          .array(words));
  ASSERT_TRUE(rows) << rows.error().message;
  EXPECT_EQ(rows->text(0, 0), "Zoë 'x' \\ \n");
  EXPECT_EQ(rows->integer(0, 1), -9'007'199'254'740'993);
  EXPECT_TRUE(rows->boolean(0, 2));
  EXPECT_EQ(rows->text(0, 3), "-12.50");
  EXPECT_EQ(rows->id(0, 4), id);
  EXPECT_EQ(rows->instant(0, 5), instant);
  EXPECT_EQ(rows->text(0, 6), "2026-02-28");
  EXPECT_TRUE(rows->is_null(0, 7));
  EXPECT_EQ(rows->integer(0, 8), 2);
  EXPECT_EQ(rows->text(0, 9), "b,\"c\\");
  EXPECT_TRUE(rows->boolean(0, 10));
  EXPECT_FALSE(rows->boolean(0, 11));
  EXPECT_TRUE(rows->boolean(0, 12));
  EXPECT_EQ(rows->columns(), 13U);
  EXPECT_THROW((void)rows->integer(0, 0), std::logic_error);
  EXPECT_EQ(rows->text(5, 50), "");
}

TEST_F(TransactionTest, ABrokenConstraintIsNamed) {
  struct Case {
    const char* sql;
    const char* sqlstate;
    const char* constraint;
  };
  const Case cases[] = {
      {"insert into pets (n, name) values (0, 'Rex')", "23505", "pets_pkey"},
      {"insert into pets (n, name, age) values (1, 'Rex', -1)", "23514", "pets_age_possible"},
      {"insert into walks values (9)", "23503", "walks_pet_fkey"},
  };
  for (const Case& each : cases) {
    Transaction tx = begin();
    tx.send({"test.break", each.sql});
    const Done done = tx.commit();
    ASSERT_FALSE(done) << each.sql;
    EXPECT_EQ(done.error().sqlstate, each.sqlstate);
    EXPECT_EQ(done.error().constraint, each.constraint);
    EXPECT_TRUE(done.error().integrity_violation());
  }
  Transaction tx = begin();
  const Answer missing = tx.run({"test.break", "insert into pets (n) values (1)"});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().column, "name");
}

TEST_F(TransactionTest, AfterAnErrorAllThatFollowsAnswersIt) {
  Transaction tx = begin();
  const Ticket good = insert(tx, 1);
  const Ticket bad = insert(tx, 0);
  const Ticket after = insert(tx, 2);
  EXPECT_TRUE(tx.take(good));
  EXPECT_EQ(tx.take(after).error().constraint, "pets_pkey");
  EXPECT_EQ(tx.take(bad).error().constraint, "pets_pkey");
  EXPECT_EQ(tx.run({"test.one", "select 1"}).error().constraint, "pets_pkey");
  EXPECT_EQ(tx.commit().error().constraint, "pets_pkey");
  EXPECT_EQ(tx.commit().error().constraint, "pets_pkey");
  EXPECT_EQ(count(), 1);
}

TEST_F(TransactionTest, AfterItsEndItAnswersSo) {
  Transaction tx = begin();
  ASSERT_TRUE(tx.commit());
  EXPECT_EQ(tx.run({"test.one", "select 1"}).error().sqlstate, "25P01");
  EXPECT_FALSE(tx.commit());
}

TEST_F(TransactionTest, WorkSinceASavepointIsUndoneAndTheRestKept) {
  Transaction tx = begin();
  insert(tx, 1);
  ASSERT_TRUE(tx.savepoint("half \"one\""));
  insert(tx, 2);
  const Ticket bad = insert(tx, 0);
  const Ticket skipped = insert(tx, 3);
  ASSERT_TRUE(tx.rollback_to("half \"one\""));
  EXPECT_FALSE(tx.take(bad));
  EXPECT_FALSE(tx.take(skipped));
  EXPECT_TRUE(tx.take(insert(tx, 4)));
  ASSERT_TRUE(tx.release("half \"one\""));
  ASSERT_TRUE(tx.commit());
  EXPECT_EQ(count(), 3);
}

TEST_F(TransactionTest, ASavepointCanBeRolledBackToAgainAndAgainAndNested) {
  Transaction tx = begin();
  ASSERT_TRUE(tx.savepoint("outer"));
  for (int n = 1; n <= 10; ++n) {
    ASSERT_TRUE(tx.savepoint("inner"));
    insert(tx, n % 3 == 0 ? 0 : n);
    if (tx.take(insert(tx, 100 + n))) {
      ASSERT_TRUE(tx.release("inner"));
    } else {
      ASSERT_TRUE(tx.rollback_to("inner"));
    }
  }
  ASSERT_TRUE(tx.commit());
  EXPECT_EQ(count(), 1 + 7 * 2);
}

TEST_F(TransactionTest, ASavepointThatAnErrorSkippedCannotBeRolledBackTo) {
  Transaction tx = begin();
  insert(tx, 0);
  ASSERT_TRUE(tx.savepoint("never_made"));
  const Done done = tx.rollback_to("never_made");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().constraint, "pets_pkey");
  EXPECT_FALSE(tx.commit());
}

TEST_F(TransactionTest, AStatementThatFailsToPrepareDoesNotSpoilTheConnection) {
  for (int n = 0; n < 3; ++n) {
    Transaction tx = begin();
    tx.send({"test.broken", "selct 1"});
    insert(tx, 7);
    EXPECT_EQ(tx.commit().error().sqlstate, "42601");
  }
  Transaction tx = begin();
  insert(tx, 7);
  EXPECT_TRUE(tx.commit());
  EXPECT_EQ(database_.pool().statistics().open, 1);
}

TEST_F(TransactionTest, APrepareSkippedInAnAbandonedTransactionIsMadeUpFor) {
  {
    Transaction tx = begin();
    insert(tx, 0);
    tx.send({"test.fresh", "select 'fresh'"});
  }
  Transaction tx = begin();
  const Answer rows = tx.run({"test.fresh", "select 'fresh'"});
  ASSERT_TRUE(rows) << rows.error().message;
  EXPECT_EQ(rows->text(0, 0), "fresh");
}

TEST_F(TransactionTest, MoreStatementsThanAConnectionKeepsAreStillAnswered) {
  for (int round = 0; round < 2; ++round) {
    Transaction tx = begin();
    std::vector<Ticket> tickets;
    tickets.reserve(500);
    for (int n = 0; n < 500; ++n) {
      tickets.push_back(tx.send({"test.many", "select " + std::to_string(n)}));
    }
    for (int n = 0; n < 500; ++n) {
      ASSERT_EQ(tx.take(tickets[static_cast<std::size_t>(n)])->integer(0, 0), n);
    }
    ASSERT_TRUE(tx.commit());
  }
  Transaction tx = begin();
  const Answer kept = tx.run({"test.kept", "select count(*) from pg_prepared_statements"});
  ASSERT_TRUE(kept);
  EXPECT_LE(kept->integer(0, 0), 202);
}

// What a connection no longer kept was dropped within the next transaction, as its first statement:
// a refresh that then asked for one moment to read all of it at was refused.
TEST_F(TransactionTest, ItsIsolationMayBeSetHoweverMuchTheConnectionForgets) {
  {
    Transaction tx = begin();
    for (int n = 0; n < 250; ++n) {
      ASSERT_TRUE(tx.run({"test.many", "select 1 -- " + std::to_string(n)}));
    }
    ASSERT_TRUE(tx.commit());
  }
  Transaction tx = begin(Mode::read_only);
  const Done set = tx.script("set transaction isolation level repeatable read");
  ASSERT_TRUE(set) << set.error().message << set.error().sqlstate;
  EXPECT_EQ(tx.run({"test.level", "show transaction_isolation"})->text(0, 0), "repeatable read");
}

TEST_F(TransactionTest, ATableThatChangedItsShapeIsRetriable) {
  const Statement all{"pet.all", "select * from pets"};
  {
    Transaction tx = begin(Mode::read_only);
    ASSERT_TRUE(tx.run(all));
  }
  {
    Transaction tx = begin();
    ASSERT_TRUE(tx.script("alter table pets add colour text; alter table pets add food text"));
    ASSERT_TRUE(tx.commit());
  }
  {
    Transaction tx = begin(Mode::read_only);
    const Answer stale = tx.run(all);
    ASSERT_FALSE(stale);
    EXPECT_TRUE(stale.error().retriable()) << stale.error().message;
  }
  Transaction tx = begin(Mode::read_only);
  const Answer again = tx.run(all);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->columns(), 5U);
}

// The server stops reading while its answers are not read: whoever only writes waits for ever.
TEST_F(TransactionTest, TwoThousandLargeStatementsWithLargeAnswersDoNotDeadlock) {
  const std::string large(20'000, 'x');
  Transaction tx = begin(Mode::read_only);
  std::vector<Ticket> tickets;
  tickets.reserve(2000);
  for (int n = 0; n < 2000; ++n) {
    tickets.push_back(
        tx.send({"test.echo", "select $1::text, $2::integer"}, Params().text(large).integer(n)));
  }
  for (std::size_t n = 0; n < tickets.size(); ++n) {
    const Answer rows = tx.take(tickets[n]);
    ASSERT_TRUE(rows) << rows.error().message;
    ASSERT_EQ(rows->text(0, 0).size(), large.size());
    ASSERT_EQ(rows->integer(0, 1), static_cast<std::int64_t>(n));
  }
}

TEST_F(TransactionTest, TooManyParametersAreRefusedNotSent) {
  Transaction tx = begin();
  Params params;
  for (int n = 0; n <= 65535; ++n) params.integer(n);
  insert(tx, 1);
  tx.send({"test.wide", "select 1"}, params);
  EXPECT_EQ(tx.commit().error().sqlstate, "54000");
  EXPECT_EQ(count(), 1);
}

TEST_F(TransactionTest, AReadOnlyTransactionChangesNothing) {
  Transaction tx = begin(Mode::read_only);
  EXPECT_EQ(tx.take(insert(tx, 1)).error().sqlstate, "25006");
}

TEST_F(TransactionTest, AConstraintCheckedAtCommitIsReportedThere) {
  Transaction tx = begin();
  ASSERT_TRUE(
      tx.script("alter table walks alter constraint walks_pet_fkey deferrable initially deferred"));
  ASSERT_TRUE(tx.run({"test.walk", "insert into walks values (77)"}));
  const Done done = tx.commit();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().constraint, "walks_pet_fkey");
  EXPECT_EQ(count(), 1);
}

TEST_F(TransactionTest, AScriptRunsItsStatementsWithinTheTransaction) {
  Transaction tx = begin();
  insert(tx, 1);
  ASSERT_TRUE(tx.script("create table extra (n integer); insert into extra values (1), (2)"));
  const Answer rows = tx.run({"test.extra", "select count(*) from extra"});
  ASSERT_TRUE(rows);
  EXPECT_EQ(rows->integer(0, 0), 2);
  ASSERT_TRUE(tx.savepoint("before"));
  EXPECT_EQ(tx.script("insert into extra values (3); select 1/0").error().sqlstate, "22012");
  ASSERT_TRUE(tx.rollback_to("before"));
  ASSERT_TRUE(tx.commit());
  Transaction after = begin();
  EXPECT_EQ(after.run({"test.extra", "select count(*) from extra"})->integer(0, 0), 2);
}

TEST_F(TransactionTest, TwoConnectionsReadAsOfOneMoment) {
  Transaction first = begin(Mode::read_only);
  ASSERT_TRUE(first.script("set transaction isolation level repeatable read"));
  EXPECT_EQ(first.run({"pet.count", "select count(*) from pets"})->integer(0, 0), 1);
  Transaction writing = begin();
  insert(writing, 1);
  ASSERT_TRUE(writing.commit());
  Transaction second = begin(Mode::read_only);
  const Done same = second.read_as_of(first);
  ASSERT_TRUE(same) << same.error().message;
  EXPECT_EQ(second.run({"pet.count", "select count(*) from pets"})->integer(0, 0), 1);
  EXPECT_EQ(count(), 2);
  Transaction late = begin();
  ASSERT_TRUE(late.run({"pet.count", "select count(*) from pets"}));
  EXPECT_EQ(late.read_as_of(first).error().sqlstate, "25001") << "it has read already";
  EXPECT_TRUE(first.run({"pet.count", "select count(*) from pets"}));
}

TEST_F(TransactionTest, AMovedTransactionGoesOn) {
  Transaction tx = begin();
  insert(tx, 1);
  Transaction moved = std::move(tx);
  insert(moved, 2);
  moved = begin();
  insert(moved, 3);
  ASSERT_TRUE(moved.commit());
  EXPECT_EQ(count(), 2);
}

}  // namespace
}  // namespace rapport::store
