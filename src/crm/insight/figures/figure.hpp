// Figures: what insight shows of all customers together. Each is read in one transaction with a few
// statements, worked out by `analytics`, and given as JSON, where every mark says how many
// customers stand behind it and what opens their list: a condition where one can say it, else a
// set, which is a named statement with its parameters, made from the same parts as the figure's
// own.
//
// A filter chooses customers (or companies): those in a country, and those who bought within some
// days, or some product, or both. Figures over time and money count only those orders then; scores
// are scores of the whole customer whatever the filter.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/id.hpp"
#include "base/instant.hpp"
#include "base/json_fwd.hpp"
#include "base/problem.hpp"
#include "crm/insight/figures/rights.hpp"
#include "crm/insight/insight_sql.hpp"
#include "entity/policy.hpp"
#include "store/database.hpp"

namespace rapport::entity {
class Road;
}

namespace rapport::crm {

struct FigureFilter {
  std::optional<base::Date> from, until;  // both included
  bool companies = false;                 // else persons
  std::optional<base::Id> product;
  std::string country;  // ISO 3166-1; empty: all
  std::string zone = "UTC", currency = "EUR";

  [[nodiscard]] std::string_view subject() const { return companies ? "company" : "person"; }
  [[nodiscard]] std::string_view plural() const { return companies ? "companies" : "persons"; }
  [[nodiscard]] bool by_days() const { return from || until; }
  // Whether an expression can say which customers these are.
  [[nodiscard]] bool sayable() const { return !by_days() && !product; }
};

// What a figure may take of the database, so that none holds a worker for good: the figures over
// time of ten million orders take some ten seconds of it on two cores.
inline constexpr base::Duration figure_time_max = base::seconds(60);
// What each hash or sort of it may take of the database's memory: all customers of half a million.
inline constexpr std::string_view figure_memory = "32MB";

// Parameters of a set in text form.
using SetParameters = std::vector<std::string>;

// One reading of a figure: its transaction, its filter, and what marks open.
class Figure {
 public:
  [[nodiscard]] static base::Result<Figure> of(entity::Road& road, entity::Caller caller,
                                               FigureFilter filter);

  [[nodiscard]] const FigureFilter& filter() const { return filter_; }
  [[nodiscard]] store::Transaction& tx() { return tx_; }
  // "customers" → the statements of the filter's subject, with `more` besides.
  [[nodiscard]] Chosen chosen(Chosen more = {}) const;
  // The statement with the filter's parameters written out.
  [[nodiscard]] std::string copy_sql(std::string_view name, Chosen more = {}) const;

  // {"as_of", "currency", "subject"}; refused (insight.forbidden) to who may not read all that the
  // figure rests on, filter included.
  [[nodiscard]] base::Result<base::Json> head(Rests rests);
  // Refused besides (insight.persons_only) where the filter is of companies.
  [[nodiscard]] base::Result<base::Json> head_of_persons(Rests rests);
  // {"plural", "where"}: the condition, and the filter's country and whether one is a customer.
  [[nodiscard]] base::Json open_where(const std::string& condition) const;
  // {"plural", "set"}
  [[nodiscard]] base::Json open_set(std::string_view set, const SetParameters& mark) const;
  // "12.5 EUR", as conditions have it.
  [[nodiscard]] std::string money(std::int64_t ten_thousandths) const;

 private:
  Figure(const entity::Road& road, entity::Caller caller, store::Transaction tx,
         FigureFilter filter)
      : road_(road), caller_(std::move(caller)), tx_(std::move(tx)), filter_(std::move(filter)) {}

  const entity::Road& road_;
  entity::Caller caller_;
  store::Transaction tx_;
  FigureFilter filter_;
};

// A figure's amount as JSON: a number in the currency.
[[nodiscard]] double amount_of(std::int64_t ten_thousandths);
[[nodiscard]] std::string number_text(std::int64_t ten_thousandths);  // "12.5", for a set
[[nodiscard]] double share_of(double part, double whole);             // 0 of nothing

// "ES": two capital letters, whether there is such a country or not.
[[nodiscard]] bool is_country_code(std::string_view text);

// The parameters of a filter, $1 to $7.
[[nodiscard]] SetParameters parameters_of(const FigureFilter& filter);

// ---- The figures; each gives the whole answer ------------------------------------------------
enum class Measure { historic, expected, profit };
[[nodiscard]] std::optional<Measure> measure_named(std::string_view name);
[[nodiscard]] std::string_view name_of(Measure measure);
[[nodiscard]] std::string_view field_of(Measure measure);  // "historic_value"

[[nodiscard]] base::Result<base::Json> value_figure(Figure figure, Measure measure);
[[nodiscard]] base::Result<base::Json> whale_figure(Figure figure);
[[nodiscard]] base::Result<base::Json> rfm_figure(Figure figure);
[[nodiscard]] base::Result<base::Json> alive_figure(Figure figure);
[[nodiscard]] base::Result<base::Json> two_by_two_figure(Figure figure);
[[nodiscard]] base::Result<base::Json> cohorts_figure(Figure figure, bool quarters);
[[nodiscard]] base::Result<base::Json> retention_figure(Figure figure, bool quarters);
enum class ProfitBy { customer_country, channel, month, lifecycle, rfm_cell };
[[nodiscard]] std::optional<ProfitBy> profit_by_named(std::string_view name);
[[nodiscard]] std::string_view name_of(ProfitBy by);
[[nodiscard]] base::Result<base::Json> profitability_figure(Figure figure, ProfitBy by);
[[nodiscard]] base::Result<base::Json> next_offers_figure(Figure figure);
[[nodiscard]] base::Result<base::Json> countries_figure(Figure figure);

}  // namespace rapport::crm
