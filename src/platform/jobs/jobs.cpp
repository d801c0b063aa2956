#include "platform/jobs/jobs.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "base/log.hpp"
#include "platform/jobs/jobs_statements.hpp"

namespace rapport::platform {
namespace {

constexpr base::Duration kHeartbeatLeast = base::milliseconds(100);
constexpr base::Duration kSweepEvery = base::hours(1);
constexpr std::size_t kReasonBytesMax = 1000;
constexpr std::string_view kStopped = "jobs.stopped";

std::string seconds_text(base::Duration d) {
  return std::to_string(static_cast<double>(d.us) / 1e6);
}

// Doubled with each attempt.
base::Duration backoff(const JobKind& kind, int attempts) {
  auto wait = kind.retry_first;
  for (int i = 1; i < attempts && wait < kind.retry_max; ++i) wait.us *= 2;
  return std::min(wait, kind.retry_max);
}

JobState state_named(std::string_view name) {
  if (name == "ready") return JobState::ready;
  if (name == "running") return JobState::running;
  if (name == "parked") return JobState::parked;
  return JobState::done;
}

JobInfo info_of(const store::Rows& rows, std::size_t i) {
  return {.id = rows.id(i, 0),
          .kind = std::string(rows.text(i, 1)),
          .key = std::string(rows.text(i, 2)),
          .payload = std::string(rows.text(i, 3)),
          .reason = std::string(rows.text(i, 4)),
          .state = state_named(rows.text(i, 5)),
          .attempts = static_cast<int>(rows.integer(i, 6)),
          .run_at = rows.instant(i, 7)};
}

std::string reason_of(const base::Problem& problem) {
  std::string reason = problem.code + ": " + problem.message;
  if (!problem.details.empty()) reason += " (" + problem.details + ")";
  if (reason.size() > kReasonBytesMax) {
    reason.resize(kReasonBytesMax);
    while (!reason.empty() && (static_cast<unsigned char>(reason.back()) & 0x80) != 0) {
      reason.pop_back();  // Never half a character.
    }
  }
  return reason;
}

// One claimed job while it runs.
class Running final : public JobRun {
 public:
  Running(const JobKind& kind, base::Id id, base::Id lease, std::string payload, int attempts,
          const std::atomic<bool>& stopping)
      : kind_(kind),
        id_(id),
        lease_(lease),
        payload_(std::move(payload)),
        attempts_(attempts),
        stopping_(stopping) {}

  [[nodiscard]] const base::Id& id() const override { return id_; }
  [[nodiscard]] const std::string& payload() const override { return payload_; }
  [[nodiscard]] int attempt() const override { return attempts_ + 1; }
  [[nodiscard]] bool may_go_on() const override { return !lost_ && !stopping_; }

  [[nodiscard]] const JobKind& kind() const { return kind_; }
  [[nodiscard]] const base::Id& lease() const { return lease_; }
  [[nodiscard]] int attempts() const { return attempts_; }  // that failed before
  [[nodiscard]] bool lost() const { return lost_; }
  void lose() { lost_ = true; }

 private:
  const JobKind& kind_;
  base::Id id_, lease_;
  std::string payload_;
  int attempts_;
  std::atomic<bool> lost_{false};
  const std::atomic<bool>& stopping_;
};

}  // namespace

base::Result<JobDone> stopped() {
  return base::refuse(base::ProblemKind::unavailable, std::string(kStopped),
                      "The job was told to stop.");
}

// One thread coordinates: it claims as many jobs as runners are free, renews the leases of those
// that run, and sleeps until the next is due. Runners run.
struct Jobs::State {
  State(store::Pool& with_pool, base::Clock with_clock, JobsOptions with_options)
      : pool(with_pool), clock(std::move(with_clock)), options(with_options) {}

  store::Pool& pool;
  base::Clock clock;
  JobsOptions options;
  std::map<std::string, JobKind, std::less<>> kinds;

  std::mutex mutex;
  std::condition_variable coordinator_wakes, runners_wake;
  bool woken = false;
  std::deque<std::shared_ptr<Running>> waiting;          // claimed, for a runner to take
  std::map<base::Id, std::shared_ptr<Running>> running;  // these and the waiting ones, by id
  std::atomic<bool> stopping{false};
  std::vector<std::thread> threads;

