// Where scores go: beside persons and companies, into their history, and with them the pairs of
// products that offers rest on.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analytics/baskets/similarity.hpp"
#include "crm/insight/facts/facts.hpp"
#include "crm/insight/next_offer/next_offer.hpp"
#include "crm/insight/refresh/basis.hpp"
#include "crm/insight/refresh/reasons_digest.hpp"
#include "crm/insight/scores/score_row.hpp"
#include "entity/catalog/catalog.hpp"
#include "store/database.hpp"

namespace rapport::crm {

// What a customer's scores were before, as far as it decides what is written. Amounts, percents and
// purchases in ten-thousandths.
struct Before {
  bool scored = false;
  std::int64_t digest = 0;
  base::Instant as_of;
  bool modelled = false, in_currency = true;
  std::int64_t lifetime_value = 0, alive = 0, expected = 0;
  std::optional<std::int64_t> profit, risk;
  base::Instant first_order, last_order;
};

// By person's number. Reads all, or those that the transaction's settings name.
[[nodiscard]] base::Result<std::vector<Before>> read_before(store::Transaction& tx,
                                                            const IdIndex& persons,
                                                            std::string_view currency, bool all);

// Whether history gets a row: first scores, another digest, or the first scores of a month. The
// newest row of history is what reasons are told from, so it must not lag behind the scores. A
// month begins on another day for each customer, so that no night writes everybody's history.
[[nodiscard]] bool worth_keeping(const base::Id& customer, const Before& before,
                                 std::int64_t digest, base::Instant as_of, std::string_view zone);

// A customer whose scores are written, `kept` with a row of history.
struct Written {
  const ScoreRow* row = nullptr;
  std::int64_t digest = 0;
  bool kept = false;
};

class ScoreStore {
 public:
  ScoreStore(const entity::Catalog& catalog, const Facts& facts, const Basis& basis,
             base::Instant as_of)
      : catalog_(catalog), facts_(facts), basis_(basis), as_of_(as_of) {}

  // Those of whom history gets a row, or something beside the person would be told differently:
  // amounts, percents and purchases count to the hundredth. A day alone moves the estimates of most
  // customers by less, and rows that stay as they are cost nothing. In the order of their ids.
  [[nodiscard]] std::vector<Written> to_write(std::span<const ScoreRow> rows,
                                              std::span<const Before> before) const;
  [[nodiscard]] base::Result<void> write_history(store::Transaction& tx,
                                                 std::span<const Written> rows,
                                                 std::span<const Before> before) const;
  [[nodiscard]] base::Result<void> write_beside(store::Transaction& tx,
                                                std::span<const Written> rows) const;
  // The same as a whole new table (entity::rebuild_beside), which is shown once `may_swap` agrees;
  // false: nothing was written.
  [[nodiscard]] base::Result<bool> rebuild_beside(
      store::Pool& pool, std::span<const Written> rows,
      const std::function<base::Result<void>()>& may_swap) const;
  // Who has no orders any more has no scores.
  [[nodiscard]] base::Result<void> clear_scores(store::Transaction& tx,
                                                std::span<const std::uint32_t> customers) const;
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
