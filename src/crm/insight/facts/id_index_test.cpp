#include "crm/insight/facts/id_index.hpp"

#include <gtest/gtest.h>

#include "crm/insight/facts/facts.hpp"

namespace rapport::crm {
namespace {

TEST(IdIndex, NumbersIdsInTheOrderTheyCame) {
  IdIndex index;
  std::vector<base::Id> ids;
  for (int i = 0; i < 10'000; ++i) ids.push_back(base::new_id());
  EXPECT_FALSE(index.find(ids[0]));
  for (std::uint32_t i = 0; i < ids.size(); ++i) EXPECT_EQ(index.add(ids[i]), i);
  EXPECT_EQ(index.add(ids[77]), 77u);
  EXPECT_EQ(index.size(), ids.size());
  EXPECT_EQ(index.find(ids[9'999]), 9'999u);
  EXPECT_FALSE(index.find(base::new_id()));
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
