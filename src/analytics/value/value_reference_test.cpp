// Cohorts and whale curve of a real shop (Online Retail, Chen et al. 2012), to the cent.
#include <array>
#include <chrono>
#include <unordered_map>

#include "analytics/testing.hpp"
#include "analytics/value/cohorts.hpp"
#include "analytics/value/rfm.hpp"
#include "analytics/value/whale.hpp"

namespace rapport::analytics {
namespace {

// "-2.5" → −25'000. Exact: the shop's prices have three digits at most.
std::int64_t amount_of(std::string_view text) {
  const std::size_t point = std::min(text.find('.'), text.size());
  std::string digits(text.substr(0, point));
  std::string fraction(text.substr(std::min(point + 1, text.size())));
  fraction.resize(4, '0');
  return std::stoll(digits + fraction);
}

std::int32_t day_of(const std::string& instant) {
  const auto part = [&](std::size_t at, std::size_t length) {
    return std::stoi(instant.substr(at, length));
  };
  const std::chrono::year_month_day date(std::chrono::year(part(0, 4)),
                                         std::chrono::month(static_cast<unsigned>(part(5, 2))),
                                         std::chrono::day(static_cast<unsigned>(part(8, 2))));
  return static_cast<std::int32_t>(std::chrono::sys_days{date}.time_since_epoch().count());
}

// One row an invoice of a known customer.
struct Shop {
  std::vector<std::uint32_t> customer;
  std::vector<std::int32_t> day;
  std::vector<std::int64_t> amount;
  std::unordered_map<std::string, std::uint32_t> customers;
  std::unordered_map<std::string, std::size_t> invoices;

  void add(const std::vector<std::string>& line) {
    if (line[6].empty() || line[6] == "NA" || line[6] == "CustomerID") return;
    const auto known =
        customers.try_emplace(line[6], static_cast<std::uint32_t>(customers.size())).first;
    const auto [invoice, first] = invoices.try_emplace(line[0], customer.size());
    if (first) {
      customer.push_back(known->second);
      day.push_back(day_of(line[4]));
      amount.push_back(0);
    }
    amount[invoice->second] += std::stoll(line[3]) * amount_of(line[5]);
  }
};

class ValueReference : public ReferenceTest {
 protected:
  void SetUp() override {
    ReferenceTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    static const Shop shop = [] {
      Shop made;
      each_row("online_retail/online_retail.csv.xz",
               [&](const std::vector<std::string>& line) { made.add(line); });
      return made;
    }();
    orders = {.customers = shop.customers.size(),
              .customer = shop.customer,
              .day = shop.day,
              .amount = shop.amount};
  }

  Orders orders;
};

TEST_F(ValueReference, TheShopHasTheKnownCohortsAndWhaleCurve) {
  ASSERT_EQ(orders.customers, 4372U);
  const auto facts = purchase_facts(orders);
  ASSERT_TRUE(facts);
  std::vector<std::int64_t> net;
  for (const PurchaseFacts& fact : *facts) net.push_back(fact.money);
  const auto whale = whale_curve(net, std::array{0.01, 0.1, 0.2});
  ASSERT_TRUE(whale);
  EXPECT_EQ(whale->total, 83'000'658'140);  // 8,300,065.81
  EXPECT_NEAR(whale->best[0].cumulative, 0.2971, 0.00005);
  EXPECT_NEAR(whale->best[1].cumulative, 0.6001, 0.00005);
  EXPECT_NEAR(whale->best[2].cumulative, 0.7382, 0.00005);
  EXPECT_NEAR(whale->peak.cumulative, 1.00159, 0.000005);
  // Exactly, 41 customers are below nought and 14 at nought, having returned all they bought. A sum
  // in doubles is often quoted as 42: rounding leaves some of the 14 a hair below.
  EXPECT_EQ(whale->negative_count, 41U);
  EXPECT_EQ(whale->nought_count, 14U);

  const auto triangle = cohorts(orders);
  ASSERT_TRUE(triangle);
  EXPECT_EQ(period_text(triangle->first, triangle->period), "2010-12");
  ASSERT_EQ(triangle->periods, 13U);
  const std::vector<std::uint32_t> december{948, 362, 317, 367, 341, 376, 360,
                                            336, 336, 374, 354, 474, 260};
  for (std::size_t i = 0; i < december.size(); ++i) {
    EXPECT_EQ(triangle->at(0, i).customers, december[i]);
  }
  EXPECT_EQ(triangle->at(0, 0).money, 5'546'040'200);
  EXPECT_EQ(triangle->at(0, 12).money, 1'828'149'500);
  EXPECT_EQ(triangle->at(1, 0).customers, 421U);
  EXPECT_EQ(triangle->at(1, 1).customers, 101U);
  EXPECT_EQ(triangle->at(1, 8).money, 744'306'310);
  std::int64_t sum = 0;
  for (const CohortCell& cell : triangle->cells) sum += cell.money;
  EXPECT_EQ(sum, whale->total);
}

TEST_F(ValueReference, RetentionAndCohortsTellTheSameOfTheShop) {
  const auto triangle = cohorts(orders);
  const auto kept = retention(orders);
  ASSERT_TRUE(triangle && kept);
  ASSERT_EQ(kept->size(), triangle->periods);
  for (std::size_t period = 0; period < kept->size(); ++period) {
    const RetentionPeriod& row = (*kept)[period];
    std::uint32_t active = 0;
    for (std::size_t cohort = 0; cohort <= period; ++cohort) {
      active += triangle->at(cohort, period - cohort).customers;
    }
    EXPECT_EQ(row.active, active);
    EXPECT_EQ(row.fresh, triangle->at(period, 0).customers);
    EXPECT_EQ(row.fresh + row.retained + row.won_back, row.active);
    if (period == 0) continue;
    EXPECT_EQ(row.retained + row.defected, (*kept)[period - 1].active);
  }
  EXPECT_EQ((*kept)[1].retained, 362U);
}

TEST_F(ValueReference, TheCellsOfTheShopAreFifths) {
  const auto facts = purchase_facts(orders);
  const auto made = rfm(*facts);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->customers, 4339U);  // 33 of the 4,372 only returned
  std::array<std::size_t, 6> by_money{};
  for (const RfmCell& cell : made->cells) ++by_money[cell.money];
  EXPECT_EQ(by_money[0], 33U);
  for (std::size_t digit = 1; digit <= 5; ++digit) {
    EXPECT_GE(by_money[digit], 867U);
    EXPECT_LE(by_money[digit], 868U);
  }
}

}  // namespace
}  // namespace rapport::analytics
