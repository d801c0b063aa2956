#include "server/commands/day_cell.hpp"

#include <gtest/gtest.h>

namespace rapport::server {
namespace {

TEST(DayCell, IsADateWithOrWithoutATime) {
  const auto day = base::parse_date("1997-09-30");
  for (const char* text :
       {"1997-09-30", "19970930", "1997-09-30 10:00", "1997-09-30T10:00:59", "1997-09-30 24:00",
        "1997-09-30 10:00:59.123456", "1997-09-30 10:00:59,5", "1997-09-30T10:00:00Z",
        "1997-09-30T10:00:00+01:00", "1997-09-30 10:00:00-0330", "1997-09-30 10:00:00.25+02",
        "1997-09-30 10:00 PM", "1997-09-30 10:00:00 am", "1997-09-30 10:00:00 +0000"})
    EXPECT_EQ(day_of_cell(text), day) << text;
}

// All behind a date was passed over once: "1997-09-30 1997-10-02" was the first day.
TEST(DayCell, IsNothingElse) {
  for (const char* text : {"",
                           "soon",
                           "1997-9-30",
                           "1997-09-31",
                           "19970931",
                           "97-09-30",
                           "1997-0930",
                           "30.09.1997",
                           "1997-09-30 ",
                           "1997-09-30T",
                           "1997-09-30 soon",
                           "1997-09-30 1997-10-02",
                           "1997-09-30x",
                           "1997-09-30 25:00",
                           "1997-09-30 10:60",
                           "1997-09-30 10",
                           "1997-09-30 10:00:",
                           "+1997093",
                           "1997-09-30 10:00:00.",
                           "1997-09-30 10:00 CET?",
                           "1997-09-30 10:00+1",
                           "199709301",
                           "1997-09-30 10:00:00+01:00 and more",
                           "1997-09-30 10:00 PMs"})
    EXPECT_FALSE(day_of_cell(text)) << text;
}

}  // namespace
}  // namespace rapport::server
