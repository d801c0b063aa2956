// The rows of `history` in figures_queries.sql: what one customer's scores were, newest first, and
// the facts that the newest rested on, from which its reasons are worded.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/instant.hpp"
#include "base/json_fwd.hpp"
#include "crm/insight/refresh/basis.hpp"
#include "crm/insight/scores/score_row.hpp"
#include "store/database.hpp"

namespace rapport::crm::history {

// Columns of `history`, by the score whose value stands there.
enum Column {
  as_of,
  model,
  rfm_cell,
  lifetime_value,
  probability_alive,
  expected_purchases,
  churn,
  profit,
  historic_value,
  next_offer,
  first_day,
  last_day,
  orders,
  returns,
  purchases,
  average,
  rhythm,
  bought,
  returned,
  unresolved,
  earlier_average,
  latest_average,
  offers,
  as_of_day,
  churn_risk,
  first_purchase,
  last_purchase
};

// An amount in ten-thousandths, a day since 1970-01-01; nought where there is none.
[[nodiscard]] std::int64_t money_at(const store::Rows& rows, std::size_t row, std::size_t column);
[[nodiscard]] std::int32_t day_at(const store::Rows& rows, std::size_t row, std::size_t column);

// Up to which day the customer is known: as the newest row says, where nothing was worth a row
// since as the newest refresh knew everybody.
[[nodiscard]] std::int32_t known_day(const store::Rows& rows, base::Instant scored_at,
                                     const Basis& basis);

// The newest row, there being one.
[[nodiscard]] ScoreRow row_of(const store::Rows& rows, std::int32_t known);

// A score's value in a row as JSON, by its name and type: money and numbers as numbers, the
// probability as a share.
[[nodiscard]] base::Json value_at(const store::Rows& rows, std::size_t row, std::string_view score,
                                  std::string_view type);

}  // namespace rapport::crm::history
