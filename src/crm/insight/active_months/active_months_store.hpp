// Where active months are kept (tables active_months, cohort_cells, cohort_bases): by a refresh for
// all, by rescoring for a few. Only what differs is written. The cells follow by triggers, in the
// same transaction; where most rows differ, all of it is made anew, cells included.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "base/problem.hpp"
#include "crm/insight/active_months/active_months.hpp"
#include "crm/insight/facts/id_index.hpp"
#include "store/database.hpp"

namespace rapport::crm {

// Of these persons, `all` by their numbers in `numbers`; who is not in it (in the bin, a stand-in)
// or was never active is kept no more. The caller lets nobody else do so at the same time.
[[nodiscard]] base::Result<void> keep_active_months(store::Transaction& tx,
                                                    std::span<const base::Id> persons,
                                                    const IdIndex& numbers,
                                                    const AllActiveMonths& all);

// Everybody's, in two steps: what takes time before anybody waits, then putting it in place.
class AllKept {
 public:
  // Reads what is kept and finds what differs; where these are `rebuild_from` and a fifth of all
  // at least, writes a new table. Both arguments must outlive it.
  [[nodiscard]] static base::Result<AllKept> prepare(store::Pool& pool, const IdIndex& numbers,
                                                     const AllActiveMonths& all,
                                                     std::size_t rebuild_from);
  // In a transaction that no rescoring overlaps. Refused (insight.months_in_use) where the table
  // was being read all the time.
  [[nodiscard]] base::Result<void> put_in_place(store::Transaction& tx, std::string_view zone,
                                                std::string_view currency) const;

 private:
  AllKept(const IdIndex& numbers, const AllActiveMonths& all) : numbers_(&numbers), all_(&all) {}
  base::Result<void> make_next(store::Pool& pool) const;
  base::Result<void> swap(store::Transaction& tx) const;
  base::Result<void> change(store::Transaction& tx) const;

  const IdIndex* numbers_;
  const AllActiveMonths* all_;
  bool anew_ = false;
  std::vector<base::Id> gone_;            // whose row is another or none
  std::vector<std::uint32_t> customers_;  // whose row is written
};

}  // namespace rapport::crm
