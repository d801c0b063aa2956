#include "crm/insight/figures/customer.hpp"

#include <fmt/format.h>

#include <cmath>
#include <map>

#include "analytics/purchase/purchase.hpp"
#include "base/json.hpp"
#include "crm/insight/churn_risk/churn_risk.hpp"
#include "crm/insight/facts/histories.hpp"
#include "crm/insight/figures/figure.hpp"
#include "crm/insight/figures/history_row.hpp"
#include "crm/insight/lifetime_value/lifetime_value.hpp"
#include "crm/insight/models/models.hpp"
#include "crm/insight/profitability/profit.hpp"
#include "crm/insight/refresh/refresh.hpp"
#include "crm/insight/scores/score.hpp"
#include "entity/road.hpp"

namespace rapport::crm {
namespace {

using base::Json;

constexpr std::int64_t kHistoryRows = 60;
constexpr int kExpectedPoints = 40;
constexpr double kPercent = 100;

Json json_of(const base::Value& value, std::string_view type) {
  if (const auto* money = std::get_if<base::Money>(&value)) return base::to_double(money->amount);
  if (const auto* number = std::get_if<base::Decimal>(&value)) {
    return type == "percent" ? base::to_double(*number) / kPercent : base::to_double(*number);
  }
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* id = std::get_if<base::Id>(&value)) return base::to_text(*id);
  return nullptr;
}

class Customer {
 public:
  Customer(entity::Road& road, const entity::Caller& caller, const base::Id& id, bool company)
      : road_(road), caller_(caller), id_(id), company_(company) {}

  base::Result<Json> told() {
    auto page = record();
    if (!page) return std::unexpected(page.error());
    auto tx = road_.pool().begin(store::Mode::read_only);
    if (!tx) return std::unexpected(tx.error());
    tx_.emplace(*std::move(tx));
    auto basis = Refresh::basis(*tx_);
    if (!basis) return std::unexpected(basis.error());
    if (*basis) basis_ = (*basis)->second;
    Json json{{"as_of", scored_at_ ? Json(base::to_text(*scored_at_)) : Json()},
              {"currency", basis_.currency},
              {"scores", Json::array()},
              {"purchases", {{"actual", Json::array()}, {"expected", Json::array()}}},
              {"next_offers", Json::array()},
              {"profit", nullptr}};
    if (!scored_at_) return json;
    for (const auto step :
         {&Customer::put_profit, &Customer::put_scores, &Customer::put_purchases}) {
      if (auto done = (this->*step)(json); !done) return std::unexpected(done.error());
    }
    return json;
  }

 private:
  using Step = base::Result<void>;

  base::Result<entity::Page> record() {
    entity::Get get{
        .object = company_ ? "company" : "person", .ids = {id_}, .fields = {"scored_at"}};
    for (const auto& definition : score_definitions()) {
      if (company_ && definition.name != "lifetime_value" && definition.name != "historic_value" &&
          definition.name != "profit")
        continue;
      shown_.push_back(&definition);
      get.fields.push_back(definition.name);
    }
    auto page = road_.get(caller_, get);
    if (!page) return page;
    if (page->records.empty()) {
      return base::refuse(base::ProblemKind::not_found, "insight.no_such_record",
                          "There is no such record.");
    }
    values_ = page->records[0].values;
    if (const auto* at = std::get_if<base::Instant>(&values_[0])) scored_at_ = *at;
    return page;
  }

  Step put_profit(Json& json) {
    const auto rows =
        tx_->run({"insight.profit_of", figure_sql(company_ ? "profit_of_company" : "profit_of")},
                 store::Params().id(id_).text(basis_.currency));
    if (!rows) return std::unexpected(store::as_problem(rows.error()));
    Json channels = Json::array();
    for (std::size_t i = 0; i < rows->size(); ++i) {
      profit_.revenue += history::money_at(*rows, i, 1);
      profit_.cost_of_goods += history::money_at(*rows, i, 2);
      profit_.discounts += history::money_at(*rows, i, 3);
      profit_.returns += history::money_at(*rows, i, 4);
      profit_.cost_to_serve += history::money_at(*rows, i, 5);
      channels.push_back({{"channel", rows->text(i, 0)},
                          {"minutes", number_at(*rows, i, 6)},
                          {"cost", number_at(*rows, i, 5)}});
    }
    json["profit"] = {{"revenue", amount_of(profit_.revenue)},
                      {"cost_of_goods", amount_of(profit_.cost_of_goods)},
                      {"discounts", amount_of(profit_.discounts)},
                      {"returns", amount_of(profit_.returns)},
                      {"cost_to_serve", amount_of(profit_.cost_to_serve)},
                      {"profit", amount_of(profit_.profit())},
                      {"currency", basis_.currency},
                      {"channels", std::move(channels)}};
    return {};
  }

