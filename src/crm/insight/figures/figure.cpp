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
constexpr std::array<std::string_view, 4> kProfitBy{"customer_country", "channel", "month",
                                                    "lifecycle"};

}  // namespace

std::optional<Measure> measure_named(std::string_view name) {
  const auto at = std::ranges::find(kMeasures, name);
  if (at == kMeasures.end()) return std::nullopt;
  return static_cast<Measure>(at - kMeasures.begin());
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

double share_of(double part, double whole) {
  return whole == 0 ? 0 : part / whole;
}

SetParameters parameters_of(const FigureFilter& filter) {
  constexpr base::CivilDate earliest{1, 1, 1}, latest{9999, 12, 31};
  const auto from = filter.from ? base::start_of_day(*filter.from, filter.zone)
                                : base::start_of_day(base::date_of(earliest), "UTC");
  const auto until = filter.until
                         ? base::start_of_day(base::plus_days(*filter.until, 1), filter.zone)
                         : base::start_of_day(base::date_of(latest), "UTC");
  return {base::to_text(from), base::to_text(until),
          filter.product ? base::to_text(*filter.product) : "", filter.country, filter.currency};
}

base::Result<Figure> Figure::of(entity::Road& road, entity::Caller caller, FigureFilter filter) {
  auto tx = road.pool().begin(store::Mode::read_only);
  if (!tx) return std::unexpected(tx.error());
  const auto parameters = parameters_of(filter);
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const auto name = fmt::format("rapport.p{}", i + 1);
    if (auto done = set_local(*tx, {{name, parameters[i]}}); !done) {
      return std::unexpected(done.error());
    }
  }
  return Figure(road, std::move(caller), *std::move(tx), std::move(filter));
}

Chosen Figure::chosen(Chosen more) const {
  more = chosen_of(filter_.companies, !filter_.sayable(), filter_.product.has_value(),
                   std::move(more));
  return more;
}

std::string Figure::copy_sql(std::string_view name, Chosen more) const {
  auto sql = figure_sql(name, chosen(std::move(more)));
  for (std::size_t n = 1; n <= parameters_of(filter_).size(); ++n) {
    const auto mark = fmt::format("${}::", n);
    const auto put = fmt::format("current_setting('rapport.p{}')::", n);
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

base::Json Figure::open_where(const std::string& condition) const {
  std::string where = "orders_count > 0";
  if (!filter_.country.empty())
    where += fmt::format(" and address.country = '{}'", filter_.country);
  if (!condition.empty()) where += " and " + condition;
  return {{"plural", filter_.plural()}, {"where", where}};
}

base::Json Figure::open_set(std::string_view set, const SetParameters& mark) const {
  auto parameters = parameters_of(filter_);
  parameters.insert(parameters.end(), mark.begin(), mark.end());
  const auto name =
      set_name(set, filter_.companies, !filter_.sayable(), filter_.product.has_value());
  return {{"plural", filter_.plural()}, {"set", token_of(name, parameters)}};
}

std::string Figure::money(std::int64_t ten_thousandths) const {
  return base::to_text(base::Decimal::of(ten_thousandths, kMoneyDigits)) + " " + filter_.currency;
}

}  // namespace rapport::crm
