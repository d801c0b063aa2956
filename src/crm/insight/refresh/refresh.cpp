#include "crm/insight/refresh/refresh.hpp"

#include <fmt/core.h>
#include <malloc.h>

#include <chrono>
#include <future>
#include <thread>

#include "base/json.hpp"
#include "base/log.hpp"
#include "base/priority.hpp"
#include "crm/insight/churn_risk/churn_risk.hpp"
#include "crm/insight/insight_sql.hpp"
#include "crm/insight/models/fit_notes.hpp"
#include "crm/insight/profitability/costs.hpp"
#include "crm/insight/refresh/refresh_work.hpp"
#include "crm/insight/refresh/scoring.hpp"
#include "entity/road.hpp"

namespace rapport::crm {
namespace {

constexpr base::Duration kRefreshesKept = base::days(400);
constexpr std::chrono::milliseconds kBetweenTries{500};

// Gives back what a column took: at a million customers a gigabyte is not needed to the end.
template <class... Columns>
void drop(Columns&... columns) {
  (Columns().swap(columns), ...);
}

// On a thread of its own, since giving way cannot be taken back.
template <class Work>
auto giving_way(const Work& work) {
  return std::async(std::launch::async,
                    [&] {
                      base::give_way();
                      return work();
                    })
      .get();
}

}  // namespace

base::Result<std::int32_t> known_until(store::Transaction& tx, base::Instant now,
                                       const std::string& zone) {
  const auto rows = tx.run(insight_statement("last_order"), store::Params().instant(now));
  if (!rows) return std::unexpected(store::as_problem(rows.error()));
  const auto today = base::date_in_zone(now, zone).days;
  if (rows->is_null(0, 0)) return today;
  const auto last = base::date_in_zone(rows->instant(0, 0), zone).days;
  return today - last > silence_of_all_days ? last : today;
}

Refresh::Refresh(entity::Road& road, platform::Settings& settings, base::Clock clock)
    : road_(road), settings_(settings), clock_(std::move(clock)), models_(road) {}

base::Result<store::Transaction> Refresh::alone(const std::function<bool()>& may_go_on) {
  auto tx = road_.pool().begin(store::Mode::read_only);
  if (!tx) return tx;
  if (auto done = set_local(*tx, {{"idle_in_transaction_session_timeout", "0"}}); !done) {
    return std::unexpected(done.error());
  }
  for (;;) {
    const auto got = tx->run(insight_statement("try_alone"));
    if (!got) return std::unexpected(store::as_problem(got.error()));
    if (got->boolean(0, 0)) return tx;
    if (!may_go_on()) return stopped();
    std::this_thread::sleep_for(kBetweenTries);
  }
}

base::Result<RefreshDone> Refresh::run(const RefreshOptions& options) {
  return giving_way([&] { return run_here(options); });
}

base::Result<RefreshDone> Refresh::run_here(const RefreshOptions& options) {
  const auto alone = this->alone(options.may_go_on);
  if (!alone) return std::unexpected(alone.error());
  const auto now = clock_();
  const auto began = std::chrono::steady_clock::now();
  const auto id = base::new_id();
  auto tx = road_.pool().begin(store::Mode::read_write);
  if (!tx) return std::unexpected(tx.error());
  // A rescoring under way rests on the basis before, and this reading would not see what it writes;
  // one that begins from here on is found at the end by its moment.
  if (auto done = set_local(*tx, {{"lock_timeout", "60s"}, {"statement_timeout", "0"}}); !done) {
    return std::unexpected(done.error());
  }
  (void)tx->send(insight_statement("rescore_in_turn"));
  (void)tx->send(insight_statement("forget_rescored"));
  (void)tx->send(insight_statement("forget_refreshes"),
                 store::Params().instant(now - kRefreshesKept));
  // No other is at work: what says so was killed.
  (void)tx->send(insight_statement("end_broken_refreshes"),
                 store::Params().instant(now).text(refresh_broken_off));
  (void)tx->send(insight_statement("begin_refresh"), store::Params().id(id).instant(now));
  if (auto done = result_of(tx->commit()); !done) return std::unexpected(done.error());
  auto done = refresh(options, now);
  malloc_trim(0);  // above a gigabyte at a million customers, which the allocator would keep
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  auto end = road_.pool().begin(store::Mode::read_write);
  if (!end) return std::unexpected(end.error());
  store::Params ended;
  ended.id(id)
      .text(done ? "done" : "failed")
      .instant(clock_())
      .integer(done ? done->persons : 0)
      .text(fmt::format("{:.3f}", took.count()))
      .text(done ? "" : done.error().message);
  done && done->notes ? ended.text(base::to_text(base::Json(*done->notes))) : ended.null();
  (void)end->send(insight_statement("end_refresh"), ended);
  if (auto kept = result_of(end->commit()); !kept) return std::unexpected(kept.error());
  if (done) done->seconds = took.count();
  return done;
}

base::Result<RefreshDone> Refresh::refresh(const RefreshOptions& options, base::Instant now) {
  Work work;
  work.now = now;
  auto began = std::chrono::steady_clock::now();
  std::string times;
  const auto lap = [&](std::string_view what) {
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    times += fmt::format(" {} {:.1f}", what, took.count());
    began = std::chrono::steady_clock::now();
  };
  {
    auto tx = road_.pool().begin(store::Mode::read_only);
    if (!tx) return std::unexpected(tx.error());
    auto second = road_.pool().begin(store::Mode::read_only);
    work.tx = &*tx;
    work.second = second ? &*second : nullptr;  // the pool may have no other
    if (auto done = read(work, true); !done) return std::unexpected(done.error());
    work.tx = work.second = nullptr;
  }
  lap("read");
  work.histories = histories_of(work.facts.orders());
  if (options.fit) {
    if (auto done = fit_models(work); !done) return std::unexpected(done.error());
    if (auto done = fit_leaving(work); !done) return std::unexpected(done.error());
    lap("fit");
  }
  if (auto done = make_basis(work); !done) return std::unexpected(done.error());
  if (auto done = score(work); !done) return std::unexpected(done.error());
  lap("score");
  if (auto done = write(work, options); !done) return std::unexpected(done.error());
  lap("write");
  if (auto done = catch_up(work); !done) return std::unexpected(done.error());
  lap("catch up");
  base::log_info(fmt::format("insight: {} customers scored, seconds:{}", work.rows.size(), times));
  RefreshDone done;
  done.persons = static_cast<std::int64_t>(work.rows.size());
  if (options.fit) done.notes = std::move(work.notes);
  return done;
}

base::Result<void> Refresh::read(Work& work, bool all) {
  if (all) {
    // All of it as of one moment; what is changed after it is caught up with at the end. Ten
    // million orders take longer than a request may.
    // (No prepared statement: planned anew, it would count as a query before itself.)
    if (auto set = result_of(work.tx->script(insight_statement("repeatable_read").sql)); !set) {
      return set;
    }
    const auto since = work.tx->run(insight_statement("read_since"));
    if (!since) return std::unexpected(store::as_problem(since.error()));
    work.since = since->text(0, 0);
    if (work.second != nullptr && !work.second->read_as_of(*work.tx)) work.second = nullptr;
    for (auto* tx : {work.tx, work.second}) {
      if (tx == nullptr) continue;
      // The one that has read its part waits for the other.
      auto set = set_local(
          *tx, {{"statement_timeout", "0"}, {"idle_in_transaction_session_timeout", "0"}});
      if (!set) return set;
    }
  }
  const auto settings = settings_.current();
  work.basis.zone = settings->zone;
  work.basis.currency = settings->currency;
  work.basis.margin = settings->margin;
  work.basis.discount_rate = settings->discount_rate;
  const auto today = known_until(*work.tx, work.now, settings->zone);
  if (!today) return std::unexpected(today.error());
  work.today = *today;
  work.basis.lag_days = base::date_in_zone(work.now, settings->zone).days - work.today;
  work.options.zone = settings->zone;
  work.options.currency = settings->currency;
  work.options.today = work.today;
  work.options.profit_from = first_day_of_month(month_of(work.today) - profit_months + 1);
  work.options.talks_from = std::min(work.options.profit_from, work.today - unresolved_days);
  auto facts =
      read_facts(*work.tx, work.options, work.second,
                 [&](store::Transaction& tx, const IdIndex& persons) -> base::Result<void> {
                   auto before = read_before(tx, persons, settings->currency, all);
                   if (!before) return std::unexpected(before.error());
                   work.before = *std::move(before);
                   if (!all) return {};
                   auto kept = read_kept_months(tx, persons);
                   if (!kept) return std::unexpected(kept.error());
                   work.kept_months = *std::move(kept);
                   return {};
                 });
  if (!facts) return std::unexpected(facts.error());
  work.facts = *std::move(facts);
  if (!all) return {};
  auto rates = read_rates(*work.tx);
  if (!rates) return std::unexpected(rates.error());
  work.rates = *rates;
  auto pools = read_pools(*work.tx, settings->currency, work.options.profit_from, work.today);
  if (!pools) return std::unexpected(pools.error());
  work.pools = *std::move(pools);
  return {};
}

base::Result<void> Refresh::fit_models(Work& work) {
  const auto last = models_.in_use();
  if (!last) return std::unexpected(last.error());
  auto comparison = compare_models(work.histories, work.today, last->incumbent());
  if (!comparison) return std::unexpected(comparison.error());
  if (comparison->fits.empty()) {
    work.notes.push_back(note_on_nobody());
    return {};
  }
  auto spending = compare_spending(work.histories, work.today, last->spending_incumbent());
  if (!spending) return std::unexpected(spending.error());
  spending->fitted.currency = work.basis.currency;
  work.notes = notes_on(*comparison, *spending, *last);
  return models_.keep(*comparison, *spending, *last, work.now);
}

base::Result<void> Refresh::make_basis(Work& work) {
  if (auto done = models_.note_drift(work.histories, work.today); !done) return done;
  auto in_use = models_.in_use();
  if (!in_use) return std::unexpected(in_use.error());
  work.basis.model = in_use->purchases;
  work.basis.spending_model = in_use->spending;
  work.basis.fit = in_use->fit;
  work.basis.spending = in_use->spending_fit;
  if (auto done = take_leaving(work); !done) return done;
  work.basis.margin = margin_of(work.facts.recent_orders, work.basis.margin);
  auto facts = analytics::purchase_facts(work.facts.orders());
  if (!facts) return std::unexpected(facts.error());
  if (const auto cells = analytics::rfm(*facts)) work.basis.bounds = cells->bounds;
  work.months = customer_months(work.facts, work.profit());
  if (auto done = share_out(work.months, work.pools); !done) return done;
  work.basis.rates = work.rates;
  work.basis.seconds = second_costs(work.pools);
  drop(work.facts.recent_orders);
  return {};
}

base::Result<void> Refresh::score(Work& work) {
  work.active = active_months_of(work.facts);
  auto rows = score_customers(work.facts, work.histories, work.months, work.basis, work.today);
  if (!rows) return std::unexpected(rows.error());
  work.rows = *std::move(rows);
  work.basis.customers = static_cast<std::int64_t>(work.rows.size());
  if (work.leaving) {
    auto put = put_churn_risk(*work.leaving, work.churn(), work.today, work.rows);
    if (!put) return put;
  }
  put_reasons(work.active, work.rows);
  work.histories = {};
  drop(work.facts.customer, work.facts.day, work.facts.amount, work.facts.talks);
  work.holdings = holdings_of(work.facts);
  drop(work.facts.bought);
  auto alike = affinities_of(work.holdings);
  if (!alike) return std::unexpected(alike.error());
  work.alike = *std::move(alike);
  auto found = find_offers(work.alike, work.holdings, not_for_sale(work.facts), work.rows);
  if (!found) return found;
  const auto best = best_sellers_of(work.holdings, work.facts.product_facts);
  offer_best_sellers(best, work.holdings, work.rows);
  for (const auto& one : best) {
    work.basis.best_sellers.emplace_back(work.facts.products[one.product], one.customers);
  }
  drop(work.holdings);
  return {};
}

base::Result<base::Id> Refresh::fit(std::string_view name, const std::function<bool()>& may_go_on) {
  return giving_way([&] { return fit_here(name, may_go_on); });
}

base::Result<base::Id> Refresh::fit_here(std::string_view name,
                                         const std::function<bool()>& may_go_on) {
  const auto alone = this->alone(may_go_on);
  if (!alone) return std::unexpected(alone.error());
  Work work;
  work.now = clock_();
  {
    auto tx = road_.pool().begin(store::Mode::read_only);
    if (!tx) return std::unexpected(tx.error());
    work.tx = &*tx;
    if (auto done = read(work, true); !done) return std::unexpected(done.error());
  }
  if (!may_go_on()) return stopped();
  work.histories = histories_of(work.facts.orders());
  if (work.histories.days.empty()) {
    return base::refuse(base::ProblemKind::invalid, "insight.no_fit",
                        "The model cannot be fitted to these orders.", "Nobody has bought yet.");
  }
  if (name == "churn") return fit_candidate(work);
  const auto no_fit = [](const std::string& why) {
    return base::refuse(base::ProblemKind::invalid, "insight.no_fit",
                        "The model cannot be fitted to these orders.", why);
  };
  if (name == "gamma_gamma") {
    auto spending = compare_spending(work.histories, work.today);
    if (!spending) return std::unexpected(spending.error());
    if (!spending->fitted.is_model()) return no_fit(spending->fitted.fit.why_mean);
    if (!may_go_on()) return stopped();
    spending->fitted.currency = work.basis.currency;
    return models_.keep_candidate(spending->fitted, work.now);
  }
  const auto model =
      analytics::purchase_model_named(name).value_or(analytics::PurchaseModel::bg_nbd);
  auto fitted = fit_and_judge(model, work.histories, work.today, true);
  if (!fitted) return std::unexpected(fitted.error());
  if (fitted->fit.model == analytics::PurchaseModel::pooled) return no_fit(fitted->fit.why_pooled);
  if (!may_go_on()) return stopped();
  return models_.keep_candidate(*fitted, work.now);
}

}  // namespace rapport::crm
