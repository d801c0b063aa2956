#include "entity/road.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <utility>

#include "entity/gather/gather.hpp"
#include "entity/plan/columns.hpp"
#include "entity/plan/read_plan.hpp"
#include "entity/plan/sets.hpp"
#include "entity/plan/write_plan.hpp"
#include "entity/query/query.hpp"
#include "entity/rules/compiled.hpp"
#include "entity/rules/decide.hpp"
#include "entity/rules/resolve.hpp"
#include "entity/rules/rules.hpp"
#include "entity/write/notifier.hpp"
#include "entity/write/write.hpp"

namespace rapport::entity {

namespace {

using base::ProblemKind;

constexpr int tries_max = 6;   // of one write, whatever sends it round again
constexpr int stale_max = 3;   // of these, because records changed under it
constexpr int locked_max = 2;  // waits for a lock that was not given
constexpr int history_max = 200;
constexpr std::string_view sqlstate_locked = "55P03";

class Stopwatch {
 public:
  base::Duration lap() {
    const auto now = std::chrono::steady_clock::now();
    const auto us = std::chrono::duration_cast<std::chrono::microseconds>(now - last_).count();
    last_ = now;
    return {us};
  }

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

// Why a try ended without a commit.
struct Stopped {
  std::optional<base::Problem> problem;       // a refusal, final
  std::optional<store::DatabaseError> error;  // of the database: perhaps it goes better next time
};

Stopped refusal(base::Problem problem) {
  return {std::move(problem), std::nullopt};
}
Stopped failure(store::DatabaseError error) {
  return {std::nullopt, std::move(error)};
}

std::optional<base::Problem> refusals(const Draft& draft) {
  std::vector<const base::Problem*> problems;
  for (const auto& items : draft.refused) {
    for (const auto& one : items) {
      if (one) problems.push_back(&*one);
    }
  }
  if (problems.empty()) return std::nullopt;
  return joined(std::move(problems));
}

// One try at a work: plan → gather → rules → write, in one transaction.
class Attempt {
 public:
  Attempt(store::Pool& pool, const CatalogSource& source, const Rules& rules,
          const CompiledChecks& checks, base::Instant now, bool search)
      : pool_(pool), source_(source), rules_(rules), checks_(checks), now_(now), search_(search) {}

  std::expected<WorkResult, Stopped> run(const Caller& caller, const Work& work);

 private:
  std::expected<void, Stopped> plan(Draft& draft, const std::vector<Write>& writes, bool partial);
  // Goes down the road inside the transaction; what rules want written follows, one level deeper.
  std::expected<void, Stopped> down(Draft& draft, bool partial, int depth);
  std::expected<void, Stopped> follow(Draft& draft, int depth);
  std::expected<std::optional<WorkResult>, Stopped> earlier(const Work& work);
  std::expected<WorkResult, Stopped> finish(const Draft& draft, const Work& work);

