#include "crm/insight/figures/history_row.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/json.hpp"
#include "crm/insight/insight_sql.hpp"

namespace rapport::crm::history {
namespace {

using base::Json;

constexpr double kUnit = 10'000, kPercent = 100;

std::optional<std::size_t> column_of(std::string_view score) {
  static const std::map<std::string_view, std::size_t> columns{
      {"rfm_cell", rfm_cell},
      {"lifetime_value", lifetime_value},
      {"probability_alive", probability_alive},
      {"expected_purchases", expected_purchases},
      {"churn_risk", churn_risk},
      {"churn_warning", churn},
      {"profit", profit},
      {"historic_value", historic_value},
      {"next_offer", next_offer}};
  const auto at = columns.find(score);
  return at == columns.end() ? std::nullopt : std::optional(at->second);
}

}  // namespace

std::int64_t money_at(const store::Rows& rows, std::size_t row, std::size_t column) {
  return std::llround(number_at(rows, row, column) * kUnit);
}

std::int32_t day_at(const store::Rows& rows, std::size_t row, std::size_t column) {
  return base::parse_date(rows.text(row, column)).value_or(base::Date{}).days;
}

std::int32_t known_day(const store::Rows& rows, base::Instant scored_at, const Basis& basis) {
  const auto since = base::date_in_zone(scored_at, basis.zone).days - basis.lag_days;
  if (rows.size() == 0 || rows.is_null(0, as_of_day)) return since;
  const auto said = day_at(rows, 0, as_of_day);
  return rows.instant(0, as_of) == scored_at ? said : std::max(said, since);
}

ScoreRow row_of(const store::Rows& rows, std::int32_t known) {
  ScoreRow row;
  const auto count = [&](std::size_t column) {
    return static_cast<std::uint32_t>(rows.integer(0, column));
  };
  row.as_of_day = known;
  row.first_day = day_at(rows, 0, first_day);
  row.last_day = day_at(rows, 0, last_day);
  row.orders = count(orders);
  row.returns = count(returns);
  row.purchases = count(purchases);
  // Rows from before purchases had days of their own count from orders.
  const bool own_days = !rows.is_null(0, last_purchase);
  row.first_purchase = own_days ? day_at(rows, 0, first_purchase) : row.first_day;
  row.last_purchase = own_days ? day_at(rows, 0, last_purchase) : row.last_day;
  row.average = money_at(rows, 0, average);
  row.rhythm = static_cast<float>(number_at(rows, 0, rhythm));
  row.bought = money_at(rows, 0, bought);
  row.returned = money_at(rows, 0, returned);
  row.unresolved = count(unresolved);
  row.earlier_average = money_at(rows, 0, earlier_average);
  row.latest_average = money_at(rows, 0, latest_average);
  row.historic_value = money_at(rows, 0, historic_value);
  row.modelled = !rows.is_null(0, model);
  if (const auto cell = rows.text(0, rfm_cell); cell.size() == 3) {
    const auto digit = [&](std::size_t n) { return static_cast<std::uint8_t>(cell[n] - '0'); };
    row.cell = {digit(0), digit(1), digit(2)};
  }
  if (!rows.is_null(0, profit)) row.profit = money_at(rows, 0, profit);
  return row;
}

Json value_at(const store::Rows& rows, std::size_t row, std::string_view score,
              std::string_view type) {
  const auto column = column_of(score);
  if (!column || rows.is_null(row, *column)) return nullptr;
  if (type == "percent") return number_at(rows, row, *column) / kPercent;
  if (type == "money" || type == "decimal") return number_at(rows, row, *column);
  return rows.text(row, *column);
}

}  // namespace rapport::crm::history
