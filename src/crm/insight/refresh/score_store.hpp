// Where scores go: beside persons and companies, into their history, and with them what profit and
// offers rest on.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analytics/baskets/similarity.hpp"
#include "crm/insight/facts/facts.hpp"
#include "crm/insight/next_offer/next_offer.hpp"
#include "crm/insight/profitability/profit.hpp"
#include "crm/insight/refresh/basis.hpp"
#include "crm/insight/refresh/reasons_digest.hpp"
#include "crm/insight/scores/score_row.hpp"
#include "entity/catalog/catalog.hpp"
#include "store/database.hpp"

namespace rapport::crm {

// What a customer's scores were before, as far as it decides whether history gets a row.
struct Before {
  bool scored = false;
  std::int64_t digest = 0;
  base::Instant as_of;
};

// By person's number in `facts`. Reads all, or those that the transaction's settings name.
[[nodiscard]] base::Result<std::vector<Before>> read_before(store::Transaction& tx,
                                                            const Facts& facts, bool all);

// Whether history gets a row: first scores, another digest, or the first scores of a month. The
// newest row of history is what reasons are told from, so it must not lag behind the scores.
[[nodiscard]] bool worth_keeping(const Before& before, std::int64_t digest, base::Instant as_of,
                                 std::string_view zone);

class ScoreStore {
 public:
  ScoreStore(const entity::Catalog& catalog, const Facts& facts, const Basis& basis,
             base::Instant as_of)
      : catalog_(catalog), facts_(facts), basis_(basis), as_of_(as_of) {}

  // The scores of some customers beside them, and a row of history for those worth it.
  [[nodiscard]] base::Result<void> write_scores(store::Transaction& tx,
                                                std::span<const ScoreRow> rows,
                                                std::span<const Before> before) const;
  // Who has no orders any more has no scores.
  [[nodiscard]] base::Result<void> clear_scores(store::Transaction& tx,
                                                std::span<const std::uint32_t> customers) const;
  [[nodiscard]] base::Result<void> write_months(store::Transaction& tx,
                                                std::span<const CustomerMonth> months) const;
  [[nodiscard]] base::Result<void> write_allocations(store::Transaction& tx,
                                                     std::span<const Pool> pools) const;
  [[nodiscard]] base::Result<void> write_affinities(store::Transaction& tx,
                                                    const analytics::Similarities& alike) const;
  // All companies, or those that some persons belong to.
  [[nodiscard]] base::Result<void> write_companies(
      store::Transaction& tx, std::optional<std::vector<base::Id>> companies) const;

 private:
  const entity::Catalog& catalog_;
  const Facts& facts_;
  const Basis& basis_;
  base::Instant as_of_;
};

}  // namespace rapport::crm
