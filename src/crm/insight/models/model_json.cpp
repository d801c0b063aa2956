#include "crm/insight/models/model_json.hpp"

#include <fmt/core.h>

#include <cmath>

#include "base/json.hpp"
#include "crm/insight/models/parameters_json.hpp"

namespace rapport::crm {
namespace {

using base::Json;
using base::Value;

std::string_view label_of(analytics::PurchaseModel model) {
  switch (model) {
    case analytics::PurchaseModel::bg_nbd:
      return "BG/NBD";
    case analytics::PurchaseModel::mbg_nbd:
      return "MBG/NBD";
    case analytics::PurchaseModel::pareto_nbd:
      return "Pareto/NBD";
    case analytics::PurchaseModel::pooled:
      return "One rate for all";
  }
  return "";
}

Value decimal_of(double value) {
  if (!std::isfinite(value)) return {};
  const auto decimal = base::parse_decimal(fmt::format("{:.6f}", value));
  return decimal ? Value(*decimal) : Value();
}

Value json_value(const Json& json) {
  return base::JsonText{base::to_text(json)};
}

Json holdout_json(const Holdout& holdout) {
  return {{"from", base::to_text(base::Date{holdout.from})},
          {"until", base::to_text(base::Date{holdout.until})},
          {"actual", holdout.actual},
          {"predicted", holdout.predicted},
          {"error", holdout.error}};
}

Json picture_of(const Fitted& fitted) {
  Json bars = Json::array(), weeks = Json::array();
  for (std::size_t i = 0; i < fitted.bars.size(); ++i) {
    bars.push_back({{"purchases", i},
                    {"actual", fitted.bars[i].actual},
                    {"expected", fitted.bars[i].expected}});
  }
  for (const auto& point : fitted.weeks) {
    weeks.push_back({{"week", point.week}, {"actual", point.actual}, {"expected", point.expected}});
  }
  return {{"purchases", std::move(bars)}, {"weekly", std::move(weeks)}};
}

Json picture_of(const FittedSpending& fitted) {
  Json amounts = Json::array(), groups = Json::array();
  for (const auto& bin : fitted.bins) {
    amounts.push_back({{"from", bin.from}, {"actual", bin.actual}, {"expected", bin.expected}});
  }
  for (const auto& group : fitted.groups) {
    groups.push_back(
        {{"customers", group.customers}, {"actual", group.actual}, {"expected", group.expected}});
  }
  return {{"purchases", Json::array()},
          {"weekly", Json::array()},
          {"amounts", std::move(amounts)},
          {"spending", std::move(groups)},
          {"currency", fitted.currency}};
}

entity::Item begin_item(std::string_view kind, std::string_view label, std::string_view state,
                        base::Instant now) {
  entity::Item item;
  const auto moment = base::to_text(now);
  item.fields.push_back({"title", Value(fmt::format("{} of {}", label, moment.substr(0, 10)))});
  item.fields.push_back({"kind", Value(std::string(kind))});
  item.fields.push_back({"state", Value(std::string(state))});
  item.fields.push_back({"fitted_at", Value(now)});
  return item;
}

// What both families keep of the orders they were fitted on, and how they were judged.
template <class Made>
void add_fit(entity::Item& item, const Made& fitted, double customers, double orders) {
  const auto whole = [](double number) { return Value(static_cast<std::int64_t>(number)); };
  item.fields.push_back({"data_from", Value(base::Date{fitted.from})});
  item.fields.push_back({"data_until", Value(base::Date{fitted.until})});
  item.fields.push_back({"customers", whole(customers)});
  item.fields.push_back({"orders", whole(orders)});
  item.fields.push_back({"log_likelihood", decimal_of(fitted.fit.log_likelihood)});
  if (fitted.inputs) item.fields.push_back({"baseline", json_value(fitted.inputs->to_json())});
  item.fields.push_back({"fit", json_value(picture_of(fitted))});
  if (fitted.holdout) {
    item.fields.push_back({"holdout", json_value(holdout_json(*fitted.holdout))});
    item.fields.push_back({"holdout_error", decimal_of(fitted.holdout->error)});
  }
}

void add_note(entity::Item& item, const std::string& of_fit, const std::string& of_verdict) {
  auto note = of_fit + (of_fit.empty() || of_verdict.empty() ? "" : " ") + of_verdict;
  if (!note.empty()) item.fields.push_back({"note", Value(std::move(note))});
}

// The JSON that a field holds, or null.
Json parsed(const Value& value) {
  const auto* text = std::get_if<base::JsonText>(&value);
  if (text == nullptr) return nullptr;
  auto json = base::parse_json(text->text);
  return json ? *std::move(json) : Json();
}

template <class T>
Json shown(const Value& value) {
  const auto* held = std::get_if<T>(&value);
  if (held == nullptr) return nullptr;
  if constexpr (std::is_same_v<T, base::Decimal>) return base::to_double(*held);
  if constexpr (std::is_same_v<T, base::Date> || std::is_same_v<T, base::Instant>) {
    return base::to_text(*held);
  }
  if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, std::int64_t>) return *held;
}

Json judgement_json(const ChurnFit& fit, const std::optional<ChurnRival>& rival) {
  const auto& judged = fit.judged;
  Json json{{"from", base::to_text(base::Date{judged.from})},
            {"until", base::to_text(base::Date{judged.until})},
            {"fitted_until", base::to_text(base::Date{fit.judged_until})},
            {"actual", judged.left},
            {"predicted", judged.predicted},
            {"error", judged.error()},
            {"customers", judged.cases},
            {"area", judged.area},
            {"log_loss", judged.log_loss},
            {"base_log_loss", judged.base_log_loss},
            {"brier", judged.brier},
            {"calibration_error", judged.calibration.error}};
  if (rival) {
    json["rival"] = {{"kind", analytics::name_of(rival->model)},
                     {"alive_area", rival->alive_area},
                     {"expected_area", rival->expected_area}};
  }
  return json;
}

// How often those left of whom that was told: the picture of a model of leaving.
Json calibration_json(const analytics::Calibration& calibration) {
  Json bins = Json::array();
  for (const auto& bin : calibration.bins) {
    bins.push_back({{"from", bin.from},
                    {"customers", bin.count},
                    {"predicted", bin.predicted},
                    {"actual", bin.actual}});
  }
  return {{"purchases", Json::array()}, {"weekly", Json::array()}, {"calibration", bins}};
}

// Weights with their errors, or what each feature's splits gained.
Json learnt_json(const analytics::FitReport& report) {
  std::vector<analytics::Parameter> parameters;
  parameters.reserve(report.weights.size() + report.gains.size());
  for (const auto& weight : report.weights) {
    parameters.push_back({.name = weight.column, .value = weight.value, .error = weight.error});
  }
  for (const auto& gain : report.gains) {
    parameters.push_back({.name = gain.feature, .value = gain.share});
  }
  return json_of(parameters);
}

}  // namespace

