// What scoring a customer rests on besides his own records: the models in use, the bounds of cells,
// the margin, what time on each channel costs. A refresh makes it and keeps it as JSON, so that
// whoever's orders change can be scored at once, in any process.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "analytics/purchase/purchase.hpp"
#include "analytics/purchase/spending.hpp"
#include "analytics/value/rfm.hpp"
#include "base/id.hpp"
#include "base/problem.hpp"
#include "crm/insight/profitability/profit.hpp"

namespace rapport::crm {

struct Basis {
  std::string zone = "UTC", currency = "EUR";
  double margin = 30;          // percent, as measured on the goods or as the setting says
  double discount_rate = 10;   // percent a year
  std::int64_t customers = 0;  // whom the refresh scored
  std::int32_t lag_days = 0;   // how long before today what is known ended; 0 where orders come in
  std::optional<base::Id> model, spending_model;  // the fits in use; none: too little to fit any
  std::optional<base::Id> risk_model;             // that of the risk of leaving
  std::int32_t risk_horizon = 0;                  // how many days it looks ahead
  analytics::PurchaseFit fit;
  analytics::SpendingFit spending;
  std::optional<analytics::RfmBounds> bounds;  // none: too few customers for fifths
  MinuteRates rates{};
  SecondCosts seconds;
  std::vector<std::pair<base::Id, std::uint32_t>> best_sellers;  // and how many bought each
};

[[nodiscard]] std::string to_json(const Basis& basis);
[[nodiscard]] base::Result<Basis> basis_from_json(std::string_view json);

}  // namespace rapport::crm
