#include "crm/insight/active_months/active_months_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/decimal.hpp"
#include "crm/insight/copy_rows.hpp"
#include "crm/insight/facts/binary_rows.hpp"
#include "crm/insight/insight_sql.hpp"
#include "store/binary_copy.hpp"
#include "store/queries.hpp"
#include "store/short_locks.hpp"

namespace rapport::crm {
namespace {

// Where at least one in so many differs, a new table costs less than changes.
constexpr std::size_t kAnewShare = 5;
constexpr base::Duration kWait = base::seconds(120);

store::Statement statement(std::string_view name) {
  return store::queries("active_months")[name];
}

store::Done run_all(store::Transaction& tx, std::initializer_list<std::string_view> names) {
  for (const auto name : names) {
    if (const auto done = tx.run(statement(name)); !done) return std::unexpected(done.error());
  }
  return {};
}

// The rows of these customers by the COPY of that name.
base::Result<void> copy_rows_in(store::Transaction& tx, std::string_view copy,
                                std::span<const std::uint32_t> customers, const IdIndex& numbers,
                                const AllActiveMonths& all) {
  constexpr std::int16_t cells = 5;
  return copy_binary_rows(tx, statement(copy).sql, customers,
                          [&](std::string& out, std::uint32_t customer) {
                            const auto one = all.of(customer);
                            store::BinaryCopyRow(out, cells)
                                .id(numbers[customer])
                                .big_integer(one.digest())
                                .small_integers(one.months)
                                .big_integers(one.sums)
                                .small_integer(one.reasons);
                          });
}

base::Result<void> copy_cells_in(store::Transaction& tx, const AllActiveMonths& all) {
  CohortCounts counts;
  for (std::size_t customer = 0; customer < all.customers(); ++customer) {
    counts.count(all.of(customer));
  }
  return copy_rows(tx, statement("copy_cells_in").sql, counts.cells(),
                   [](std::string& out, const auto& cell) {
                     const auto& [key, count] = cell;
                     store::CopyRow line(out);
                     line.raw(fmt::format("{}", key.months)).raw(fmt::format("{}", key.cohort));
                     line.raw(fmt::format("{}", key.period));
                     line.raw(fmt::format("{}", count.customers));
                     line.raw(fmt::format("{}", count.stayed));
                     line.raw(base::to_text(base::Decimal::of(count.sum, 0))).end();
                   });
}

}  // namespace

base::Result<void> keep_active_months(store::Transaction& tx, std::span<const base::Id> persons,
                                      const IdIndex& numbers, const AllActiveMonths& all) {
  const auto rows = tx.run(statement("digests_of"), store::Params().ids(persons));
  if (!rows) return std::unexpected(store::as_problem(rows.error()));
  std::vector<bool> as_kept(all.customers());
  std::vector<base::Id> gone;
  for (std::size_t i = 0; i < rows->size(); ++i) {
    const auto id = rows->id(i, 0);
    const auto customer = numbers.find(id);
    if (customer && all.of(*customer).digest() == rows->integer(i, 1)) {
      as_kept[*customer] = true;
    } else {
      gone.push_back(id);
    }
  }
  std::vector<std::uint32_t> written;
  for (std::uint32_t customer = 0; customer < all.customers(); ++customer) {
    if (!as_kept[customer] && !all.of(customer).months.empty()) written.push_back(customer);
  }
  if (!gone.empty()) {
    const auto forgot = tx.run(statement("forget"), store::Params().ids(gone));
    if (!forgot) return std::unexpected(store::as_problem(forgot.error()));
  }
  if (written.empty()) return {};
  return copy_rows_in(tx, "copy_in", written, numbers, all);
}

base::Result<AllKept> AllKept::prepare(store::Pool& pool, const IdIndex& numbers,
                                       const AllActiveMonths& all, std::size_t rebuild_from) {
  AllKept kept(numbers, all);
  std::vector<std::int64_t> digests(all.customers());  // nought: none is wanted
  std::size_t customers = 0;
  for (std::size_t customer = 0; customer < all.customers(); ++customer) {
    digests[customer] = all.of(customer).digest();
    if (digests[customer] != 0) ++customers;
  }
  std::vector<bool> as_kept(all.customers());
  {
    auto tx = pool.begin(store::Mode::read_only);
    if (!tx) return std::unexpected(tx.error());
    if (auto set = set_local(*tx, {{"statement_timeout", "0"}}); !set) {
      return std::unexpected(set.error());
    }
    auto done = read_rows(*tx, statement("copy_digests").sql, [&](const BinaryRow& row) {
      const auto id = row.id(0);
      const auto customer = numbers.find(id);
      if (customer && digests[*customer] == row.integer(1)) {
        as_kept[*customer] = true;
      } else {
        kept.gone_.push_back(id);
      }
    });
    if (!done) return std::unexpected(done.error());
  }
  for (std::uint32_t customer = 0; customer < all.customers(); ++customer) {
    if (digests[customer] != 0 && !as_kept[customer]) kept.customers_.push_back(customer);
  }
  const auto differ = std::max(kept.customers_.size(), kept.gone_.size());
  kept.anew_ = differ > 0 && differ >= rebuild_from && differ * kAnewShare >= customers;
  if (kept.anew_) {
    if (auto done = kept.make_next(pool); !done) return std::unexpected(done.error());
  }
  return kept;
}

base::Result<void> AllKept::make_next(store::Pool& pool) const {
  auto tx = pool.begin(store::Mode::read_write);
  if (!tx) return std::unexpected(tx.error());
  if (auto set = set_local(*tx, {{"statement_timeout", "0"}}); !set) return set;
  if (auto done = result_of(run_all(*tx, {"forget_next", "make_next"})); !done) return done;
  std::vector<std::uint32_t> active;
  for (std::uint32_t customer = 0; customer < all_->customers(); ++customer) {
    if (!all_->of(customer).months.empty()) active.push_back(customer);
  }
  if (auto done = copy_rows_in(*tx, "copy_next_in", active, *numbers_, *all_); !done) return done;
  if (auto done = result_of(run_all(*tx, {"key_next", "analyze_next"})); !done) return done;
  return result_of(tx->commit());
}

base::Result<void> AllKept::swap(store::Transaction& tx) const {
  const auto put = store::with_short_locks(tx, kWait, [&] {
    return run_all(tx, {"drop_old", "rename_next", "rename_key", "count_from_now", "clear_cells"});
  });
  if (!put) return std::unexpected(store::as_problem(put.error()));
  if (!*put) {
    return base::refuse(base::ProblemKind::unavailable, "insight.months_in_use",
                        "In which months customers were active was being read all the time.",
                        "The refresh could not put its months in place.",
                        "It is tried again by itself.");
  }
  return copy_cells_in(tx, *all_);
}

// Who was rescored since it was prepared may have a row by now that he had not, or another one.
base::Result<void> AllKept::change(store::Transaction& tx) const {
  auto replaced = gone_;
  for (const auto customer : customers_) replaced.push_back((*numbers_)[customer]);
  if (replaced.empty()) return {};
  const auto forgot = tx.run(statement("forget"), store::Params().ids(replaced));
  if (!forgot) return std::unexpected(store::as_problem(forgot.error()));
  if (customers_.empty()) return {};
  return copy_rows_in(tx, "copy_in", customers_, *numbers_, *all_);
}

base::Result<void> AllKept::put_in_place(store::Transaction& tx, std::string_view zone,
                                         std::string_view currency) const {
  if (anew_) {
    if (auto done = swap(tx); !done) return done;
  } else if (auto done = change(tx); !done) {
    return done;
  }
  if (const auto done = run_all(tx, {"clear_base"}); !done) return result_of(done);
  return result_of(tx.run(statement("keep_base"), store::Params().text(zone).text(currency)));
}

}  // namespace rapport::crm
