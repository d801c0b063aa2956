// What purchase models see of customers, as a table: so that a model in use can tell whether those
// it scores today are still like those it was fitted on (population stability index by input).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "analytics/predict/drift.hpp"
#include "base/json_fwd.hpp"
#include "base/problem.hpp"
#include "crm/insight/facts/histories.hpp"

namespace rapport::crm {

// Weeks between first and last purchase (recency) and since the first (age), repeat purchases
// (frequency), and what a purchase came to on average (average_order). One row a customer.
[[nodiscard]] analytics::Table inputs_of(const ModelRows& rows);

// The inputs of those a fit rests on, as its record keeps them; on at most compared_customers_max
// customers, evenly drawn. Empty where there are none.
[[nodiscard]] std::optional<analytics::DriftBaseline> baseline_of(const Histories& histories,
                                                                  std::int32_t until);

// As drift_since gives it.
[[nodiscard]] base::Json drift_json(const std::vector<analytics::FeatureDrift>& drift);

// [{"input","psi","chance","level":"steady|watch|act"}]: how far `now` is from a kept baseline.
[[nodiscard]] base::Result<base::Json> drift_since(std::string_view baseline,
                                                   const analytics::Table& now);

}  // namespace rapport::crm
