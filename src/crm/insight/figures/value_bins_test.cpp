#include "crm/insight/figures/value_bins.hpp"

#include <gtest/gtest.h>

#include <random>

namespace rapport::crm {
namespace {

std::string shown(const std::vector<std::int64_t>& amounts) {
  std::string text;
  for (const auto& bin : value_bins(amounts)) {
    text += "[" + std::to_string(bin.from) + "," + std::to_string(bin.to) + ")" +
            std::to_string(bin.count) + "/" + std::to_string(bin.sum) + " ";
  }
  return text;
}

TEST(ValueBins, are_one_two_five_times_powers_of_ten) {
  const std::vector<std::pair<std::vector<std::int64_t>, std::string>> cases{
      {{}, ""},
      {{0}, "[0,1)1/0 "},
      {{7}, "[5,10)1/7 "},
      {{10}, "[10,20)1/10 "},
      {{-10}, "[-10,0)1/-10 "},
      {{30, 120, 4000},
       "[20,50)1/30 [50,100)0/0 [100,200)1/120 [200,500)0/0 [500,1000)0/0 "
       "[1000,2000)0/0 [2000,5000)1/4000 "},
      {{-30, 0, 30, 49}, "[-50,-20)1/-30 [-20,0)0/0 [0,20)1/0 [20,50)2/79 "}};
  for (const auto& [amounts, bins] : cases) EXPECT_EQ(shown(amounts), bins);
}

TEST(ValueBins, hold_every_amount_once_and_few_near_nought) {
  std::mt19937_64 random(7);
  std::lognormal_distribution<> worth(13, 1.5);
  std::vector<std::int64_t> amounts;
  std::int64_t total = 0;
  for (int i = 0; i < 20'000; ++i) {
    amounts.push_back(static_cast<std::int64_t>(worth(random)) * (i % 50 == 0 ? -1 : 1));
    total += amounts.back();
  }
  std::size_t count = 0, most = 0;
  std::int64_t sum = 0;
  const auto bins = value_bins(amounts);
  for (std::size_t i = 0; i < bins.size(); ++i) {
    EXPECT_EQ(bins[i].from, i > 0 ? bins[i - 1].to : bins[0].from);
    count += bins[i].count;
    sum += bins[i].sum;
    most = std::max(most, bins[i].count);
    EXPECT_TRUE(bins[i].from != 0 || bins[i].count <= amounts.size() / 20);
  }
  EXPECT_EQ(count, amounts.size());
  EXPECT_EQ(sum, total);
  EXPECT_LT(most, amounts.size() / 3) << "one bar holds nearly everybody";
  EXPECT_LT(bins.size(), 40u);
}

}  // namespace
}  // namespace rapport::crm
