// What groups of customers brought and cost, within the window of profit.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

#include "base/json.hpp"
#include "crm/insight/facts/binary_rows.hpp"
#include "crm/insight/facts/id_index.hpp"
#include "crm/insight/figures/figure.hpp"
#include "crm/insight/figures/set_names.hpp"
#include "crm/insight/scores/score_row.hpp"

namespace rapport::crm {
namespace {

using base::Json;

constexpr std::string_view kBelowNought =
    "A cost below nought is shared out to nobody: all of it stays unused.";

Json parts_json(const ProfitParts& parts) {
  return {{"revenue", amount_of(parts.revenue)},
          {"cost_of_goods", amount_of(parts.cost_of_goods)},
          {"discounts", amount_of(parts.discounts)},
          {"returns", amount_of(parts.returns)},
          {"cost_to_serve", amount_of(parts.cost_to_serve)},
          {"profit", amount_of(parts.profit())}};
}

// One customer's sums in a group, till all rows are read.
struct Group {
  ProfitParts parts;
  std::vector<std::uint32_t> customers;  // with repeats
};

struct Groups {
  IdIndex customers;
  std::map<std::string, Group, std::less<>> by_key;
  ProfitParts without_orders;
  std::vector<std::uint32_t> who_without;
};

std::size_t count_of(std::vector<std::uint32_t>& customers) {
  std::ranges::sort(customers);
  const auto [from, until] = std::ranges::unique(customers);
  return static_cast<std::size_t>(from - customers.begin());
}

// Summed here: to count each customer once in each group, the database would sort all rows.
base::Result<Groups> groups_of(Figure& figure, ProfitBy by) {
  Groups groups;
  auto done = read_rows(figure.tx(), figure.copy_sql("copy_profit_rows", grouped(name_of(by))),
                        [&](const BinaryRow& row) {
                          const ProfitParts parts{.revenue = row.ten_thousandths(3),
                                                  .cost_of_goods = row.ten_thousandths(4),
                                                  .discounts = row.ten_thousandths(5),
                                                  .returns = row.ten_thousandths(6),
                                                  .cost_to_serve = row.ten_thousandths(7)};
                          auto at = groups.by_key.find(row.text(0));
                          if (at == groups.by_key.end()) {
                            at = groups.by_key.emplace(row.text(0), Group{}).first;
                          }
                          const auto customer = groups.customers.add(row.id(1));
                          at->second.parts += parts;
                          at->second.customers.push_back(customer);
                          if (row.boolean(2)) return;
                          groups.without_orders += parts;
                          groups.who_without.push_back(customer);
                        });
  if (!done) return std::unexpected(done.error());
  return groups;
}

base::Result<Json> pools_json(Figure& figure) {
  Json pools = Json::array();
  auto done =
      read_rows(figure.tx(), figure.copy_sql("copy_allocations"), [&](const BinaryRow& row) {
        const bool below = row.ten_thousandths(2) < 0;
        pools.push_back({{"channel", row.text(0)},
                         {"month", row.text(1)},
                         {"cost", amount_of(row.ten_thousandths(2))},
                         {"used_minutes", amount_of(row.ten_thousandths(3))},
                         {"capacity_minutes", amount_of(row.ten_thousandths(4))},
                         {"unused_cost", amount_of(row.ten_thousandths(5))},
                         {"note", below ? Json(kBelowNought) : Json()}});
      });
  if (!done) return std::unexpected(done.error());
  return pools;
}

}  // namespace

base::Result<Json> profitability_figure(Figure figure, ProfitBy by) {
  auto json = figure.head_of_persons(Rests::on_costs);
  if (!json) return json;
  auto groups = groups_of(figure, by);
  if (!groups) return std::unexpected(groups.error());
  ProfitParts total;
  (*json)["by"] = name_of(by);
  (*json)["rows"] = Json::array();
  for (auto& [key, group] : groups->by_key) {
    total += group.parts;
    Json one{
        {"key", key}, {"label", key.empty() ? "–" : key}, {"count", count_of(group.customers)}};
    one.update(parts_json(group.parts));
    one["open"] = figure.open_set(fmt::format("profit_{}", name_of(by)), {key});
    (*json)["rows"].push_back(std::move(one));
  }
  (*json)["total"] = parts_json(total);
  // Who was served and never bought costs something and has no scores: without them the total is
  // that of the customers' profit.
  (*json)["without_orders"] = parts_json(groups->without_orders);
  (*json)["without_orders"]["count"] = count_of(groups->who_without);
  (*json)["without_orders"]["open"] = figure.open_set("without_orders", {});
  auto pools = pools_json(figure);
  if (!pools) return std::unexpected(pools.error());
  (*json)["pools"] = *std::move(pools);
  return json;
}

}  // namespace rapport::crm
