// What a purchase comes to: Gamma-Gamma fitted on the purchases up to some day, and asked what each
// customer spends at a time in the days after it (the hold-out), which is known; then fitted on
// everything. Pure: histories in, fits out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analytics/purchase/spending.hpp"
#include "crm/insight/models/fitting.hpp"

namespace rapport::crm {

// Of the customers held out, ranked by what a purchase of theirs was expected to come to: means of
// one of the groups, of equal size. Amounts in units of the currency.
struct SpendingGroup {
  std::size_t customers = 0;
  double expected = 0, actual = 0;
};
inline constexpr std::size_t spending_groups = 10;
inline constexpr std::size_t spending_group_min = 5;  // customers; else there is no such picture
inline constexpr std::size_t amount_bins_max = 12;    // of the picture by amount

struct FittedSpending {
  analytics::SpendingFit fit;
  std::int32_t from = 0, until = 0;  // days of the purchases it was fitted on
  // `actual` and `predicted`: what all their paid purchases came to; `error`: by customer, of what
  // one came to on average, divided by the mean of it. None: nothing held out, or nobody paid then.
  std::optional<Holdout> holdout;
  std::vector<analytics::AmountCount> bins;  // customers by what a purchase came to
  std::vector<SpendingGroup> groups;         // of the hold-out
  std::optional<analytics::DriftBaseline> inputs;
  std::string currency;  // of the amounts; for whoever keeps the fit to say

  // Fitted, and not only the mean of all.
  [[nodiscard]] bool is_model() const { return !fit.parameters.empty(); }
};

struct SpendingIncumbent {
  analytics::SpendingFit fit;
  std::int32_t until = 0;  // the last day of the purchases it was fitted on
};

struct SpendingComparison {
  FittedSpending fitted;
  std::optional<Contest> contest;  // none: nothing in use, or nothing to tell errors by
};

// What a purchase comes to, by the repeat purchases (Fader & Hardie 2013); where these are too few
// or too much alike for a model, by all. Problem: `analytics.bad_customers`.
[[nodiscard]] base::Result<analytics::SpendingFit> fit_spending_of(const ModelRows& rows);

// As compare_models: an incumbent that has seen days of the hold-out is compared with the new fit
// on everything, which has seen them too. Problem: `analytics.bad_customers`.
[[nodiscard]] base::Result<SpendingComparison> compare_spending(
    const Histories& histories, std::int32_t today,
    const std::optional<SpendingIncumbent>& incumbent = std::nullopt);

}  // namespace rapport::crm
