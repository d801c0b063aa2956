// A fit as a record, and a record as the API shows it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.hpp"
#include "base/json_fwd.hpp"
#include "crm/insight/churn_risk/fitting.hpp"
#include "crm/insight/models/fitting.hpp"
#include "entity/request/request.hpp"
#include "entity/road.hpp"

namespace rapport::crm {

[[nodiscard]] entity::Item item_of(const Fitted& fitted, std::string_view state, base::Instant now);
// `data`: the fit of purchases made with it, for the range of days and the inputs.
[[nodiscard]] entity::Item item_of(const analytics::SpendingFit& spending, const Fitted& data,
                                   std::string_view state, base::Instant now);

// Of leaving; `why_not` is said in the note, where something speaks against using it.
[[nodiscard]] entity::Item item_of(const ChurnFit& fit, const std::optional<ChurnRival>& rival,
                                   std::string_view state, const std::string& why_not,
                                   base::Instant now);

// The fields that model_json reads, in its order.
[[nodiscard]] std::vector<std::string> model_fields();
[[nodiscard]] base::Json model_json(const entity::Record& record);

}  // namespace rapport::crm
