// How value is spread over customers: bins, and the whale curve.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "analytics/value/spread.hpp"
#include "analytics/value/whale.hpp"
#include "base/json.hpp"
#include "crm/insight/facts/binary_rows.hpp"
#include "crm/insight/figures/figure.hpp"
#include "crm/insight/figures/value_bins.hpp"

namespace rapport::crm {
namespace {

using base::Json;

constexpr std::array kBest{.01, .05, .1, .2, .5};
constexpr std::size_t kLeastBins = 2;  // of `distribution`, whose bins are not shown

base::Result<std::vector<std::int64_t>> amounts(Figure& figure, Measure measure) {
  std::vector<std::int64_t> all;
  const std::string name(name_of(measure));
  auto done = read_rows(figure.tx(), figure.copy_sql("copy_amounts", {{"measure", name}}),
                        [&](const BinaryRow& row) { all.push_back(row.ten_thousandths(0)); });
  if (!done) return std::unexpected(done.error());
  return all;
}

Json open_amounts(const Figure& figure, Measure measure, std::int64_t from, std::int64_t to) {
  if (figure.filter().sayable()) {
    const auto field = field_of(measure);
    return figure.open_where(
        fmt::format("{} >= {} and {} < {}", field, figure.money(from), field, figure.money(to)));
  }
  return figure.open_set(fmt::format("amount_{}", name_of(measure)),
                         {number_text(from), number_text(to)});
}

// Who gave back more than he paid for: there also where all together bring nothing, and no curve
// is.
Json negative_json(const Figure& figure, const std::vector<std::int64_t>& all) {
  std::int64_t count = 0, sum = 0;
  for (const auto amount : all) {
    if (amount >= 0) continue;
    ++count;
    sum += amount;
  }
  return {{"count", count},
          {"sum", amount_of(sum)},
          {"open", figure.filter().sayable() ? figure.open_where("historic_value < 0")
                                             : figure.open_set("below_historic", {"0"})}};
}

}  // namespace

base::Result<Json> value_figure(Figure figure, Measure measure) {
  auto json = figure.head(measure == Measure::profit ? Rests::on_costs : Rests::on_orders);
  if (!json) return json;
  const auto all = amounts(figure, measure);
  if (!all) return std::unexpected(all.error());
  const auto spread = analytics::distribution(*all, kLeastBins);
  if (!spread) return std::unexpected(spread.error());
  (*json)["measure"] = name_of(measure);
  (*json)["count"] = spread->count;
  (*json)["total"] = amount_of(spread->total);
  (*json)["mean"] = amount_of(spread->mean);
  (*json)["median"] = amount_of(spread->median);
  (*json)["bins"] = Json::array();
  for (const auto& bin : value_bins(*all)) {
    (*json)["bins"].push_back({{"from", amount_of(bin.from)},
                               {"to", amount_of(bin.to)},
                               {"count", bin.count},
                               {"sum", amount_of(bin.sum)},
                               {"open", open_amounts(figure, measure, bin.from, bin.to)}});
  }
  return json;
}

base::Result<Json> whale_figure(Figure figure) {
  auto json = figure.head(Rests::on_orders);
  if (!json) return json;
  const auto all = amounts(figure, Measure::historic);
  if (!all) return std::unexpected(all.error());
  (*json)["negative"] = negative_json(figure, *all);
  const auto curve = analytics::whale_curve(*all, kBest);
  if (!curve && curve.error().code.starts_with("analytics.")) {
    (*json)["points"] = Json::array();
    (*json)["peak"] = nullptr;
    (*json)["shares"] = Json::array();
    (*json)["note"] = curve.error().message;
    return json;
  }
  if (!curve) return std::unexpected(curve.error());
  constexpr double percent = 100;
  (*json)["customers"] = curve->customers;
  (*json)["total"] = amount_of(curve->total);
  (*json)["points"] = Json::array();
  for (const auto& point : curve->points) {
    (*json)["points"].push_back(
        {{"share", point.share}, {"cumulative", point.cumulative}, {"count", point.count}});
  }
  (*json)["peak"] = {{"share", curve->peak.share},
                     {"percent", curve->peak.cumulative * percent},
                     {"count", curve->peak.count}};
  (*json)["shares"] = Json::array();
  for (std::size_t i = 0; i < curve->best.size(); ++i) {
    const auto& best = curve->best[i];
    (*json)["shares"].push_back(
        {{"best", kBest[i]},
         {"percent", best.cumulative * percent},
         {"count", best.count},
         {"sum", amount_of(best.sum)},
         {"open", figure.open_set("best_historic", {fmt::format("{}", best.count)})}});
  }
  return json;
}

}  // namespace rapport::crm
