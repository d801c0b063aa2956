#include "crm/insight/figures/set_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <stdexcept>

#include "crm/insight/figures/rights.hpp"

namespace rapport::crm {
namespace {

using entity::SetParameter;
using Types = std::vector<SetParameter>;

// A kind of set: its statement, what stands for which places in it, what its mark says, and what it
// rests on, as its figure does.
struct SetKind {
  std::string_view name, statement;
  Chosen put;  // "measure" → "historic"
  Types mark;
  Rests rests = Rests::on_orders;
  bool of_companies = true;  // else of persons alone, since companies have no such score
  // Of active months: they know neither the days of orders nor products.
  bool kept = false;
};

constexpr auto kNumber = SetParameter::decimal;
constexpr auto kCount = SetParameter::count;
constexpr auto kText = SetParameter::text;
constexpr auto kYes = SetParameter::boolean;
constexpr auto kMoment = SetParameter::instant;
constexpr auto kOrders = Rests::on_orders;
constexpr auto kProducts = Rests::on_products;
constexpr auto kCosts = Rests::on_costs;

Chosen measured(std::string_view by) {
  return {{"measure", std::string(by)}};
}

Chosen active(std::string_view how) {
  return {{"activity", std::string(how)}};
}

SetKind kept(std::string_view name, std::string_view statement, Chosen put, Types mark) {
  return {name, statement, std::move(put), std::move(mark), kOrders, false, true};
}

const std::vector<SetKind>& kinds() {
  static const Types period{kMoment, kMoment, kMoment};
  static const Types months{kCount, kCount, kCount};
  static const std::vector<SetKind> all{
      {"amount_historic", "set_amount", measured("historic"), {kNumber, kNumber}},
      {"amount_expected", "set_amount", measured("expected"), {kNumber, kNumber}},
      {"amount_profit", "set_amount", measured("profit"), {kNumber, kNumber}, kCosts},
      {"below_historic", "set_below", measured("historic"), {kNumber}},
      {"best_historic", "set_best", measured("historic"), {SetParameter::count}},
      {"cell", "set_cell", {}, {kText}, kOrders, false},
      {"alive", "set_alive", {}, {kNumber, kNumber, kNumber, kNumber}, kOrders, false},
      {"quarter", "set_quarter", {}, {kNumber, kNumber, kYes, kYes}, kCosts},
      {"offer", "set_offer", {}, {SetParameter::id}, kProducts, false},
      {"profit_customer_country",
       "set_profit",
       grouped("customer_country"),
       {kText},
       kCosts,
       false},
      {"profit_channel", "set_profit", grouped("channel"), {kText}, kCosts, false},
      {"profit_month", "set_profit", grouped("month"), {kText}, kCosts, false},
      {"profit_lifecycle", "set_profit", grouped("lifecycle"), {kText}, kCosts, false},
      {"profit_rfm_cell", "set_profit", grouped("rfm_cell"), {kText}, kCosts, false},
      {"warned", "set_warned", {}, {kText}, kOrders, false},
      {"without_orders", "set_without_orders", grouped("channel"), {}, kCosts, false},
      {"country", "set_country", {}, {kText}},
      {"cohort", "set_cohort", {}, {kMoment, kMoment, kMoment, kMoment}},
      {"active", "set_period", active("was_active"), period},
      {"retained", "set_period", active("was_retained"), period},
      {"defected", "set_period", active("had_defected"), period},
      {"won_back", "set_period", active("was_won_back"), period},
      {"new", "set_period", active("was_new"), period},
      kept("cohort", "set_kept_cohort", {}, {kCount, kCount, kCount, kCount}),
      kept("active", "set_kept_period", active("kept_active"), months),
      kept("retained", "set_kept_period", active("kept_retained"), months),
      kept("defected", "set_kept_period", active("kept_defected"), months),
      kept("won_back", "set_kept_period", active("kept_won_back"), months),
      kept("new", "set_kept_period", active("kept_new"), months),
      kept("warned", "set_kept_warned", {}, {kCount}),
  };
  return all;
}

// What a set is made of, kept for good: sources hold views of it.
struct MadeSet {
  std::string name, object, sql;
  std::vector<std::string> reads;
  std::vector<std::size_t> used;  // parameters of all that the statement has, from nought
  Types types;
};

// "$7" of the whole list becomes "$2" where the statement has two: what stands in no place has no
// type, and PostgreSQL refuses it.
void use_only_what_is_there(MadeSet& made, const Types& types) {
  for (std::size_t n = types.size(); n-- > 0;) {
    if (made.sql.find(fmt::format("${}::", n + 1)) != std::string::npos) made.used.push_back(n);
  }
  std::ranges::reverse(made.used);
  for (std::size_t place = 0; place < made.used.size(); ++place) {
    const auto from = fmt::format("${}::", made.used[place] + 1);
    const auto to = fmt::format("${}::", place + 1);
    for (auto at = made.sql.find(from); at != std::string::npos; at = made.sql.find(from, at)) {
      made.sql.replace(at, from.size(), to);
      at += to.size();
    }
    made.types.push_back(types[made.used[place]]);
  }
}

MadeSet made_of(const SetKind& kind, const SetShape& shape) {
  MadeSet made;
  made.name = set_name(kind.kept ? kept_set(kind.name) : std::string(kind.name), shape);
  made.object = shape.companies ? "company" : "person";
  made.sql = figure_sql(kind.statement, chosen_of(shape, kind.put));
  const auto rests = shape.by_product ? std::max(kind.rests, kProducts) : kind.rests;
  made.reads = rested_on(rests, shape.companies);
  Types types{kMoment,           kMoment, SetParameter::id, kText, kText, SetParameter::date,
              SetParameter::date};
  types.insert(types.end(), kind.mark.begin(), kind.mark.end());
  use_only_what_is_there(made, types);
  return made;
}

std::deque<MadeSet> make_all() {
  constexpr std::array choices{false, true};
  std::deque<MadeSet> sets;
  for (const auto& kind : kinds()) {
    for (const bool companies : choices) {
      if (companies && !kind.of_companies) continue;
      for (const bool days : choices) {
        for (const bool product : choices) {
          if (kind.kept && (days || product)) continue;
          for (const bool country : choices) {
            sets.push_back(made_of(kind, {companies, days, product, country}));
          }
        }
      }
    }
  }
  return sets;
}

const std::deque<MadeSet>& made_sets() {
  static const auto sets = make_all();
  return sets;
}

}  // namespace

Chosen chosen_of(const SetShape& shape, Chosen more) {
  const std::string subject = shape.companies ? "company" : "person";
  const bool narrowed = shape.by_days || shape.by_product;
  Chosen chosen{{"customers", subject + "_customers"},
                {"bought", subject + "_bought"},
                {"shown", subject + (shape.in_country ? "_in_country" : "_shown")},
                {"narrowed", narrowed ? subject + "_narrowed" : ""},
                {"of_country", subject + "_of_country"},
                {"within", shape.by_days ? "within" : ""},
                {"month_within", shape.by_days ? "month_within" : ""},
                {"product", shape.by_product ? "product" : ""}};
  chosen.insert(chosen.end(), more.begin(), more.end());
  return chosen;
}

Chosen grouped(std::string_view by) {
  const bool of_person = by == "customer_country" || by == "lifecycle";
  return {{"group", "by_" + std::string(by)}, {"and_persons", of_person ? "and_persons" : ""}};
}

std::string kept_set(std::string_view set) {
  return fmt::format("kept_{}", set);
}

std::string set_name(std::string_view set, const SetShape& shape) {
  return fmt::format("insight_{}_{}{}{}{}", set, shape.companies ? "company" : "person",
                     shape.by_days ? "_days" : "", shape.by_product ? "_product" : "",
                     shape.in_country ? "_country" : "");
}

const std::vector<entity::SetSource>& all_sets() {
  static const auto sources = [] {
    std::vector<entity::SetSource> all;
    for (const auto& made : made_sets()) {
      all.push_back({.name = made.name,
                     .object = made.object,
                     .reads = made.reads,
                     .parameters = made.types,
                     .ids = {made.name, made.sql}});
    }
    return all;
  }();
  return sources;
}

std::string token_of(const std::string& name, const std::vector<std::string>& parameters) {
  const auto at = std::ranges::find(made_sets(), name, &MadeSet::name);
  if (at == made_sets().end()) throw std::logic_error("no set " + name);
  entity::SetMark mark{.name = name, .parameters = {}};
  for (const auto place : at->used) mark.parameters.push_back(parameters.at(place));
  return entity::to_token(mark);
}

}  // namespace rapport::crm
