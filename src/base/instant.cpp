#include "base/instant.hpp"

#include <fmt/core.h>
#include <unicode/basictz.h>
#include <unicode/timezone.h>
#include <unicode/unistr.h>

#include <charconv>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>

namespace rapport::base {
namespace {

constexpr std::int64_t us_per_second = 1'000'000;
constexpr std::int64_t us_per_day = 86'400 * us_per_second;

std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
  return a / b - ((a % b != 0 && (a < 0) != (b < 0)) ? 1 : 0);
}

// Reads exactly `count` digits from the front.
std::optional<int> take_digits(std::string_view& text, std::size_t count) {
  if (text.size() < count) return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(count);
  return value;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text[0] != c) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<Date> take_date(std::string_view& text) {
  const auto year = take_digits(text, 4);
  if (!year || !take(text, '-')) return std::nullopt;
  const auto month = take_digits(text, 2);
  if (!month || !take(text, '-')) return std::nullopt;
  const auto day = take_digits(text, 2);
  if (!day || *year < 1) return std::nullopt;
  const std::chrono::year_month_day ymd{std::chrono::year{*year},
                                        std::chrono::month{static_cast<unsigned>(*month)},
                                        std::chrono::day{static_cast<unsigned>(*day)}};
  if (!ymd.ok()) return std::nullopt;
  return date_of({*year, *month, *day});
}

// "12:00", "12:00:00", "12:00:00.25" as microseconds of the day.
std::optional<std::int64_t> take_time(std::string_view& text) {
  const auto hour = take_digits(text, 2);
  if (!hour || !take(text, ':')) return std::nullopt;
  const auto minute = take_digits(text, 2);
  if (!minute || *hour > 23 || *minute > 59) return std::nullopt;
  std::int64_t us = (*hour * 3600LL + *minute * 60LL) * us_per_second;
  if (!take(text, ':')) return us;
  const auto second = take_digits(text, 2);
  if (!second || *second > 60) return std::nullopt;  // a leap second counts as the next
  us += *second * us_per_second;
  if (take(text, '.') || take(text, ',')) {
    std::int64_t unit = us_per_second / 10;
    std::size_t digits = 0;
    while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') {
      us += (text[digits] - '0') * unit;
      unit /= 10;
      ++digits;
    }
    if (digits == 0) return std::nullopt;
    text.remove_prefix(digits);
  }
  return us;
}

// "Z", "+01:00", "-0330", "+01" as microseconds east of UTC.
std::optional<std::int64_t> take_offset(std::string_view& text) {
  if (take(text, 'Z') || take(text, 'z')) return 0;
  const bool west = !text.empty() && text[0] == '-';
  if (!take(text, '+') && !take(text, '-')) return std::nullopt;
  const auto hour = take_digits(text, 2);
  if (!hour || *hour > 15) return std::nullopt;
  int minute = 0;
  if (!text.empty()) {
    take(text, ':');
    const auto digits = take_digits(text, 2);
    if (!digits || *digits > 59) return std::nullopt;
    minute = *digits;
  }
  const std::int64_t us = (*hour * 3600LL + minute * 60LL) * us_per_second;
  return west ? -us : us;
}

// ICU zones are costly to make and safe to read from many threads once made.
const icu::TimeZone* zone_named(std::string_view name) {
  static std::mutex mutex;
  static std::map<std::string, std::unique_ptr<icu::TimeZone>, std::less<>> zones;
  const std::scoped_lock lock(mutex);
  if (const auto found = zones.find(name); found != zones.end()) return found->second.get();
  std::unique_ptr<icu::TimeZone> zone(icu::TimeZone::createTimeZone(
      icu::UnicodeString::fromUTF8({name.data(), static_cast<int32_t>(name.size())})));
  if (*zone == icu::TimeZone::getUnknown()) zone.reset();
  constexpr std::size_t zones_max = 2000;  // names are input; there are some 600 zones
  if (zones.size() >= zones_max) return nullptr;
  return zones.emplace(std::string(name), std::move(zone)).first->second.get();
}

}  // namespace

Date date_of(const CivilDate& civil) {
  const std::chrono::sys_days day{std::chrono::year_month_day{
      std::chrono::year{civil.year}, std::chrono::month{static_cast<unsigned>(civil.month)},
      std::chrono::day{static_cast<unsigned>(civil.day)}}};
  return {static_cast<std::int32_t>(day.time_since_epoch().count())};
}

