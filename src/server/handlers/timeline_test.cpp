#include "server/handlers/timeline.hpp"

#include <gtest/gtest.h>

namespace rapport::server {
namespace {

TEST(TimelineCursor, reads_what_it_wrote) {
  TimelineCursor cursor{{1'772'366'400'000'000}, {{"order", 2}, {"x_follow_up", 1}}, 17};
  EXPECT_EQ(to_text(cursor), "1772366400000000.17.order-2.x_follow_up-1");
  EXPECT_EQ(parse_timeline_cursor(to_text(cursor)), cursor);
}

TEST(TimelineCursor, refuses_what_is_none) {
  for (std::string_view text :
       {"", "1", "a.1", "1.b", "1.-1", "1.1.order", "1.1.order-x", "1.1.order--1",
        "99999999999999999999.1", "1.1.order-1.", "' or 1=1 --", "1.99999999999"})
    EXPECT_FALSE(parse_timeline_cursor(text)) << text;
}

}  // namespace
}  // namespace rapport::server
