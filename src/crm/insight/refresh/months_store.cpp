#include "crm/insight/refresh/months_store.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <ranges>

#include "base/decimal.hpp"
#include "base/hash.hpp"
#include "crm/insight/copy_rows.hpp"
#include "crm/insight/facts/binary_rows.hpp"
#include "crm/insight/insight_sql.hpp"

namespace rapport::crm {
namespace {

std::string number(std::int64_t ten_thousandths) {
  constexpr int digits = 4;
  return base::to_text(base::Decimal::of(ten_thousandths, digits));
}

double minutes_of(std::int64_t seconds) {
  constexpr double a_minute = 60;
  return static_cast<double>(seconds) / a_minute;
}

std::string minutes(std::int64_t seconds) {
  return fmt::format("{}", minutes_of(seconds));
}

base::Result<void> run(store::Transaction& tx, std::string_view statement,
                       const store::Params& params = {}) {
  return result_of(tx.run(insight_statement(statement), params));
}

}  // namespace

std::int64_t digest_of(const CustomerMonth& month, std::string_view currency) {
  const auto& parts = month.parts;
  base::Digest digest;
  digest.add(month.month).add(month.channel).add(month.seconds);
  digest.add(parts.revenue).add(parts.cost_of_goods).add(parts.discounts).add(parts.returns);
  digest.add(parts.cost_to_serve).add(base::fnv1a(currency));
  return static_cast<std::int64_t>(digest.value());
}

base::Result<KeptMonths> read_kept_months(store::Transaction& tx, const IdIndex& persons) {
  KeptMonths kept;
  kept.digests.resize(persons.size());
  IdFinder finder(persons);
  auto done = read_rows(tx, insight_statement("copy_months").sql, [&](const BinaryRow& row) {
    if (const auto person = finder.find(row.id(0))) {
      kept.digests[*person] += static_cast<std::uint64_t>(row.integer(1));
    } else if (kept.others.empty() || kept.others.back() != row.id(0)) {
      kept.others.push_back(row.id(0));
    }
  });
  if (!done) return std::unexpected(done.error());
  return kept;
}

std::vector<base::Id> MonthsStore::changed(const KeptMonths& kept,
                                           std::span<const CustomerMonth> months) const {
  std::vector<std::uint64_t> digests(persons_.size());
  for (const auto& month : months) {
    digests[month.customer] += static_cast<std::uint64_t>(digest_of(month, basis_.currency));
  }
  std::vector<base::Id> changed = kept.others;
  std::ranges::sort(changed);
  changed.erase(std::ranges::unique(changed).begin(), changed.end());
  for (std::size_t person = 0; person < digests.size(); ++person) {
    if (digests[person] != kept.digests[person]) changed.push_back(persons_[person]);
  }
  return changed;
}

base::Result<void> MonthsStore::write(store::Transaction& tx,
                                      std::span<const CustomerMonth> months) const {
  return copy(tx, "copy_months_in", months);
}

base::Result<void> MonthsStore::replace(store::Transaction& tx, std::vector<base::Id> customers,
                                        std::span<const CustomerMonth> months) const {
  std::vector<bool> wanted(persons_.size());
  for (const auto& id : customers) {
    if (const auto person = persons_.find(id)) wanted[*person] = true;
  }
  std::vector<CustomerMonth> theirs;
  std::ranges::copy_if(months, std::back_inserter(theirs),
                       [&](const CustomerMonth& month) { return wanted[month.customer]; });
  if (auto done = run(tx, "clear_months_of", store::Params().ids(customers)); !done) return done;
  return write(tx, theirs);
}

base::Result<void> MonthsStore::make(store::Transaction& tx,
                                     std::span<const CustomerMonth> months) const {
  for (const auto* statement : {"forget_months_next", "make_months"}) {
    if (auto done = run(tx, statement); !done) return done;
  }
  if (auto done = copy(tx, "copy_months_next_in", months); !done) return done;
  if (auto done = run(tx, "index_months"); !done) return done;
  return run(tx, "analyze_months");
}

base::Result<void> MonthsStore::write_allocations(store::Transaction& tx,
                                                  std::span<const Pool> pools) const {
  if (auto done = run(tx, "clear_allocations"); !done) return done;
  return copy_rows(
      tx, insight_statement("copy_allocations_in").sql, pools,
      [&](std::string& out, const Pool& pool) {
        store::CopyRow line(out);
        line.raw(channel_names[pool.channel]).raw(day_text(first_day_of_month(pool.month)));
        line.raw(number(pool.cost)).raw(minutes(pool.used_seconds));
        line.raw(minutes(pool.capacity_seconds)).raw(number(pool.unused_cost));
        line.raw(basis_.currency).end();
      });
}

base::Result<void> MonthsStore::copy(store::Transaction& tx, std::string_view statement,
                                     std::span<const CustomerMonth> months) const {
  constexpr std::int16_t cells = 11;
  return copy_binary_rows(
      tx, insight_statement(statement).sql, months,
      [&](std::string& out, const CustomerMonth& row) {
        store::BinaryCopyRow line(out, cells);
        line.id(persons_[row.customer]).date({first_day_of_month(row.month)});
        line.text(channel_names[row.channel]);
        line.ten_thousandths(row.parts.revenue).ten_thousandths(row.parts.cost_of_goods);
        line.ten_thousandths(row.parts.discounts).ten_thousandths(row.parts.returns);
        line.ten_thousandths(row.parts.cost_to_serve).double_precision(minutes_of(row.seconds));
        line.text(basis_.currency).big_integer(digest_of(row, basis_.currency));
      });
}

}  // namespace rapport::crm
