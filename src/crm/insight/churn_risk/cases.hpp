// What the risk of leaving is learnt from: customers as they stood at the end of a day, and whether
// they bought again within so many days after it.
//
//   day 1 ──────────── cut-off ──────────────── cut-off + horizon
//        features: all that had happened │ outcome: nothing bought (left), or something
//
// A feature is made of what had happened by the cut-off alone, and means the same at every cut-off.
// What facts hold of some time only is therefore left out: discounts (known of the window of
// profit), and whether an interaction stands unresolved (known as it is today, not as it was then).
// An order that was cancelled since is not seen at all (README.md says why).
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "analytics/predict/features.hpp"
#include "analytics/value/orders.hpp"
#include "crm/insight/facts/facts.hpp"
#include "crm/insight/facts/histories.hpp"

namespace rapport::crm {

// What features are made of; all refers to the same customers.
struct ChurnSources {
  const Histories& histories;
  analytics::Orders orders;
  std::span<const Talk> talks;
  std::int32_t talks_from = 0;  // the first day of which interactions were read

  [[nodiscard]] static ChurnSources of(const Facts& facts, const Histories& histories,
                                       std::int32_t talks_from) {
    return {.histories = histories,
            .orders = facts.orders(),
            .talks = facts.talks,
            .talks_from = talks_from};
  }
};

// In the order of the columns; each is a reason of the score, too.
inline constexpr std::array<std::string_view, 11> churn_features{
    "silence",    // days since the last purchase
    "patience",   // these as a multiple of the own rhythm; missing: bought once
    "purchases",  // days with a purchase
    "age",        // days since the first
    "rhythm",     // days between two, on average; missing: bought once
    "recent",     // purchases within the last recent_days
    "year",       // purchases within the last year
    "spend",      // what a purchase came to on average, in units of the currency
    "latest",     // the latest as a multiple of those before; missing: bought once, or for nothing
    "returned",   // of what was bought in the last year, the share given back; missing: nothing was
    "interactions",  // interactions that came in within the last recent_days
};
inline constexpr std::size_t churn_interactions = churn_features.size() - 1;
inline constexpr std::size_t churn_returned = churn_interactions - 1;  // the only share
inline constexpr std::size_t churn_rhythm = 4, churn_latest = 8;       // missing where bought once
inline constexpr std::int32_t recent_days = 90;
inline constexpr std::int32_t year_days = 365;

// Whether interactions mean the same at that day as at any later one: interactions were read, and
// had begun to be kept, recent_days before it.
[[nodiscard]] bool interactions_known(const ChurnSources& sources, std::int32_t day);

// The features of customers at the end of a day, reckoned for all of them in one pass over orders.
class ChurnFeatures {
 public:
  ChurnFeatures(const ChurnSources& sources, std::int32_t day, bool interactions);
  // One row for each customer named, who must have bought by that day.
  [[nodiscard]] analytics::Table of(std::span<const std::uint32_t> customers) const;

 private:
  struct Sums {
    std::int64_t bought = 0, returned = 0;  // within the last year
    std::uint32_t interactions = 0;
  };
  using Row = std::array<double, churn_features.size()>;
  [[nodiscard]] Row row_of(std::uint32_t customer) const;

  const ChurnSources& sources_;
  std::int32_t day_;
  bool interactions_;
  std::vector<Sums> sums_;
};

struct ChurnCases {
  std::vector<std::uint32_t> customer;
  analytics::Table table;
  std::vector<std::uint8_t> left;  // 1: bought nothing in the horizon
};

// Who had bought by the end of the day, evenly drawn where there are more than `most`.
[[nodiscard]] std::vector<std::uint32_t> customers_by(const Histories& histories, std::int32_t day,
                                                      std::size_t most);

[[nodiscard]] ChurnCases churn_cases(const ChurnSources& sources, std::int32_t day,
                                     std::int32_t horizon, bool interactions, std::size_t most);

// The cases of one, then those of the other.
[[nodiscard]] ChurnCases joined(const ChurnCases& earlier, const ChurnCases& later);

}  // namespace rapport::crm
