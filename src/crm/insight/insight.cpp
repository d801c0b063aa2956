#include "crm/insight/insight.hpp"

#include <fmt/core.h>

#include <stdexcept>

#include "base/json.hpp"
#include "crm/insight/insight_sql.hpp"
#include "crm/insight/models/fit_record.hpp"
#include "crm/insight/refresh/order_listener.hpp"
#include "crm/insight/scores/score.hpp"
#include "entity/road.hpp"

namespace rapport::crm {
namespace {

using platform::JobDone;
using platform::JobRun;

constexpr std::string_view kRefreshJob = "insight.refresh";
constexpr std::string_view kFitJob = "insight.fit";
constexpr std::string_view kAuto = "auto";
constexpr int kFitAttempts = 3;  // a process may die under it, which says nothing of the fit
// Nights begin at half past two in the organisation's zone: the day before is told by then.
constexpr base::Duration kNight = base::seconds(9000);

base::Result<JobDone> finished(base::Result<RefreshDone> done) {
  if (!done && done.error().code == "insight.stopped") return platform::stopped();
  if (!done) return std::unexpected(done.error());
  return JobDone{};
}

}  // namespace

Insight::Insight(entity::Road& road, platform::Settings& settings, base::Clock clock)
    : road_(road), settings_(settings), clock_(clock), refresh_(road, settings, std::move(clock)) {}

Insight::~Insight() = default;

void Insight::use(platform::Jobs& jobs, platform::ChangeListeners& listeners) {
  (void)score_definitions();
  jobs_ = &jobs;
  declare_jobs(jobs);
  declare_fits(jobs);
  listeners.add(std::make_unique<OrderListener>(refresh_, clock_));
}

void Insight::declare_jobs(platform::Jobs& jobs) {
  platform::JobKind nightly;
  nightly.name = "insight.nightly";
  nightly.every = base::days(1);
  nightly.run = [this](JobRun& run) -> base::Result<JobDone> {
    auto done =
        finished(refresh_.run({.fit = true, .may_go_on = [&run] { return run.may_go_on(); }}));
    if (!done) return done;
    const auto zone = settings_.current()->zone;
    const auto tomorrow = base::plus_days(base::date_in_zone(clock_() - kNight, zone), 1);
    return JobDone{.again_at = base::start_of_day(tomorrow, zone) + kNight};
  };
  jobs.declare(std::move(nightly));

  platform::JobKind refresh;
  refresh.name = kRefreshJob;
  refresh.run = [this](JobRun& run) -> base::Result<JobDone> {
    const auto payload = base::parse_json(run.payload());
    const bool fit = !payload || payload->value("fit", true);
    return finished(refresh_.run({.fit = fit, .may_go_on = [&run] { return run.may_go_on(); }}));
  };
  jobs.declare(std::move(refresh));
}

void Insight::declare_fits(platform::Jobs& jobs) {
  platform::JobKind fit;
  fit.name = kFitJob;
  fit.attempts_max = kFitAttempts;
  fit.run = [this](JobRun& run) -> base::Result<JobDone> {
    const auto payload = base::parse_json(run.payload());
    if (!payload) return std::unexpected(payload.error());
    const auto model = payload->value("model", "bg_nbd");
    if (auto begun = note_fit_begun(road_.pool(), run.id(), model, clock_()); !begun) {
      return std::unexpected(begun.error());
    }
    base::Result<std::optional<base::Id>> made = std::nullopt;
    if (model == kAuto) {
      const auto done =
          refresh_.run({.fit = true, .may_go_on = [&run] { return run.may_go_on(); }});
      if (!done) made = std::unexpected(done.error());
    } else {
      auto kept = refresh_.fit(model, [&run] { return run.may_go_on(); });
      kept ? made = *kept : made = std::unexpected(kept.error());
    }
    const auto ended = note_fit_ended(road_.pool(), run.id(), made, clock_());
    if (!ended && ended.error().code == "insight.stopped") return platform::stopped();
    if (!ended) return std::unexpected(ended.error());
    return JobDone{};
  };
  jobs.declare(std::move(fit));
}

base::Result<base::Id> Insight::ask(platform::NewJob job, std::string_view fit) {
  if (jobs_ == nullptr) throw std::logic_error("insight asks for jobs before it may use them");
  job.revive = true;
  auto tx = road_.pool().begin(store::Mode::read_write);
  if (!tx) return std::unexpected(tx.error());
  platform::Jobs::enqueue(*tx, job, clock_());
  if (!fit.empty()) note_fit_asked(*tx, job.key, fit, clock_());
  if (const auto done = tx->commit(); !done) {
    return std::unexpected(store::as_problem(done.error()));
  }
  jobs_->wake();
  auto found = jobs_->find(job.key);
  if (!found) return std::unexpected(found.error());
  return *found ? (*found)->id : base::Id{};
}

base::Result<base::Id> Insight::ask_refresh() {
  return ask({.kind = std::string(kRefreshJob),
              .payload = R"({"fit":true})",
              .key = "insight.refresh",
              .run_at = {}});
}

base::Result<base::Id> Insight::ask_rescore(const base::Id& adopted) {
  return ask({.kind = std::string(kRefreshJob),
              .payload = R"({"fit":false})",
              .key = "insight.refresh scores " + base::to_text(adopted),
              .run_at = {}});
}

base::Result<base::Id> Insight::ask_fit(std::string_view model) {
  if (model != kAuto && model != "gamma_gamma" && model != "churn" &&
      (model == "pooled" || !analytics::purchase_model_named(model))) {
    return base::refuse_field("insight.no_such_kind", "/model",
                              "Choose bg_nbd, mbg_nbd, pareto_nbd, gamma_gamma, churn or auto.");
  }
  return ask({.kind = std::string(kFitJob),
              .payload = fmt::format(R"({{"model":"{}"}})", model),
              .key = fmt::format("insight.fit {}", model),
              .run_at = {}},
             model);
}

base::Result<base::Json> Insight::fit(const std::optional<base::Id>& job) {
  return fit_told(road_.pool(), job);
}

base::Result<base::Json> Insight::latest_refresh() {
  auto tx = road_.pool().begin(store::Mode::read_only);
  if (!tx) return std::unexpected(tx.error());
  auto rows = tx->run(insight_statement("latest_refresh"));
  bool broken = false;
  if (rows && rows->size() > 0 && rows->text(0, 0) == "running") {
    // One at work lets go of its lock after it said its end. So one that nobody held, and that
    // still says "running" afterwards, was killed.
    const auto at_work = tx->run(insight_statement("refresh_at_work"));
    if (!at_work) return std::unexpected(store::as_problem(at_work.error()));
    const auto id = rows->id(0, 6);
    if (!at_work->boolean(0, 0)) rows = tx->run(insight_statement("latest_refresh"));
    broken =
        !at_work->boolean(0, 0) && rows && rows->id(0, 6) == id && rows->text(0, 0) == "running";
  }
  if (!rows) return std::unexpected(store::as_problem(rows.error()));
  if (rows->size() == 0) return base::Json{{"state", "none"}};
  base::Json json{{"state", rows->text(0, 0)},   {"started_at", base::to_text(rows->instant(0, 1))},
                  {"finished_at", nullptr},      {"persons", rows->integer(0, 3)},
                  {"seconds", nullptr},          {"problem", nullptr},
                  {"notes", base::Json::array()}};
  if (!rows->is_null(0, 2)) json["finished_at"] = base::to_text(rows->instant(0, 2));
  if (!rows->is_null(0, 4)) json["seconds"] = std::stod(std::string(rows->text(0, 4)));
  if (!rows->is_null(0, 5)) json["problem"] = rows->text(0, 5);
  if (!rows->is_null(0, 7)) {
    if (auto notes = base::parse_json(rows->text(0, 7)); notes) json["notes"] = *std::move(notes);
  }
  if (broken) {
    json["state"] = "failed";
    json["problem"] = refresh_broken_off;
  }
  return json;
}

}  // namespace rapport::crm
