#include "crm/insight/recency_frequency_money/rfm_cell.hpp"

#include <fmt/core.h>

namespace rapport::crm {

std::vector<Reason> rfm_cell_reasons(const ScoreRow& row, const ReasonContext& context) {
  if (row.cell.recency == 0) return {};
  constexpr double best = 5;
  const auto digit = [](int value) { return fmt::format("{}", value); };
  return {{"recency",
           row.cell.recency / best,
           {{"last", day_text(row.last_day)}, {"digit", digit(row.cell.recency)}}},
          {"frequency",
           row.cell.frequency / best,
           {{"orders", fmt::format("{}", row.orders)}, {"digit", digit(row.cell.frequency)}}},
          {"money",
           row.cell.money / best,
           {{"money", money_text(row.historic_value, context.currency)},
            {"digit", digit(row.cell.money)}}}};
}

}  // namespace rapport::crm
