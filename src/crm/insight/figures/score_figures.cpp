// Figures of scores as they are now: value, whale, cells, alive against value, two by two, offers.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "analytics/value/spread.hpp"
#include "analytics/value/whale.hpp"
#include "base/json.hpp"
#include "crm/insight/facts/binary_rows.hpp"
#include "crm/insight/figures/figure.hpp"
#include "crm/insight/refresh/refresh.hpp"

namespace rapport::crm {
namespace {

using base::Json;

constexpr std::size_t kBins = 30;
constexpr std::size_t kPointsMax = 1000;
constexpr std::array kBest{.01, .05, .1, .2, .5};
constexpr std::array<std::string_view, 3> kMeasureNames{"historic", "expected", "profit"};
constexpr std::array<std::string_view, 3> kMeasureFields{"historic_value", "lifetime_value",
                                                         "profit"};
// Bounds of probability, in percent: a customer below 10 % has all but gone, above 90 % is there.
constexpr std::array kAliveBounds{0, 10, 25, 50, 75, 90, 100};
constexpr std::size_t kValueColumns = 6;

std::string number_text(std::int64_t ten_thousandths) {
  return base::to_text(base::Decimal::of(ten_thousandths, 4));
}

base::Result<std::vector<std::int64_t>> amounts(Figure& figure, Measure measure) {
  std::vector<std::int64_t> all;
  const auto name = std::string(kMeasureNames[static_cast<std::size_t>(measure)]);
  auto done = read_rows(figure.tx(), figure.copy_sql("copy_amounts", {{"measure", name}}),
                        [&](const BinaryRow& row) { all.push_back(row.ten_thousandths(0)); });
  if (!done) return std::unexpected(done.error());
  return all;
}

Json open_amounts(const Figure& figure, Measure measure, std::int64_t from, std::int64_t to,
                  bool last) {
  const auto index = static_cast<std::size_t>(measure);
  if (figure.filter().sayable()) {
    const auto field = kMeasureFields[index];
    return figure.open_where(fmt::format("{} >= {} and {} {} {}", field, figure.money(from), field,
                                         last ? "<=" : "<", figure.money(to)));
  }
  return figure.open_set(fmt::format("amount_{}", kMeasureNames[index]),
                         {number_text(from), number_text(to), last ? "true" : "false"});
}

base::Result<void> persons_alone(const Figure& figure) {
  if (!figure.filter().companies) return {};
  return base::refuse(base::ProblemKind::invalid, "insight.persons_only",
                      "This figure is of persons alone.");
}

}  // namespace

base::Result<Json> value_figure(Figure figure, Measure measure) {
  auto json = figure.head(measure == Measure::profit ? Rests::on_costs : Rests::on_orders);
  if (!json) return json;
  const auto all = amounts(figure, measure);
  if (!all) return std::unexpected(all.error());
  const auto spread = analytics::distribution(*all, kBins);
  if (!spread) return std::unexpected(spread.error());
  (*json)["measure"] = kMeasureNames[static_cast<std::size_t>(measure)];
  (*json)["count"] = spread->count;
  (*json)["total"] = amount_of(spread->total);
  (*json)["mean"] = amount_of(spread->mean);
  (*json)["median"] = amount_of(spread->median);
  (*json)["bins"] = Json::array();
  for (std::size_t i = 0; i < spread->bins.size(); ++i) {
    const auto& bin = spread->bins[i];
    (*json)["bins"].push_back(
        {{"from", amount_of(bin.from)},
         {"to", amount_of(bin.to)},
         {"count", bin.count},
         {"sum", amount_of(bin.sum)},
         {"open", open_amounts(figure, measure, bin.from, bin.to, i + 1 == spread->bins.size())}});
  }
  return json;
}

base::Result<Json> whale_figure(Figure figure) {
  auto json = figure.head(Rests::on_orders);
  if (!json) return json;
  const auto all = amounts(figure, Measure::historic);
  if (!all) return std::unexpected(all.error());
  const auto curve = analytics::whale_curve(*all, kBest);
  if (!curve && curve.error().code.starts_with("analytics.")) {
    (*json)["points"] = Json::array();
    (*json)["peak"] = nullptr;
    (*json)["negative"] = {
        {"count", 0}, {"sum", 0}, {"open", figure.open_set("below_historic", {"0"})}};
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
  (*json)["negative"] = {
      {"count", curve->negative_count},
      {"sum", amount_of(curve->negative_sum)},
      {"open", figure.filter().sayable() ? figure.open_where("historic_value < 0")
                                         : figure.open_set("below_historic", {"0"})}};
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

base::Result<Json> rfm_figure(Figure figure) {
  if (auto fits = persons_alone(figure); !fits) return std::unexpected(fits.error());
  auto json = figure.head(Rests::on_orders);
  if (!json) return json;
  struct Cell {
    std::int64_t count = 0, sum = 0;
  };
  std::map<std::string, Cell> cells;
  auto done = read_rows(figure.tx(), figure.copy_sql("copy_cells"), [&](const BinaryRow& row) {
    auto& cell = cells[std::string(row.text(0).substr(0, 2))];
    cell.count += row.integer(1);
    cell.sum += row.ten_thousandths(2);
  });
  if (!done) return std::unexpected(done.error());
  (*json)["cells"] = Json::array();
  for (const auto& [name, cell] : cells) {
    const auto open = figure.filter().sayable()
                          ? figure.open_where(fmt::format("rfm_cell starts with '{}'", name))
                          : figure.open_set("cell", {name});
    (*json)["cells"].push_back(
        {{"recency", name[0] - '0'},
         {"frequency", name[1] - '0'},
         {"count", cell.count},
         {"sum", amount_of(cell.sum)},
         {"mean", share_of(amount_of(cell.sum), static_cast<double>(cell.count))},
         {"open", open}});
  }
  const auto basis = Refresh::basis(figure.tx());
  if (!basis) return std::unexpected(basis.error());
  (*json)["bounds"] = nullptr;
  if (*basis && (*basis)->second.bounds) {
    const auto& bounds = *(*basis)->second.bounds;
    Json days = Json::array(), money = Json::array();
    for (const auto day : bounds.recency) days.push_back(base::to_text(base::Date{day}));
    for (const auto amount : bounds.money) money.push_back(amount_of(amount));
    (*json)["bounds"] = {{"recency", days}, {"frequency", bounds.frequency}, {"money", money}};
  }
  return json;
}

base::Result<Json> two_by_two_figure(Figure figure) {
  auto json = figure.head(Rests::on_costs);
  if (!json) return json;
  std::vector<std::int64_t> current, future;
  auto done =
      read_rows(figure.tx(), figure.copy_sql("copy_current_future"), [&](const BinaryRow& row) {
        current.push_back(row.ten_thousandths(0));
        future.push_back(row.ten_thousandths(1));
      });
  if (!done) return std::unexpected(done.error());
  (*json)["bounds"] = nullptr;
  (*json)["cells"] = Json::array();
  if (current.empty()) return json;
  const auto made = analytics::two_by_two(current, future);
  if (!made) return std::unexpected(made.error());
  (*json)["bounds"] = {{"current", amount_of(made->current_bound)},
                       {"future", amount_of(made->future_bound)}};
  for (const std::size_t high : {0U, 1U}) {
    for (const std::size_t later : {0U, 1U}) {
      const auto& quarter = made->quarters[high][later];
      const auto open =
          figure.filter().sayable()
              ? figure.open_where(fmt::format("profit {} {} and lifetime_value {} {}",
                                              high ? ">" : "<=", figure.money(made->current_bound),
                                              later ? ">" : "<=", figure.money(made->future_bound)))
              : figure.open_set("quarter",
                                {number_text(made->current_bound), number_text(made->future_bound),
                                 high ? "true" : "false", later ? "true" : "false"});
      (*json)["cells"].push_back({{"current", high ? "high" : "low"},
                                  {"future", later ? "high" : "low"},
                                  {"count", quarter.count},
                                  {"current_sum", amount_of(quarter.current_sum)},
                                  {"future_sum", amount_of(quarter.future_sum)},
                                  {"open", open}});
    }
  }
  return json;
}

namespace {

struct AlivePoint {
  base::Id id;
  std::int64_t alive = 0, value = 0;  // percent and money, in ten-thousandths
};

// Bounds between columns of about as many customers each, and one above all.
std::vector<std::int64_t> value_bounds(const std::vector<AlivePoint>& points) {
  std::vector<std::int64_t> values;
  for (const auto& point : points) values.push_back(point.value);
  std::ranges::sort(values);
  std::vector<std::int64_t> bounds{std::min<std::int64_t>(0, values.empty() ? 0 : values[0])};
  for (std::size_t i = 1; i < kValueColumns && !values.empty(); ++i) {
    bounds.push_back(values[values.size() * i / kValueColumns]);
  }
  bounds.push_back((values.empty() ? 0 : values.back()) + 1);
  const auto [from, until] = std::ranges::unique(bounds);
  bounds.erase(from, until);
  return bounds;
}

Json alive_cell(const Figure& figure, std::size_t row, const std::vector<std::int64_t>& bounds,
                std::size_t column, std::int64_t count, std::int64_t sum) {
  constexpr std::int64_t unit = 10'000;
  constexpr double percent = 100;
  // The last row holds 100 % as well; one ten-thousandth above it nobody is.
  const auto from = kAliveBounds[row] * unit;
  const bool last = row + 2 == kAliveBounds.size();
  const auto to = kAliveBounds[row + 1] * unit + (last ? 1 : 0);
  const auto open =
      figure.filter().sayable()
          ? figure.open_where(fmt::format(
                "probability_alive >= {} and probability_alive < {} and lifetime_value >= {} and "
                "lifetime_value < {}",
                number_text(from), number_text(to), figure.money(bounds[column]),
                figure.money(bounds[column + 1])))
          : figure.open_set("alive",
                            {number_text(from), number_text(to), number_text(bounds[column]),
                             number_text(bounds[column + 1])});
  return {{"alive_from", kAliveBounds[row] / percent},
          {"alive_to", kAliveBounds[row + 1] / percent},
          {"value_from", amount_of(bounds[column])},
          {"value_to", amount_of(bounds[column + 1])},
          {"count", count},
          {"sum", amount_of(sum)},
          {"open", open}};
}

base::Result<Json> drawn_points(Figure& figure, const std::vector<AlivePoint>& points) {
  Json drawn = Json::array();
  const auto step = std::max<std::size_t>(1, (points.size() + kPointsMax - 1) / kPointsMax);
  std::vector<base::Id> ids;
  for (std::size_t i = 0; i < points.size(); i += step) ids.push_back(points[i].id);
  const auto rows = figure.tx().run({"insight.titles", figure_sql("titles_of_persons")},
                                    store::Params().ids(ids));
  if (!rows) return std::unexpected(store::as_problem(rows.error()));
  std::map<base::Id, std::string> titles;
  for (std::size_t i = 0; i < rows->size(); ++i) titles[rows->id(i, 0)] = rows->text(i, 1);
  constexpr double whole = 1'000'000;  // 100 % in ten-thousandths
  for (std::size_t i = 0; i < points.size(); i += step) {
    drawn.push_back({{"id", base::to_text(points[i].id)},
                     {"title", titles[points[i].id]},
                     {"alive", static_cast<double>(points[i].alive) / whole},
                     {"value", amount_of(points[i].value)}});
  }
  return drawn;
}

}  // namespace

base::Result<Json> alive_figure(Figure figure) {
  if (auto fits = persons_alone(figure); !fits) return std::unexpected(fits.error());
  auto json = figure.head(Rests::on_orders);
  if (!json) return json;
  std::vector<AlivePoint> points;
  auto done = read_rows(figure.tx(), figure.copy_sql("copy_alive"), [&](const BinaryRow& row) {
    points.push_back({row.id(0), row.ten_thousandths(1), row.ten_thousandths(2)});
  });
  if (!done) return std::unexpected(done.error());
  std::ranges::sort(points, {}, &AlivePoint::id);
  const auto bounds = value_bounds(points);
  struct Cell {
    std::int64_t count = 0, sum = 0;
  };
  std::map<std::pair<std::size_t, std::size_t>, Cell> cells;
  constexpr std::int64_t unit = 10'000;
  for (const auto& point : points) {
    std::size_t row = 0;
    while (row + 2 < kAliveBounds.size() && point.alive >= kAliveBounds[row + 1] * unit) ++row;
    const auto column =
        static_cast<std::size_t>(std::ranges::upper_bound(bounds, point.value) - bounds.begin()) -
        1;
    auto& cell = cells[{row, column}];
    ++cell.count;
    cell.sum += point.value;
  }
  (*json)["cells"] = Json::array();
  for (const auto& [place, cell] : cells) {
    (*json)["cells"].push_back(
        alive_cell(figure, place.first, bounds, place.second, cell.count, cell.sum));
  }
  auto drawn = drawn_points(figure, points);
  if (!drawn) return std::unexpected(drawn.error());
  (*json)["points"] = *std::move(drawn);
  return json;
}

base::Result<Json> next_offers_figure(Figure figure) {
  if (auto fits = persons_alone(figure); !fits) return std::unexpected(fits.error());
  auto json = figure.head(Rests::on_products);
  if (!json) return json;
  std::vector<std::pair<std::int64_t, base::Id>> counts;
  auto done = read_rows(figure.tx(), figure.copy_sql("copy_offers"), [&](const BinaryRow& row) {
    counts.emplace_back(row.integer(1), row.id(0));
  });
  if (!done) return std::unexpected(done.error());
  std::ranges::sort(counts, std::greater());
  std::vector<base::Id> ids;
  for (const auto& [count, id] : counts) ids.push_back(id);
  const auto rows =
      figure.tx().run({"insight.offers", figure_sql("offer_titles")}, store::Params().ids(ids));
  if (!rows) return std::unexpected(store::as_problem(rows.error()));
  std::map<base::Id, std::size_t> at;
  for (std::size_t i = 0; i < rows->size(); ++i) at[rows->id(i, 0)] = i;
  (*json)["products"] = Json::array();
  for (const auto& [count, id] : counts) {
    if (!at.contains(id)) continue;
    const auto text = rows->text(at[id], 2);
    const auto open = figure.filter().sayable()
                          ? figure.open_where(fmt::format("next_offer = '{}'", base::to_text(id)))
                          : figure.open_set("offer", {base::to_text(id)});
    (*json)["products"].push_back(
        {{"product", base::to_text(id)},
         {"title", rows->text(at[id], 1)},
         {"count", count},
         {"mean_lift", text.empty() ? Json() : Json(std::stod(std::string(text)))},
         {"open", open}});
  }
  return json;
}

}  // namespace rapport::crm
