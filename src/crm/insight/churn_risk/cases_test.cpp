// What the risk of leaving is learnt from never sees what came after.
#include "crm/insight/churn_risk/cases.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <random>
#include <string>

#include "crm/insight/facts/testing.hpp"

namespace rapport::crm {
namespace {

constexpr std::int32_t kDay = 20'000;  // the cut-off

struct Shop : OrderColumns {
  Shop() { customers = 1; }
  std::vector<Talk> talks;
};

std::map<std::string, double> features(const Shop& shop, std::int32_t day, std::uint32_t who = 0) {
  const auto histories = histories_of(shop.orders());
  const ChurnSources sources{
      .histories = histories, .orders = shop.orders(), .talks = shop.talks, .talks_from = 0};
  const std::uint32_t one[] = {who};
  const auto table = ChurnFeatures(sources, day, true).of(one);
  std::map<std::string, double> made;
  for (std::size_t i = 0; i < table.features.size(); ++i) {
    made[table.features[i].name] = std::get<std::vector<double>>(table.columns[i])[0];
  }
  return made;
}

TEST(ChurnFeatures, AreWhatHadHappenedByTheDay) {
  Shop shop;
  shop.order(0, kDay - 400, 30);
  shop.order(0, kDay - 100, 10);
  shop.order(0, kDay - 40, 20);
  shop.order(0, kDay - 10, 60);
  shop.order(0, kDay - 5, -18);  // given back
  shop.talks = {{.customer = 0, .day = kDay - 1, .incoming = true},
                {.customer = 0, .day = kDay - 89, .incoming = true},
                {.customer = 0, .day = kDay - 90, .incoming = true},
                {.customer = 0, .day = kDay - 2, .incoming = false}};
  const std::map<std::string, double> expected{
      {"silence", 10}, {"patience", 10 / 130.}, {"purchases", 4},   {"age", 400},
      {"rhythm", 130}, {"recent", 2},           {"year", 3},        {"spend", 30},
      {"latest", 3},   {"returned", .2},        {"interactions", 2}};
  for (const auto& [name, value] : features(shop, kDay)) {
    EXPECT_NEAR(value, expected.at(name), 1e-9) << name;
  }
}

TEST(ChurnFeatures, OfOnePurchaseHaveNoRhythm) {
  Shop shop;
  shop.order(0, kDay, 30);
  auto made = features(shop, kDay);
  for (const auto* missing : {"patience", "rhythm", "latest"}) {
    EXPECT_TRUE(std::isnan(made[missing])) << missing;
  }
  EXPECT_EQ(made["silence"], 0);
  EXPECT_EQ(made["returned"], 0);
}

// Whatever comes after the cut-off is changed at random: no feature may notice.
TEST(ChurnFeatures, NeverSeeWhatCameAfter) {
  std::mt19937 random(5);
  const auto up_to = [&](int n) {
    return static_cast<std::int32_t>(random() % static_cast<unsigned>(n));
  };
  for (int round = 0; round < 50; ++round) {
    Shop before;
    before.customers = 20;
    for (std::uint32_t who = 0; who < before.customers; ++who) {
      before.order(who, kDay - up_to(700), 1 + up_to(90));
      for (int n = up_to(8); n > 0; --n) before.order(who, kDay - up_to(700), up_to(120) - 30);
    }
    // One who has bought for sure, whatever was given back.
    for (std::uint32_t who = 0; who < before.customers; ++who) before.order(who, kDay - 300, 900);
    before.talks = {{.customer = 3, .day = kDay - up_to(200), .incoming = true}};
    Shop after = before;
    for (int n = 0; n < 60; ++n) {
      const auto who = static_cast<std::uint32_t>(up_to(20));
      after.order(who, kDay + 1 + up_to(300), up_to(200) - 60);
      after.talks.push_back({.customer = who, .day = kDay + 1 + up_to(300), .incoming = true});
    }
    for (std::uint32_t who = 0; who < before.customers; ++who) {
      const auto then = features(before, kDay, who), now = features(after, kDay, who);
      for (const auto& [name, value] : then) {
        EXPECT_TRUE(value == now.at(name) || (std::isnan(value) && std::isnan(now.at(name))))
            << name << " of customer " << who;
      }
    }
  }
}

TEST(ChurnCases, WhoBoughtWithinTheHorizonHasNotLeft) {
  const struct {
    std::string_view what;
    std::vector<std::int32_t> days;  // from the cut-off
    int left;                        // -1: no case
  } rows[] = {
      {"never again", {-50}, 1},         {"the day after", {-50, 1}, 0},
      {"on the last day", {-50, 60}, 0}, {"a day too late", {-50, 61}, 1},
      {"on the day itself", {0}, 1},     {"not a customer yet", {1}, -1},
  };
  Shop shop;
  shop.customers = std::size(rows);
  for (std::uint32_t i = 0; i < std::size(rows); ++i) {
    for (const auto day : rows[i].days) shop.order(i, kDay + day, 10);
  }
  const auto histories = histories_of(shop.orders());
  const ChurnSources sources{
      .histories = histories, .orders = shop.orders(), .talks = {}, .talks_from = 0};
  const auto cases = churn_cases(sources, kDay, 60, false, 100);
  ASSERT_EQ(cases.customer.size(), cases.left.size());
  std::size_t at = 0;
  for (std::uint32_t i = 0; i < std::size(rows); ++i) {
    const bool is_case = at < cases.customer.size() && cases.customer[at] == i;
    EXPECT_EQ(is_case ? cases.left[at++] : -1, rows[i].left) << rows[i].what;
  }
  EXPECT_EQ(churn_cases(sources, kDay, 60, false, 3).customer,
            (std::vector<std::uint32_t>{0, 1, 3}));
}

TEST(ChurnCases, InteractionsCountOnlyWhereTheyAreKnownForTheWholeWindow) {
  const Histories none;
  const auto known = [&](std::vector<Talk> talks, std::int32_t from) {
    const ChurnSources sources{.histories = none, .orders = {}, .talks = talks, .talks_from = from};
    return interactions_known(sources, kDay);
  };
  const Talk old{.customer = 0, .day = kDay - 90}, late{.customer = 0, .day = kDay - 89};
  EXPECT_TRUE(known({late, old}, kDay - 200));
  EXPECT_FALSE(known({late}, kDay - 200)) << "nobody kept interactions then";
  EXPECT_FALSE(known({}, kDay - 200));
  EXPECT_FALSE(known({late, old}, kDay - 88)) << "they were not read";
}

}  // namespace
}  // namespace rapport::crm
