#include "crm/insight/figures/kept_cohorts.hpp"

#include <algorithm>
#include <limits>

#include "crm/insight/facts/binary_rows.hpp"

namespace rapport::crm {
namespace {

using analytics::Period;

// No sum of a figure.
constexpr base::Int128 kMost = std::numeric_limits<std::int64_t>::max(), kTooMuch = kMost + 1;

Period period_of_months(std::int16_t months) {
  return months == months_a_quarter ? Period::quarter : Period::month;
}

// Counts the customers of a statement's rows: months, sums, reasons.
base::Result<void> count_rows(Figure& figure, std::string_view statement, int times,
                              CohortCounts& counts) {
  std::vector<std::int64_t> numbers, sums;
  std::vector<std::int16_t> months;
  return read_rows(figure.tx(), figure.copy_sql(statement), [&](const BinaryRow& row) {
    row.integers(0, numbers);
    row.integers(1, sums);
    months.assign(numbers.begin(), numbers.end());
    counts.count(
        {.months = months, .sums = sums, .reasons = static_cast<std::uint8_t>(row.integer(2))},
        times);
  });
}

// Those of everybody, and without who went into the bin and was not scored since: few, and found by
// the index of the bin. In this order: who is scored in between is taken away in neither.
base::Result<void> count_all(Figure& figure, CohortCounts& counts) {
  auto done =
      read_rows(figure.tx(), figure.copy_sql("copy_cohort_cells"), [&](const BinaryRow& row) {
        counts.add({.months = static_cast<std::int16_t>(row.integer(0)),
                    .cohort = static_cast<std::int16_t>(row.integer(1)),
                    .period = static_cast<std::int16_t>(row.integer(2))},
                   {.customers = row.integer(3),
                    .stayed = row.integer(4),
                    .sum = row.is_null(5) ? kTooMuch : row.integer(5)});
      });
  if (!done) return done;
  if (auto set = set_local(figure.tx(), {{"enable_nestloop", "on"}}); !set) return set;
  return count_rows(figure, "copy_months_in_bin", -1, counts);
}

}  // namespace

base::Result<std::optional<KeptCohorts>> KeptCohorts::read(Figure& figure) {
  const auto& filter = figure.filter();
  if (filter.companies || !filter.sayable()) return std::nullopt;
  const auto base = figure.tx().run({"insight.cohort_base", figure_sql("cohort_base")});
  if (!base) return std::unexpected(store::as_problem(base.error()));
  if (base->size() != 1 || base->text(0, 0) != filter.zone || base->text(0, 1) != filter.currency) {
    return std::nullopt;
  }
  CohortCounts counts;
  auto done = filter.country.empty() ? count_all(figure, counts)
                                     : count_rows(figure, "copy_months_of", 1, counts);
  if (!done) return std::unexpected(done.error());
  return of(counts);
}

std::optional<KeptCohorts> KeptCohorts::of(const CohortCounts& counts) {
  KeptCohorts made;
  const auto cells = counts.cells();
  std::array<std::int32_t, 2> last{-1, -1};
  for (const auto& [key, count] : cells) {
    if (key.months == 0) continue;
    if (key.cohort <= month_before_all || key.period == month_after_all) return std::nullopt;
    const auto kind = period_of_months(key.months);
    auto& cohorts = made.cohorts_[static_cast<std::size_t>(kind)];
    auto& until = last[static_cast<std::size_t>(kind)];
    if (until < 0) cohorts.first = key.cohort;  // keys come in their order
    until = std::max<std::int32_t>(until, key.period);
  }
  for (const auto kind : {Period::month, Period::quarter}) {
    auto& cohorts = made.cohorts_[static_cast<std::size_t>(kind)];
    const auto until = last[static_cast<std::size_t>(kind)];
    cohorts.period = kind;
    if (until < 0) continue;
    if (until - cohorts.first >= analytics::cohort_periods_max) return std::nullopt;
    cohorts.periods = static_cast<std::size_t>(until - cohorts.first) + 1;
    cohorts.cells.resize(cohorts.periods * (cohorts.periods + 1) / 2);
    made.stayed_[static_cast<std::size_t>(kind)].resize(cohorts.periods);
  }
  for (const auto& [key, count] : cells) {
    if (key.months == 0) {
      made.warned_.at(static_cast<std::size_t>(key.period)) = count.customers;
      continue;
    }
    const auto kind = static_cast<std::size_t>(period_of_months(key.months));
    auto& cohorts = made.cohorts_.at(kind);
    if (count.sum > kMost || count.sum < -kMost) return std::nullopt;
    const auto cohort = static_cast<std::size_t>(key.cohort - cohorts.first);
    const auto offset = static_cast<std::size_t>(key.period - key.cohort);
    cohorts.cells[cohorts.index(cohort, offset)] = {
        .customers = static_cast<std::uint32_t>(count.customers),
        .money = static_cast<std::int64_t>(count.sum)};
    made.stayed_.at(kind)[cohort + offset] += static_cast<std::uint32_t>(count.stayed);
  }
  return made;
}

analytics::Cohorts KeptCohorts::cohorts(Period period) const {
  return cohorts_.at(static_cast<std::size_t>(period));
}

std::vector<analytics::RetentionPeriod> KeptCohorts::retention(Period period) const {
  const auto& cohorts = cohorts_.at(static_cast<std::size_t>(period));
  const auto& stayed = stayed_.at(static_cast<std::size_t>(period));
  std::vector<analytics::RetentionPeriod> made(cohorts.periods);
  for (std::size_t cohort = 0; cohort < cohorts.periods; ++cohort) {
    for (std::size_t offset = 0; offset < cohorts.periods - cohort; ++offset) {
      made[cohort + offset].active += cohorts.at(cohort, offset).customers;
    }
    made[cohort].fresh = cohorts.at(cohort, 0).customers;
  }
  for (std::size_t n = 0; n < made.size(); ++n) {
    made[n].period = cohorts.first + static_cast<std::int32_t>(n);
    made[n].retained = stayed[n];
    made[n].won_back = made[n].active - made[n].fresh - made[n].retained;
    if (n > 0) made[n].defected = made[n - 1].active - made[n].retained;
  }
  return made;
}

}  // namespace rapport::crm
