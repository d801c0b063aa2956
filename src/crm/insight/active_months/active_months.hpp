// In which months each customer was active (ordered, or gave something back), what each month came
// to, and what the churn warning rests on: all that cohorts, retention and reasons of leaving are
// counted from, in a tenth of the rows that orders are.
//
// Months and quarters are counted from January of the year 0 (analytics::period_of), amounts in
// ten-thousandths.
#pragma once

#include <compare>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "base/decimal.hpp"
#include "crm/insight/churn/churn_warning.hpp"
#include "crm/insight/facts/facts.hpp"
#include "crm/insight/scores/score_row.hpp"

namespace rapport::crm {

// Months outside of these are kept as one of the two; figures with one of them are not counted from
// what is kept.
inline constexpr std::int16_t month_before_all = -1, month_after_all = 32'767;

// One customer's row.
struct ActiveMonths {
  std::span<const std::int16_t> months;  // ascending
  std::span<const std::int64_t> sums;    // of each
  std::uint8_t reasons = 0;              // bits in the order of churn_warning_codes
  static_assert(churn_warning_codes.size() <= 8);

  // Of all of it: rows with the same are alike. Nought of who was never active.
  [[nodiscard]] std::int64_t digest() const;
};

// Those of many customers, column by column.
struct AllActiveMonths {
  std::vector<std::uint32_t> begins{0};  // by customer, and the end
  std::vector<std::int16_t> months;
  std::vector<std::int64_t> sums;
  std::vector<std::uint8_t> reasons;  // by customer

  [[nodiscard]] std::size_t customers() const { return begins.size() - 1; }
  [[nodiscard]] ActiveMonths of(std::size_t customer) const;
};

// From all orders of the facts, those after today among them; without reasons.
[[nodiscard]] AllActiveMonths active_months_of(const Facts& facts);
// What warnings rest on; who is not warned has none.
void put_reasons(AllActiveMonths& all, std::span<const ScoreRow> rows);

// Of a cohort and a period. In the table's words (migration 0153).
struct CohortKey {
  std::int16_t months = 1;  // of a period; 0: `period` is the number of a reason
  std::int16_t cohort = 0, period = 0;

  friend auto operator<=>(const CohortKey&, const CohortKey&) = default;
};
struct CohortCount {
  std::int64_t customers = 0;
  std::int64_t stayed = 0;  // active in the period before too
  base::Int128 sum = 0;
};

inline constexpr std::int16_t months_a_quarter = 3;

// Counts customers, or takes them away again. The same that the table's triggers do, for where all
// customers are counted at once.
class CohortCounts {
 public:
  void count(const ActiveMonths& customer, int times = 1);
  void add(const CohortKey& key, const CohortCount& count);
  // In the order of their keys, without those of nobody.
  [[nodiscard]] std::vector<std::pair<CohortKey, CohortCount>> cells() const;

 private:
  void count_period(const CohortKey& key, std::int16_t before, std::int64_t sum, int times);

  std::unordered_map<std::uint64_t, CohortCount> counts_;
};

}  // namespace rapport::crm
