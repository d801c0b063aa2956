#include "entity/types/moments.hpp"

#include <unicode/basictz.h>
#include <unicode/timezone.h>
#include <unicode/unistr.h>

#include <array>
#include <chrono>
#include <memory>

#include "base/text.hpp"

namespace rapport::entity {
namespace {

constexpr std::int64_t us_per_second = 1'000'000;
constexpr std::int64_t us_per_day = 86'400 * us_per_second;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

void skip_spaces(std::string_view& text) {
  while (!text.empty() && text[0] == ' ') text.remove_prefix(1);
}

struct Digits {
  int value = 0;
  std::size_t count = 0;
};

Digits take_digits(std::string_view& text, std::size_t most) {
  Digits digits;
  while (digits.count < most && !text.empty() && is_digit(text[0])) {
    digits.value = digits.value * 10 + (text[0] - '0');
    ++digits.count;
    text.remove_prefix(1);
  }
  return digits;
}

// The month whose English name begins so; whole names and their first three letters.
int take_month_name(std::string_view& text) {
  constexpr std::array<std::string_view, 12> names{"january",   "february", "march",    "april",
                                                   "may",       "june",     "july",     "august",
                                                   "september", "october",  "november", "december"};
  std::size_t length = 0;
  const auto lower = [](char c) { return static_cast<char>(c | 0x20); };
  while (length < text.size() && lower(text[length]) >= 'a' && lower(text[length]) <= 'z') ++length;
  if (length < 3) return 0;
  for (std::size_t month = 0; month < names.size(); ++month) {
    if (length > names[month].size()) continue;
    bool same = true;
    for (std::size_t i = 0; i < length; ++i) same = same && lower(text[i]) == names[month][i];
    if (!same) continue;
    text.remove_prefix(length);
    if (!text.empty() && text[0] == '.') text.remove_prefix(1);
    return static_cast<int>(month) + 1;
  }
  return 0;
}

bool take_separator(std::string_view& text) {
  bool any = false;
  while (!text.empty() &&
         (text[0] == '-' || text[0] == '/' || text[0] == '.' || text[0] == ' ' || text[0] == ',')) {
    text.remove_prefix(1);
    any = true;
    if (text.empty() || text[0] != ' ') break;
  }
  return any;
}

int whole_year(const Digits& year) {
  if (year.count > 2) return year.value;
  return year.value < 69 ? 2000 + year.value : 1900 + year.value;
}

std::optional<base::Date> made(int year, int month, int day) {
  const std::chrono::year_month_day ymd{std::chrono::year{year},
                                        std::chrono::month{static_cast<unsigned>(month)},
                                        std::chrono::day{static_cast<unsigned>(day)}};
  if (year < 1 || year > 9999 || !ymd.ok()) return std::nullopt;
  return base::date_of({year, month, day});
}

// "31 Dec 2025", "Dec 31, 2025": the name says which is the month.
std::optional<base::Date> take_named_date(std::string_view& text) {
  Digits day;
  int month = take_month_name(text);
  if (month == 0) {
    day = take_digits(text, 2);
    if (day.count == 0 || !take_separator(text)) return std::nullopt;
    month = take_month_name(text);
    if (month == 0 || !take_separator(text)) return std::nullopt;
  } else {
    if (!take_separator(text)) return std::nullopt;
    day = take_digits(text, 2);
    if (day.count == 0 || !take_separator(text)) return std::nullopt;
  }
  const Digits year = take_digits(text, 4);
  if (year.count != 4 && year.count != 2) return std::nullopt;
  return made(whole_year(year), month, day.value);
}

std::optional<base::Date> take_date(std::string_view& text, const TextForms& forms) {
  const std::string_view all = text;
  std::array<Digits, 3> parts;
  parts[0] = take_digits(text, 8);
  if (parts[0].count == 8) {  // 20251231
    const int n = parts[0].value;
    if (forms.date_order == "ymd") return made(n / 10000, n / 100 % 100, n % 100);
    const int first = n / 1'000'000;
    const int second = n / 10'000 % 100;
    return forms.date_order == "dmy" ? made(n % 10'000, second, first)
                                     : made(n % 10'000, first, second);
  }
  const char separator = text.empty() ? '\0' : text[0];
  if (parts[0].count == 0 || !take_separator(text) || text.empty() || !is_digit(text[0])) {
    text = all;
    return take_named_date(text);
  }
  parts[1] = take_digits(text, 2);
  // 2025-12/31 is a slip of somebody's pen; better refused than guessed at.
  if (parts[1].count == 0 || text.empty() || text[0] != separator || !take_separator(text)) {
    return std::nullopt;
  }
  parts[2] = take_digits(text, 4);
  if (parts[0].count == 4 || forms.date_order == "ymd") {
    if (parts[2].count == 0 || parts[2].count > 2) return std::nullopt;
    if (parts[0].count != 4 && parts[0].count != 2) return std::nullopt;
    return made(whole_year(parts[0]), parts[1].value, parts[2].value);
  }
  if (parts[0].count > 2 || (parts[2].count != 4 && parts[2].count != 2)) return std::nullopt;
  const int year = whole_year(parts[2]);
  return forms.date_order == "dmy" ? made(year, parts[1].value, parts[0].value)
                                   : made(year, parts[0].value, parts[1].value);
}

// "14:05", "14:05:09.25", "2:05 PM" as microseconds of the day.
std::optional<std::int64_t> take_time(std::string_view& text) {
  const Digits hour = take_digits(text, 2);
  if (hour.count == 0 || text.empty() || text[0] != ':') return std::nullopt;
  text.remove_prefix(1);
  const Digits minute = take_digits(text, 2);
  if (minute.count != 2 || minute.value > 59) return std::nullopt;
  Digits second;
  std::int64_t fraction = 0;
  if (!text.empty() && text[0] == ':') {
    text.remove_prefix(1);
    second = take_digits(text, 2);
    if (second.count != 2 || second.value > 59) return std::nullopt;
    if (!text.empty() && (text[0] == '.' || text[0] == ',')) {
      text.remove_prefix(1);
      const Digits digits = take_digits(text, 6);
      if (digits.count == 0) return std::nullopt;
      fraction = digits.value;
      for (std::size_t i = digits.count; i < 6; ++i) fraction *= 10;
      while (!text.empty() && is_digit(text[0])) text.remove_prefix(1);
    }
  }
  int hours = hour.value;
  std::string_view rest = text;
  skip_spaces(rest);
  if (rest.size() >= 2 && (rest[1] == 'M' || rest[1] == 'm')) {
    const char half = static_cast<char>(rest[0] | 0x20);
    if ((half != 'a' && half != 'p') || hours < 1 || hours > 12) return std::nullopt;
    hours = hours % 12 + (half == 'p' ? 12 : 0);
    rest.remove_prefix(2);
    text = rest;
  }
  if (hours > 23) return std::nullopt;
  return (hours * 3600LL + minute.value * 60LL + second.value) * us_per_second + fraction;
}

// "Z", "UTC", "+01:00", "-0330", "+01" as microseconds east of UTC.
std::optional<std::int64_t> take_offset(std::string_view& text) {
  if (text == "Z" || text == "z" || text == "UTC" || text == "GMT") {
    text = {};
    return 0;
  }
  if (text.empty() || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  const bool west = text[0] == '-';
  text.remove_prefix(1);
  const Digits hour = take_digits(text, 2);
  if (!text.empty() && text[0] == ':') text.remove_prefix(1);
  const Digits minute = take_digits(text, 2);
  if (hour.count != 2 || hour.value > 15 || minute.value > 59 || minute.count == 1) {
    return std::nullopt;
  }
  const std::int64_t us = (hour.value * 3600LL + minute.value * 60LL) * us_per_second;
  return west ? -us : us;
}

// A file has one zone: the one last used is at hand.
std::optional<std::int64_t> in_zone(std::int64_t local_us, const std::string& zone_name) {
  if (zone_name == "UTC") return local_us;
  struct Last {
    std::string name;
    std::unique_ptr<icu::TimeZone> zone;
  };
  thread_local Last last;
  if (last.name != zone_name) {
    last.zone.reset(icu::TimeZone::createTimeZone(icu::UnicodeString::fromUTF8(zone_name)));
    last.name = zone_name;
    if (*last.zone == icu::TimeZone::getUnknown()) last.zone.reset();
  }
  const auto* zone = dynamic_cast<const icu::BasicTimeZone*>(last.zone.get());
  if (zone == nullptr) return std::nullopt;
  int32_t raw = 0;
  int32_t saving = 0;
  UErrorCode status = U_ZERO_ERROR;
  // Skipped and repeated local times are read with the offset from before the change.
  zone->getOffsetFromLocal(static_cast<double>(local_us / 1000), UCAL_TZ_LOCAL_FORMER,
                           UCAL_TZ_LOCAL_FORMER, raw, saving, status);
  if (U_FAILURE(status)) return std::nullopt;
  return local_us - (static_cast<std::int64_t>(raw) + saving) * 1000;
}

}  // namespace

std::optional<base::Date> date_form(std::string_view text, const TextForms& forms) {
  text = base::trimmed(text);
  const auto date = take_date(text, forms);
  if (!date || text.empty()) return date;
  if (text[0] != ' ' && text[0] != 'T') return std::nullopt;
  text.remove_prefix(1);
  const auto time = take_time(text);
  if (!time || *time != 0) return std::nullopt;
  skip_spaces(text);
  if (!text.empty() && (!take_offset(text) || !text.empty())) return std::nullopt;
  return date;
}

std::optional<base::Instant> instant_form(std::string_view text, const TextForms& forms) {
  text = base::trimmed(text);
  const auto date = take_date(text, forms);
  if (!date) return std::nullopt;
  std::int64_t time_us = 0;
  if (!text.empty() && text[0] == ',') text.remove_prefix(1);  // "12/31/25, 2:05 PM"
  if (!text.empty()) {
    if (text[0] != ' ' && text[0] != 'T' && text[0] != 't') return std::nullopt;
    text.remove_prefix(1);
    skip_spaces(text);
    const auto time = take_time(text);
    if (!time) return std::nullopt;
    time_us = *time;
  }
  const std::int64_t local_us = date->days * us_per_day + time_us;
  skip_spaces(text);
  if (!text.empty()) {
    const auto offset_us = take_offset(text);
    if (!offset_us || !text.empty()) return std::nullopt;
    return base::Instant{local_us - *offset_us};
  }
  const auto us = in_zone(local_us, forms.zone);
  if (!us) return std::nullopt;
  return base::Instant{*us};
}

std::string order_in_words(const TextForms& forms) {
  if (forms.date_order == "dmy") return "day, month, year";
  if (forms.date_order == "mdy") return "month, day, year";
  return "year, month, day";
}

}  // namespace rapport::entity
