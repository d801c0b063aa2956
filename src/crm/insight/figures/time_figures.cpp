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
#include "crm/insight/figures/kept_cohorts.hpp"
#include "crm/insight/figures/set_names.hpp"

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

// What the marks of a figure open: sets of orders, or of what is kept of customers' months where
// the figure was counted from it.
class Opens {
 public:
  Opens(const Figure& figure, Period kind, bool kept)
      : figure_(figure), kind_(kind), kept_(kept), begins_(figure.filter().zone, kind) {}

  Json cohort(std::int32_t cohort, std::int32_t active) {
    if (kept_) {
      return figure_.open_set(kept_set("cohort"), {month(cohort), month(cohort + 1, -1),
                                                   month(active), month(active + 1, -1)});
    }
    return figure_.open_set(
        "cohort", {begins_[cohort], begins_[cohort + 1], begins_[active], begins_[active + 1]});
  }
  // `activity`: "active", "retained" …
  Json period(std::int32_t period, std::string_view activity) {
    if (kept_) {
      return figure_.open_set(kept_set(activity),
                              {month(period), month(period + 1, -1), month(period - 1)});
    }
    return figure_.open_set(activity, {begins_[period], begins_[period + 1], begins_[period - 1]});
  }

 private:
  // The month in which a period begins, or one before it; none before the year 0.
  [[nodiscard]] std::string month(std::int32_t period, std::int32_t after = 0) const {
    const std::int32_t length = kind_ == Period::quarter ? months_a_quarter : 1;
    return fmt::format("{}", std::max(period * length + after, 0));
  }

  const Figure& figure_;
  Period kind_;
  bool kept_;
  Begins begins_;
};

// What a figure over time is counted from: what is kept, else the orders.
struct Sources {
  std::optional<KeptCohorts> kept;
  Bought bought;
};

base::Result<Sources> sources_of(Figure& figure) {
  Sources sources;
  auto kept = KeptCohorts::read(figure);
  if (!kept) return std::unexpected(kept.error());
  sources.kept = *std::move(kept);
  if (sources.kept) return sources;
  auto all = bought(figure);
  if (!all) return std::unexpected(all.error());
  sources.bought = *std::move(all);
  return sources;
}

// By code; a customer may have several.
using Reasons = std::map<std::string, std::int64_t, std::less<>>;

base::Result<Reasons> reasons_of(Figure& figure, const std::optional<KeptCohorts>& kept) {
  Reasons counts;
  if (kept) {
    for (std::size_t n = 0; n < churn_warning_codes.size(); ++n) {
      if (kept->warned().at(n) > 0) {
        counts.emplace(churn_warning_codes.at(n), kept->warned().at(n));
      }
    }
    return counts;
  }
  auto done = read_rows(figure.tx(), figure.copy_sql("copy_warned"), [&](const BinaryRow& row) {
    counts[std::string(row.text(0))] = row.integer(1);
  });
  if (!done) return std::unexpected(done.error());
  return counts;
}

// Why customers with a warning seem about to go today, by how many.
Json reasons_json(const Figure& figure, const Reasons& counts, bool kept) {
  const std::map<std::string_view, std::string_view> words{
      {"silence", "Silent for longer than their own rhythm explains"},
      {"fading", "Probably no customers any more"},
      {"returns", "Gave back much of what they bought"},
      {"unresolved", "Interactions left unresolved"},
      {"falling", "Spend less than before"}};
  Json reasons = Json::array();
  for (std::size_t n = 0; n < churn_warning_codes.size(); ++n) {
    const auto code = churn_warning_codes.at(n);
    const auto at = counts.find(code);
    if (at == counts.end()) continue;
    reasons.push_back({{"code", code},
                       {"text", words.at(code)},
                       {"count", at->second},
                       {"open", kept ? figure.open_set(kept_set("warned"), {fmt::format("{}", n)})
                                     : figure.open_set("warned", {std::string(code)})}});
  }
  return reasons;
}

}  // namespace

base::Result<Json> cohorts_figure(Figure figure, bool quarters) {
  auto json = figure.head(Rests::on_orders);
  if (!json) return json;
  const auto kind = quarters ? Period::quarter : Period::month;
  const auto sources = sources_of(figure);
  if (!sources) return std::unexpected(sources.error());
  const auto& kept = sources->kept;
  Opens opens(figure, kind, kept.has_value());
  const base::Result<analytics::Cohorts> made =
      kept ? kept->cohorts(kind)
           : analytics::cohorts(sources->bought.orders(), {.period = kind, .range = {}});
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
                       {"open", opens.cohort(number, active)}});
    }
    (*json)["cohorts"].push_back({{"period", analytics::period_text(number, kind)},
                                  {"size", size},
                                  {"open", opens.cohort(number, number)},
                                  {"cells", std::move(cells)}});
  }
  return json;
}

base::Result<Json> retention_figure(Figure figure, bool quarters) {
  auto json = figure.head(Rests::on_orders);
  if (!json) return json;
  const auto kind = quarters ? Period::quarter : Period::month;
  const auto sources = sources_of(figure);
  if (!sources) return std::unexpected(sources.error());
  const auto& kept = sources->kept;
  Opens opens(figure, kind, kept.has_value());
  const base::Result<std::vector<analytics::RetentionPeriod>> rows =
      kept ? kept->retention(kind)
           : analytics::retention(sources->bought.orders(), {.period = kind, .range = {}});
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
          {{"active", opens.period(row.period, "active")},
           {"retained", opens.period(row.period, "retained")},
           {"defected", opens.period(row.period, "defected")},
           {"won_back", opens.period(row.period, "won_back")},
           {"new", opens.period(row.period, "new")}}}});
  }
  (*json)["reasons"] = Json::array();
  if (figure.filter().companies) return json;
  const auto reasons = reasons_of(figure, kept);
  if (!reasons) return std::unexpected(reasons.error());
  (*json)["reasons"] = reasons_json(figure, *reasons, kept.has_value());
  return json;
}

}  // namespace rapport::crm
