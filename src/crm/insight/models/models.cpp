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

constexpr int kListed = 200;  // of those in use: a few

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
  list.fields = {"kind", "parameters", "data_until", "adopted_at"};
  list.limit = kListed;
  auto page = road_.list(models_caller("insight"), list);
  if (!page) return std::unexpected(page.error());
  ModelsInUse models;
  for (const auto& record : page->records) {
    const auto kind = std::get<std::string>(record.values[0]);
    const auto family = family_of(kind);
    const auto* until = std::get_if<base::Date>(&record.values[2]);
    const Standing standing{.until = until != nullptr ? until->days : 0,
                            .adopted = std::holds_alternative<base::Instant>(record.values[3])};
    if (family == "leaving") {
      if (models.leaving) continue;
      models.leaving = record.id;
      models.leaving_standing = standing;
      continue;
    }
    const auto* text = std::get_if<base::JsonText>(&record.values[1]);
    if (text == nullptr) continue;
    const auto json = base::parse_json(text->text);
    if (!json) continue;
    auto parameters = parameters_of(*json);
    if (family == "spending" && !models.spending) {
      models.spending = record.id;
      models.spending_standing = standing;
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
      models.purchases_standing = standing;
      models.fit.model = *model;
      models.fit.parameters = std::move(parameters);
    }
  }
  return models;
}

base::Result<void> Models::keep(const Comparison& comparison, const SpendingComparison& spending,
                                const ModelsInUse& last, base::Instant now) {
  const auto now_used = in_use();
  if (!now_used) return std::unexpected(now_used.error());
  std::vector<entity::Write> writes;
  entity::Create create{.object = "model", .items = {}};
  const auto take = [&](std::string_view family) -> base::Result<void> {
    auto retire = retiring(family);
    if (!retire) return std::unexpected(retire.error());
    writes.emplace_back(*std::move(retire));
    return {};
  };
  bool scored = last.purchases.has_value();  // by some model of purchases
  if (!comparison.fits.empty() &&
      comparison.fits.front().fit.model != analytics::PurchaseModel::pooled) {
    const auto verdict = now_used->purchases == last.purchases
                             ? verdict_on(comparison.contest, last.purchases_standing)
                             : overtaken();
    if (verdict.state == "in_use") {
      if (auto done = take("purchases"); !done) return done;
      scored = true;
    }
    for (std::size_t i = comparison.fits.size(); i-- > 0;) {
      const auto& fitted = comparison.fits[i];
      if (fitted.fit.model == analytics::PurchaseModel::pooled) continue;
      create.items.push_back(i > 0 ? item_of(fitted, {.state = "candidate", .note = {}}, now)
                                   : item_of(fitted, verdict, now));
    }
  }
  // The mean of all is no model: better than no amount, and no better than any fit.
  const bool falls_back = !spending.fitted.is_model() && !last.spending_fit.parameters.empty();
  if (scored && !falls_back) {
    const auto verdict = now_used->spending == last.spending
                             ? verdict_on(spending.contest, last.spending_standing)
                             : overtaken();
    if (verdict.state == "in_use") {
      if (auto done = take("spending"); !done) return done;
    }
    create.items.push_back(item_of(spending.fitted, verdict, now));
  }
  writes.emplace_back(std::move(create));
  return write_models(road_, models_caller("insight"), std::move(writes));
}

base::Result<base::Id> Models::keep_candidate(entity::Item item) {
  item.id = base::new_id();
  const auto id = *item.id;
  auto done = write_models(road_, models_caller("insight"),
                           {entity::Create{.object = "model", .items = {std::move(item)}}});
  if (!done) return std::unexpected(done.error());
  return id;
}

base::Result<base::Id> Models::keep_candidate(const Fitted& fitted, base::Instant now) {
  return keep_candidate(item_of(fitted, {.state = "candidate", .note = {}}, now));
}

base::Result<base::Id> Models::keep_candidate(const FittedSpending& fitted, base::Instant now) {
  return keep_candidate(item_of(fitted, {.state = "candidate", .note = {}}, now));
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
  const auto now = road_.now();
  if (family == "leaving") {
    if (auto kept = renew_learnt(model, now); !kept) return kept;
  }
  auto retire = retiring(family, model);
  if (!retire) return std::unexpected(retire.error());
  entity::Item item;
  item.id = model;
  item.fields.push_back({"state", Value(std::string("in_use"))});
  item.fields.push_back({"adopted_at", Value(now)});
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

base::Result<Json> Models::page(const entity::Caller& caller, const std::string& after) {
  Json json{{"data", Json::array()}, {"page", {{"after", nullptr}}}};
  const auto put = [&](const char* where, int limit) -> base::Result<std::string> {
    entity::List list;
    list.object = "model";
    list.where = where;
    list.order = {"-fitted_at"};
    list.fields = summary_fields();
    list.limit = limit;
    const bool others = limit == models_listed;
    if (others) list.after = after;
    auto page = road_.list(caller, list);
    if (!page) return std::unexpected(page.error());
    for (const auto& record : page->records) json["data"].push_back(summary_json(record));
    return page->after;
  };
  // However many fits there have been since, what is in use is seen.
  if (after.empty()) {
    if (const auto used = put("state = 'in_use'", kListed); !used) {
      return std::unexpected(used.error());
    }
  }
  const auto next = put("state != 'in_use'", models_listed);
  if (!next) return std::unexpected(next.error());
  if (!next->empty()) json["page"]["after"] = *next;
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
