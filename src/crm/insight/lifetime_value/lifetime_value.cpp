#include "crm/insight/lifetime_value/lifetime_value.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

namespace rapport::crm {
namespace {

constexpr double kPercent = 100;
constexpr int kMonthsAYear = 12;

// How the customer has bought so far.
Reason rhythm_reason(const ScoreRow& row) {
  if (row.purchases < 2) return {"once", .5, {{"last", day_text(row.last_purchase)}}};
  return {"rhythm",
          1,
          {{"purchases", fmt::format("{}", row.purchases)},
           {"first", day_text(row.first_purchase)},
           {"rhythm", fmt::format("{:.0f}", row.rhythm)}}};
}

}  // namespace

base::Result<LifetimeValues> lifetime_values_of(const ModelRows& rows, const LifetimeBasis& basis) {
  const auto n = rows.customer.size();
  LifetimeValues made{.alive = std::vector<double>(n),
                      .expected = std::vector<double>(n),
                      .average = std::vector<double>(n),
                      .value = std::vector<double>(n)};
  if (n == 0) return made;
  const auto customers = rows.customers();
  auto done = analytics::score_purchases(basis.purchases, customers, {.length = weeks_a_year},
                                         {.alive = made.alive, .expected = made.expected});
  if (!done) return std::unexpected(done.error());
  for (double& alive : made.alive) alive = std::isnan(alive) ? 1 : std::clamp(alive, 0., 1.);
  const double monthly = std::pow(1 + basis.discount_rate / kPercent, 1. / kMonthsAYear) - 1;
  std::vector<double> discounted(n);
  done = analytics::score_purchases(basis.purchases, customers,
                                    {.length = weeks_a_year * horizon_months / kMonthsAYear,
                                     .periods = horizon_months,
                                     .discount = monthly},
                                    {.discounted = discounted});
  if (!done) return std::unexpected(done.error());
  done = analytics::expected_spending(basis.spending, rows.spenders(), made.average);
  if (!done) return std::unexpected(done.error());
  analytics::lifetime_values(discounted, made.average, basis.margin / kPercent, made.value);
  return made;
}

std::vector<Reason> lifetime_value_reasons(const ScoreRow& row, const ReasonContext& context) {
  if (!row.modelled) return {};
  return {{"purchases", 1, {{"expected", fmt::format("{:.2f}", row.expected)}}},
          {"average",
           .8,
           {{"average", money_text(row.average, context.currency)},
            {"margin", fmt::format("{:g}", context.margin)}}},
          {"discount", .3, {{"rate", fmt::format("{:g}", context.discount_rate)}}}};
}

std::vector<Reason> probability_alive_reasons(const ScoreRow& row, const ReasonContext&) {
  if (!row.modelled) return {};
  std::vector<Reason> reasons{rhythm_reason(row)};
  if (row.purchases < 2) return reasons;
  constexpr double long_rhythms = 4;
  reasons.push_back(
      {"silence",
       std::min(1., row.silence() / (long_rhythms * std::max(1.F, row.rhythm))),
       {{"silence", fmt::format("{}", row.silence())}, {"last", day_text(row.last_purchase)}}});
  return reasons;
}

std::vector<Reason> expected_purchases_reasons(const ScoreRow& row, const ReasonContext&) {
  if (!row.modelled) return {};
  constexpr double percent = 100;
  return {{"alive", row.alive, {{"alive", fmt::format("{:.0f}", row.alive * percent)}}},
          rhythm_reason(row)};
}

std::vector<Reason> historic_value_reasons(const ScoreRow& row, const ReasonContext&) {
  if (row.orders == 0) {
    return {{"only_returns", 1, {{"returns", fmt::format("{}", row.returns)}}}};
  }
  std::vector<Reason> reasons{
      {"orders",
       1,
       {{"orders", fmt::format("{}", row.orders)}, {"first", day_text(row.first_day)}}}};
  if (row.returns > 0) {
    reasons.push_back({"returns", .5, {{"returns", fmt::format("{}", row.returns)}}});
  }
  return reasons;
}

}  // namespace rapport::crm
