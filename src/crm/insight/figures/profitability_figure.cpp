// What groups of customers brought and cost, within the window of profit.
#include <fmt/format.h>

#include <array>

#include "base/json.hpp"
#include "crm/insight/facts/binary_rows.hpp"
#include "crm/insight/figures/figure.hpp"
#include "crm/insight/scores/score_row.hpp"

namespace rapport::crm {
namespace {

using base::Json;

constexpr std::array<std::string_view, 4> kGroups{"customer_country", "channel", "month",
                                                  "lifecycle"};

Json parts_json(const ProfitParts& parts) {
  return {{"revenue", amount_of(parts.revenue)},
          {"cost_of_goods", amount_of(parts.cost_of_goods)},
          {"discounts", amount_of(parts.discounts)},
          {"returns", amount_of(parts.returns)},
          {"cost_to_serve", amount_of(parts.cost_to_serve)},
          {"profit", amount_of(parts.profit())}};
}

void add(ProfitParts& to, const ProfitParts& from) {
  to.revenue += from.revenue;
  to.cost_of_goods += from.cost_of_goods;
  to.discounts += from.discounts;
  to.returns += from.returns;
  to.cost_to_serve += from.cost_to_serve;
}

base::Result<Json> pools_json(Figure& figure) {
  Json pools = Json::array();
  auto done =
      read_rows(figure.tx(), figure.copy_sql("copy_allocations"), [&](const BinaryRow& row) {
        pools.push_back({{"channel", row.text(0)},
                         {"month", row.text(1)},
                         {"cost", amount_of(row.ten_thousandths(2))},
                         {"used_minutes", amount_of(row.ten_thousandths(3))},
                         {"capacity_minutes", amount_of(row.ten_thousandths(4))},
                         {"unused_cost", amount_of(row.ten_thousandths(5))}});
      });
  if (!done) return std::unexpected(done.error());
  return pools;
}

}  // namespace

base::Result<Json> profitability_figure(Figure figure, ProfitBy by) {
  if (figure.filter().companies) {
    return base::refuse(base::ProblemKind::invalid, "insight.persons_only",
                        "This figure is of persons alone.");
  }
  auto json = figure.head(Rests::on_costs);
  if (!json) return json;
  const auto group = kGroups[static_cast<std::size_t>(by)];
  ProfitParts total;
  (*json)["by"] = group;
  (*json)["rows"] = Json::array();
  auto done = read_rows(
      figure.tx(), figure.copy_sql("copy_profit_rows", {{"group", fmt::format("by_{}", group)}}),
      [&](const BinaryRow& row) {
        const std::string key(row.text(0));
        const ProfitParts parts{.revenue = row.ten_thousandths(1),
                                .cost_of_goods = row.ten_thousandths(2),
                                .discounts = row.ten_thousandths(3),
                                .returns = row.ten_thousandths(4),
                                .cost_to_serve = row.ten_thousandths(5)};
        add(total, parts);
        auto one = parts_json(parts);
        one["key"] = key;
        one["label"] = key.empty() ? "–" : key;
        one["count"] = row.integer(6);
        one["open"] = figure.open_set(fmt::format("profit_{}", group), {key});
        (*json)["rows"].push_back(std::move(one));
      });
  if (!done) return std::unexpected(done.error());
  (*json)["total"] = parts_json(total);
  auto pools = pools_json(figure);
  if (!pools) return std::unexpected(pools.error());
  (*json)["pools"] = *std::move(pools);
  return json;
}

}  // namespace rapport::crm
