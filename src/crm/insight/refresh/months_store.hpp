// What customers brought and cost by month, as it is kept (customer_months), and what of the pools
// nobody used (cost_allocations).
//
// A refresh reckons all months, but those of most customers are as they were the night before. Each
// row carries a digest of itself, so that telling what changed takes two cells a row, and where few
// customers changed, only theirs are written; else a new table takes the old one's place.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "crm/insight/facts/id_index.hpp"
#include "crm/insight/profitability/profit.hpp"
#include "crm/insight/refresh/basis.hpp"
#include "store/database.hpp"

namespace rapport::crm {

// What a row of customer_months says, but for whose it is.
[[nodiscard]] std::int64_t digest_of(const CustomerMonth& month, std::string_view currency);

// What was kept when a refresh read it.
struct KeptMonths {
  std::vector<std::uint64_t> digests;  // by person's number: the sum over the person's rows
  std::vector<base::Id> others;        // who is no person any more, or in the bin, and has rows
};
[[nodiscard]] base::Result<KeptMonths> read_kept_months(store::Transaction& tx,
                                                        const IdIndex& persons);

class MonthsStore {
 public:
  MonthsStore(const IdIndex& persons, const Basis& basis) : persons_(persons), basis_(basis) {}

  // Whose months are not as they were kept, each once.
  [[nodiscard]] std::vector<base::Id> changed(const KeptMonths& kept,
                                              std::span<const CustomerMonth> months) const;
  [[nodiscard]] base::Result<void> write(store::Transaction& tx,
                                         std::span<const CustomerMonth> months) const;
  // Those of these customers, in place of what is kept of them.
  [[nodiscard]] base::Result<void> replace(store::Transaction& tx, std::vector<base::Id> customers,
                                           std::span<const CustomerMonth> months) const;
  // All months: into a table that a refresh then puts in the old one's place.
  [[nodiscard]] base::Result<void> make(store::Transaction& tx,
                                        std::span<const CustomerMonth> months) const;
  [[nodiscard]] base::Result<void> write_allocations(store::Transaction& tx,
                                                     std::span<const Pool> pools) const;

 private:
  base::Result<void> copy(store::Transaction& tx, std::string_view statement,
                          std::span<const CustomerMonth> months) const;

  const IdIndex& persons_;
  const Basis& basis_;
};

}  // namespace rapport::crm
