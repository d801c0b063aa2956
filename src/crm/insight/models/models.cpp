#include "crm/insight/models/models.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "base/json.hpp"
#include "crm/insight/models/inputs.hpp"
#include "crm/insight/models/model_json.hpp"
#include "crm/insight/models/model_write.hpp"
#include "crm/insight/models/parameters_json.hpp"
#include "entity/road.hpp"

namespace rapport::crm {
namespace {

using base::Json;
using base::Value;

constexpr int kListed = 200;

std::string_view family_of(std::string_view kind) {
  if (kind == "gamma_gamma") return "spending";
  return kind.starts_with("churn_") ? "leaving" : "purchases";
}

}  // namespace

base::Result<entity::Change> Models::retiring(std::string_view family,
                                              std::optional<base::Id> except) {
  entity::List list;
  list.object = "model";
  list.where = "state = 'in_use'";
  list.fields = {"kind"};
  list.limit = kListed;
  auto page = road_.list(models_caller("insight"), list);
  if (!page) return std::unexpected(page.error());
  entity::Change change{.object = "model", .items = {}};
  for (const auto& record : page->records) {
    const auto* kind = std::get_if<std::string>(&record.values[0]);
    if (kind == nullptr || family_of(*kind) != family || record.id == except) continue;
    entity::Item item;
    item.id = record.id;
    item.fields.push_back({"state", Value(std::string("retired"))});
    change.items.push_back(std::move(item));
  }
  return change;
}

base::Result<ModelsInUse> Models::in_use() {
  entity::List list;
  list.object = "model";
  list.where = "state = 'in_use'";
  list.order = {"-fitted_at"};
  list.fields = {"kind", "parameters", "data_until"};
  list.limit = kListed;
  auto page = road_.list(models_caller("insight"), list);
  if (!page) return std::unexpected(page.error());
  ModelsInUse models;
  for (const auto& record : page->records) {
    const auto kind = std::get<std::string>(record.values[0]);
    const auto family = family_of(kind);
    if (family == "leaving") {
      if (!models.leaving) models.leaving = record.id;
      continue;
    }
    const auto* text = std::get_if<base::JsonText>(&record.values[1]);
    if (text == nullptr) continue;
    const auto json = base::parse_json(text->text);
    if (!json) continue;
    auto parameters = parameters_of(*json);
    if (family == "spending" && !models.spending) {
      models.spending = record.id;
      models.spending_fit.parameters = std::move(parameters);
      // The mean stands among the parameters as kept, and is none of the model's.
      const auto mean =
          std::ranges::find(models.spending_fit.parameters, "mean", &analytics::Parameter::name);
      if (mean != models.spending_fit.parameters.end()) {
        models.spending_fit.mean = mean->value;
        models.spending_fit.parameters.erase(mean);
      }
    } else if (family == "purchases" && !models.purchases) {
      const auto model = analytics::purchase_model_named(kind);
      if (!model) continue;
      models.purchases = record.id;
      models.fit.model = *model;
      models.fit.parameters = std::move(parameters);
      if (const auto* until = std::get_if<base::Date>(&record.values[2])) {
        models.until = until->days;
      }
    }
  }
  return models;
}

base::Result<void> Models::keep(const Comparison& comparison,
                                const analytics::SpendingFit& spending, base::Instant now) {
  if (comparison.fits.empty()) return {};
  const auto& best = comparison.fits.front();
  if (best.fit.model == analytics::PurchaseModel::pooled) return {};  // no model fits yet
  const bool worse = predicts_worse(comparison.contest);
  entity::Create create{.object = "model", .items = {}};
  for (std::size_t i = comparison.fits.size(); i-- > 0;) {
    const auto& fitted = comparison.fits[i];
    if (fitted.fit.model == analytics::PurchaseModel::pooled) continue;
    const auto state = i > 0 ? "candidate" : worse ? "refused" : "in_use";
    auto item = item_of(fitted, state, now);
    if (i == 0 && worse) {
      std::erase_if(item.fields, [](const auto& field) { return field.field == "note"; });
      item.fields.push_back(
          {"note", Value(fmt::format("Predicts worse than the model in use (error {:.4f} against "
                                     "{:.4f} on the same days): not used without someone's word.",
                                     comparison.contest->fresh, comparison.contest->incumbent))});
    }
    create.items.push_back(std::move(item));
  }
  std::vector<entity::Write> writes;
  for (const std::string_view family : {"purchases", "spending"}) {
    if (family == "purchases" && worse) continue;
    auto retire = retiring(family);
    if (!retire) return std::unexpected(retire.error());
    writes.emplace_back(*std::move(retire));
  }
  create.items.push_back(item_of(spending, best, "in_use", now));
  writes.emplace_back(std::move(create));
  return write_models(road_, models_caller("insight"), std::move(writes));
}

base::Result<base::Id> Models::keep_candidate(const Fitted& fitted, base::Instant now) {
  auto item = item_of(fitted, "candidate", now);
  item.id = base::new_id();
  const auto id = *item.id;
  auto done = write_models(road_, models_caller("insight"),
                           {entity::Create{.object = "model", .items = {std::move(item)}}});
  if (!done) return std::unexpected(done.error());
  return id;
}

base::Result<base::Id> Models::keep_candidate(const analytics::SpendingFit& spending,
                                              const Fitted& data, base::Instant now) {
  auto item = item_of(spending, data, "candidate", now);
  item.id = base::new_id();
  const auto id = *item.id;
  auto done = write_models(road_, models_caller("insight"),
                           {entity::Create{.object = "model", .items = {std::move(item)}}});
  if (!done) return std::unexpected(done.error());
  return id;
}

base::Result<void> Models::adopt(const entity::Caller& by, const base::Id& model) {
  const auto catalog = road_.catalog();
  const auto* object = catalog->find("model");
  if (object == nullptr || !by.policy->may(entity::Operation::change, *object)) {
    return base::refuse(base::ProblemKind::forbidden, "insight.forbidden",
                        "Only who may change models may put one in use.");
  }
  entity::Get get{.object = "model", .ids = {model}, .fields = {"kind"}};
  auto page = road_.get(by, get);
  if (!page) return std::unexpected(page.error());
  if (page->records.empty()) {
    return base::refuse(base::ProblemKind::not_found, "insight.no_such_model",
                        "There is no such model.");
  }
  const auto family = family_of(std::get<std::string>(page->records[0].values[0]));
  if (family == "leaving") {
    auto tx = road_.pool().begin(store::Mode::read_only);
    if (!tx) return std::unexpected(tx.error());
    if (auto kept = learnt(*tx, model); !kept) return std::unexpected(kept.error());
  }
  auto retire = retiring(family, model);
  if (!retire) return std::unexpected(retire.error());
  entity::Item item;
  item.id = model;
  item.fields.push_back({"state", Value(std::string("in_use"))});
  auto caller = models_caller("adoption");
  caller.user = by.user;
  return write_models(
      road_, caller,
      {*std::move(retire), entity::Change{.object = "model", .items = {std::move(item)}}});
}

base::Result<void> Models::note_drift(const Histories& histories, std::int32_t today) {
  entity::List list;
  list.object = "model";
  list.where = "state = 'in_use'";
  list.fields = {"baseline", "drift"};
  list.limit = kListed;
  auto page = road_.list(models_caller("insight"), list);
  if (!page) return std::unexpected(page.error());
  const auto now = inputs_of(model_rows(histories, today, compared_every(histories)));
  entity::Change change{.object = "model", .items = {}};
  for (const auto& record : page->records) {
    const auto* baseline = std::get_if<base::JsonText>(&record.values[0]);
    if (baseline == nullptr || now.rows() == 0) continue;
    const auto drift = drift_since(baseline->text, now);
    if (!drift) return std::unexpected(drift.error());
    const auto* known = std::get_if<base::JsonText>(&record.values[1]);
    if (known != nullptr && base::parse_json(known->text) == *drift) continue;
    entity::Item item;
    item.id = record.id;
    item.fields.push_back({"drift", Value(base::JsonText{base::to_text(*drift)})});
    change.items.push_back(std::move(item));
  }
  return write_models(road_, models_caller("insight"), {std::move(change)});
}

base::Result<Json> Models::all(const entity::Caller& caller) {
  Json json = Json::array();
  // However many fits there have been since, what is in use is seen.
  for (const auto* where : {"state = 'in_use'", "state != 'in_use'"}) {
    entity::List list;
    list.object = "model";
    list.where = where;
    list.order = {"-fitted_at"};
    list.fields = model_fields();
    list.limit = kListed;
    auto page = road_.list(caller, list);
    if (!page) return std::unexpected(page.error());
    for (const auto& record : page->records) json.push_back(model_json(record));
  }
  return json;
}

base::Result<Json> Models::one(const entity::Caller& caller, const base::Id& model) {
  entity::Get get{.object = "model", .ids = {model}, .fields = model_fields()};
  auto page = road_.get(caller, get);
  if (!page) return std::unexpected(page.error());
  if (page->records.empty()) {
    return base::refuse(base::ProblemKind::not_found, "insight.no_such_model",
                        "There is no such model.");
  }
  return model_json(page->records[0]);
}

}  // namespace rapport::crm
