// The second half of a refresh: what was reckoned is written.
#include <algorithm>
#include <chrono>
#include <future>
#include <thread>

#include "crm/insight/active_months/active_months_store.hpp"
#include "crm/insight/insight_sql.hpp"
#include "crm/insight/refresh/refresh_work.hpp"
#include "entity/road.hpp"
#include "entity/write/beside.hpp"
#include "store/short_locks.hpp"

namespace rapport::crm {
namespace {

constexpr std::size_t kChunkRows = 20'000;
// Where at least one in so many persons is written, a new table costs less than updates.
constexpr std::size_t kRebuildShare = 5;
// Where at least one customer in so many brought or cost something else than is kept, a new table
// of months costs less than deleting and inserting; and rescoring waits while that is done.
constexpr std::size_t kMonthsRebuildShare = 20;
// Months, history and scores each take one, and others want some, too.
constexpr int kConnectionsToWriteSideBySide = 8;
// Figures read the months for seconds at a million customers.
constexpr base::Duration kPublicationWait = base::seconds(120);
// A custom field or object type may be added while a refresh is at work.
constexpr int kCatalogTries = 5;
constexpr std::chrono::seconds kCatalogWait{1};

// A transaction of bulk writing. A crash loses the last of them at most, and the next refresh
// writes them again.
base::Result<store::Transaction> begin_bulk(store::Pool& pool) {
  auto tx = pool.begin(store::Mode::read_write);
  if (!tx) return tx;
  auto set = set_local(*tx, {{"statement_timeout", "0"}, {"synchronous_commit", "off"}});
  if (!set) return std::unexpected(set.error());
  return tx;
}

std::vector<base::Id> ids_of(const store::Rows& rows) {
  std::vector<base::Id> ids;
  ids.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) ids.push_back(rows.id(i, 0));
  return ids;
}

// Work with the catalog as it is, once more with the new one where it moved on meanwhile.
base::Result<void> with_catalog(
    entity::Road& road, const std::function<base::Result<void>(const entity::Catalog&)>& work) {
  for (int tried = 1;; ++tried) {
    const auto catalog = road.catalog();
    auto done = work(*catalog);
    if (done || tried == kCatalogTries || !entity::catalog_changed(done.error())) return done;
    std::this_thread::sleep_for(kCatalogWait);
  }
}

}  // namespace

// Months that are all made anew are made beside the scores, since each waits for the database while
// the other makes rows. They are on disk, in a table of their own, before they take the place of
// those shown.
base::Result<void> Refresh::write(Work& work, const RefreshOptions& options) {
  const MonthsStore store(work.facts.persons, work.basis);
  auto changed = store.changed(work.kept_months, work.months);
  const bool all = changed.size() * kMonthsRebuildShare >= work.facts.persons.size();
  const auto make_months = [&]() -> base::Result<void> {
    auto tx = begin_bulk(road_.pool());
    if (!tx) return std::unexpected(tx.error());
    if (auto done = store.make(*tx, work.months); !done) return done;
    return result_of(tx->commit());
  };
  std::future<base::Result<void>> made;
  if (all) made = std::async(std::launch::async, make_months);
  auto persons = write_persons(work, options);
  const auto months = all ? made.get() : base::Result<void>{};
  if (!persons) return persons;
  if (!months) return months;
  const auto active =
      AllKept::prepare(road_.pool(), work.facts.persons, work.active, options.rebuild_from);
  if (!active) return std::unexpected(active.error());
  if (!options.may_go_on()) return stopped();
  const auto put_in_place = [&](store::Transaction& tx) {
    return all ? put_months_in_place(tx) : replace_months(tx, work, std::move(changed));
  };
  if (auto done = publish(work, put_in_place, *active); !done) return done;
  return with_catalog(road_, [&](const entity::Catalog& current) -> base::Result<void> {
    auto companies = begin_bulk(road_.pool());
    if (!companies) return std::unexpected(companies.error());
    const ScoreStore now(current, work.facts, work.basis, work.now);
    if (auto done = now.clear_scores(*companies, gone_of(work)); !done) return done;
    if (auto done = now.write_companies(*companies, {}); !done) return done;
    return result_of(companies->commit());
  });
}

// History first, so that the scores shown never lack the row that their reasons are told from: a
// new table is made beside it, but takes the old one's place after it.
base::Result<void> Refresh::write_persons(const Work& work, const RefreshOptions& options) {
  const auto catalog = road_.catalog();
  const ScoreStore store(*catalog, work.facts, work.basis, work.now);
  const auto written = store.to_write(work.rows, work.before);
  const auto write_history = [&]() -> base::Result<void> {
    auto tx = begin_bulk(road_.pool());
    if (!tx) return std::unexpected(tx.error());
    if (auto done = store.write_history(*tx, written, work.before); !done) return done;
    return result_of(tx->commit());
  };
  const bool rebuild = written.size() >= options.rebuild_from &&
                       written.size() * kRebuildShare >= work.facts.persons.size();
  const bool side_by_side =
      rebuild && road_.pool().options().connections_max >= kConnectionsToWriteSideBySide;
  const std::shared_future history =
      std::async(side_by_side ? std::launch::async : std::launch::deferred, write_history);
  const auto may_swap = [&]() -> base::Result<void> {
    if (auto done = history.get(); !done) return done;
    return options.may_go_on() ? base::Result<void>{} : stopped();
  };
  if (!side_by_side) {
    if (auto done = may_swap(); !done) return done;
  }
  if (rebuild) {
    bool rebuilt = false;
    auto done = with_catalog(road_, [&](const entity::Catalog& current) -> base::Result<void> {
      const ScoreStore now(current, work.facts, work.basis, work.now);
      auto tables_changed = now.rebuild_beside(road_.pool(), written, may_swap);
      if (!tables_changed) return std::unexpected(tables_changed.error());
      rebuilt = *tables_changed;
      return {};
    });
    if (!done || rebuilt) return done;
  }
  return write_chunks(work, written, options);
}