entity::Item item_of(const ChurnFit& fit, const std::optional<ChurnRival>& rival,
                     const Verdict& verdict, base::Instant now) {
  const bool trees = fit.model.model.kind() == analytics::ModelKind::boosted;
  const auto& report = fit.model.model.report();
  auto item = begin_item(trees ? "churn_boosted" : "churn_logistic",
                         trees ? "Risk of leaving, boosted trees" : "Risk of leaving, logistic",
                         verdict.state, now);
  const auto whole = [](auto number) { return Value(static_cast<std::int64_t>(number)); };
  item.fields.push_back({"data_from", Value(base::Date{fit.from})});
  item.fields.push_back({"data_until", Value(base::Date{fit.until})});
  item.fields.push_back({"customers", whole(fit.customers)});
  item.fields.push_back({"orders", whole(fit.purchases)});
  item.fields.push_back({"horizon", whole(fit.model.horizon)});
  item.fields.push_back({"parameters", json_value(learnt_json(report))});
  item.fields.push_back({"holdout", json_value(judgement_json(fit, rival))});
  item.fields.push_back({"holdout_error", decimal_of(fit.judged.error())});
  item.fields.push_back({"fit", json_value(calibration_json(fit.judged.calibration))});
  add_note(item, report.note, verdict.note);
  return item;
}

entity::Item item_of(const Fitted& fitted, const Verdict& verdict, base::Instant now) {
  auto item = begin_item(analytics::name_of(fitted.fit.model), label_of(fitted.fit.model),
                         verdict.state, now);
  add_fit(item, fitted, static_cast<double>(fitted.customers), static_cast<double>(fitted.orders));
  item.fields.push_back({"parameters", json_value(json_of(fitted.fit.parameters))});
  add_note(item, fitted.fit.note, verdict.note);
  return item;
}

entity::Item item_of(const FittedSpending& fitted, const Verdict& verdict, base::Instant now) {
  auto item = begin_item("gamma_gamma", "Gamma-Gamma", verdict.state, now);
  add_fit(item, fitted, fitted.fit.customers, fitted.fit.purchases);
  auto parameters = fitted.fit.parameters;
  parameters.push_back({.name = "mean", .value = fitted.fit.mean});
  item.fields.push_back({"parameters", json_value(json_of(parameters))});
  add_note(item, fitted.fit.note, verdict.note);
  return item;
}

std::vector<std::string> summary_fields() {
  return {"title",          "kind",          "state",     "fitted_at", "adopted_at",
          "data_from",      "data_until",    "customers", "orders",    "horizon",
          "log_likelihood", "holdout_error", "note"};
}

Json summary_json(const entity::Record& record) {
  const auto& at = record.values;
  enum {
    title,
    kind,
    state,
    fitted,
    adopted,
    from,
    until,
    customers,
    orders,
    horizon,
    likelihood,
    error,
    note
  };
  return {{"id", base::to_text(record.id)},
          {"title", shown<std::string>(at[title])},
          {"kind", shown<std::string>(at[kind])},
          {"state", shown<std::string>(at[state])},
          {"fitted_at", shown<base::Instant>(at[fitted])},
          {"adopted_at", shown<base::Instant>(at[adopted])},
          {"data",
           {{"from", shown<base::Date>(at[from])},
            {"until", shown<base::Date>(at[until])},
            {"customers", shown<std::int64_t>(at[customers])},
            {"orders", shown<std::int64_t>(at[orders])}}},
          {"horizon", shown<std::int64_t>(at[horizon])},
          {"log_likelihood", shown<base::Decimal>(at[likelihood])},
          {"holdout_error", shown<base::Decimal>(at[error])},
          {"note", shown<std::string>(at[note])}};
}

std::vector<std::string> model_fields() {
  auto fields = summary_fields();
  fields.insert(fields.end(), {"parameters", "holdout", "fit", "drift"});
  return fields;
}

Json model_json(const entity::Record& record) {
  auto json = summary_json(record);
  const auto own = [&](std::size_t i) {
    return parsed(record.values[summary_fields().size() + i]);
  };
  json["parameters"] = own(0);
  json["holdout"] = own(1);
  json["fit"] = own(2);
  if (json["fit"].is_null()) {
    json["fit"] = {{"purchases", Json::array()}, {"weekly", Json::array()}};
  }
  json["drift"] = own(3);
  if (json["drift"].is_null()) json["drift"] = Json::array();
  return json;
}

}  // namespace rapport::crm
