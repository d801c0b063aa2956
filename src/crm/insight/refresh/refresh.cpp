#include "crm/insight/refresh/refresh.hpp"

#include <fmt/core.h>
#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "base/log.hpp"
#include "crm/insight/insight_sql.hpp"
#include "crm/insight/profitability/costs.hpp"
#include "crm/insight/refresh/refresh_work.hpp"
#include "crm/insight/refresh/scoring.hpp"
#include "entity/road.hpp"

namespace rapport::crm {
namespace {

constexpr std::size_t kChunkRows = 20'000;
constexpr int kWriters = 2;
constexpr base::Duration kRefreshesKept = base::days(400);
// Persons that a change listener or the end of a refresh scores in one go.
constexpr std::size_t kRescoredAtOnce = 5000;

base::Result<void> result_of(const store::Answer& answer) {
  if (!answer) return std::unexpected(store::as_problem(answer.error()));
  return {};
}

base::Result<void> result_of(const store::Done& done) {
  if (!done) return std::unexpected(store::as_problem(done.error()));
  return {};
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

base::Result<RefreshDone> Refresh::run(const RefreshOptions& options) {
  const std::lock_guard alone(one_at_a_time_);
  const auto now = clock_();
  const auto began = std::chrono::steady_clock::now();
  const auto id = base::new_id();
  auto tx = road_.pool().begin(store::Mode::read_write);
  if (!tx) return std::unexpected(tx.error());
  (void)tx->send(insight_statement("forget_refreshes"),
                 store::Params().instant(now - kRefreshesKept));
  (void)tx->send(insight_statement("begin_refresh"), store::Params().id(id).instant(now));
  if (auto done = result_of(tx->commit()); !done) return std::unexpected(done.error());
  auto done = refresh(options, now);
  malloc_trim(0);  // above a gigabyte at a million customers, which the allocator would keep
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  auto end = road_.pool().begin(store::Mode::read_write);
  if (!end) return std::unexpected(end.error());
  (void)end->send(insight_statement("end_refresh"), store::Params()
                                                        .id(id)
                                                        .text(done ? "done" : "failed")
                                                        .instant(clock_())
                                                        .integer(done ? done->persons : 0)
                                                        .text(fmt::format("{:.3f}", took.count()))
                                                        .text(done ? "" : done.error().message));
  if (auto ended = result_of(end->commit()); !ended) return std::unexpected(ended.error());
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
    work.tx = &*tx;
    if (auto done = read(work, true); !done) return std::unexpected(done.error());
  }
  lap("read");
  work.histories = histories_of(work.facts.orders());
  if (options.fit) {
    if (auto done = fit_models(work); !done) return std::unexpected(done.error());
    lap("fit");
  }
  if (auto done = make_basis(work); !done) return std::unexpected(done.error());
  if (auto done = score(work); !done) return std::unexpected(done.error());
  lap("score");
  if (auto done = write(work, options); !done) return std::unexpected(done.error());
  lap("write");
  if (auto done = catch_up(now); !done) return std::unexpected(done.error());
  base::log_info(fmt::format("insight: {} customers scored, seconds:{}", work.rows.size(), times));
  return RefreshDone{.persons = static_cast<std::int64_t>(work.rows.size())};
}

base::Result<void> Refresh::read(Work& work, bool all) {
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
  if (all) {
    // Ten million orders take longer than a request may.
    if (auto done = set_local(*work.tx, {{"statement_timeout", "0"}}); !done) return done;
  }
  auto facts = read_facts(*work.tx, work.options);
  if (!facts) return std::unexpected(facts.error());
  work.facts = *std::move(facts);
  auto before = read_before(*work.tx, work.facts, all);
  if (!before) return std::unexpected(before.error());
  work.before = *std::move(before);
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
  if (comparison->fits.empty()) return {};
  const auto rows = model_rows(work.histories, work.today);
  auto spending = analytics::fit_spending(rows.spenders());
  if (!spending) return std::unexpected(spending.error());
  return models_.keep(*comparison, *spending, work.now);
}

base::Result<void> Refresh::make_basis(Work& work) {
  if (auto done = models_.note_drift(work.histories, work.today); !done) return done;
  auto in_use = models_.in_use();
  if (!in_use) return std::unexpected(in_use.error());
  work.basis.model = in_use->purchases;
  work.basis.spending_model = in_use->spending;
  work.basis.fit = in_use->fit;
  work.basis.spending = in_use->spending_fit;
  work.basis.margin = margin_of(work.facts.recent_orders, work.basis.margin);
  auto facts = analytics::purchase_facts(work.facts.orders());
  if (!facts) return std::unexpected(facts.error());
  if (const auto cells = analytics::rfm(*facts)) work.basis.bounds = cells->bounds;
  work.months = customer_months(work.facts, work.profit());
  if (auto done = share_out(work.months, work.pools); !done) return done;
  work.basis.rates = work.rates;
  work.basis.seconds = second_costs(work.pools);
  return {};
}

base::Result<void> Refresh::score(Work& work) {
  auto rows = score_customers(work.facts, work.histories, work.months, work.basis, work.today);
  if (!rows) return std::unexpected(rows.error());
  work.rows = *std::move(rows);
  work.holdings = holdings_of(work.facts);
  auto alike = affinities_of(work.holdings);
  if (!alike) return std::unexpected(alike.error());
  work.alike = *std::move(alike);
  return find_offers(work.alike, work.holdings, not_for_sale(work.facts), work.rows);
}

base::Result<void> Refresh::write(Work& work, const RefreshOptions& options) {
  if (auto done = write_chunks(work, options); !done) return done;
  const auto catalog = road_.catalog();
  const ScoreStore store(*catalog, work.facts, work.basis, work.now);
  auto tx = road_.pool().begin(store::Mode::read_write);
  if (!tx) return std::unexpected(tx.error());
  if (auto done = set_local(*tx, {{"statement_timeout", "0"}}); !done) return done;
  if (auto done = store.clear_scores(*tx, gone_of(work)); !done) return done;
  if (auto done = result_of(tx->run(insight_statement("clear_months"))); !done) return done;
  if (auto done = store.write_months(*tx, work.months); !done) return done;
  if (auto done = store.write_allocations(*tx, work.pools); !done) return done;
  if (auto done = store.write_affinities(*tx, work.alike); !done) return done;
  if (auto done = store.write_companies(*tx, {}); !done) return done;
  if (!work.rows.empty()) {
    const auto kept = tx->run(insight_statement("keep_basis"),
                              store::Params().instant(work.now).text(to_json(work.basis)));
    if (auto done = result_of(kept); !done) return done;
    (void)tx->send(insight_statement("forget_bases"), store::Params().instant(work.now));
  }
  return result_of(tx->commit());
}

// Two writers, since each waits for the database while the other makes its next chunk.
base::Result<void> Refresh::write_chunks(Work& work, const RefreshOptions& options) {
  const auto catalog = road_.catalog();
  const ScoreStore store(*catalog, work.facts, work.basis, work.now);
  std::atomic<std::size_t> next = 0;
  std::vector<base::Result<void>> results(kWriters);
  const auto chunks = [&]() -> base::Result<void> {
    for (auto from = next.fetch_add(kChunkRows); from < work.rows.size();
         from = next.fetch_add(kChunkRows)) {
      if (!options.may_go_on()) {
        return base::refuse(base::ProblemKind::unavailable, "insight.stopped",
                            "The refresh was told to stop.");
      }
      auto tx = road_.pool().begin(store::Mode::read_write);
      if (!tx) return std::unexpected(tx.error());
      // A crash loses the last chunks at most, and the next refresh writes them again.
      if (auto done = set_local(*tx, {{"synchronous_commit", "off"}}); !done) return done;
      const auto rows =
          std::span(work.rows).subspan(from, std::min(kChunkRows, work.rows.size() - from));
      if (auto done = store.write_scores(*tx, rows, work.before); !done) return done;
      if (auto done = result_of(tx->commit()); !done) return done;
    }
    return {};
  };
  std::vector<std::thread> writers;
  for (int i = 1; i < kWriters; ++i) {
    writers.emplace_back([&, i] { results[static_cast<std::size_t>(i)] = chunks(); });
  }
  results[0] = chunks();
  for (auto& writer : writers) writer.join();
  for (auto& result : results) {
    if (!result) return std::unexpected(result.error());
  }
  return {};
}

base::Result<void> Refresh::catch_up(base::Instant since) {
  auto tx = road_.pool().begin(store::Mode::read_write);
  if (!tx) return std::unexpected(tx.error());
  const auto rows = tx->run(insight_statement("changed_since"), store::Params().instant(since));
  if (!rows) return std::unexpected(store::as_problem(rows.error()));
  std::vector<base::Id> persons;
  persons.reserve(rows->size());
  for (std::size_t i = 0; i < rows->size(); ++i) persons.push_back(rows->id(i, 0));
  for (std::size_t from = 0; from < persons.size(); from += kRescoredAtOnce) {
    const auto until = std::min(persons.size(), from + kRescoredAtOnce);
    auto done = rescore(*tx, {persons.begin() + static_cast<std::ptrdiff_t>(from),
                              persons.begin() + static_cast<std::ptrdiff_t>(until)});
    if (!done) return std::unexpected(done.error());
  }
  return result_of(tx->commit());
}

base::Result<base::Id> Refresh::fit(std::string_view name) {
  const std::lock_guard alone(one_at_a_time_);
  Work work;
  work.now = clock_();
  {
    auto tx = road_.pool().begin(store::Mode::read_only);
    if (!tx) return std::unexpected(tx.error());
    work.tx = &*tx;
    if (auto done = read(work, true); !done) return std::unexpected(done.error());
  }
  work.histories = histories_of(work.facts.orders());
  if (work.histories.days.empty()) {
    return base::refuse(base::ProblemKind::invalid, "insight.no_fit",
                        "The model cannot be fitted to these orders.", "Nobody has bought yet.");
  }
  const bool spending = name == "gamma_gamma";
  const auto model =
      spending ? analytics::PurchaseModel::bg_nbd
               : analytics::purchase_model_named(name).value_or(analytics::PurchaseModel::bg_nbd);
  auto fitted = fit_and_judge(model, work.histories, work.today, true);
  if (!fitted) return std::unexpected(fitted.error());
  if (!spending && fitted->fit.model == analytics::PurchaseModel::pooled) {
    return base::refuse(base::ProblemKind::invalid, "insight.no_fit",
                        "The model cannot be fitted to these orders.", fitted->fit.note);
  }
  if (!spending) return models_.keep_candidate(*fitted, work.now);
  auto spent = analytics::fit_spending(model_rows(work.histories, work.today).spenders());
  if (!spent) return std::unexpected(spent.error());
  return models_.keep_candidate(*spent, *fitted, work.now);
}

}  // namespace rapport::crm