  void coordinate();
  void ensure_timers();
  base::Duration claim();  // gives how long to sleep
  void renew();
  std::shared_ptr<Running> next_waiting();
  void run_jobs();
  void run(Running& job);
  void settle(Running& job, const base::Result<JobDone>& result);
  [[nodiscard]] std::size_t free_runners();
  [[nodiscard]] base::Duration heartbeat() const;
  base::Result<JobDone> sweep();
};

Jobs::Jobs(store::Pool& pool, base::Clock clock, JobsOptions options)
    : state_(std::make_unique<State>(pool, std::move(clock), options)) {
  declare({.name = "jobs.sweep",
           .run = [this](JobRun&) { return state_->sweep(); },
           .every = kSweepEvery});
}

Jobs::~Jobs() {
  stop();
}

void Jobs::declare(JobKind kind) {
  auto name = kind.name;
  state_->kinds.insert_or_assign(std::move(name), std::move(kind));
}

void Jobs::start() {
  auto& s = *state_;
  if (!s.threads.empty()) return;
  s.stopping = false;
  s.threads.emplace_back([&s] { s.coordinate(); });
  for (int i = 0; i < std::max(1, s.options.threads); ++i) {
    s.threads.emplace_back([&s] { s.run_jobs(); });
  }
}

void Jobs::stop() {
  auto& s = *state_;
  {
    const std::lock_guard lock(s.mutex);
    s.stopping = true;
  }
  s.coordinator_wakes.notify_all();
  s.runners_wake.notify_all();
  for (auto& thread : s.threads) thread.join();
  s.threads.clear();
}

void Jobs::wake() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->woken = true;
  }
  state_->coordinator_wakes.notify_one();
}

// ---- The coordinator -----------------------------------------------------------------------

void Jobs::State::coordinate() {
  ensure_timers();
  auto renewed = std::chrono::steady_clock::now();
  const auto beat = std::chrono::microseconds(heartbeat().us);
  while (!stopping) {
    if (std::chrono::steady_clock::now() - renewed >= beat) {
      renew();
      renewed = std::chrono::steady_clock::now();
    }
    const auto sleep = std::chrono::microseconds(claim().us);
    std::unique_lock lock(mutex);
    const bool busy = !running.empty();
    coordinator_wakes.wait_for(lock, busy ? std::min(sleep, beat) : sleep,
                               [this] { return woken || stopping; });
    woken = false;
  }
  // What was claimed as the runners left would wait for ever: it goes back.
  for (auto job = next_waiting(); job; job = next_waiting()) {
    settle(*job, stopped());
    const std::lock_guard lock(mutex);
    running.erase(job->id());
  }
  // Runners need no lease renewed for long: they were told to leave. Until they have, keep at it.
  std::unique_lock lock(mutex);
  while (!running.empty()) {
    coordinator_wakes.wait_for(lock, beat, [this] { return running.empty(); });
    if (running.empty()) break;
    lock.unlock();
    renew();
    lock.lock();
  }
}

base::Duration Jobs::State::heartbeat() const {
  auto least = base::seconds(10);
  for (const auto& [name, kind] : kinds) least = std::min(least, base::Duration{kind.lease.us / 3});
  return std::max(least, kHeartbeatLeast);
}

void Jobs::State::ensure_timers() {
  for (const auto& [name, kind] : kinds) {
    if (!kind.every) continue;
    auto transaction = pool.begin(store::Mode::read_write);
    if (!transaction) return;
    Jobs::enqueue(*transaction,
                  {.kind = name,
                   .payload = "{}",
                   .key = "timer " + name,
                   .run_at = {},
                   .running_will_do = true},
                  clock());
    if (const auto done = transaction->commit(); !done) {
      base::log_warning("jobs: timer " + name + ": " + done.error().message);
    }
  }
}

std::size_t Jobs::State::free_runners() {
  const std::lock_guard lock(mutex);
  const auto all = static_cast<std::size_t>(std::max(1, options.threads));
  return running.size() >= all ? 0 : all - running.size();
}

