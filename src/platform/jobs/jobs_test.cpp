#include "platform/jobs/jobs.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "platform/testing.hpp"

namespace rapport::platform {
namespace {

using namespace std::chrono_literals;

class JobsTest : public testing::Test {
 protected:
  JobsTest() : database("platform", make_platform_tables) {}

  std::unique_ptr<Jobs> process(int threads = 2) {
    return std::make_unique<Jobs>(
        database.pool(), clock.clock(),
        JobsOptions{
            .threads = threads, .poll = base::milliseconds(20), .done_kept = base::days(7)});
  }

  // The state of the jobs of one kind, counted: "done 3 parked 1".
  std::string states(const std::string& kind) {
    return ask(database.pool(),
               "select coalesce(string_agg(state || ' ' || n, ' ' order by state), '') from "
               "(select state, count(*) n from jobs where kind = $1 group by state) s",
               store::Params().text(kind));
  }

  testing::AssertionResult becomes(const std::string& kind, const std::string& wanted) {
    for (int i = 0; i < 500; ++i) {
      if (states(kind) == wanted) return testing::AssertionSuccess();
      clock.advance(base::seconds(1));
      std::this_thread::sleep_for(10ms);
    }
    return testing::AssertionFailure() << "stayed " << states(kind);
  }

  store::TestDatabase database;
  TestClock clock;
};

JobKind kind_of(std::string name, std::function<base::Result<JobDone>(JobRun&)> run) {
  JobKind kind;
  kind.name = std::move(name);
  kind.run = std::move(run);
  kind.retry_first = base::milliseconds(1);
  kind.retry_max = base::milliseconds(5);
  return kind;
}

base::Result<JobDone> failure(std::string message) {
  return base::refuse(base::ProblemKind::internal, "test.failed", std::move(message));
}

TEST_F(JobsTest, TwoRunnersDoEachJobOnce) {
  constexpr int kJobs = 60;
  std::mutex mutex;
  std::map<std::string, int> runs;
  const auto kind = kind_of("count", [&](JobRun& run) -> base::Result<JobDone> {
    const std::lock_guard lock(mutex);
    ++runs[run.payload()];
    return JobDone{};
  });
  auto one = process(), two = process();
  one->declare(kind);
  two->declare(kind);
  for (int i = 0; i < kJobs; ++i) {
    ASSERT_TRUE(
        one->enqueue({.kind = "count", .payload = std::to_string(i), .key = {}, .run_at = {}}));
  }
  one->start();
  two->start();
  EXPECT_TRUE(becomes("count", "done 60"));
  EXPECT_EQ(runs.size(), 60u);
  for (const auto& [payload, times] : runs) EXPECT_EQ(times, 1) << payload;
}

TEST_F(JobsTest, AKeyIsOpenOnceAndFreeAgainWhenDone) {
  auto jobs = process();
  jobs->declare(kind_of("keyed", [](JobRun&) -> base::Result<JobDone> { return JobDone{}; }));
  const NewJob job{.kind = "keyed", .payload = "{}", .key = "the one", .run_at = {}};
  ASSERT_TRUE(jobs->enqueue(job));
  ASSERT_TRUE(jobs->enqueue(job));
  EXPECT_EQ(states("keyed"), "ready 1");
  jobs->start();
  EXPECT_TRUE(becomes("keyed", "done 1"));
  ASSERT_TRUE(jobs->enqueue(job));
  EXPECT_TRUE(becomes("keyed", "done 2"));
}

TEST_F(JobsTest, AFailingJobIsTriedAgainAndThenParkedWithItsReason) {
  auto jobs = process();
  std::atomic<int> runs = 0;
  auto kind = kind_of("fails", [&](JobRun& run) {
    EXPECT_EQ(run.attempt(), ++runs);
    return failure("The shop does not answer.");
  });
  kind.attempts_max = 3;
  jobs->declare(kind);
  ASSERT_TRUE(jobs->enqueue({.kind = "fails", .payload = "{}", .key = "f", .run_at = {}}));
  jobs->start();
  EXPECT_TRUE(becomes("fails", "parked 1"));
  EXPECT_EQ(runs, 3);
  const auto parked = jobs->parked();
  ASSERT_TRUE(parked);
  ASSERT_EQ(parked->size(), 1u);
  EXPECT_NE(parked->at(0).reason.find("The shop does not answer."), std::string::npos);
  EXPECT_EQ(jobs->find("f")->value().state, JobState::parked);
  runs = 0;
  ASSERT_TRUE(jobs->unpark(parked->at(0).id));
  for (int i = 0; i < 300 && runs < 3; ++i) {
    clock.advance(base::seconds(1));
    std::this_thread::sleep_for(10ms);
  }
  EXPECT_EQ(runs, 3);
}

// A fit that failed once kept its key for ever: who asked for another was given the parked one.
TEST_F(JobsTest, AParkedJobIsRevivedByWhoAsksForItAnewAndSaysSo) {
  auto jobs = process();
  std::atomic<bool> broken = true;
  auto kind = kind_of("mended", [&](JobRun&) -> base::Result<JobDone> {
    if (broken) return failure("Not yet.");
    return JobDone{};
  });
  kind.attempts_max = 1;
  jobs->declare(kind);
  NewJob job{.kind = "mended", .payload = "{}", .key = "m", .run_at = {}};
  ASSERT_TRUE(jobs->enqueue(job));
  jobs->start();
  EXPECT_TRUE(becomes("mended", "parked 1"));
  broken = false;
  ASSERT_TRUE(jobs->enqueue(job));
  EXPECT_EQ(states("mended"), "parked 1");
  job.revive = true;
  ASSERT_TRUE(jobs->enqueue(job));
  EXPECT_TRUE(becomes("mended", "done 1"));
}

// What was asked for while the same job ran was lost: the run had read its settings already.
TEST_F(JobsTest, AJobAskedForWhileItRunsRunsOnceMore) {
  struct Case {
    std::string kind;
    int asked;             // times, while …
    int during;            // … this run is at work
    bool running_will_do;  // so asked
    int failures;          // of the first runs; the second is the last attempt
    int runs;              // in all
    std::string end;
  };
  const std::vector<Case> cases{
      {"not asked", 0, 1, false, 0, 1, "done 1"},
      {"asked", 1, 1, false, 0, 2, "done 1"},
      {"asked thrice", 3, 1, false, 0, 2, "done 1"},
      {"at a start", 1, 1, true, 0, 1, "done 1"},
      {"retried anyway", 1, 1, false, 1, 2, "done 1"},
      {"failed for good", 0, 1, false, 9, 2, "parked 1"},
      {"asked in the last attempt", 1, 2, false, 2, 3, "done 1"},
  };
  for (const auto& one : cases) {
    std::atomic<int> runs = 0, may_end = one.during - 1;
    std::string payload;
    auto kind = kind_of(one.kind, [&](JobRun& run) -> base::Result<JobDone> {
      payload = run.payload();
      const int now = ++runs;
      while (now > may_end && run.may_go_on()) std::this_thread::sleep_for(1ms);
      if (now <= one.failures) return failure("Not yet.");
      return JobDone{};
    });
    kind.attempts_max = 2;
    auto jobs = process();
    jobs->declare(kind);
    NewJob job{.kind = one.kind, .payload = "0", .key = one.kind, .run_at = {}};
    ASSERT_TRUE(jobs->enqueue(job));
    jobs->start();
    for (int i = 0; i < 1000 && runs < one.during; ++i) {
      clock.advance(base::seconds(1));
      std::this_thread::sleep_for(5ms);
    }
    ASSERT_EQ(states(one.kind), "running 1") << one.kind;
    job.running_will_do = one.running_will_do;
    for (int i = 1; i <= one.asked; ++i) {
      job.payload = std::to_string(i);
      ASSERT_TRUE(jobs->enqueue(job));
    }
    may_end = 100;
    EXPECT_TRUE(becomes(one.kind, one.end)) << one.kind;
    jobs->stop();
    EXPECT_EQ(runs, one.runs) << one.kind;
    EXPECT_EQ(payload, std::to_string(one.running_will_do ? 0 : one.asked)) << one.kind;
  }
}

TEST_F(JobsTest, AJobAskedForLaterWhileItRunsWaitsForTheEarliestMoment) {
  std::atomic<int> runs = 0;
  std::atomic<bool> go_on = false;
  auto jobs = process();
  jobs->declare(kind_of("again", [&](JobRun&) -> base::Result<JobDone> {
    ++runs;
    while (!go_on) std::this_thread::sleep_for(1ms);
    return JobDone{};
  }));
  NewJob job{.kind = "again", .payload = "{}", .key = "a", .run_at = {}};
  ASSERT_TRUE(jobs->enqueue(job));
  jobs->start();
  for (int i = 0; i < 1000 && runs == 0; ++i) std::this_thread::sleep_for(5ms);
  for (const int hours : {3, 2, 4}) {
    job.run_at = clock.now() + base::hours(hours);
    ASSERT_TRUE(jobs->enqueue(job));
  }
  go_on = true;
  for (int i = 0; i < 500 && states("again") != "ready 1"; ++i) std::this_thread::sleep_for(10ms);
  clock.advance(base::hours(1));
  jobs->wake();
  std::this_thread::sleep_for(100ms);
  EXPECT_EQ(runs, 1);
  clock.advance(base::hours(1));
  jobs->wake();
  EXPECT_TRUE(becomes("again", "done 1"));
  EXPECT_EQ(runs, 2);
}

TEST_F(JobsTest, AnExceptionIsAFailureLikeAnyOther) {
  auto jobs = process();
  auto kind = kind_of("throws", [](JobRun&) -> base::Result<JobDone> {
    throw std::runtime_error("out of cheese");
  });
  kind.attempts_max = 1;
  jobs->declare(kind);
  ASSERT_TRUE(jobs->enqueue({.kind = "throws", .payload = "{}", .key = {}, .run_at = {}}));
  jobs->start();
  EXPECT_TRUE(becomes("throws", "parked 1"));
  EXPECT_NE(jobs->parked()->at(0).reason.find("out of cheese"), std::string::npos);
}

TEST_F(JobsTest, AJobWhoseProcessDiedIsTakenUpByAnother) {
  // The row as a killed process leaves it.
  must_run(database.pool(),
           "insert into jobs (id, kind, payload, state, run_at, lease, lease_until, created_at) "
           "values (gen_random_uuid(), 'orphan', '{}', 'running', now() - interval '1 hour', "
           "gen_random_uuid(), "
           "now() - interval '1 second', now())");
  std::atomic<int> attempt = 0;
  auto jobs = process();
  jobs->declare(kind_of("orphan", [&](JobRun& run) -> base::Result<JobDone> {
    attempt = run.attempt();
    return JobDone{};
  }));
  jobs->start();
  EXPECT_TRUE(becomes("orphan", "done 1"));
  EXPECT_EQ(attempt, 2);
}

TEST_F(JobsTest, AJobThatKillsItsProcessEachTimeIsParked) {
  must_run(database.pool(),
           "insert into jobs (id, kind, state, run_at, attempts, lease, lease_until, created_at) "
           "values (gen_random_uuid(), 'killer', 'running', now() - interval '1 hour', 2, "
           "gen_random_uuid(), "
           "now() - interval '1 second', now())");
  auto jobs = process();
  auto kind = kind_of("killer", [](JobRun&) -> base::Result<JobDone> {
    ADD_FAILURE() << "ran again";
    return JobDone{};
  });
  kind.attempts_max = 3;
  jobs->declare(kind);
  jobs->start();
  EXPECT_TRUE(becomes("killer", "parked 1"));
}

TEST_F(JobsTest, ALeaseIsRenewedWhileTheJobRuns) {
  std::atomic<int> runs = 0;
  auto kind = kind_of("long", [&](JobRun& run) -> base::Result<JobDone> {
    ++runs;
    for (int i = 0; i < 12; ++i) {
      std::this_thread::sleep_for(100ms);
      if (!run.may_go_on()) return failure("lost");
    }
    return JobDone{};
  });
  kind.lease = base::milliseconds(500);
  auto one = process(), two = process();
  one->declare(kind);
  two->declare(kind);
  ASSERT_TRUE(one->enqueue({.kind = "long", .payload = "{}", .key = {}, .run_at = {}}));
  one->start();
  two->start();
  EXPECT_TRUE(becomes("long", "done 1"));
  EXPECT_EQ(runs, 1);
}

TEST_F(JobsTest, WhoLostHisLeaseIsToldSoAndCannotFinishTheJob) {
  std::atomic<bool> told = false, second_ran = false;
  auto first_kind = kind_of("stolen", [&](JobRun& run) -> base::Result<JobDone> {
    for (int i = 0; i < 300 && run.may_go_on(); ++i) std::this_thread::sleep_for(10ms);
    told = !run.may_go_on();
    return failure("too late to say anything");
  });
  first_kind.lease = base::milliseconds(400);
  auto second_kind = kind_of("stolen", [&](JobRun&) -> base::Result<JobDone> {
    second_ran = true;
    for (int i = 0; i < 300 && !told; ++i) std::this_thread::sleep_for(10ms);
    return JobDone{};
  });
  auto one = process(1), two = process(1);
  one->declare(first_kind);
  two->declare(second_kind);
  ASSERT_TRUE(one->enqueue({.kind = "stolen", .payload = "{}", .key = {}, .run_at = {}}));
  one->start();
  ASSERT_TRUE(becomes("stolen", "running 1"));
  two->start();
  // As if the first process had been frozen for longer than its lease.
  while (!second_ran) {
    must_run(database.pool(),
             "update jobs set lease_until = clock_timestamp() - interval '1 second' "
             "where kind = 'stolen' and attempts = 0 and state = 'running'");
    std::this_thread::sleep_for(5ms);
  }
  EXPECT_TRUE(becomes("stolen", "done 1"));
  EXPECT_TRUE(told);
}

TEST_F(JobsTest, AStoppedProcessGivesItsJobsBackWithoutAnAttemptLost) {
  std::atomic<bool> began = false;
  auto one = process();
  one->declare(kind_of("steps", [&](JobRun& run) -> base::Result<JobDone> {
    began = true;
    while (run.may_go_on()) std::this_thread::sleep_for(5ms);
    return stopped();
  }));
  ASSERT_TRUE(one->enqueue({.kind = "steps", .payload = "{}", .key = {}, .run_at = {}}));
  one->start();
  for (int i = 0; i < 300 && !began; ++i) std::this_thread::sleep_for(10ms);
  one->stop();
  EXPECT_EQ(states("steps"), "ready 1");
  EXPECT_EQ(ask(database.pool(), "select attempts from jobs where kind = 'steps'"), "0");
  std::atomic<int> attempt = 0;
  auto two = process();
  two->declare(kind_of("steps", [&](JobRun& run) -> base::Result<JobDone> {
    attempt = run.attempt();
    return JobDone{};
  }));
  two->start();
  EXPECT_TRUE(becomes("steps", "done 1"));
  EXPECT_EQ(attempt, 1);
}

// Once a job that was claimed while the runners left kept stop() waiting for ever.
TEST_F(JobsTest, StoppingAtAnyMomentEndsAndLosesNothing) {
  std::atomic<int> runs = 0;
  const auto kind = kind_of("quick", [&](JobRun&) -> base::Result<JobDone> {
    ++runs;
    return JobDone{};
  });
  auto jobs = process();
  jobs->declare(kind);
  for (int i = 0; i < 40; ++i) {
    ASSERT_TRUE(jobs->enqueue({.kind = "quick", .payload = "{}", .key = {}, .run_at = {}}));
    jobs->start();
    if (i % 3 != 0) std::this_thread::sleep_for(std::chrono::microseconds(300 * (i % 7)));
    jobs->stop();
    EXPECT_EQ(ask(database.pool(), "select count(*) from jobs where state = 'running'"), "0");
  }
  jobs->start();
  EXPECT_TRUE(becomes("quick", "done 40"));
  EXPECT_EQ(runs, 40);
}

TEST_F(JobsTest, AJobForLaterWaitsForItsMoment) {
  std::atomic<int> runs = 0;
  auto jobs = process();
  jobs->declare(kind_of("later", [&](JobRun&) -> base::Result<JobDone> {
    ++runs;
    return JobDone{};
  }));
  ASSERT_TRUE(jobs->enqueue(
      {.kind = "later", .payload = "{}", .key = {}, .run_at = clock.now() + base::hours(2)}));
  jobs->start();
  std::this_thread::sleep_for(100ms);
  EXPECT_EQ(runs, 0);
  clock.advance(base::hours(2));
  jobs->wake();
  EXPECT_TRUE(becomes("later", "done 1"));
}

TEST_F(JobsTest, ATimerRunsAgainAndAgainAndIsNeverParked) {
  std::atomic<int> runs = 0;
  auto kind = kind_of("timer", [&](JobRun&) -> base::Result<JobDone> {
    if (++runs % 2 == 0) return failure("now and then");
    return JobDone{};
  });
  kind.every = base::seconds(60);
  kind.attempts_max = 1;
  auto one = process(), two = process();
  one->declare(kind);
  two->declare(kind);
  one->start();
  two->start();
  for (int i = 0; i < 500 && runs < 6; ++i) {
    clock.advance(base::seconds(60));
    std::this_thread::sleep_for(10ms);
  }
  EXPECT_GE(runs, 6);
  EXPECT_EQ(ask(database.pool(), "select count(*) from jobs where kind = 'timer'"), "1");
}

TEST_F(JobsTest, KindsOfOtherProcessesAreLeftAlone) {
  auto jobs = process();
  ASSERT_TRUE(jobs->enqueue({.kind = "elsewhere", .payload = "{}", .key = {}, .run_at = {}}));
  jobs->start();
  std::this_thread::sleep_for(100ms);
  EXPECT_EQ(states("elsewhere"), "ready 1");
}

}  // namespace
}  // namespace rapport::platform
