// Models of leaving: their records, and what scoring reads again.
#include <fmt/core.h>

#include "base/json.hpp"
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

base::Result<void> result_of(const store::Answer& answer) {
  if (!answer) return std::unexpected(store::as_problem(answer.error()));
  return {};
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
base::Result<base::Id> Models::keep(const ChurnComparison& comparison, bool candidate,
                                    base::Instant now) {
  const auto in_use = this->in_use();
  if (!in_use) return std::unexpected(in_use.error());
  const auto why_not = why_not_used(comparison);
  const std::string_view first = candidate ? "candidate" : why_not.empty() ? "in_use" : "refused";
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
    auto item = item_of(fit, comparison.rival, i == 0 ? first : "candidate",
                        i == 0 ? why_not : std::string(), now);
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
  if (first == "in_use") {
    auto retire = retiring("leaving");
    if (!retire) return std::unexpected(retire.error());
    writes.emplace_back(*std::move(retire));
  }
  writes.emplace_back(std::move(create));
  auto written = write_models(road_, models_caller("insight"), std::move(writes));
  if (!written) return std::unexpected(written.error());
  return id;
}

base::Result<std::optional<std::pair<base::Id, ChurnModel>>> Models::leaving_in_use() {
  const auto in_use = this->in_use();
  if (!in_use) return std::unexpected(in_use.error());
  if (!in_use->leaving) return std::nullopt;
  auto tx = road_.pool().begin(store::Mode::read_only);
  if (!tx) return std::unexpected(tx.error());
  auto model = learnt(*tx, *in_use->leaving);
  if (!model) return std::unexpected(model.error());
  return std::pair(*in_use->leaving, *std::move(model));
}

base::Result<ChurnModel> Models::learnt(store::Transaction& tx, const base::Id& model) {
  const auto rows = tx.run(insight_statement("learnt"), store::Params().id(model));
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

base::Result<void> Models::note_drift(const std::pair<base::Id, ChurnModel>& leaving,
                                      const ChurnSources& sources, std::int32_t today) {
  const auto customers = customers_by(sources.histories, today, slice_customers_max);
  if (customers.empty()) return {};
  const auto drift = leaving.second.model.drift(
      ChurnFeatures(sources, today, leaving.second.interactions).of(customers));
  if (!drift) return std::unexpected(drift.error());
  const auto told = drift_json(*drift);
  entity::Get get{.object = "model", .ids = {leaving.first}, .fields = {"drift"}};
  auto page = road_.get(models_caller("insight"), get);
  if (!page) return std::unexpected(page.error());
  if (page->records.empty()) return {};
  const auto* known = std::get_if<base::JsonText>(&page->records[0].values[0]);
  if (known != nullptr && base::parse_json(known->text) == told) return {};
  entity::Item item;
  item.id = leaving.first;
  item.fields.push_back({"drift", Value(base::JsonText{base::to_text(told)})});
  return write_models(road_, models_caller("insight"),
                      {entity::Change{.object = "model", .items = {std::move(item)}}});
}

}  // namespace rapport::crm
