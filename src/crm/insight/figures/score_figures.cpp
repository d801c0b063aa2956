// Figures of scores as they are now: cells, two by two, offers; and where customers live.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "analytics/value/spread.hpp"
#include "base/json.hpp"
#include "crm/insight/facts/binary_rows.hpp"
#include "crm/insight/figures/figure.hpp"
#include "crm/insight/refresh/refresh.hpp"

namespace rapport::crm {
using base::Json;

base::Result<Json> rfm_figure(Figure figure) {
  auto json = figure.head_of_persons(Rests::on_orders);
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
         {"mean", amount_of(std::llround(
                      share_of(static_cast<double>(cell.sum), static_cast<double>(cell.count))))},
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

base::Result<Json> next_offers_figure(Figure figure) {
  auto json = figure.head_of_persons(Rests::on_products);
  if (!json) return json;
  std::vector<std::pair<std::int64_t, base::Id>> counts;
  auto done = read_rows(figure.tx(), figure.copy_sql("copy_offers"), [&](const BinaryRow& row) {
    counts.emplace_back(row.integer(1), row.id(0));
  });
  if (!done) return std::unexpected(done.error());
  std::ranges::sort(counts, std::greater());
  std::map<base::Id, double> lifts;
  done = read_rows(figure.tx(), figure.copy_sql("copy_offer_lifts"), [&](const BinaryRow& row) {
    lifts[row.id(0)] = amount_of(row.ten_thousandths(1));
  });
  if (!done) return std::unexpected(done.error());
  std::vector<base::Id> ids;
  ids.reserve(counts.size());
  for (const auto& [count, id] : counts) ids.push_back(id);
  const auto rows = figure.tx().run({"insight.product_titles", figure_sql("product_titles")},
                                    store::Params().ids(ids));
  if (!rows) return std::unexpected(store::as_problem(rows.error()));
  std::map<base::Id, std::string> titles;
  for (std::size_t i = 0; i < rows->size(); ++i) titles[rows->id(i, 0)] = rows->text(i, 1);
  (*json)["products"] = Json::array();
  for (const auto& [count, id] : counts) {
    if (!titles.contains(id)) continue;
    const auto lift = lifts.find(id);
    const auto open = figure.filter().sayable()
                          ? figure.open_where(fmt::format("next_offer = '{}'", base::to_text(id)))
                          : figure.open_set("offer", {base::to_text(id)});
    (*json)["products"].push_back({{"product", base::to_text(id)},
                                   {"title", titles[id]},
                                   {"count", count},
                                   {"mean_lift", lift == lifts.end() ? Json() : Json(lift->second)},
                                   {"open", open}});
  }
  return json;
}

base::Result<Json> countries_figure(Figure figure) {
  auto json = figure.head(Rests::on_orders);
  if (!json) return json;
  const auto statement = fmt::format("copy_{}_countries", figure.filter().subject());
  std::vector<std::pair<std::int64_t, std::string>> countries;
  auto done = read_rows(figure.tx(), figure.copy_sql(statement), [&](const BinaryRow& row) {
    if (!row.text(0).empty()) countries.emplace_back(row.integer(1), row.text(0));
  });
  if (!done) return std::unexpected(done.error());
  std::ranges::sort(countries, [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  });
  (*json)["countries"] = Json::array();
  for (const auto& [count, country] : countries) {
    const auto open = figure.filter().sayable()
                          ? figure.open_where(fmt::format("address.country = '{}'", country))
                          : figure.open_set("country", {country});
    (*json)["countries"].push_back({{"country", country}, {"count", count}, {"open", open}});
  }
  return json;
}

}  // namespace rapport::crm
