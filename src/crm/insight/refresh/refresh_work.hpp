// All that one refresh, or one rescoring, holds while it is at work.
#pragma once

#include <vector>

#include "crm/insight/active_months/active_months.hpp"
#include "crm/insight/churn_risk/fitting.hpp"
#include "crm/insight/facts/histories.hpp"
#include "crm/insight/next_offer/next_offer.hpp"
#include "crm/insight/refresh/months_store.hpp"
#include "crm/insight/refresh/refresh.hpp"

namespace rapport::crm {

struct Refresh::Work {
  store::Transaction* tx = nullptr;      // that reads …
  store::Transaction* second = nullptr;  // … and one beside it, if there is one
  base::Instant now;
  std::string since;  // transactions from this one on, the reading may not show
  std::int32_t today = 0;
  FactsOptions options;
  Facts facts;
  Histories histories;
  AllActiveMonths active;
  std::vector<Before> before;
  MinuteRates rates{};
  std::vector<Pool> pools;
  std::vector<CustomerMonth> months;
  KeptMonths kept_months;  // of a refresh
  Basis basis;
  std::optional<ChurnModel> leaving;  // the one in use
  std::vector<Holding> holdings;
  analytics::Similarities alike;
  std::vector<ScoreRow> rows;
  std::vector<std::string> notes;  // of the fits

  [[nodiscard]] ChurnSources churn() const {
    return ChurnSources::of(facts, histories, options.talks_from);
  }
  [[nodiscard]] ProfitOptions profit() const {
    return {.rates = rates, .margin = basis.margin, .from = options.profit_from, .until = today};
  }
};

[[nodiscard]] inline std::unexpected<base::Problem> stopped() {
  return base::refuse(base::ProblemKind::unavailable, "insight.stopped",
                      "The refresh was told to stop.");
}

// Customers who had scores and have no orders any more.
[[nodiscard]] inline std::vector<std::uint32_t> gone_of(const Refresh::Work& work) {
  std::vector<bool> bought(work.facts.persons.size());
  for (const auto& row : work.rows) bought[row.customer] = true;
  std::vector<std::uint32_t> gone;
  for (std::uint32_t i = 0; i < bought.size(); ++i) {
    if (!bought[i] && work.before[i].scored) gone.push_back(i);
  }
  return gone;
}

}  // namespace rapport::crm
