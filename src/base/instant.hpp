// Time: an Instant is a point in time (microseconds since 1970-01-01T00:00Z, as PostgreSQL keeps
// it), a Duration a length of it, a Date a day in the calendar with no zone.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace rapport::base {

struct Duration {
  std::int64_t us = 0;
  auto operator<=>(const Duration&) const = default;
};

[[nodiscard]] constexpr Duration milliseconds(std::int64_t n) {
  return {n * 1000};
}
[[nodiscard]] constexpr Duration seconds(std::int64_t n) {
  return {n * 1'000'000};
}
[[nodiscard]] constexpr Duration hours(std::int64_t n) {
  return {n * 3'600'000'000};
}
[[nodiscard]] constexpr Duration days(std::int64_t n) {
  return hours(24 * n);
}

struct Instant {
  std::int64_t us = 0;
  auto operator<=>(const Instant&) const = default;
};

[[nodiscard]] constexpr Instant operator+(Instant t, Duration d) {
  return {t.us + d.us};
}
[[nodiscard]] constexpr Instant operator-(Instant t, Duration d) {
  return {t.us - d.us};
}
[[nodiscard]] constexpr Duration operator-(Instant a, Instant b) {
  return {a.us - b.us};
}

struct Date {
  std::int32_t days = 0;  // since 1970-01-01
  auto operator<=>(const Date&) const = default;
};

struct CivilDate {
  int year, month, day;
};
[[nodiscard]] Date date_of(const CivilDate& civil);
[[nodiscard]] CivilDate civil_of(Date date);
// The same day n months later, or that month's last day.
[[nodiscard]] Date plus_months(Date date, int months);
[[nodiscard]] constexpr Date plus_days(Date date, int n) {
  return {date.days + n};
}
// Monday 0 … Sunday 6.
[[nodiscard]] int weekday(Date date);

// Reads "2026-03-01"; years 0001–9999.
[[nodiscard]] std::optional<Date> parse_date(std::string_view text);
[[nodiscard]] std::string to_text(Date date);

// Reads RFC 3339: "2026-03-01T12:00:00Z", "…T12:00:00.25+01:00"; also PostgreSQL's
// "2026-03-01 12:00:00.25+00". A time without a zone is refused.
[[nodiscard]] std::optional<Instant> parse_instant(std::string_view text);
// "2026-03-01T12:00:00Z", with up to six digits of a fraction where there is one.
[[nodiscard]] std::string to_text(Instant instant);

// Zones are named by their IANA names ("Europe/Madrid"); ICU knows them.
[[nodiscard]] bool is_zone(std::string_view zone);
[[nodiscard]] Date date_in_zone(Instant instant, std::string_view zone);
[[nodiscard]] Instant start_of_day(Date date, std::string_view zone);

// Where the program gets its time from; tests and scenarios set it.
using Clock = std::function<Instant()>;
[[nodiscard]] Instant system_now();

}  // namespace rapport::base