  Step put_scores(Json& json) {
    const auto rows = tx_->run({"insight.history", figure_sql("history")},
                               store::Params().id(id_).integer(company_ ? 0 : kHistoryRows));
    if (!rows) return std::unexpected(store::as_problem(rows.error()));
    known_day_ = history::known_day(*rows, *scored_at_, basis_);
    ScoreRow row;
    ReasonContext context{.currency = basis_.currency,
                          .margin = basis_.margin,
                          .discount_rate = basis_.discount_rate,
                          .profit = profit_,
                          .because = {},
                          .churn_risk = {}};
    if (rows->size() > 0) {
      row = history::row_of(*rows, known_day_);
      take_current(row);
      if (auto done = take_offers(*rows, row, context, json); !done) return done;
      if (auto done = take_risk(row, context); !done) return done;
    }
    for (std::size_t i = 0; i < shown_.size(); ++i) {
      const auto& definition = *shown_[i];
      Json score{{"name", definition.name},
                 {"label", definition.label},
                 {"type", definition.type},
                 {"value", json_of(values_[i + 1], definition.type)},
                 {"as_of", base::to_text(*scored_at_)},
                 {"model", nullptr},
                 {"reasons", Json::array()},
                 {"history", Json::array()}};
      const auto at = std::ranges::find(all_scores(), definition.name, &Score::name);
      const auto& model = at->model == Learnt::leaving ? basis_.risk_model : basis_.model;
      if (at->model != Learnt::nothing && model) score["model"] = base::to_text(*model);
      if (at->model == Learnt::leaving && model) score["horizon"] = basis_.risk_horizon;
      if (rows->size() > 0) put_reasons(score, definition, *at, row, context);
      for (std::size_t h = rows->size(); h-- > 0;) {
        score["history"].push_back(
            {{"as_of", base::to_text(rows->instant(h, history::as_of))},
             {"value", history::value_at(*rows, h, definition.name, definition.type)}});
      }
      json["scores"].push_back(std::move(score));
    }
    return {};
  }

  // What is newer beside the record than in the row of history.
  void take_current(ScoreRow& row) const {
    for (std::size_t i = 0; i < shown_.size(); ++i) {
      const auto* number = std::get_if<base::Decimal>(&values_[i + 1]);
      if (number == nullptr) continue;
      if (shown_[i]->name == "probability_alive") row.alive = base::to_double(*number) / kPercent;
      if (shown_[i]->name == "expected_purchases") row.expected = base::to_double(*number);
      if (shown_[i]->name == "churn_risk") row.risk = base::to_double(*number) / kPercent;
    }
  }

  // Why the risk is what it is, from the customer's own records: too dear to be kept for everybody.
  Step take_risk(const ScoreRow& row, ReasonContext& context) {
    if (company_ || !row.risk || !basis_.risk_model) return {};
    const auto model = Models::learnt_if_readable(*tx_, *basis_.risk_model);
    if (!model) return std::unexpected(model.error());
    if (!*model) return {};
    const FactsOptions options{.zone = basis_.zone,
                               .currency = basis_.currency,
                               .today = known_day_,
                               .profit_from = known_day_,
                               .talks_from = known_day_ - recent_days,
                               .persons = std::vector{id_}};
    const auto facts = read_facts(*tx_, options);
    if (!facts) return std::unexpected(facts.error());
    const auto customer = facts->persons.find(id_);
    if (!customer) return {};
    const auto histories = histories_of(facts->orders());
    auto reasons =
        churn_reasons_of(**model, ChurnSources::of(*facts, histories, options.talks_from),
                         known_day_, *customer, basis_.currency);
    if (!reasons) return std::unexpected(reasons.error());
    context.churn_risk = *std::move(reasons);
    return {};
  }

  static void put_reasons(Json& json, const ScoreDefinition& definition, const Score& score,
                          const ScoreRow& row, const ReasonContext& context) {
    for (const auto& reason : score.reasons(row, context)) {
      json["reasons"].push_back(
          {{"code", reason.code}, {"text", worded(definition, reason)}, {"weight", reason.weight}});
    }
  }