  store::Pool& pool_;
  const CatalogSource& source_;
  const Rules& rules_;
  const CompiledChecks& checks_;
  base::Instant now_;
  bool search_;
  std::optional<store::Transaction> tx_;
  std::optional<store::Ticket> effect_;
  Timing timing_;
  Stopwatch watch_;
};

std::expected<void, Stopped> Attempt::plan(Draft& draft, const std::vector<Write>& writes,
                                           bool partial) {
  for (const Write& write : writes) {
    auto planned = plan_write(draft.catalog(), draft.caller(), write);
    if (!planned) return std::unexpected(refusal(std::move(planned.error())));
    draft.plans.push_back(std::move(*planned));
  }
  std::vector<const base::Problem*> problems;
  for (const WritePlan& planned : draft.plans) {
    for (const PlannedItem& item : planned.items) {
      if (item.refused) problems.push_back(&*item.refused);
    }
  }
  if (!partial && !problems.empty()) {
    return std::unexpected(refusal(joined(std::move(problems))));
  }
  name_reads(draft, checks_, rules_);
  timing_.plan.us += watch_.lap().us;
  return {};
}

std::expected<std::optional<WorkResult>, Stopped> Attempt::earlier(const Work& work) {
  if (!effect_) return std::nullopt;
  const auto rows = tx_->take(*effect_);
  if (!rows) return std::unexpected(failure(rows.error()));
  if (rows->size() == 0) return std::nullopt;
  const auto first = rows->text(0, 1);
  if (!first.empty() && !work.fingerprint.empty() && first != work.fingerprint) {
    return std::unexpected(refusal(key_reused()));
  }
  if (work.note) {
    WorkResult result;
    result.repeated = true;
    result.note = rows->text(0, 0);
    return result;
  }
  auto result = result_from_json(rows->text(0, 0));
  if (!result) return std::unexpected(refusal(std::move(result.error())));
  return std::move(*result);
}

std::expected<void, Stopped> Attempt::down(Draft& draft, bool partial, int depth) {
  watch_.lap();
  if (auto seen = gather(draft, *tx_); !seen) return std::unexpected(failure(seen.error()));
  timing_.gather.us += watch_.lap().us;
  resolve(draft, rules_);
  decide(draft, rules_, checks_);
  settle(draft);
  if (auto refused = partial ? std::nullopt : refusals(draft)) {
    return std::unexpected(refusal(std::move(*refused)));
  }
  timing_.rules.us += watch_.lap().us;
  Writer writer(draft, source_, *tx_);
  if (search_) {
    if (auto done = writer.search(); !done) return std::unexpected(failure(done.error()));
    if (auto refused = partial ? std::nullopt : refusals(draft)) {
      return std::unexpected(refusal(std::move(*refused)));
    }
  } else {
    writer.send();
  }
  timing_.write.us += watch_.lap().us;
  return follow(draft, depth);
}

std::expected<void, Stopped> Attempt::follow(Draft& draft, int depth) {
  if (draft.following.empty()) return {};
  if (depth >= Rules::depth_max) {
    return std::unexpected(refusal(
        {.kind = ProblemKind::conflict,
         .code = "rules.too_deep",
         .message = fmt::format("Rules set each other off more than {} times.", Rules::depth_max),
         .details = {},
         .hint = {},
         .fields = {},
         .extra = {}}));
  }
  Cause cause{
      .kind = "rule", .id = draft.caller().cause.id, .depth = draft.caller().cause.depth + 1};
  Caller caller = program(std::move(cause));
  caller.user = draft.caller().user;
  caller.zone = draft.caller().zone;
  Draft next(draft.catalog(), caller, now_);
  if (auto planned = plan(next, draft.following, false); !planned) return planned;
  return down(next, false, depth + 1);
}

std::expected<WorkResult, Stopped> Attempt::finish(const Draft& draft, const Work& work) {
  WorkResult result = results_of(draft);
  if (work.note) result.note = work.note(result);
  if (!work.effect.empty()) {
    send_effect(*tx_, work, work.note ? result.note : to_json(result));
  }
  if (auto done = tx_->commit(); !done) return std::unexpected(failure(done.error()));
  timing_.write.us += watch_.lap().us;
  result.timing = timing_;
  return result;
}

std::expected<WorkResult, Stopped> Attempt::run(const Caller& caller, const Work& work) {
  Draft draft(*checks_.catalog(), caller, now_);
  if (auto planned = plan(draft, work.writes, work.partial); !planned) {
    return std::unexpected(std::move(planned.error()));
  }
  auto tx = pool_.begin(store::Mode::read_write);
  if (!tx) return std::unexpected(refusal(std::move(tx.error())));
  tx_.emplace(std::move(*tx));
  tx_->send(source_.assertion(), store::Params().integer(checks_.catalog()->version()));
  send_by_index(*tx_);
  if (work.resumable) send_no_wait_for_disk(*tx_);
  if (!work.effect.empty()) effect_ = ask_effect(*tx_, work.effect);
  auto before = earlier(work);
  if (!before) return std::unexpected(std::move(before.error()));
  if (*before) return std::move(**before);
  if (auto gone = down(draft, work.partial, 0); !gone) {
    return std::unexpected(std::move(gone.error()));
  }
  return finish(draft, work);
}

base::Problem still_stale() {
  return {.kind = ProblemKind::stale,
          .code = "write.stale",
          .message = "Others are changing these records at this moment.",
          .details = {},
          .hint = "Try again.",
          .fields = {},
          .extra = {}};
}

base::Problem busy() {
  return {.kind = ProblemKind::unavailable,
          .code = "write.busy",
          .message = "These records are being written by somebody else for too long.",
          .details = {},
          .hint = "Try again.",
          .fields = {},
          .extra = {}};
}

}  // namespace

struct Road::Cache {
  explicit Cache(const store::PoolOptions& options) : notifier(options) {}
  Notifier notifier;
  std::mutex mutex;
  std::shared_ptr<const CompiledChecks> checks;
};

Road::Road(store::Pool& pool, CatalogSource& catalog, const Rules& rules, base::Clock clock)
    : pool_(pool),
      catalog_(catalog),
      rules_(rules),
      clock_(std::move(clock)),
      sets_(std::make_shared<Sets>()),
      cache_(std::make_shared<Cache>(pool.options())) {}

std::shared_ptr<const Catalog> Road::catalog() const {
  return catalog_.snapshot();
}

std::shared_ptr<const CompiledChecks> Road::checks() {
  auto snapshot = catalog_.snapshot();
  const std::scoped_lock lock(cache_->mutex);
  if (!cache_->checks || cache_->checks->catalog() != snapshot) {
    cache_->checks = std::make_shared<const CompiledChecks>(std::move(snapshot));
  }
  return cache_->checks;
}

base::Result<Page> Road::get(const Caller& caller, const Get& request) {
  Stopwatch watch;
  auto plan = plan_get(catalog_.snapshot(), caller, request, now());
  if (!plan) return std::unexpected(std::move(plan.error()));
  const auto planned = watch.lap();
  const ObjectType& object = *plan->object;
  auto page = run_query(pool_, *plan);
  if (!page) return page;
  if (request.ids.size() == 1 && page->records.empty()) {
    return base::refuse(ProblemKind::not_found, "query.not_found",
                        fmt::format("There is no such {}.", object.label_one));
  }
  page->timing.plan = planned;
  page->timing.query = watch.lap();
  return page;
}

base::Result<Page> Road::list(const Caller& caller, const List& request) {
  Stopwatch watch;
  auto plan = plan_list(catalog_.snapshot(), caller, request, now(), *sets_);
  if (!plan) return std::unexpected(std::move(plan.error()));
  const auto planned = watch.lap();
  auto page = run_query(pool_, *plan);
  if (!page) return page;
  page->timing.plan = planned;
  page->timing.query = watch.lap();
  return page;
}

base::Result<std::vector<HistoryEntry>> Road::history(const Caller& caller, std::string_view object,
                                                      const base::Id& id, int before_version,
                                                      int limit) {
  // Whoever may see the record, in the bin as well, may see its history.
  auto page = get(caller, {.object = std::string(object),
                           .ids = {id},
                           .fields = {"id"},
                           .removed = true,
                           .titles = false});
  if (!page) return std::unexpected(std::move(page.error()));
  HistoryPlan plan{.object = page->object,
                   .id = id,
                   .before_version = before_version,
                   .limit = std::clamp(limit, 1, history_max)};
  auto entries = run_history(pool_, plan);
  if (!entries) return entries;
  hide_fields(*entries, *caller.policy, *page->object);
  return entries;
}

base::Result<WorkResult> Road::write(const Caller& caller, const Work& work) {
  bool search = false;
  bool looked_again = false;
  int stale = 0;
  int locked = 0;
  std::optional<base::Problem> last;
  for (int tried = 0; tried < tries_max; ++tried) {
    const auto made = checks();
    Attempt attempt(pool_, catalog_, rules_, *made, now(), search);
    auto done = attempt.run(caller, work);
    if (done) {
      cache_->notifier.poke();
      return std::move(*done);
    }
    if (done.error().problem) return std::unexpected(std::move(*done.error().problem));
    const store::DatabaseError& error = *done.error().error;
    last = store::as_problem(error);
    if (error.sqlstate == sqlstate_catalog_changed) {
      if (auto reloaded = catalog_.reload(); !reloaded) return std::unexpected(reloaded.error());
    } else if (error.sqlstate == sqlstate_stale) {
      last = still_stale();
      if (++stale >= stale_max) break;
    } else if (error.unique_violation() && !looked_again) {
      // Somebody was faster: gather sees it now, and names it.
      looked_again = true;
    } else if (error.integrity_violation() && !search) {
      search = true;
    } else if (error.sqlstate == sqlstate_locked) {
      last = busy();
      if (++locked >= locked_max) break;
    } else if (!error.retriable()) {
      break;
    }
  }
  return std::unexpected(std::move(*last));
}

}  // namespace rapport::entity
