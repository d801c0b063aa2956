#include "crm/insight/insight.hpp"

#include <fmt/core.h>

#include <stdexcept>

#include "base/json.hpp"
#include "crm/insight/insight_sql.hpp"
#include "crm/insight/refresh/order_listener.hpp"
#include "crm/insight/scores/score.hpp"
#include "entity/road.hpp"

namespace rapport::crm {
namespace {

using platform::JobDone;
using platform::JobRun;

constexpr std::string_view kRefreshJob = "insight.refresh";
constexpr std::string_view kFitJob = "insight.fit";
// Nights begin at half past two in the organisation's zone: the day before is told by then.
constexpr base::Duration kNight = base::seconds(9000);

base::Result<JobDone> finished(base::Result<RefreshDone> done) {
  if (!done && done.error().code == "insight.stopped") return platform::stopped();
  if (!done) return std::unexpected(done.error());
  return JobDone{};
}

}  // namespace

Insight::Insight(entity::Road& road, platform::Settings& settings, base::Clock clock)
    : road_(road), settings_(settings), clock_(clock), refresh_(road, settings, clock) {}

Insight::~Insight() = default;

void Insight::use(platform::Jobs& jobs, platform::ChangeListeners& listeners) {
  (void)score_definitions();
  jobs_ = &jobs;
  declare_jobs(jobs);
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

  platform::JobKind fit;
  fit.name = kFitJob;
  fit.attempts_max = 1;
  fit.run = [this](JobRun& run) -> base::Result<JobDone> {
    const auto payload = base::parse_json(run.payload());
    if (!payload) return std::unexpected(payload.error());
    const auto done = refresh_.fit(payload->value("model", "bg_nbd"));
    if (!done) return std::unexpected(done.error());
    return JobDone{};
  };
  jobs.declare(std::move(fit));
}

base::Result<base::Id> Insight::ask(const platform::NewJob& job) {
  if (jobs_ == nullptr) throw std::logic_error("insight asks for jobs before it may use them");
  if (auto done = jobs_->enqueue(job); !done) return std::unexpected(done.error());
  auto found = jobs_->find(job.key);
  if (!found) return std::unexpected(found.error());
  return *found ? (*found)->id : base::Id{};
}

base::Result<base::Id> Insight::ask_refresh(bool fit) {
  return ask({.kind = std::string(kRefreshJob),
              .payload = fit ? R"({"fit":true})" : R"({"fit":false})",
              .key = fit ? "insight.refresh" : "insight.refresh scores",
              .run_at = {}});
}

base::Result<base::Id> Insight::ask_fit(std::string_view model) {
  if (model == "auto") return ask_refresh(true);
  if (model != "gamma_gamma" && (model == "pooled" || !analytics::purchase_model_named(model))) {
    return base::refuse_field("insight.no_such_kind", "/model",
                              "Choose bg_nbd, mbg_nbd, pareto_nbd, gamma_gamma or auto.");
  }
  return ask({.kind = std::string(kFitJob),
              .payload = fmt::format(R"({{"model":"{}"}})", model),
              .key = fmt::format("insight.fit {}", model),
              .run_at = {}});
}

base::Result<base::Json> Insight::latest_refresh() {
  auto tx = road_.pool().begin(store::Mode::read_only);
  if (!tx) return std::unexpected(tx.error());
  const auto rows = tx->run(insight_statement("latest_refresh"));
  if (!rows) return std::unexpected(store::as_problem(rows.error()));
  if (rows->size() == 0) return base::Json{{"state", "none"}};
  base::Json json{{"state", rows->text(0, 0)}, {"started_at", base::to_text(rows->instant(0, 1))},
                  {"finished_at", nullptr},    {"persons", rows->integer(0, 3)},
                  {"seconds", nullptr},        {"problem", nullptr}};
  if (!rows->is_null(0, 2)) json["finished_at"] = base::to_text(rows->instant(0, 2));
  if (!rows->is_null(0, 4)) json["seconds"] = std::stod(std::string(rows->text(0, 4)));
  if (!rows->is_null(0, 5)) json["problem"] = rows->text(0, 5);
  return json;
}

}  // namespace rapport::crm
