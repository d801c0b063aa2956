// Models of leaving: their records, and what scoring reads again.
#include <fmt/core.h>

#include "base/json.hpp"
#include "base/log.hpp"
#include "crm/insight/insight_sql.hpp"
#include "crm/insight/models/inputs.hpp"
#include "crm/insight/models/model_json.hpp"
#include "crm/insight/models/model_write.hpp"
#include "crm/insight/models/models.hpp"
#include "entity/road.hpp"

namespace rapport::crm {
namespace {

using base::Json;
using base::Value;

base::Result<ChurnModel> loaded(const store::Answer& rows) {
  if (!rows) return std::unexpected(store::as_problem(rows.error()));
  if (rows->size() == 0) {
    return base::refuse(base::ProblemKind::invalid, "insight.forgotten_model",
                        "Nothing is kept of this model any more but its record.", {},
                        fmt::format("Have it fitted anew; one that is not in use is kept for {} "
                                    "days.",
                                    learnt_kept_days));
  }
  return ChurnModel::load(rows->text(0, 0));
}

}  // namespace

entity::Caller models_caller(std::string kind) {
  return entity::program({.kind = std::move(kind), .id = {}, .depth = 0});
}

base::Result<void> write_models(entity::Road& road, const entity::Caller& caller,
                                std::vector<entity::Write> writes) {
  std::erase_if(writes, [](const entity::Write& one) {
    return std::visit([](const auto& write) { return write.items.empty(); }, one);
  });
  if (writes.empty()) return {};
  entity::Work work;
  work.writes = std::move(writes);
  auto done = road.write(caller, work);
  if (!done) return std::unexpected(done.error());
  return {};
}

// What scoring reads comes first: a record in use must never lack it.
base::Result<base::Id> Models::keep(const ChurnComparison& comparison, const LeavingInUse& last,
                                    bool candidate, base::Instant now) {
  const auto in_use = this->in_use();
  if (!in_use) return std::unexpected(in_use.error());
  auto verdict = verdict_on(comparison, last.model ? last.standing : Standing{});
  if (in_use->leaving != last.record) verdict = overtaken();
  if (candidate) verdict.state = "candidate";
  entity::Create create{.object = "model", .items = {}};
  auto tx = road_.pool().begin(store::Mode::read_write);
  if (!tx) return std::unexpected(tx.error());
  std::vector<base::Id> spared;
  if (in_use->leaving) spared.push_back(*in_use->leaving);
  if (auto done = result_of(
          tx->run(insight_statement("forget_learnt"),
                  store::Params().instant(now - base::days(learnt_kept_days)).ids(spared)));
      !done) {
    return std::unexpected(done.error());
  }
  for (std::size_t i = comparison.fits.size(); i-- > 0;) {
    const auto& fit = comparison.fits[i];
    auto saved = fit.model.save();
    if (!saved) return std::unexpected(saved.error());
    auto item = item_of(fit, comparison.rival,
                        i == 0 ? verdict : Verdict{.state = "candidate", .note = {}}, now);
    item.id = base::new_id();
    if (auto done = result_of(tx->run(insight_statement("keep_learnt"),
                                      store::Params().id(*item.id).instant(now).text(*saved)));
        !done) {
      return std::unexpected(done.error());
    }
    create.items.push_back(std::move(item));
  }
  if (const auto done = tx->commit(); !done) {
    return std::unexpected(store::as_problem(done.error()));
  }
  const auto id = *create.items.back().id;
  std::vector<entity::Write> writes;
  if (verdict.state == "in_use") {
    auto retire = retiring("leaving");
    if (!retire) return std::unexpected(retire.error());
    writes.emplace_back(*std::move(retire));
  }
  writes.emplace_back(std::move(create));
  auto written = write_models(road_, models_caller("insight"), std::move(writes));
  if (!written) return std::unexpected(written.error());
  return id;
}

base::Result<LeavingInUse> Models::leaving_in_use() {
  const auto in_use = this->in_use();
  if (!in_use) return std::unexpected(in_use.error());
  LeavingInUse leaving{
      .record = in_use->leaving, .model = {}, .standing = in_use->leaving_standing};
  if (!leaving.record) return leaving;
  auto tx = road_.pool().begin(store::Mode::read_only);
  if (!tx) return std::unexpected(tx.error());
  auto model = learnt_if_readable(*tx, *leaving.record);
  if (!model) return std::unexpected(model.error());
  leaving.model = *std::move(model);
  return leaving;
}

base::Result<ChurnModel> Models::learnt(store::Transaction& tx, const base::Id& model) {
  return loaded(tx.run(insight_statement("learnt"), store::Params().id(model)));
}

base::Result<std::optional<ChurnModel>> Models::learnt_if_readable(store::Transaction& tx,
                                                                   const base::Id& model) {
  auto kept = learnt(tx, model);
  if (kept) return std::optional(*std::move(kept));
  if (kept.error().code != "insight.forgotten_model" &&
      kept.error().code != "analytics.malformed_model") {
    return std::unexpected(kept.error());
  }
  base::log_warning(fmt::format("insight: the model of leaving {} is passed over: {} {}",
                                base::to_text(model), kept.error().message, kept.error().details));
  return std::nullopt;
}

base::Result<void> Models::renew_learnt(const base::Id& model, base::Instant now) {
  auto tx = road_.pool().begin(store::Mode::read_write);
  if (!tx) return std::unexpected(tx.error());
  const auto kept =
      loaded(tx->run(insight_statement("renew_learnt"), store::Params().id(model).instant(now)));
  if (!kept) return std::unexpected(kept.error());
  if (const auto done = tx->commit(); !done) {
    return std::unexpected(store::as_problem(done.error()));
  }
  return {};
}

base::Result<void> Models::note_drift(const LeavingInUse& leaving, const ChurnSources& sources,
                                      std::int32_t today) {
  if (!leaving.model) return {};
  const auto customers = customers_by(sources.histories, today, slice_customers_max);
  if (customers.empty()) return {};
  const auto drift = leaving.model->model.drift(
      ChurnFeatures(sources, today, leaving.model->interactions).of(customers));
  if (!drift) return std::unexpected(drift.error());
  const auto told = drift_json(*drift);
  entity::Get get{.object = "model", .ids = {*leaving.record}, .fields = {"drift"}};
  auto page = road_.get(models_caller("insight"), get);
  if (!page) return std::unexpected(page.error());
  if (page->records.empty()) return {};
  const auto* known = std::get_if<base::JsonText>(&page->records[0].values[0]);
  if (known != nullptr && base::parse_json(known->text) == told) return {};
  entity::Item item;
  item.id = leaving.record;
  item.fields.push_back({"drift", Value(base::JsonText{base::to_text(told)})});
  return write_models(road_, models_caller("insight"),
                      {entity::Change{.object = "model", .items = {std::move(item)}}});
}

}  // namespace rapport::crm
