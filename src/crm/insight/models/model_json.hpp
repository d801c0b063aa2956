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
#include "crm/insight/models/spending.hpp"
#include "crm/insight/models/verdict.hpp"
#include "entity/request/request.hpp"
#include "entity/road.hpp"

namespace rapport::crm {

// What the verdict says is told in the note.
[[nodiscard]] entity::Item item_of(const Fitted& fitted, const Verdict& verdict, base::Instant now);
[[nodiscard]] entity::Item item_of(const FittedSpending& fitted, const Verdict& verdict,
                                   base::Instant now);

[[nodiscard]] entity::Item item_of(const ChurnFit& fit, const std::optional<ChurnRival>& rival,
                                   const Verdict& verdict, base::Instant now);

// What a list tells of a model: all but its parameters, hold-out, pictures and drift.
[[nodiscard]] std::vector<std::string> summary_fields();
[[nodiscard]] base::Json summary_json(const entity::Record& record);

// The fields that model_json reads, in its order: those of the summary first.
[[nodiscard]] std::vector<std::string> model_fields();
[[nodiscard]] base::Json model_json(const entity::Record& record);

}  // namespace rapport::crm
