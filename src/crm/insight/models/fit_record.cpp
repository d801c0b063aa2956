#include "crm/insight/models/fit_record.hpp"

#include "base/json.hpp"
#include "crm/insight/insight_sql.hpp"

namespace rapport::crm {
namespace {

using base::Json;

base::Result<void> write(store::Pool& pool, std::string_view statement,
                         const store::Params& params) {
  auto tx = pool.begin(store::Mode::read_write);
  if (!tx) return std::unexpected(tx.error());
  const auto done = tx->run(insight_statement(statement), params);
  if (!done) return std::unexpected(store::as_problem(done.error()));
  if (const auto ended = tx->commit(); !ended) {
    return std::unexpected(store::as_problem(ended.error()));
  }
  return {};
}

}  // namespace

void note_fit_asked(store::Transaction& tx, std::string_view job_key, std::string_view model,
                    base::Instant now) {
  (void)tx.send(insight_statement("forget_fits"), store::Params().instant(now - fits_kept));
  (void)tx.send(insight_statement("ask_fit"),
                store::Params().text(job_key).text(model).instant(now));
}

base::Result<void> note_fit_begun(store::Pool& pool, const base::Id& job, std::string_view model,
                                  base::Instant now) {
  return write(pool, "begin_fit", store::Params().id(job).text(model).instant(now));
}

base::Result<void> note_fit_ended(store::Pool& pool, const base::Id& job,
                                  const base::Result<std::optional<base::Id>>& made,
                                  base::Instant now) {
  const bool stopped = !made && made.error().code == "insight.stopped";
  const bool refused = !made && made.error().kind == base::ProblemKind::invalid;
  store::Params params;
  params.id(job).text(made ? "done" : stopped ? "waiting" : refused ? "refused" : "failed");
  stopped ? params.null() : params.instant(now);
  made && *made ? params.id(**made) : params.null();
  std::string problem;
  if (!made && !stopped) {
    problem = made.error().message;
    if (!made.error().details.empty()) problem += " " + made.error().details;
  }
  auto written = write(pool, "end_fit", params.text(problem));
  if (!written) return written;
  if (!made && !refused) return std::unexpected(made.error());
  return {};
}

base::Result<Json> fit_told(store::Pool& pool, const std::optional<base::Id>& job) {
  auto tx = pool.begin(store::Mode::read_only);
  if (!tx) return std::unexpected(tx.error());
  store::Params params;
  job ? params.id(*job) : params.null();
  const auto rows = tx->run(insight_statement("fit_told"), params);
  if (!rows) return std::unexpected(store::as_problem(rows.error()));
  if (rows->size() == 0 && job) {
    return base::refuse(base::ProblemKind::not_found, "insight.no_such_fit",
                        "There is no such fit.");
  }
  if (rows->size() == 0) return Json{{"state", "none"}};
  Json json{{"job", base::to_text(rows->id(0, 0))},
            {"model", rows->text(0, 1)},
            {"state", rows->text(0, 2)},
            {"asked_at", base::to_text(rows->instant(0, 3))},
            {"finished_at", nullptr},
            {"kept", nullptr},
            {"problem", nullptr}};
  if (!rows->is_null(0, 4)) json["finished_at"] = base::to_text(rows->instant(0, 4));
  if (!rows->is_null(0, 5)) json["kept"] = base::to_text(rows->id(0, 5));
  if (!rows->is_null(0, 6)) json["problem"] = rows->text(0, 6);
  return json;
}

}  // namespace rapport::crm
