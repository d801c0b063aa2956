// A job is work done later by the server: a row of table `jobs` that some process claims, holds by
// a lease it renews while it works, and finishes. A job whose process died is taken up by another
// when its lease has run out; one that fails is tried again, later and later; one that failed too
// often is parked with its reason, for a person to look at.
//
//   jobs.declare({.name = "import.run", .run = [&](JobRun& run) -> base::Result<JobDone> {…}});
//   jobs.start();
//   Jobs::enqueue(tx, {.kind = "import.run", .payload = R"({"import":"…"})", .key = "import …"});
//
// A job may run more than once (its process may die after the work, before it says so): handlers
// are repeatable. Nothing assumes one process.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.hpp"
#include "base/instant.hpp"
#include "base/problem.hpp"
#include "store/database.hpp"

namespace rapport::platform {

// What a finished run says: done for good, or to be run again at a moment (timers, work in steps).
struct JobDone {
  std::optional<base::Instant> again_at;
};

// One run of one job, as its handler sees it.
class JobRun {
 public:
  virtual ~JobRun() = default;
  [[nodiscard]] virtual const base::Id& id() const = 0;
  [[nodiscard]] virtual const std::string& payload() const = 0;  // JSON text
  [[nodiscard]] virtual int attempt() const = 0;                 // 1 at first
  // False once the lease is lost or the program stops: leave soon, at a point to go on from.
  // Leaving so with `stopped()` costs no attempt.
  [[nodiscard]] virtual bool may_go_on() const = 0;
};

[[nodiscard]] base::Result<JobDone> stopped();  // "I was told to stop; the rest is for later"

struct JobKind {
  std::string name;  // "import.run"
  std::function<base::Result<JobDone>(JobRun&)> run;
  int attempts_max = 10;
  base::Duration lease = base::seconds(30);
  base::Duration retry_first = base::seconds(1);  // doubled each time …
  base::Duration retry_max = base::seconds(900);  // … up to this
  // Timers: declared with `every`, one such job exists always and runs this often.
  std::optional<base::Duration> every;
};

struct NewJob {
  std::string kind;
  std::string payload = "{}";
  // At most one open job has it. Asked for again, one that waits is it; one that runs already runs
  // once more, with the newest payload, since it may have looked already at what it is asked for.
  std::string key;
  std::optional<base::Instant> run_at;
  // A parked job of that key is made ready again with its attempts at nought: for work that someone
  // asks for anew, which must not be refused for ever because it once failed.
  bool revive = false;
  // One that runs already is it: for who needs no more than that there is one, as at a start.
  bool running_will_do = false;
};

enum class JobState { ready, running, done, parked };

struct JobInfo {
  base::Id id;
  std::string kind, key, payload, reason;
  JobState state = JobState::ready;
  int attempts = 0;
  base::Instant run_at;
};

struct JobsOptions {
  int threads = 3;                         // an import is not to wait behind two long refreshes
  base::Duration poll = base::seconds(5);  // where no NOTIFY came
  base::Duration done_kept = base::days(7);
};

class Jobs {
 public:
  Jobs(store::Pool& pool, base::Clock clock, JobsOptions options = {});
  ~Jobs();
  Jobs(const Jobs&) = delete;
  Jobs& operator=(const Jobs&) = delete;

  void declare(JobKind kind);  // before start
  void start();
  // Tells running jobs to leave, waits for them, gives their leases back.
  void stop();
  // Looks for work now; called on NOTIFY `jobs`.
  void wake();

  // Within the transaction of what asks for the work; wakes the runners when it commits.
  static void enqueue(store::Transaction& transaction, const NewJob& job, base::Instant now);
  [[nodiscard]] base::Result<void> enqueue(const NewJob& job);

  [[nodiscard]] base::Result<std::optional<JobInfo>> find(std::string_view open_or_last_key);
  [[nodiscard]] base::Result<std::vector<JobInfo>> parked();
  // Makes a parked job ready again with its attempts at nought.
  [[nodiscard]] base::Result<void> unpark(const base::Id& job);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace rapport::platform
