#include <utility>

#include "crm/insight/active_months/active_months_store.hpp"
#include "crm/insight/churn_risk/churn_risk.hpp"
#include "crm/insight/insight_sql.hpp"
#include "crm/insight/refresh/refresh_work.hpp"
#include "crm/insight/refresh/scoring.hpp"
#include "entity/road.hpp"

namespace rapport::crm {
namespace {

std::vector<BestSeller> best_sellers_in(const Basis& basis, const Facts& facts) {
  std::vector<BestSeller> best;
  for (const auto& [product, customers] : basis.best_sellers) {
    const auto number = facts.products.find(product);
    if (number && facts.product_facts[*number].sold) best.push_back({*number, customers});
  }
  return best;
}

// The products that speak for their neighbours.
std::vector<base::Id> liked_by(const Facts& facts, std::span<const Holding> holdings) {
  std::vector<bool> liked(facts.products.size());
  for (const auto& holding : holdings) {
    for (const auto item : holding.liked) liked[item] = true;
  }
  std::vector<base::Id> ids;
  for (std::uint32_t item = 0; item < liked.size(); ++item) {
    if (liked[item]) ids.push_back(facts.products[item]);
  }
  return ids;
}

// From the pairs of products that the last refresh stored.
base::Result<void> offer_stored(store::Transaction& tx, const Facts& facts,
                                std::span<const Holding> holdings, std::vector<ScoreRow>& rows) {
  const auto liked = liked_by(facts, holdings);
  if (liked.empty()) return {};
  const auto stored = tx.run(insight_statement("affinities_of"), store::Params().ids(liked));
  if (!stored) return std::unexpected(store::as_problem(stored.error()));
  std::vector<analytics::Pair> pairs;
  pairs.reserve(stored->size());
  for (std::size_t i = 0; i < stored->size(); ++i) {
    const auto product = facts.products.find(stored->id(i, 0));
    const auto other = facts.products.find(stored->id(i, 1));
    if (!product || !other) continue;
    pairs.push_back({.item = *product,
                     .neighbour = {.item = *other,
                                   .together = static_cast<std::uint32_t>(stored->integer(i, 2)),
                                   .similarity = static_cast<float>(number_at(*stored, i, 4)),
                                   .lift = static_cast<float>(number_at(*stored, i, 3))}});
  }
  const analytics::Similarities alike(std::move(pairs), facts.products.size());
  return find_offers(alike, holdings, not_for_sale(facts), rows);
}

// Those that the persons or their orders belong to, and those named besides.
base::Result<std::vector<base::Id>> companies_of(store::Transaction& tx,
                                                 const std::vector<base::Id>& persons,
                                                 std::span<const base::Id> besides) {
  std::vector<base::Id> companies(besides.begin(), besides.end());
  if (persons.empty()) return companies;
  const auto rows = tx.run(insight_statement("companies_of_persons"), store::Params().ids(persons));
  if (!rows) return std::unexpected(store::as_problem(rows.error()));
  companies.reserve(companies.size() + rows->size());
  for (std::size_t i = 0; i < rows->size(); ++i) companies.push_back(rows->id(i, 0));
  return companies;
}

}  // namespace

base::Result<std::optional<std::pair<base::Instant, Basis>>> Refresh::basis(
    store::Transaction& tx) {
  const auto rows = tx.run(insight_statement("basis"));
  if (!rows) return std::unexpected(store::as_problem(rows.error()));
  if (rows->size() == 0) return std::nullopt;
  auto basis = basis_from_json(rows->text(0, 1));
  if (!basis) return std::unexpected(basis.error());
  return std::pair(rows->instant(0, 0), *std::move(basis));
}

base::Result<bool> Refresh::rescore(store::Transaction& tx, const std::vector<base::Id>& persons,
                                    std::span<const base::Id> companies_besides) {
  if (auto done = set_local(tx, {{"lock_timeout", "20s"}}); !done) {
    return std::unexpected(done.error());
  }
  // In this order: who waits for another rescoring keeps no refresh from publishing.
  for (const auto* lock : {"rescore_in_turn", "share_publication"}) {
    if (auto held = tx.run(insight_statement(lock)); !held) {
      return std::unexpected(store::as_problem(held.error()));
    }
  }
  auto basis = Refresh::basis(tx);
  if (!basis) return std::unexpected(basis.error());
  if (!*basis) return false;
  // Amounts of another currency, or days of another zone, are no basis: everybody is scored anew.
  const auto settings = settings_.current();
  if ((*basis)->second.currency != settings->currency || (*basis)->second.zone != settings->zone) {
    return false;
  }
  Work work;
  work.tx = &tx;
  work.now = clock_();
  if (persons.empty()) {
    work.basis = (*basis)->second;
  } else {
    const auto scored = rescore_persons(work, persons, (*basis)->second);
    if (!scored || !*scored) return scored;
  }
  auto companies = companies_of(tx, persons, companies_besides);
  if (!companies) return std::unexpected(companies.error());
  if (companies->empty()) return true;
  const auto catalog = road_.catalog();
  const ScoreStore store(*catalog, work.facts, work.basis, work.now);
  if (auto done = store.write_companies(tx, *std::move(companies)); !done) {
    return std::unexpected(done.error());
  }
  return true;
}

base::Result<bool> Refresh::rescore_persons(Work& work, const std::vector<base::Id>& persons,
                                            const Basis& basis) {
  work.options.persons = persons;
  if (auto done = read(work, false); !done) return std::unexpected(done.error());
  // Without bounds and models, which only a refresh finds, first customers cannot be told apart.
  if (basis.customers == 0 && !work.facts.customer.empty()) return false;
  const auto lag = work.basis.lag_days;
  work.basis = basis;
  work.basis.lag_days = lag;
  work.rates = work.basis.rates;
  work.histories = histories_of(work.facts.orders());
  work.months = customer_months(work.facts, work.profit());
  serve_at(work.months, work.basis.seconds);
  auto rows = score_customers(work.facts, work.histories, work.months, work.basis, work.today);
  if (!rows) return std::unexpected(rows.error());
  work.rows = *std::move(rows);
  if (work.basis.risk_model) {
    const auto leaving = Models::learnt_if_readable(*work.tx, *work.basis.risk_model);
    if (!leaving) return std::unexpected(leaving.error());
    if (*leaving) {
      auto put = put_churn_risk(**leaving, work.churn(), work.today, work.rows);
      if (!put) return std::unexpected(put.error());
    }
  }
  work.holdings = holdings_of(work.facts);
  auto offered = offer_stored(*work.tx, work.facts, work.holdings, work.rows);
  if (!offered) return std::unexpected(offered.error());
  offer_best_sellers(best_sellers_in(work.basis, work.facts), work.holdings, work.rows);
  if (auto done = write_rescored(work, persons); !done) return std::unexpected(done.error());
  return true;
}

base::Result<void> Refresh::write_rescored(const Work& work, const std::vector<base::Id>& persons) {
  auto& tx = *work.tx;
  const auto catalog = road_.catalog();
  const ScoreStore store(*catalog, work.facts, work.basis, work.now);
  const auto written = store.to_write(work.rows, work.before);
  if (auto done = store.write_history(tx, written, work.before); !done) return done;
  if (auto done = store.write_beside(tx, written); !done) return done;
  if (auto done = store.clear_scores(tx, gone_of(work)); !done) return done;
  (void)tx.send(insight_statement("release_costs"), store::Params().ids(persons).integer(1));
  const auto cleared = tx.run(insight_statement("clear_months_of"), store::Params().ids(persons));
  if (!cleared) return std::unexpected(store::as_problem(cleared.error()));
  const MonthsStore months(work.facts.persons, work.basis);
  if (auto done = months.write(tx, work.months); !done) return done;
  (void)tx.send(insight_statement("note_rescored"), store::Params().ids(persons));
  (void)tx.send(insight_statement("release_costs"), store::Params().ids(persons).integer(-1));
  auto active = active_months_of(work.facts);
  put_reasons(active, work.rows);
  return keep_active_months(tx, persons, work.facts.persons, active);
}

}  // namespace rapport::crm
