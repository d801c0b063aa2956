#include "base/priority.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace rapport::base {
namespace {

TEST(Priority, AThreadGivesWayWithThoseItStartsAndWithoutOthers) {
  const auto before = niceness();
  Niceness giving_way = 0, started = 0;
  std::thread([&] {
    give_way();
    giving_way = niceness();
    std::thread([&] { started = niceness(); }).join();
  }).join();
  EXPECT_GE(giving_way, before);
  EXPECT_GT(giving_way, 0);
  EXPECT_EQ(started, giving_way);
  EXPECT_EQ(niceness(), before);
}

}  // namespace
}  // namespace rapport::base
