// Cohorts and retention from what is kept of customers' active months, instead of from their
// orders: milliseconds for a million customers. What is kept is changed with the customer's scores,
// so that figure and list are of the same moment; both may be a moment behind the orders
// themselves.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "analytics/value/cohorts.hpp"
#include "crm/insight/active_months/active_months.hpp"
#include "crm/insight/churn/churn_warning.hpp"
#include "crm/insight/figures/figure.hpp"

namespace rapport::crm {

class KeptCohorts {
 public:
  // None where the filter asks for more than months tell (companies, days, a product), where
  // nothing is kept yet or in another zone or currency, and where orders are more than
  // analytics::cohort_periods_max apart: then orders themselves are asked.
  [[nodiscard]] static base::Result<std::optional<KeptCohorts>> read(Figure& figure);
  // From counts; none as above.
  [[nodiscard]] static std::optional<KeptCohorts> of(const CohortCounts& counts);

  // As analytics::cohorts and analytics::retention give them.
  [[nodiscard]] analytics::Cohorts cohorts(analytics::Period period) const;
  [[nodiscard]] std::vector<analytics::RetentionPeriod> retention(analytics::Period period) const;
  // Customers, by the number of a reason.
  [[nodiscard]] const std::array<std::int64_t, churn_warning_codes.size()>& warned() const {
    return warned_;
  }

 private:
  std::array<analytics::Cohorts, 2> cohorts_;  // by Period
  std::array<std::vector<std::uint32_t>, 2> stayed_;
  std::array<std::int64_t, churn_warning_codes.size()> warned_{};
};

}  // namespace rapport::crm