base::Duration Jobs::State::claim() {
  const auto free = free_runners();
  if (free == 0) return options.poll;  // A runner that gets free wakes us.
  std::vector<std::optional<std::string>> names, leases;
  for (const auto& [name, kind] : kinds) {
    names.emplace_back(name);
    leases.emplace_back(seconds_text(kind.lease));
  }
  const auto lease = base::new_id();
  const auto now = clock();
  auto transaction = pool.begin(store::Mode::read_write);
  if (!transaction) return options.poll;
  (void)transaction->send(statements::kReclaimJobs, store::Params().array(names));
  const auto claimed_ticket =
      transaction->send(statements::kClaimJobs,
                        store::Params().array(names).array(leases).id(lease).instant(now).integer(
                            static_cast<std::int64_t>(free)));
  const auto next_ticket = transaction->send(statements::kNextJob, store::Params().array(names));
  const auto claimed = transaction->take(claimed_ticket);
  const auto next = transaction->take(next_ticket);
  if (const auto done = transaction->commit(); !done || !claimed || !next) {
    base::log_warning("jobs: claiming: " + (done ? std::string() : done.error().message));
    return options.poll;
  }
  {
    const std::lock_guard lock(mutex);
    for (std::size_t i = 0; i < claimed->size(); ++i) {
      const auto& kind = kinds.find(claimed->text(i, 1))->second;
      auto job = std::make_shared<Running>(kind, claimed->id(i, 0), lease,
                                           std::string(claimed->text(i, 2)),
                                           static_cast<int>(claimed->integer(i, 3)), stopping);
      running[job->id()] = job;
      waiting.push_back(std::move(job));
    }
  }
  if (claimed->size() > 0) runners_wake.notify_all();
  if (next->is_null(0, 0)) return options.poll;
  const auto until = next->instant(0, 0) - now;
  return std::clamp(until, base::milliseconds(1), options.poll);
}

void Jobs::State::renew() {
  std::vector<base::Id> ids, leases;
  std::vector<std::optional<std::string>> seconds;
  {
    const std::lock_guard lock(mutex);
    for (const auto& [id, job] : running) {
      ids.push_back(id);
      leases.push_back(job->lease());
      seconds.emplace_back(seconds_text(job->kind().lease));
    }
  }
  if (ids.empty()) return;
  auto transaction = pool.begin(store::Mode::read_write);
  if (!transaction) return;  // The next beat tries again; a lease holds for three of them.
  const auto held =
      transaction->run(statements::kRenewJobs, store::Params().ids(ids).ids(leases).array(seconds));
  if (!held || !transaction->commit()) return;
  std::vector<base::Id> still;
  still.reserve(held->size());
  for (std::size_t i = 0; i < held->size(); ++i) still.push_back(held->id(i, 0));
  const std::lock_guard lock(mutex);
  for (const auto& id : ids) {
    const auto found = running.find(id);
    if (found != running.end() && std::find(still.begin(), still.end(), id) == still.end()) {
      found->second->lose();
    }
  }
}

std::shared_ptr<Running> Jobs::State::next_waiting() {
  const std::lock_guard lock(mutex);
  if (waiting.empty()) return nullptr;
  auto job = std::move(waiting.front());
  waiting.pop_front();
  return job;
}

// ---- The runners ---------------------------------------------------------------------------

void Jobs::State::run_jobs() {
  for (;;) {
    std::shared_ptr<Running> job;
    {
      std::unique_lock lock(mutex);
      runners_wake.wait(lock, [this] { return stopping || !waiting.empty(); });
      if (waiting.empty()) return;
      job = std::move(waiting.front());
      waiting.pop_front();
    }
    run(*job);
    {
      const std::lock_guard lock(mutex);
      running.erase(job->id());
      woken = true;
    }
    coordinator_wakes.notify_one();
  }
}

void Jobs::State::run(Running& job) {
  if (stopping) return settle(job, stopped());
  if (!job.kind().every && job.attempts() >= job.kind().attempts_max) {
    // Its processes died again and again: most likely it kills them.
    return settle(job, base::refuse(base::ProblemKind::internal, "jobs.broken_off",
                                    "Each run of this job was broken off."));
  }
  base::Result<JobDone> result = JobDone{};
  try {
    result = job.kind().run(job);
  } catch (const std::exception& exception) {
    result = base::refuse(base::ProblemKind::internal, "jobs.exception",
                          "The job failed unexpectedly.", exception.what());
  }
  settle(job, result);
}

