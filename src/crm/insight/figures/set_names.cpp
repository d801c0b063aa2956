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

// A kind of set: its statement, what stands for which place in it, what its mark says, and what it
// rests on, as its figure does.
struct SetKind {
  std::string_view name, statement;
  std::string_view place, put;  // "measure" → "historic"
  Types mark;
  Rests rests = Rests::on_orders;
  bool of_companies = true;  // else of persons alone, since companies have no such score
};

constexpr auto kNumber = SetParameter::decimal;
constexpr auto kText = SetParameter::text;
constexpr auto kYes = SetParameter::boolean;
constexpr auto kMoment = SetParameter::instant;
constexpr auto kOrders = Rests::on_orders;
constexpr auto kProducts = Rests::on_products;
constexpr auto kCosts = Rests::on_costs;

const std::vector<SetKind>& kinds() {
  static const std::vector<SetKind> all{
      {"amount_historic", "set_amount", "measure", "historic", {kNumber, kNumber, kYes}},
      {"amount_expected", "set_amount", "measure", "expected", {kNumber, kNumber, kYes}},
      {"amount_profit", "set_amount", "measure", "profit", {kNumber, kNumber, kYes}, kCosts},
      {"below_historic", "set_below", "measure", "historic", {kNumber}},
      {"best_historic", "set_best", "measure", "historic", {SetParameter::count}},
      {"cell", "set_cell", "", "", {kText}, kOrders, false},
      {"alive", "set_alive", "", "", {kNumber, kNumber, kNumber, kNumber}, kOrders, false},
      {"quarter", "set_quarter", "", "", {kNumber, kNumber, kYes, kYes}, kCosts},
      {"offer", "set_offer", "", "", {SetParameter::id}, kProducts, false},
      {"profit_customer_country",
       "set_profit",
       "group",
       "by_customer_country",
       {kText},
       kCosts,
       false},
      {"profit_channel", "set_profit", "group", "by_channel", {kText}, kCosts, false},
      {"profit_month", "set_profit", "group", "by_month", {kText}, kCosts, false},
      {"profit_lifecycle", "set_profit", "group", "by_lifecycle", {kText}, kCosts, false},
      {"cohort", "cohort", "", "", {kMoment, kMoment, kMoment, kMoment}},
      {"active", "period", "activity", "was_active", {kMoment, kMoment, kMoment}},
      {"retained", "period", "activity", "was_retained", {kMoment, kMoment, kMoment}},
      {"defected", "period", "activity", "had_defected", {kMoment, kMoment, kMoment}},
      {"won_back", "period", "activity", "was_won_back", {kMoment, kMoment, kMoment}},
      {"new", "period", "activity", "was_new", {kMoment, kMoment, kMoment}},
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

std::deque<MadeSet> make_all() {
  std::deque<MadeSet> sets;
  for (const auto& kind : kinds()) {
    for (const bool companies : {false, true}) {
      if (companies && !kind.of_companies) continue;
      for (const int narrowing : {0, 1, 2}) {
        const bool narrowed = narrowing > 0, by_product = narrowing > 1;
        std::string statement(kind.statement);
        if (!statement.starts_with("set_")) {
          statement = fmt::format("set_{}_{}", companies ? "company" : "person", statement);
        }
        Chosen more;
        if (!kind.place.empty()) more.emplace_back(kind.place, std::string(kind.put));
        auto& made = sets.emplace_back();
        made.name = set_name(kind.name, companies, narrowed, by_product);
        made.object = companies ? "company" : "person";
        made.reads =
            rested_on(by_product ? std::max(kind.rests, kProducts) : kind.rests, companies);
        made.sql = figure_sql(statement, chosen_of(companies, narrowed, by_product, more));
        Types types{kMoment, kMoment, SetParameter::id, kText, kText};
        types.insert(types.end(), kind.mark.begin(), kind.mark.end());
        use_only_what_is_there(made, types);
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

Chosen chosen_of(bool companies, bool narrowed, bool by_product, Chosen more) {
  const std::string subject = companies ? "company" : "person";
  Chosen chosen{{"customers", subject + "_customers"},
                {"everyone", subject + "_everyone"},
                {"narrowed", narrowed ? subject + "_narrowed" : ""},
                {"product", by_product ? "product" : ""}};
  chosen.insert(chosen.end(), more.begin(), more.end());
  return chosen;
}

std::string set_name(std::string_view set, bool companies, bool narrowed, bool by_product) {
  return fmt::format("insight_{}_{}{}", set, companies ? "company" : "person",
                     by_product ? "_product"
                     : narrowed ? "_bought"
                                : "");
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
