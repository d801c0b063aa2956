// Insight: what each customer is worth, and why. The face of this wing.
//
//   Insight insight(road, settings, clock);
//   insight.use(platform.jobs(), platform.listeners());   // before they start
//
// Nightly, and after an import, a refresh fits the models and scores everybody; a listener scores a
// customer as soon as an order of his changes.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/id.hpp"
#include "base/instant.hpp"
#include "base/json_fwd.hpp"
#include "base/problem.hpp"
#include "crm/insight/refresh/refresh.hpp"
#include "platform/jobs/changes.hpp"
#include "platform/jobs/jobs.hpp"

namespace rapport::crm {

class Insight {
 public:
  Insight(entity::Road& road, platform::Settings& settings, base::Clock clock);
  ~Insight();
  Insight(const Insight&) = delete;
  Insight& operator=(const Insight&) = delete;

  // Declares the jobs and adds the listener. Throws std::logic_error where a score's file is wrong.
  void use(platform::Jobs& jobs, platform::ChangeListeners& listeners);

  [[nodiscard]] Refresh& refresh() { return refresh_; }
  [[nodiscard]] Models& models() { return refresh_.models(); }

  // Each gives the job's id; one that waits already is it, and one that failed is run again.
  // With new fits:
  [[nodiscard]] base::Result<base::Id> ask_refresh();
  // With the models in use, after the adoption of one. One job a model: what scores by the model
  // before it must not stand for it.
  [[nodiscard]] base::Result<base::Id> ask_rescore(const base::Id& adopted);
  // Of one model ("churn": of leaving), or "auto": of all, in a refresh. Refused:
  // insight.no_such_kind.
  [[nodiscard]] base::Result<base::Id> ask_fit(std::string_view model);
  // How a fit asked for goes or ended (fit_record.hpp); none: the latest.
  [[nodiscard]] base::Result<base::Json> fit(const std::optional<base::Id>& job);
  // {"state","started_at","finished_at","persons","seconds","problem","notes"}; {"state": "none"}
  // where there was none. `notes`: why the last fits left some family without a new model.
  [[nodiscard]] base::Result<base::Json> latest_refresh();

 private:
  [[nodiscard]] base::Result<base::Id> ask(platform::NewJob job, std::string_view fit = {});
  void declare_jobs(platform::Jobs& jobs);
  void declare_fits(platform::Jobs& jobs);

  entity::Road& road_;
  platform::Settings& settings_;
  base::Clock clock_;
  Refresh refresh_;
  platform::Jobs* jobs_ = nullptr;
};

}  // namespace rapport::crm