base::Result<void> Refresh::write_chunks(const Work& work, std::span<const Written> rows,
                                         const RefreshOptions& options) {
  for (std::size_t from = 0; from < rows.size(); from += kChunkRows) {
    if (!options.may_go_on()) return stopped();
    auto done = with_catalog(road_, [&](const entity::Catalog& catalog) -> base::Result<void> {
      auto tx = begin_bulk(road_.pool());
      if (!tx) return std::unexpected(tx.error());
      const ScoreStore store(catalog, work.facts, work.basis, work.now);
      const auto chunk = rows.subspan(from, std::min(kChunkRows, rows.size() - from));
      if (auto put = store.write_beside(*tx, chunk); !put) return put;
      return result_of(tx->commit());
    });
    if (!done) return done;
  }
  return {};
}

// From the lock of publication on, rescoring rests on the new basis: it holds the lock, shared,
// from before it reads the basis until it is done.
base::Result<void> Refresh::lock_publication_and(store::Transaction& tx,
                                                 std::initializer_list<std::string_view> then) {
  const auto put = store::with_short_locks(tx, kPublicationWait, [&]() -> store::Done {
    if (const auto done = tx.run(insight_statement("lock_publication")); !done) {
      return std::unexpected(done.error());
    }
    for (const auto name : then) {
      if (const auto done = tx.run(insight_statement(name)); !done) {
        return std::unexpected(done.error());
      }
    }
    return {};
  });
  if (!put) return std::unexpected(store::as_problem(put.error()));
  if (*put) return {};
  return base::refuse(base::ProblemKind::unavailable, "insight.months_in_use",
                      "What customers brought by month was being read all the time.",
                      "The refresh could not put its months in place.",
                      "It is tried again by itself.");
}

// The months that were made take the place of those shown.
base::Result<void> Refresh::put_months_in_place(store::Transaction& tx) {
  return lock_publication_and(tx, {"drop_months", "rename_months", "rename_months_index"});
}

// Only those that changed. Who was rescored since the months were read has other ones by now, which
// this basis and its costs know nothing of: he gets those read then, and is rescored after that.
base::Result<void> Refresh::replace_months(store::Transaction& tx, const Work& work,
                                           std::vector<base::Id> changed) {
  if (auto done = lock_publication_and(tx, {}); !done) return done;
  const auto rescored = tx.run(insight_statement("rescored_meanwhile"));
  if (!rescored) return std::unexpected(store::as_problem(rescored.error()));
  for (std::size_t i = 0; i < rescored->size(); ++i) changed.push_back(rescored->id(i, 0));
  if (changed.empty()) return {};
  return MonthsStore(work.facts.persons, work.basis).replace(tx, std::move(changed), work.months);
}

// Pairs of products are many and in nobody's way; all else waits until the months are in place,
// and is quick.
base::Result<void> Refresh::publish(
    const Work& work, const std::function<base::Result<void>(store::Transaction&)>& put_months,
    const AllKept& active) {
  auto tx = begin_bulk(road_.pool());
  if (!tx) return std::unexpected(tx.error());
  const auto catalog = road_.catalog();
  const ScoreStore store(*catalog, work.facts, work.basis, work.now);
  if (auto done = store.write_affinities(*tx, work.alike); !done) return done;
  if (auto done = put_months(*tx); !done) return done;
  if (auto done = active.put_in_place(*tx, work.basis.zone, work.basis.currency); !done) {
    return done;
  }
  if (auto done = set_local(*tx, {{"synchronous_commit", "on"}}); !done) return done;
  const MonthsStore months(work.facts.persons, work.basis);
  if (auto done = months.write_allocations(*tx, work.pools); !done) return done;
  // Of nobody, too: without one, each interaction would ask for a refresh.
  const auto kept = tx->run(insight_statement("keep_basis"),
                            store::Params().instant(work.now).text(to_json(work.basis)));
  if (auto done = result_of(kept); !done) return done;
  (void)tx->send(insight_statement("forget_bases"), store::Params().instant(work.now));
  return result_of(tx->commit());
}

base::Result<void> Refresh::catch_up(const Work& work) {
  std::vector<base::Id> persons, companies;
  {
    auto tx = begin_bulk(road_.pool());
    if (!tx) return std::unexpected(tx.error());
    const auto changed = tx->run(insight_statement("changed_since"),
                                 store::Params().text(work.since).instant(work.now));
    if (!changed) return std::unexpected(store::as_problem(changed.error()));
    persons = ids_of(*changed);
    const auto moved = tx->run(insight_statement("moved_since"), store::Params().text(work.since));
    if (!moved) return std::unexpected(store::as_problem(moved.error()));
    companies = ids_of(*moved);
  }
  for (std::size_t from = 0; from < persons.size() || !companies.empty();
       from += rescored_at_once) {
    const auto begin = std::min(persons.size(), from);
    const auto end = std::min(persons.size(), begin + rescored_at_once);
    auto tx = begin_bulk(road_.pool());
    if (!tx) return std::unexpected(tx.error());
    auto done = rescore(*tx,
                        {persons.begin() + static_cast<std::ptrdiff_t>(begin),
                         persons.begin() + static_cast<std::ptrdiff_t>(end)},
                        companies);
    if (!done) return std::unexpected(done.error());
    if (auto committed = result_of(tx->commit()); !committed) return committed;
    companies.clear();
  }
  return {};
}

}  // namespace rapport::crm
