// A customer told by hand, and what scores say of one in words; for tests of scores.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crm/insight/scores/score.hpp"

namespace rapport::crm {

// Ana: twelve purchases, one every 30 days, the last 20 days ago.
inline ScoreRow ana() {
  ScoreRow row;
  row.as_of_day = 20'350;
  row.first_day = 20'000;
  row.last_day = 20'330;
  row.orders = 13;
  row.returns = 1;
  row.purchases = 12;
  row.first_purchase = 20'000;
  row.last_purchase = 20'330;
  row.rhythm = 30;
  row.average = 825'000;
  row.bought = 9'900'000;
  row.returned = 450'000;
  row.earlier_average = 800'000;
  row.latest_average = 850'000;
  row.cell = {5, 5, 4};
  row.historic_value = 9'450'000;
  row.modelled = true;
  row.lifetime_value = 3'456'789;
  row.alive = .97;
  row.expected = 11.254;
  row.profit = 2'000'000;
  row.offers_count = 1;
  row.offers[0] = {.product = 3, .because = 1, .support = 214, .lift = 3.24F};
  return row;
}

inline std::vector<std::string> words(std::string_view score, const ScoreRow& row,
                                      const ReasonContext& context = {}) {
  std::vector<std::string> texts;
  for (const auto& one : all_scores()) {
    if (one.name != score) continue;
    for (const auto& reason : one.reasons(row, context)) {
      texts.push_back(worded(*score_named(score), reason));
    }
  }
  return texts;
}

}  // namespace rapport::crm
