#include "crm/insight/profitability/costs.hpp"

#include <cmath>

#include "crm/insight/insight_sql.hpp"

namespace rapport::crm {

base::Result<MinuteRates> read_rates(store::Transaction& tx) {
  MinuteRates rates{};
  const auto rows = tx.run(insight_statement("cost_rates"));
  if (!rows) return std::unexpected(store::as_problem(rows.error()));
  for (std::size_t i = 0; i < rows->size(); ++i) {
    const auto activity = activity_named(rows->text(i, 1));
    const auto minutes = base::parse_decimal(rows->text(i, 2));
    if (!activity || !minutes) continue;
    rates[channel_number(rows->text(i, 0))][static_cast<std::size_t>(*activity)] =
        base::to_double(*minutes);
  }
  return rates;
}

base::Result<std::vector<Pool>> read_pools(store::Transaction& tx, std::string_view currency,
                                           std::int32_t from, std::int32_t until) {
  const auto rows = tx.run(insight_statement("cost_pools"),
                           store::Params().text(currency).date({from}).date({until}));
  if (!rows) return std::unexpected(store::as_problem(rows.error()));
  std::vector<Pool> pools;
  for (std::size_t i = 0; i < rows->size(); ++i) {
    const auto cost = base::parse_decimal(rows->text(i, 2));
    if (!cost) continue;
    const auto cents = static_cast<std::int64_t>(
        std::llround(base::to_double(base::rounded(*cost, 2, base::Rounding::half_even)) * 100));
    pools.push_back({.channel = channel_number(rows->text(i, 0)),
                     .month = static_cast<std::int32_t>(rows->integer(i, 1)),
                     .cost = cents * cent,
                     .capacity_seconds = rows->integer(i, 3) * 60});
  }
  return pools;
}

}  // namespace rapport::crm
