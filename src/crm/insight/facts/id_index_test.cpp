#include "crm/insight/facts/id_index.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "crm/insight/facts/facts.hpp"

namespace rapport::crm {
namespace {

TEST(IdIndex, NumbersIdsInTheOrderTheyCame) {
  IdIndex index;
  std::vector<base::Id> ids(10'000);
  std::ranges::generate(ids, [] { return base::new_id(); });
  EXPECT_FALSE(index.find(ids[0]));
  for (std::uint32_t i = 0; i < ids.size(); ++i) EXPECT_EQ(index.add(ids[i]), i);
  EXPECT_EQ(index.add(ids[77]), 77u);
  EXPECT_EQ(index.size(), ids.size());
  EXPECT_EQ(index.find(ids[9'999]), 9'999u);
  EXPECT_FALSE(index.find(base::new_id()));
}

TEST(IdFinder, FindsTheSameAsTheIndexWhateverTheOrder) {
  IdIndex index;
  std::vector<base::Id> ids(100);
  std::ranges::generate(ids, [] { return base::new_id(); });
  for (int i = 0; i < 50; ++i) index.add(ids[static_cast<std::size_t>(i)]);
  IdFinder finder(index);
  EXPECT_FALSE(finder.find({})) << "before anything was looked for";
  for (const std::size_t i : {7, 7, 77, 77, 7, 49, 50, 50, 49, 0}) {
    index.expect(ids[i]);
    EXPECT_EQ(finder.find(ids[i]), index.find(ids[i])) << i;
  }
}

// Ids made one after the other by one process differ in few bits.
TEST(IdIndex, TellsIdsApartThatDifferInOneBit) {
  IdIndex index;
  std::vector<base::Id> ids(129, base::new_id());
  for (std::size_t bit = 0; bit < 128; ++bit) {
    ids[bit + 1].bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
  }
  for (std::uint32_t i = 0; i < ids.size(); ++i) EXPECT_EQ(index.add(ids[i]), i);
  for (std::uint32_t i = 0; i < ids.size(); ++i) EXPECT_EQ(index.find(ids[i]), i);
}

TEST(Days, AreThoseOfTheZoneAlsoWhenClocksChange) {
  for (const auto* zone : {"UTC", "Europe/Madrid", "America/Los_Angeles", "Pacific/Auckland"}) {
    Days days(zone);
    // Every 17 hours and some over five years, there and back.
    for (const int step : {1, -1}) {
      for (int i = 0; i < 2'600; ++i) {
        const base::Instant at{1'600'000'000'000'000 + step * i * 61'234'567'891LL};
        ASSERT_EQ(days.of(at), base::date_in_zone(at, zone).days) << zone << base::to_text(at);
      }
    }
  }
}

}  // namespace
}  // namespace rapport::crm
