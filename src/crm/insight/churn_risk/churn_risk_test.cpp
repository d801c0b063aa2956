// What the risk of leaving says of customers told by hand, and that its reasons are the risk.
#include "crm/insight/churn_risk/churn_risk.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <set>

#include "crm/insight/facts/testing.hpp"
#include "crm/insight/scores/score.hpp"

namespace rapport::crm {
namespace {

constexpr std::int32_t kToday = 20'000;

// Those who spend little leave soon.
struct Crowd : OrderColumns {
  Crowd() {
    // Bea once, 12 days ago; Ana three times, the last 10 days ago, and gave back a fifth of that.
    order(0, kToday - 12, 40);
    order(1, kToday - 70, 30);
    order(1, kToday - 40, 30);
    order(1, kToday - 10, 60);
    order(1, kToday - 10, -12);
    std::mt19937_64 random(3);  // NOLINT: the same each time
    std::uniform_real_distribution<> uniform(1e-9, 1);
    customers = 1500;
    for (std::uint32_t who = 2; who < customers; ++who) {
      const bool small = who % 2 == 0;
      double at = uniform(random) * 400;
      while (at < 400) {
        order(who, kToday - 399 + static_cast<std::int32_t>(at), small ? 15 : 80);
        if (uniform(random) < (small ? .4 : .05)) break;
        at += std::max(1., -std::log(uniform(random)) * 12);
      }
    }
  }
};

class ChurnRisk : public testing::Test {
 protected:
  using Texts = std::set<std::string>;
  Crowd crowd;
  Histories histories = histories_of(crowd.orders());
  ChurnSources sources{.histories = histories, .orders = crowd.orders(), .talks = {}};
  base::Result<ChurnComparison> made = compare_churn(sources, kToday);

  // What is said of the customer, without the side that it speaks for.
  [[nodiscard]] Texts words(const ChurnModel& model, std::uint32_t who) const {
    Texts texts;
    const auto reasons = churn_reasons_of(model, sources, kToday, who, "EUR");
    for (const auto& reason : *reasons) {
      const auto text = worded(*score_named("churn_risk"), reason);
      const std::string side = reason.weight > 0 ? "leaving." : "staying.";
      EXPECT_TRUE(text.ends_with(": speaks for " + side)) << text;
      texts.insert(text.substr(0, text.rfind(": speaks for")));
    }
    return texts;
  }
};

TEST_F(ChurnRisk, TheReasonsOfACustomerToldByHand) {
  ASSERT_TRUE(made) << made.error().details;
  const Texts bea{"The only purchase was 12 days ago, on 2024-09-22",
                  "Days with a purchase since 2024-09-22 number 1, those of the last year 1",
                  "A purchase came to 40.00 EUR on average",
                  "Gave back 0 % of what was bought in the last year"};
  const Texts ana{
      "The last purchase was 10 days ago, on 2024-09-24, with 30 days between two on average",
      "Days with a purchase since 2024-07-26 number 3, those of the last year 3",
      "A purchase came to 36.00 EUR on average, the latest to 160 % of those before",
      "Gave back 10 % of what was bought in the last year"};
  for (const auto& fit : made->fits) {
    for (const auto& [who, said] : {std::pair{0U, bea}, {1U, ana}}) {
      const auto texts = words(fit.model, who);
      for (const auto& text : texts) EXPECT_TRUE(said.contains(text)) << text;
      EXPECT_GE(texts.size(), 3U) << "nobody else gave anything back, so that may tell nothing";
    }
  }
}

// The log odds less all reasons are those of the average customer: the same of everybody.
TEST_F(ChurnRisk, ReasonsAddUpToTheLogOddsOfLeaving) {
  ASSERT_TRUE(made);
  for (const auto& fit : made->fits) {
    std::optional<double> base;
    for (std::uint32_t who = 0; who < crowd.customers; who += 97) {
      const std::uint32_t one[] = {who};
      const auto table = ChurnFeatures(sources, kToday, fit.model.interactions).of(one);
      double rest = fit.model.model.log_odds(table)->front();
      const auto reasons = churn_reasons_of(fit.model, sources, kToday, who, "EUR");
      for (const auto& reason : *reasons) rest -= reason.weight;
      if (!base) base = rest;
      EXPECT_NEAR(rest, *base, 1e-4) << who;
    }
  }
}

TEST_F(ChurnRisk, IsToldInWholePercentsAndNeverAsCertain) {
  ASSERT_TRUE(made);
  const auto& model = made->fits.front().model;
  std::vector<ScoreRow> rows(crowd.customers);
  for (std::uint32_t i = 0; i < crowd.customers; ++i) rows[i].customer = i;
  ASSERT_TRUE(put_churn_risk(model, sources, kToday, rows));
  for (const auto& row : rows) {
    ASSERT_TRUE(row.risk);
    EXPECT_GE(*row.risk, .01);
    EXPECT_LE(*row.risk, .99);
    EXPECT_NEAR(*row.risk * 100, std::round(*row.risk * 100), 1e-9);
  }
  // Nobody had bought before the first order.
  ASSERT_TRUE(put_churn_risk(model, sources, kToday - 500, rows));
  for (const auto& row : rows) EXPECT_FALSE(row.risk);
  EXPECT_TRUE(churn_reasons_of(model, sources, kToday - 500, 0, "EUR")->empty());
}

}  // namespace
}  // namespace rapport::crm
