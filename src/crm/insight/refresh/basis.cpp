#include "crm/insight/refresh/basis.hpp"

#include "base/json.hpp"
#include "crm/insight/models/parameters_json.hpp"

namespace rapport::crm {
namespace {

using base::Json;

Json id_json(const std::optional<base::Id>& id) {
  return id ? Json(base::to_text(*id)) : Json();
}

std::optional<base::Id> id_of(const Json& json) {
  return json.is_string() ? base::parse_id(json.get<std::string>()) : std::nullopt;
}

Json bounds_json(const std::optional<analytics::RfmBounds>& bounds) {
  if (!bounds) return nullptr;
  return {{"recency", bounds->recency}, {"frequency", bounds->frequency}, {"money", bounds->money}};
}

void read_bounds(Basis& basis, const Json& json) {
  if (json.is_null()) return;
  auto& bounds = basis.bounds.emplace();
  json["recency"].get_to(bounds.recency);
  json["frequency"].get_to(bounds.frequency);
  json["money"].get_to(bounds.money);
}

}  // namespace

std::string to_json(const Basis& basis) {
  Json json{{"zone", basis.zone},
            {"currency", basis.currency},
            {"margin", basis.margin},
            {"discount_rate", basis.discount_rate},
            {"customers", basis.customers},
            {"lag_days", basis.lag_days},
            {"model", id_json(basis.model)},
            {"spending_model", id_json(basis.spending_model)},
            {"risk_model", id_json(basis.risk_model)},
            {"risk_horizon", basis.risk_horizon},
            {"kind", analytics::name_of(basis.fit.model)},
            {"parameters", json_of(basis.fit.parameters)},
            {"spending_parameters", json_of(basis.spending.parameters)},
            {"spending_mean", basis.spending.mean},
            {"bounds", bounds_json(basis.bounds)},
            {"rates", basis.rates},
            {"seconds", Json::array()},
            {"best_sellers", Json::array()}};
  for (const auto& [product, customers] : basis.best_sellers) {
    json["best_sellers"].push_back({base::to_text(product), customers});
  }
  for (const auto& [place, cost] : basis.seconds) {
    json["seconds"].push_back({place.first, place.second, cost});
  }
  return base::to_text(json);
}

base::Result<Basis> basis_from_json(std::string_view text) {
  auto json = base::parse_json(text);
  if (!json) return std::unexpected(json.error());
  Basis basis;
  try {
    basis.zone = (*json)["zone"].get<std::string>();
    basis.currency = (*json)["currency"].get<std::string>();
    basis.margin = (*json)["margin"].get<double>();
    basis.discount_rate = (*json)["discount_rate"].get<double>();
    basis.lag_days = (*json)["lag_days"].get<std::int32_t>();
    basis.model = id_of((*json)["model"]);
    basis.spending_model = id_of((*json)["spending_model"]);
    basis.fit.model = analytics::purchase_model_named((*json)["kind"].get<std::string>())
                          .value_or(analytics::PurchaseModel::pooled);
    basis.fit.parameters = parameters_of((*json)["parameters"]);
    basis.spending.parameters = parameters_of((*json)["spending_parameters"]);
    basis.spending.mean = (*json)["spending_mean"].get<double>();
    read_bounds(basis, (*json)["bounds"]);
    (*json)["rates"].get_to(basis.rates);
    // A basis of an earlier program has none of these, and was kept only where there were
    // customers.
    basis.customers = json->value("customers", std::int64_t{1});
    basis.risk_model = id_of(json->value("risk_model", Json()));
    basis.risk_horizon = json->value("risk_horizon", 0);
    for (const auto& one : json->value("best_sellers", Json::array())) {
      if (const auto product = id_of(one[0])) {
        basis.best_sellers.emplace_back(*product, one[1].get<std::uint32_t>());
      }
    }
    for (const auto& one : (*json)["seconds"]) {
      basis.seconds[{one[0].get<std::uint8_t>(), one[1].get<std::int32_t>()}] =
          one[2].get<double>();
    }
  } catch (const base::Json::exception& wrong) {
    return base::refuse(base::ProblemKind::internal, "insight.basis",
                        "What scores rest on could not be read.", wrong.what());
  }
  return basis;
}

}  // namespace rapport::crm
