// Figures of orders over time: cohorts, and who stayed, left and came back.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "analytics/value/cohorts.hpp"
#include "base/json.hpp"
#include "crm/insight/churn/churn_warning.hpp"
#include "crm/insight/facts/binary_rows.hpp"
#include "crm/insight/facts/facts.hpp"
#include "crm/insight/figures/figure.hpp"

namespace rapport::crm {
namespace {

using analytics::Period;
using base::Json;

// The orders of a filter, customers numbered as they come.
struct Bought {
  IdIndex customers;
  std::vector<std::uint32_t> customer;
  std::vector<std::int32_t> day;
  std::vector<std::int64_t> amount;

  [[nodiscard]] analytics::Orders orders() const {
    return {.customers = customers.size(), .customer = customer, .day = day, .amount = amount};
  }
};

base::Result<Bought> bought(Figure& figure) {
  Bought all;
  Days days(figure.filter().zone);
  auto done = read_rows(figure.tx(), figure.copy_sql("copy_bought"), [&](const BinaryRow& row) {
    all.customer.push_back(all.customers.add(row.id(0)));
    all.day.push_back(days.of(row.instant(1)));
    all.amount.push_back(row.ten_thousandths(2));
  });
  if (!done) return std::unexpected(done.error());
  return all;
}

// The moments that periods begin, in the organisation's zone. Each is asked for by many marks, and
// the calendar is slow.
class Begins {
 public:
  Begins(std::string zone, Period kind) : zone_(std::move(zone)), kind_(kind) {}

  const std::string& operator[](std::int32_t period) {
    auto& text = texts_[period];
    if (text.empty()) {
      const base::Date day{analytics::first_day_of(period, kind_)};
      text = base::to_text(base::start_of_day(day, zone_));
    }
    return text;
  }

 private:
  std::string zone_;
  Period kind_;
  std::map<std::int32_t, std::string> texts_;
};

Json open_cohort(const Figure& figure, Begins& begins, std::int32_t cohort, std::int32_t active) {
  return figure.open_set("cohort",
                         {begins[cohort], begins[cohort + 1], begins[active], begins[active + 1]});
}

// `activity`: "active", "retained" …
Json open_period(const Figure& figure, Begins& begins, std::int32_t period,
                 std::string_view activity) {
  return figure.open_set(activity, {begins[period], begins[period + 1], begins[period - 1]});
}

// Why customers with a warning seem about to go today, by how many; one may have several reasons.
base::Result<Json> reasons_json(Figure& figure) {
  std::map<std::string, std::int64_t, std::less<>> counts;
  auto done = read_rows(figure.tx(), figure.copy_sql("copy_warned"), [&](const BinaryRow& row) {
    counts[std::string(row.text(0))] = row.integer(1);
  });
  if (!done) return std::unexpected(done.error());
  const std::map<std::string_view, std::string_view> words{
      {"silence", "Silent for longer than their own rhythm explains"},
      {"fading", "Probably no customers any more"},
      {"returns", "Gave back much of what they bought"},
      {"unresolved", "Interactions left unresolved"},
      {"falling", "Spend less than before"}};
  Json reasons = Json::array();
  for (const auto code : churn_warning_codes) {
    const auto at = counts.find(code);
    if (at == counts.end()) continue;
    reasons.push_back({{"code", code},
                       {"text", words.at(code)},
                       {"count", at->second},
                       {"open", figure.open_set("warned", {std::string(code)})}});
  }
  return reasons;
}

}  // namespace

base::Result<Json> cohorts_figure(Figure figure, bool quarters) {
  auto json = figure.head(Rests::on_orders);
  if (!json) return json;
  const auto kind = quarters ? Period::quarter : Period::month;
  Begins begins(figure.filter().zone, kind);
  const auto all = bought(figure);
  if (!all) return std::unexpected(all.error());
  const auto made = analytics::cohorts(all->orders(), {.period = kind, .range = {}});
  if (!made) return std::unexpected(made.error());
  (*json)["period"] = quarters ? "quarter" : "month";
  (*json)["cohorts"] = Json::array();
  for (std::size_t cohort = 0; cohort < made->periods; ++cohort) {
    const auto size = made->at(cohort, 0).customers;
    if (size == 0) continue;
    const auto number = made->first + static_cast<std::int32_t>(cohort);
    Json cells = Json::array();
    for (std::size_t offset = 0; offset < made->periods - cohort; ++offset) {
      const auto& cell = made->at(cohort, offset);
      const auto active = number + static_cast<std::int32_t>(offset);
      cells.push_back({{"offset", offset},
                       {"period", analytics::period_text(active, kind)},
                       {"count", cell.customers},
                       {"share", share_of(cell.customers, size)},
                       {"sum", amount_of(cell.money)},
                       {"open", open_cohort(figure, begins, number, active)}});
    }
    (*json)["cohorts"].push_back({{"period", analytics::period_text(number, kind)},
                                  {"size", size},
                                  {"open", open_cohort(figure, begins, number, number)},
                                  {"cells", std::move(cells)}});
  }
  return json;
}

base::Result<Json> retention_figure(Figure figure, bool quarters) {
  auto json = figure.head(Rests::on_orders);
  if (!json) return json;
  const auto kind = quarters ? Period::quarter : Period::month;
  Begins begins(figure.filter().zone, kind);
  const auto all = bought(figure);
  if (!all) return std::unexpected(all.error());
  const auto rows = analytics::retention(all->orders(), {.period = kind, .range = {}});
  if (!rows) return std::unexpected(rows.error());
  (*json)["period"] = quarters ? "quarter" : "month";
  (*json)["periods"] = Json::array();
  for (const auto& row : *rows) {
    const auto before = row.retained + row.defected;
    (*json)["periods"].push_back(
        {{"period", analytics::period_text(row.period, kind)},
         {"active", row.active},
         {"new", row.fresh},
         {"retained", row.retained},
         {"defected", row.defected},
         {"won_back", row.won_back},
         {"retention", before > 0 ? Json(share_of(row.retained, before)) : Json()},
         {"open",
          {{"active", open_period(figure, begins, row.period, "active")},
           {"retained", open_period(figure, begins, row.period, "retained")},
           {"defected", open_period(figure, begins, row.period, "defected")},
           {"won_back", open_period(figure, begins, row.period, "won_back")},
           {"new", open_period(figure, begins, row.period, "new")}}}});
  }
  (*json)["reasons"] = Json::array();
  if (figure.filter().companies) return json;
  auto reasons = reasons_json(figure);
  if (!reasons) return std::unexpected(reasons.error());
  (*json)["reasons"] = *std::move(reasons);
  return json;
}

}  // namespace rapport::crm