  Step take_offers(const store::Rows& rows, ScoreRow& row, ReasonContext& context, Json& json) {
    if (rows.is_null(0, history::offers)) return {};
    const auto stored = base::parse_json(rows.text(0, history::offers));
    if (!stored) return std::unexpected(stored.error());
    std::vector<base::Id> ids;
    for (const auto& one : *stored) {
      for (const auto* key : {"product", "because"}) {
        if (!one[key].is_string()) continue;
        if (const auto id = base::parse_id(one[key].get<std::string>())) ids.push_back(*id);
      }
    }
    const auto names = tx_->run({"insight.product_titles", figure_sql("product_titles")},
                                store::Params().ids(ids));
    if (!names) return std::unexpected(store::as_problem(names.error()));
    std::map<std::string, std::string, std::less<>> titles;
    for (std::size_t i = 0; i < names->size(); ++i)
      titles.emplace(names->text(i, 0), names->text(i, 1));
    for (const auto& one : *stored) {
      if (row.offers_count == offers_max) break;
      auto& offer = row.offers[row.offers_count++];
      offer.support = one["support"].get<std::uint32_t>();
      offer.lift = one["lift"].get<float>();
      const auto& because = one["because"];
      if (!because.is_string()) offer.because = no_product;
      context.because.push_back(because.is_string() ? titles[because.get<std::string>()] : "");
    }
    const auto* definition = score_named("next_offer");
    const auto reasons = next_offer_words(row, context);
    for (std::size_t i = 0; i < row.offers_count; ++i) {
      const auto product = (*stored)[i]["product"].get<std::string>();
      json["next_offers"].push_back({{"product", product},
                                     {"title", titles[product]},
                                     {"reasons", {{{"text", worded(*definition, reasons[i])}}}},
                                     {"support", row.offers[i].support},
                                     {"lift", row.offers[i].lift}});
    }
    return {};
  }

  static std::vector<Reason> next_offer_words(const ScoreRow& row, const ReasonContext& context) {
    const auto at = std::ranges::find(all_scores(), "next_offer", &Score::name);
    return at->reasons(row, context);
  }

  Step put_purchases(Json& json) {
    const auto rows = tx_->run(
        {"insight.purchase_days", figure_sql(company_ ? "company_purchase_days" : "purchase_days")},
        store::Params().id(id_).text(basis_.zone).text(basis_.currency));
    if (!rows) return std::unexpected(store::as_problem(rows.error()));
    for (std::size_t i = 0; i < rows->size(); ++i) {
      json["purchases"]["actual"].push_back({{"at", rows->text(i, 0)}, {"cumulative", i + 1}});
    }
    if (rows->size() == 0 || company_ || !basis_.model) return {};
    return put_expected(json, *rows);
  }

  // From the first purchase to a year from now: what the model would have expected of a new
  // customer till today, and from then on what it expects of this one.
  Step put_expected(Json& json, const store::Rows& rows) {
    const auto first = history::day_at(rows, 0, 0),
               last = history::day_at(rows, rows.size() - 1, 0);
    const auto today = std::max(last, known_day_);
    json["purchases"]["known_until"] = base::to_text(base::Date{today});
    auto& expected = json["purchases"]["expected"];
    const auto put = [&](double weeks_after_first, double cumulative) {
      const auto day = first + static_cast<int>(std::lround(weeks_after_first * days_a_week));
      expected.push_back({{"at", base::to_text(base::Date{day})}, {"cumulative", cumulative}});
    };
    const double age = (today - first) / days_a_week;
    for (int i = 0; i <= kExpectedPoints; ++i) {
      const double t = age * i / kExpectedPoints;
      put(t, 1 + analytics::expected_of_new(basis_.fit, t));
    }
    const std::int32_t repeat[] = {static_cast<std::int32_t>(rows.size()) - 1};
    const double recency[] = {(last - first) / days_a_week}, ages[] = {age};
    constexpr int months = 12;
    constexpr double weeks_a_month = weeks_a_year / months;
    for (int month = 1; month <= months; ++month) {
      double more[] = {0};
      auto done = analytics::score_purchases(basis_.fit,
                                             {.purchases = repeat, .recency = recency, .age = ages},
                                             {.length = weeks_a_month * month}, {.expected = more});
      if (!done) return done;
      put(age + weeks_a_month * month, static_cast<double>(rows.size()) + more[0]);
    }
    return {};
  }

  entity::Road& road_;
  const entity::Caller& caller_;
  base::Id id_;
  bool company_;
  std::optional<store::Transaction> tx_;  // that reads
  Basis basis_;
  std::vector<const ScoreDefinition*> shown_;
  std::vector<base::Value> values_;  // of scored_at, then of what is shown
  std::optional<base::Instant> scored_at_;
  std::int32_t known_day_ = 0;  // set with the scores
  ProfitParts profit_;
};

}  // namespace

base::Result<Json> person_insight(entity::Road& road, const entity::Caller& caller,
                                  const base::Id& person) {
  return Customer(road, caller, person, false).told();
}

base::Result<Json> company_insight(entity::Road& road, const entity::Caller& caller,
                                   const base::Id& company) {
  return Customer(road, caller, company, true).told();
}

}  // namespace rapport::crm
