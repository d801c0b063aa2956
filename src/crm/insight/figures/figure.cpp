#include "crm/insight/figures/figure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/decimal.hpp"
#include "base/json.hpp"
#include "crm/insight/figures/set_names.hpp"
#include "entity/road.hpp"

namespace rapport::crm {
namespace {

constexpr int kMoneyDigits = 4;
constexpr std::array<std::string_view, 3> kMeasures{"historic", "expected", "profit"};
constexpr std::array<std::string_view, 3> kFields{"historic_value", "lifetime_value", "profit"};
constexpr std::array<std::string_view, 5> kProfitBy{"customer_country", "channel", "month",
                                                    "lifecycle", "rfm_cell"};
const base::Date kEarliest = base::date_of({2, 1, 1}), kLatest = base::date_of({9998, 12, 31});

base::Date within_calendars(base::Date day) {
  return {std::clamp(day.days, kEarliest.days, kLatest.days)};
}

// A text as a constant of SQL; the connection has standard_conforming_strings on, so that nothing
// but the quote is special.
std::string constant_of(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') out += c;
    out += c;
  }
  return out + "'";
}

SetShape shape_of(const FigureFilter& filter) {
  return {.companies = filter.companies,
          .by_days = filter.by_days(),
          .by_product = filter.product.has_value(),
          .in_country = !filter.country.empty()};
}

}  // namespace

std::optional<Measure> measure_named(std::string_view name) {
  const auto at = std::ranges::find(kMeasures, name);
  if (at == kMeasures.end()) return std::nullopt;
  return static_cast<Measure>(at - kMeasures.begin());
}

std::string_view name_of(Measure measure) {
  return kMeasures.at(static_cast<std::size_t>(measure));
}

std::string_view field_of(Measure measure) {
  return kFields.at(static_cast<std::size_t>(measure));
}

std::string_view name_of(ProfitBy by) {
  return kProfitBy.at(static_cast<std::size_t>(by));
}

std::optional<ProfitBy> profit_by_named(std::string_view name) {
  const auto at = std::ranges::find(kProfitBy, name);
  if (at == kProfitBy.end()) return std::nullopt;
  return static_cast<ProfitBy>(at - kProfitBy.begin());
}

double amount_of(std::int64_t ten_thousandths) {
  constexpr double unit = 10'000;
  return static_cast<double>(ten_thousandths) / unit;
}

std::string number_text(std::int64_t ten_thousandths) {
  return base::to_text(base::Decimal::of(ten_thousandths, kMoneyDigits));
}

bool is_country_code(std::string_view text) {
  return text.size() == 2 && std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

double share_of(double part, double whole) {
  return whole == 0 ? 0 : part / whole;
}

SetParameters parameters_of(const FigureFilter& filter) {
  // Days without bounds reach as far as calendars do in every zone.
  const auto from = within_calendars(filter.from.value_or(kEarliest));
  const auto until = within_calendars(filter.until.value_or(kLatest));
  return {base::to_text(base::start_of_day(from, filter.zone)),
          base::to_text(base::start_of_day(base::plus_days(until, 1), filter.zone)),
          filter.product ? base::to_text(*filter.product) : "",
          filter.country,
          filter.currency,
          base::to_text(from),
          base::to_text(until)};
}

base::Result<Figure> Figure::of(entity::Road& road, entity::Caller caller, FigureFilter filter) {
  auto tx = road.pool().begin(store::Mode::read_only);
  if (!tx) return std::unexpected(tx.error());
  constexpr std::int64_t us_per_ms = 1000;
  const auto most = fmt::format("{}", figure_time_max.us / us_per_ms);
  // A figure reads all customers, by hash twice as fast as in the order of an index, which the
  // planner prefers since pages cost it little; of a product it reads few.
  if (auto done = set_local(*tx, {{"statement_timeout", most},
                                  {"work_mem", std::string(figure_memory)},
                                  {"enable_mergejoin", "off"},
                                  {"enable_nestloop", filter.product ? "on" : "off"}});
      !done) {
    return std::unexpected(done.error());
  }
  return Figure(road, std::move(caller), *std::move(tx), std::move(filter));
}

Chosen Figure::chosen(Chosen more) const {
  return chosen_of(shape_of(filter_), std::move(more));
}

std::string Figure::copy_sql(std::string_view name, Chosen more) const {
  auto sql = figure_sql(name, chosen(std::move(more)));
  const auto parameters = parameters_of(filter_);
  for (std::size_t n = 1; n <= parameters.size(); ++n) {
    const auto mark = fmt::format("${}::", n);
    const auto put = constant_of(parameters[n - 1]) + "::";
    for (auto at = sql.find(mark); at != std::string::npos; at = sql.find(mark, at + put.size())) {
      sql.replace(at, mark.size(), put);
    }
  }
  return sql;
}

base::Result<base::Json> Figure::head(Rests rests) {
  const auto all = filter_.product ? std::max(rests, Rests::on_products) : rests;
  if (auto may = may_see_figure(*road_.catalog(), caller_, all, filter_.companies); !may) {
    return std::unexpected(may.error());
  }
  const auto rows = tx_.run({"insight.as_of", figure_sql("as_of")});
  if (!rows) return std::unexpected(store::as_problem(rows.error()));
  base::Json json{
      {"as_of", nullptr}, {"currency", filter_.currency}, {"subject", filter_.subject()}};
  if (rows->size() > 0) json["as_of"] = base::to_text(rows->instant(0, 0));
  return json;
}

base::Result<base::Json> Figure::head_of_persons(Rests rests) {
  if (filter_.companies) {
    return base::refuse(base::ProblemKind::invalid, "insight.persons_only",
                        "This figure is of persons alone.");
  }
  return head(rests);
}

base::Json Figure::open_where(const std::string& condition) const {
  std::string where = "historic_value is not empty";
  if (!filter_.country.empty())
    where += fmt::format(" and address.country = '{}'", filter_.country);
  if (!condition.empty()) where += " and " + condition;
  return {{"plural", filter_.plural()}, {"where", where}};
}

base::Json Figure::open_set(std::string_view set, const SetParameters& mark) const {
  auto parameters = parameters_of(filter_);
  parameters.insert(parameters.end(), mark.begin(), mark.end());
  return {{"plural", filter_.plural()},
          {"set", token_of(set_name(set, shape_of(filter_)), parameters)}};
}

std::string Figure::money(std::int64_t ten_thousandths) const {
  return number_text(ten_thousandths) + " " + filter_.currency;
}

}  // namespace rapport::crm