CivilDate civil_of(Date date) {
  const std::chrono::year_month_day ymd{std::chrono::sys_days{std::chrono::days{date.days}}};
  return {static_cast<int>(ymd.year()), static_cast<int>(static_cast<unsigned>(ymd.month())),
          static_cast<int>(static_cast<unsigned>(ymd.day()))};
}

Date plus_months(Date date, int months) {
  const CivilDate civil = civil_of(date);
  const int month0 = civil.year * 12 + (civil.month - 1) + months;
  const int year = static_cast<int>(floor_divide(month0, 12));
  const int month = month0 - year * 12 + 1;
  const std::chrono::year_month_day_last last{
      std::chrono::year{year},
      std::chrono::month_day_last{std::chrono::month{static_cast<unsigned>(month)}}};
  const int day_max = static_cast<int>(static_cast<unsigned>(last.day()));
  return date_of({year, month, civil.day < day_max ? civil.day : day_max});
}

int weekday(Date date) {
  // 1970-01-01 was a Thursday.
  const std::int64_t n = date.days + 3LL;
  return static_cast<int>(n - 7 * floor_divide(n, 7));
}

std::optional<Date> parse_date(std::string_view text) {
  const auto date = take_date(text);
  if (!date || !text.empty()) return std::nullopt;
  return date;
}

std::string to_text(Date date) {
  const CivilDate civil = civil_of(date);
  return fmt::format("{:04}-{:02}-{:02}", civil.year, civil.month, civil.day);
}

std::optional<Instant> parse_instant(std::string_view text) {
  const auto date = take_date(text);
  if (!date || (!take(text, 'T') && !take(text, ' ') && !take(text, 't'))) return std::nullopt;
  const auto time = take_time(text);
  if (!time) return std::nullopt;
  const auto offset = take_offset(text);
  if (!offset || !text.empty()) return std::nullopt;
  return Instant{date->days * us_per_day + *time - *offset};
}

std::string to_text(Instant instant) {
  const std::int64_t day = floor_divide(instant.us, us_per_day);
  const std::int64_t us = instant.us - day * us_per_day;
  const std::int64_t second = us / us_per_second;
  std::string out =
      fmt::format("{}T{:02}:{:02}:{:02}", to_text(Date{static_cast<std::int32_t>(day)}),
                  second / 3600, second / 60 % 60, second % 60);
  if (const std::int64_t rest = us % us_per_second; rest != 0) {
    out += fmt::format(".{:06}", rest);
    while (out.back() == '0') out.pop_back();
  }
  out += 'Z';
  return out;
}

bool is_zone(std::string_view zone) {
  return zone_named(zone) != nullptr;
}

Date date_in_zone(Instant instant, std::string_view zone_name) {
  std::int64_t us = instant.us;
  if (const icu::TimeZone* zone = zone_named(zone_name)) {
    int32_t raw = 0;
    int32_t saving = 0;
    UErrorCode status = U_ZERO_ERROR;
    zone->getOffset(static_cast<double>(floor_divide(us, 1000)), false, raw, saving, status);
    if (U_SUCCESS(status)) us += (static_cast<std::int64_t>(raw) + saving) * 1000;
  }
  return {static_cast<std::int32_t>(floor_divide(us, us_per_day))};
}

Instant start_of_day(Date date, std::string_view zone_name) {
  const Instant local{date.days * us_per_day};
  const auto* zone = dynamic_cast<const icu::BasicTimeZone*>(zone_named(zone_name));
  if (zone == nullptr) return local;
  // A midnight that is skipped (clocks go forward at 0:00) starts the day at the jump; one that
  // happens twice starts it at the first.
  int32_t raw = 0;
  int32_t saving = 0;
  UErrorCode status = U_ZERO_ERROR;
  const std::int64_t local_ms = local.us / 1000;
  zone->getOffsetFromLocal(static_cast<double>(local_ms), UCAL_TZ_LOCAL_FORMER,
                           UCAL_TZ_LOCAL_FORMER, raw, saving, status);
  if (U_FAILURE(status)) return local;
  return {local.us - (static_cast<std::int64_t>(raw) + saving) * 1000};
}

Instant system_now() {
  return {std::chrono::duration_cast<std::chrono::microseconds>(
              std::chrono::system_clock::now().time_since_epoch())
              .count()};
}

}  // namespace rapport::base
