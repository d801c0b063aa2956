// Probability of being a customer still against value.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "base/json.hpp"
#include "crm/insight/facts/binary_rows.hpp"
#include "crm/insight/figures/figure.hpp"

namespace rapport::crm {
namespace {

using base::Json;

constexpr std::size_t kPointsMax = 1000;
// Bounds of probability, in percent: a customer below 10 % has all but gone, above 90 % is there.
constexpr std::array kAliveBounds{0, 10, 25, 50, 75, 90, 100};
constexpr std::size_t kValueColumns = 6;

struct AlivePoint {
  base::Id id;
  std::int64_t alive = 0, value = 0;  // percent and money, in ten-thousandths
};

// Bounds between columns of about as many customers each, and one above all.
std::vector<std::int64_t> value_bounds(const std::vector<AlivePoint>& points) {
  std::vector<std::int64_t> values;
  values.reserve(points.size());
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
  auto json = figure.head_of_persons(Rests::on_orders);
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

}  // namespace rapport::crm
