// How a fit that someone asked for goes and ended: a row of table `fits` by the id of its job, kept
// beside the job because a refusal ("too few customers came back") is an answer and no failure.
//
//   waiting → running → done (with the model it made) | refused | failed
#pragma once

#include <optional>
#include <string_view>

#include "base/id.hpp"
#include "base/instant.hpp"
#include "base/json_fwd.hpp"
#include "base/problem.hpp"
#include "store/database.hpp"

namespace rapport::crm {

inline constexpr base::Duration fits_kept = base::days(400);

// Within the transaction that enqueued the job of that key.
void note_fit_asked(store::Transaction& tx, std::string_view job_key, std::string_view model,
                    base::Instant now);

[[nodiscard]] base::Result<void> note_fit_begun(store::Pool& pool, const base::Id& job,
                                                std::string_view model, base::Instant now);

// `made`: the model, nothing where many were made (auto), or why there is none. A problem of the
// data (ProblemKind::invalid) is a refusal and gives success; any other is given back, so that the
// job is tried again; insight.stopped makes the fit wait.
[[nodiscard]] base::Result<void> note_fit_ended(store::Pool& pool, const base::Id& job,
                                                const base::Result<std::optional<base::Id>>& made,
                                                base::Instant now);

// {"job","model","state","asked_at","finished_at","kept","problem"}: of one job, or the latest;
// {"state": "none"} where there was none. Refused: insight.no_such_fit.
[[nodiscard]] base::Result<base::Json> fit_told(store::Pool& pool,
                                                const std::optional<base::Id>& job);

}  // namespace rapport::crm
