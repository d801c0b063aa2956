#include "crm/insight/refresh/score_store.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>

namespace rapport::crm {
namespace {

Facts shop() {
  Facts facts;
  for (std::uint32_t i = 0; i < 4; ++i) facts.products.add(base::id_at(1000 + i, 1, i));
  return facts;
}

ScoreRow customer() {
  ScoreRow row{.as_of_day = 20'000, .first_day = 19'000, .last_day = 19'990};
  row.orders = 5;
  row.returns = 1;
  row.purchases = 4;
  row.first_purchase = 19'000;
  row.last_purchase = 19'990;
  row.rhythm = 30.5F;
  row.bought = 900'000;
  row.historic_value = 1'500'000;
  row.cell = {5, 4, 3};
  row.modelled = true;
  row.alive = .9;
  row.average = 300'000;
  row.offers = {{{.product = 1, .because = 0, .support = 9, .lift = 2},
                 {.product = 2, .because = 0, .support = 7, .lift = 1.5}}};
  row.offers_count = 2;
  return row;
}

base::Instant at(std::string_view text) {
  return base::parse_instant(text).value_or(base::Instant{});
}

// Reasons are told from the newest row of history. It once got none for a return, an edited total,
// another call left unresolved or another second offer, and reasons went on saying what was so no
// more.
TEST(WorthKeeping, AScoreWhoseReasonsChangedIsKept) {
  const auto facts = shop();
  const auto now = at("2026-03-20T02:30:00Z");
  const Before before{
      .scored = true, .digest = digest_of(customer(), facts), .as_of = at("2026-03-19T02:30:00Z")};
  const struct {
    std::string_view what;
    void (*alter)(ScoreRow&);
    bool kept;
  } cases[] = {
      {"nothing", [](ScoreRow&) {}, false},
      {"a day passes", [](ScoreRow& row) { ++row.as_of_day; }, false},
      {"a new fit moves the probability", [](ScoreRow& row) { row.alive = .88; }, false},
      {"a new fit moves what is expected of a purchase", [](ScoreRow& row) { row.average += 100; },
       false},
      {"somebody else buys both products", [](ScoreRow& row) { ++row.offers[0].support; }, false},
      {"an order", [](ScoreRow& row) { ++row.orders; }, true},
      {"a return", [](ScoreRow& row) { ++row.returns; }, true},
      {"an edited total", [](ScoreRow& row) { row.historic_value -= 1; }, true},
      {"a call left unresolved", [](ScoreRow& row) { ++row.unresolved; }, true},
      {"more given back in the year", [](ScoreRow& row) { row.returned += 10'000; }, true},
      {"an order leaves the year", [](ScoreRow& row) { row.bought -= 10'000; }, true},
      {"smaller purchases", [](ScoreRow& row) { row.latest_average = 1; }, true},
      {"a purchase given back", [](ScoreRow& row) { row.last_purchase -= 30; }, true},
      {"another reason of the same warning", [](ScoreRow& row) { row.alive = .4; }, true},
      {"another rhythm", [](ScoreRow& row) { row.rhythm = 31; }, true},
      {"another cell", [](ScoreRow& row) { row.cell.recency = 4; }, true},
      {"a warning", [](ScoreRow& row) { row.warning = Warning::watch; }, true},
      {"the first model", [](ScoreRow& row) { row.modelled = false; }, true},
      {"another second offer", [](ScoreRow& row) { row.offers[1].product = 3; }, true},
      {"another product behind an offer", [](ScoreRow& row) { row.offers[1].because = 3; }, true},
      {"an offer less", [](ScoreRow& row) { row.offers_count = 1; }, true},
  };
  for (const auto& one : cases) {
    auto row = customer();
    one.alter(row);
    EXPECT_EQ(worth_keeping({}, before, digest_of(row, facts), now, "UTC"), one.kept) << one.what;
  }
}

TEST(WorthKeeping, FirstScoresAndTheFirstOfAMonthAreKept) {
  const auto facts = shop();
  const auto digest = digest_of(customer(), facts);
  const auto midnight = at("2026-04-01T00:30:00Z");
  const Before before{.scored = true, .digest = digest, .as_of = at("2026-03-31T22:30:00Z")};
  EXPECT_TRUE(worth_keeping({}, {}, digest, midnight, "UTC"));
  EXPECT_TRUE(worth_keeping({}, before, digest, midnight, "UTC"));
  EXPECT_FALSE(worth_keeping({}, before, digest, midnight, "America/New_York"));
}

// On the first of each month the history of all customers was written at once.
TEST(WorthKeeping, AMonthBeginsOnAnotherDayForEachCustomer) {
  const auto facts = shop();
  const auto digest = digest_of(customer(), facts);
  constexpr int customers = 28;
  std::vector<int> kept(customers);
  for (const auto* month : {"2026-01-", "2026-02-", "2026-03-"}) {
    for (int day = 1; day <= 28; ++day) {
      const auto noon = at(fmt::format("{}{:02}T12:00:00Z", month, day));
      const Before before{.scored = true, .digest = digest, .as_of = noon - base::days(1)};
      int tonight = 0;
      for (int n = 0; n < customers; ++n) {
        base::Id id;
        id.bytes.back() = static_cast<std::uint8_t>(n);
        if (!worth_keeping(id, before, digest, noon, "UTC")) continue;
        ++kept[n];
        ++tonight;
      }
      EXPECT_EQ(tonight, 1) << month << day;
    }
  }
  EXPECT_EQ(kept, std::vector<int>(customers, 3));
}

// The number stands beside the person and is read as JSON by browsers, whose numbers have 53 bits.
TEST(Digest, IsTheSameForTheSameAndFitsANumberOfJson) {
  const auto facts = shop();
  for (std::uint32_t orders = 0; orders < 1000; ++orders) {
    auto row = customer();
    row.orders = orders;
    const auto digest = digest_of(row, facts);
    EXPECT_EQ(digest, digest_of(row, facts));
    EXPECT_GE(digest, 0);
    EXPECT_LT(digest, std::int64_t{1} << 52);
  }
}

}  // namespace
}  // namespace rapport::crm