void Jobs::State::settle(Running& job, const base::Result<JobDone>& result) {
  if (job.lost()) return;  // Another has it now, and will say how it ended.
  const auto now = clock();
  const auto& kind = job.kind();
  const auto attempts = job.attempts() + 1;
  store::Params params;
  params.id(job.id()).id(job.lease());
  const store::Statement* statement = &statements::kRepeatJob;
  if (result && !result->again_at && !kind.every) {
    statement = &statements::kFinishJob;
    params.instant(now);
  } else if (result) {
    params.instant(result->again_at.value_or(now + kind.every.value_or(base::Duration{})));
    params.integer(0).text("");
  } else if (result.error().code == kStopped) {
    params.instant(now).integer(job.attempts()).text("");
  } else {
    const auto reason = reason_of(result.error());
    base::log_warning("jobs: " + kind.name + " failed: " + reason);
    if (attempts >= kind.attempts_max && !kind.every) {
      statement = &statements::kParkJob;
      params.integer(attempts).text(reason);
    } else {
      params.instant(now + backoff(kind, attempts)).integer(attempts).text(reason);
    }
  }
  auto transaction = pool.begin(store::Mode::read_write);
  if (!transaction) return;  // Its lease runs out, and it is run again.
  (void)transaction->send(*statement, params);
  if (const auto done = transaction->commit(); !done) {
    base::log_warning("jobs: " + kind.name + ": " + done.error().message);
  }
}

base::Result<JobDone> Jobs::State::sweep() {
  auto transaction = pool.begin(store::Mode::read_write);
  if (!transaction) return std::unexpected(transaction.error());
  (void)transaction->send(statements::kSweepJobs,
                          store::Params().instant(clock() - options.done_kept));
  if (const auto done = transaction->commit(); !done) {
    return std::unexpected(store::as_problem(done.error()));
  }
  return JobDone{};
}

// ---- Asking for work, and looking at it ----------------------------------------------------

void Jobs::enqueue(store::Transaction& transaction, const NewJob& job, base::Instant now) {
  (void)transaction.send(statements::kEnqueueJob, store::Params()
                                                      .id(base::new_id())
                                                      .text(job.kind)
                                                      .text(job.key)
                                                      .text(job.payload)
                                                      .instant(job.run_at.value_or(now))
                                                      .instant(now)
                                                      .boolean(job.revive)
                                                      .boolean(job.running_will_do));
  (void)transaction.send(statements::kNotifyJobs);
}

base::Result<void> Jobs::enqueue(const NewJob& job) {
  auto transaction = state_->pool.begin(store::Mode::read_write);
  if (!transaction) return std::unexpected(transaction.error());
  enqueue(*transaction, job, state_->clock());
  if (const auto done = transaction->commit(); !done) {
    return std::unexpected(store::as_problem(done.error()));
  }
  wake();
  return {};
}

base::Result<std::optional<JobInfo>> Jobs::find(std::string_view open_or_last_key) {
  auto transaction = state_->pool.begin(store::Mode::read_only);
  if (!transaction) return std::unexpected(transaction.error());
  const auto rows = transaction->run(statements::kFindJob, store::Params().text(open_or_last_key));
  if (!rows) return std::unexpected(store::as_problem(rows.error()));
  if (rows->size() == 0) return std::optional<JobInfo>();
  return std::optional(info_of(*rows, 0));
}

base::Result<std::vector<JobInfo>> Jobs::parked() {
  auto transaction = state_->pool.begin(store::Mode::read_only);
  if (!transaction) return std::unexpected(transaction.error());
  const auto rows = transaction->run(statements::kParkedJobs);
  if (!rows) return std::unexpected(store::as_problem(rows.error()));
  std::vector<JobInfo> jobs;
  jobs.reserve(rows->size());
  for (std::size_t i = 0; i < rows->size(); ++i) jobs.push_back(info_of(*rows, i));
  return jobs;
}

base::Result<void> Jobs::unpark(const base::Id& job) {
  auto transaction = state_->pool.begin(store::Mode::read_write);
  if (!transaction) return std::unexpected(transaction.error());
  const auto rows =
      transaction->run(statements::kUnparkJob, store::Params().id(job).instant(state_->clock()));
  if (!rows) return std::unexpected(store::as_problem(rows.error()));
  if (rows->affected() == 0) {
    return base::refuse(base::ProblemKind::not_found, "jobs.not_parked",
                        "There is no parked job of this id.");
  }
  if (const auto done = transaction->commit(); !done) {
    return std::unexpected(store::as_problem(done.error()));
  }
  wake();
  return {};
}

}  // namespace rapport::platform
