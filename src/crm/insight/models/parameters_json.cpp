#include "crm/insight/models/parameters_json.hpp"

#include <cmath>

#include "base/json.hpp"

namespace rapport::crm {

using base::Json;

Json json_of(const std::vector<analytics::Parameter>& parameters) {
  Json json = Json::array();
  for (const auto& one : parameters) {
    const bool known = one.error && std::isfinite(*one.error);
    json.push_back(
        {{"name", one.name}, {"value", one.value}, {"error", known ? Json(*one.error) : Json()}});
  }
  return json;
}

std::vector<analytics::Parameter> parameters_of(const Json& json) {
  std::vector<analytics::Parameter> parameters;
  if (!json.is_array()) return parameters;
  for (const auto& one : json) {
    if (!one.is_object()) continue;
    analytics::Parameter parameter{.name = one.value("name", ""), .value = one.value("value", 0.)};
    if (one.contains("error") && one["error"].is_number()) {
      parameter.error = one["error"].get<double>();
    }
    parameters.push_back(std::move(parameter));
  }
  return parameters;
}

}  // namespace rapport::crm
