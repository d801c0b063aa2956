#include "crm/insight/models/inputs.hpp"

#include "base/json.hpp"
#include "crm/insight/models/fitting.hpp"

namespace rapport::crm {
namespace {

using base::Json;

std::string_view name_of(analytics::DriftLevel level) {
  switch (level) {
    case analytics::DriftLevel::steady:
      return "steady";
    case analytics::DriftLevel::watch:
      return "watch";
    case analytics::DriftLevel::act:
      return "act";
  }
  return "";
}

}  // namespace

analytics::Table inputs_of(const ModelRows& rows) {
  using analytics::KnownAt;
  return {
      .features = {{"recency", KnownAt::prediction},
                   {"frequency", KnownAt::prediction},
                   {"age", KnownAt::prediction},
                   {"average_order", KnownAt::prediction}},
      .columns = {rows.recency, std::vector<double>(rows.purchases.begin(), rows.purchases.end()),
                  rows.age, rows.mean_amount}};
}

std::optional<analytics::DriftBaseline> baseline_of(const Histories& histories,
                                                    std::int32_t until) {
  const auto rows = model_rows(histories, until, compared_every(histories));
  if (rows.customer.empty()) return std::nullopt;
  return analytics::DriftBaseline::of(inputs_of(rows));
}

Json drift_json(const std::vector<analytics::FeatureDrift>& drift) {
  Json told = Json::array();
  for (const auto& one : drift) {
    told.push_back({{"input", one.feature},
                    {"psi", one.psi},
                    {"chance", one.chance},
                    {"level", name_of(one.level)}});
  }
  return told;
}

base::Result<Json> drift_since(std::string_view baseline, const analytics::Table& now) {
  const auto json = base::parse_json(baseline);
  if (!json) return std::unexpected(json.error());
  const auto then = analytics::DriftBaseline::from_json(*json);
  if (!then) return std::unexpected(then.error());
  const auto drift = then->against(now);
  if (!drift) return std::unexpected(drift.error());
  return drift_json(*drift);
}

}  // namespace rapport::crm
