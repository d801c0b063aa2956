#include "base/instant.hpp"

#include <gtest/gtest.h>

namespace rapport::base {
namespace {

TEST(Date, ReadsAndWritesTheCalendar) {
  for (const char* text : {"1970-01-01", "2000-02-29", "0001-01-01", "9999-12-31", "1969-12-31"}) {
    ASSERT_TRUE(parse_date(text)) << text;
    EXPECT_EQ(to_text(*parse_date(text)), text);
  }
  for (const char* text : {"", "2001-02-29", "2001-13-01", "2001-00-10", "01-01-2001", "2001-1-1",
                           "2001-01-01T", "0000-01-01", "2001/01/01"}) {
    EXPECT_EQ(parse_date(text), std::nullopt) << text;
  }
}

TEST(Date, CountsMonthsToTheLastDay) {
  EXPECT_EQ(to_text(plus_months(*parse_date("2024-01-31"), 1)), "2024-02-29");
  EXPECT_EQ(to_text(plus_months(*parse_date("2024-03-31"), -13)), "2023-02-28");
  EXPECT_EQ(to_text(plus_months(*parse_date("2024-12-15"), 1)), "2025-01-15");
}

TEST(Date, KnowsTheWeekday) {
  EXPECT_EQ(weekday(*parse_date("2026-03-02")), 0);  // a Monday
  EXPECT_EQ(weekday(*parse_date("1970-01-01")), 3);
  EXPECT_EQ(weekday(*parse_date("1969-12-28")), 6);
}

TEST(Instant, ReadsRfc3339AndPostgres) {
  struct Case {
    const char* in;
    const char* out;
  };
  for (const auto& [in, out] : {Case{"2026-03-01T12:00:00Z", "2026-03-01T12:00:00Z"},
                                {"2026-03-01T12:00:00.250+01:00", "2026-03-01T11:00:00.25Z"},
                                {"2026-03-01 12:00:00.000001+00", "2026-03-01T12:00:00.000001Z"},
                                {"2026-03-01 00:30:00-0330", "2026-03-01T04:00:00Z"},
                                {"1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.5Z"},
                                {"2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"},
                                {"2026-03-01T12:00Z", "2026-03-01T12:00:00Z"}}) {
    ASSERT_TRUE(parse_instant(in)) << in;
    EXPECT_EQ(to_text(*parse_instant(in)), out) << in;
  }
  for (const char* in :
       {"", "2026-03-01", "2026-03-01T12:00:00", "2026-03-01T25:00:00Z", "2026-03-01T12:60:00Z",
        "2026-03-01T12:00:00.Z", "2026-03-01T12:00:00Zx"}) {
    EXPECT_EQ(parse_instant(in), std::nullopt) << in;
  }
}

TEST(Instant, FallsOnADayOfItsZone) {
  const Instant late = *parse_instant("2026-03-01T23:30:00Z");
  EXPECT_EQ(to_text(date_in_zone(late, "UTC")), "2026-03-01");
  EXPECT_EQ(to_text(date_in_zone(late, "Europe/Madrid")), "2026-03-02");
  EXPECT_EQ(to_text(date_in_zone(late, "America/New_York")), "2026-03-01");
}

TEST(Instant, StartsADayWhereTheZoneStartsIt) {
  struct Case {
    const char* date;
    const char* zone;
    const char* start;
  };
  for (const auto& [date, zone, start] :
       {Case{"2026-03-29", "Europe/Madrid", "2026-03-28T23:00:00Z"},
        {"2026-03-30", "Europe/Madrid", "2026-03-29T22:00:00Z"},
        {"2026-10-25", "Europe/Madrid", "2026-10-24T22:00:00Z"},
        // Midnight is skipped: the day starts at 01:00, which is 04:00 UTC.
        {"2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00:00Z"},
        {"2026-01-01", "UTC", "2026-01-01T00:00:00Z"}}) {
    EXPECT_EQ(to_text(start_of_day(*parse_date(date), zone)), start) << date << " " << zone;
  }
}

TEST(Zone, IsKnownByItsIanaName) {
  EXPECT_TRUE(is_zone("Europe/Madrid"));
  EXPECT_TRUE(is_zone("UTC"));
  EXPECT_FALSE(is_zone("Mars/Olympus"));
  EXPECT_FALSE(is_zone(""));
}

}  // namespace
}  // namespace rapport::base
