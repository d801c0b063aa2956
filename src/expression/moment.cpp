#include "expression/moment.hpp"

#include <algorithm>

namespace rapport::expression {
namespace {

using base::Date;
using base::Instant;
using Anchor = Relative::Anchor;
using Unit = Relative::Unit;

// Beyond these, texts of dates would not be read back.
Date within_calendar(Date date) {
  return std::clamp(date, base::date_of({1, 1, 1}), base::date_of({9999, 12, 31}));
}

// A length of years may lead past every calendar; clamp before counting in days.
Date moved(Date date, int amount, Unit unit) {
  switch (unit) {
    case Unit::hours:
      return date;
    case Unit::days:
      return within_calendar(base::plus_days(date, amount));
    case Unit::weeks:
      return within_calendar(base::plus_days(date, 7 * amount));
    case Unit::months:
      return within_calendar(base::plus_months(date, amount));
    case Unit::years:
      return within_calendar(base::plus_months(date, 12 * amount));
  }
  return date;
}

Date month_start(Date date) {
  const auto civil = base::civil_of(date);
  return base::date_of({civil.year, civil.month, 1});
}

Days months_from(Date first, int n) {
  return {within_calendar(first),
          within_calendar(base::plus_days(base::plus_months(first, n), -1))};
}

Days week_from(Date monday) {
  return {monday, base::plus_days(monday, 6)};
}

Days days_of(const Relative& relative, Date today) {
  const Date month = month_start(today);
  const auto civil = base::civil_of(today);
  const Date quarter = base::date_of({civil.year, (civil.month - 1) / 3 * 3 + 1, 1});
  const Date year = base::date_of({civil.year, 1, 1});
  const Date monday = base::plus_days(today, -base::weekday(today));
  const auto day = [](Date date) { return Days{date, date}; };
  switch (relative.anchor) {
    case Anchor::now:
    case Anchor::today:
      return day(moved(today, relative.amount, relative.unit));
    case Anchor::yesterday:
      return day(base::plus_days(today, -1));
    case Anchor::tomorrow:
      return day(base::plus_days(today, 1));
    case Anchor::this_week:
      return week_from(monday);
    case Anchor::last_week:
      return week_from(base::plus_days(monday, -7));
    case Anchor::next_week:
      return week_from(base::plus_days(monday, 7));
    case Anchor::this_month:
      return months_from(month, 1);
    case Anchor::last_month:
      return months_from(base::plus_months(month, -1), 1);
    case Anchor::next_month:
      return months_from(base::plus_months(month, 1), 1);
    case Anchor::this_quarter:
      return months_from(quarter, 3);
    case Anchor::last_quarter:
      return months_from(base::plus_months(quarter, -3), 3);
    case Anchor::next_quarter:
      return months_from(base::plus_months(quarter, 3), 3);
    case Anchor::this_year:
      return months_from(year, 12);
    case Anchor::last_year:
      return months_from(base::plus_months(year, -12), 12);
    case Anchor::next_year:
      return months_from(base::plus_months(year, 12), 12);
  }
  return day(today);
}

// Hours, days and weeks are exact lengths; months and years keep the day and the time of day.
Instant moved_now(const Relative& relative, const Asker& asker) {
  switch (relative.unit) {
    case Unit::hours:
      return asker.now + base::hours(relative.amount);
    case Unit::days:
      return asker.now + base::days(relative.amount);
    case Unit::weeks:
      return asker.now + base::days(std::int64_t{7} * relative.amount);
    case Unit::months:
    case Unit::years:
      break;
  }
  const Date today = base::date_in_zone(asker.now, asker.zone);
  const base::Duration time_of_day = asker.now - base::start_of_day(today, asker.zone);
  const Date day = moved(today, relative.amount, relative.unit);
  return base::start_of_day(day, asker.zone) + time_of_day;
}

Instant within_calendar(Instant instant) {
  return std::clamp(instant, Instant{base::days(base::date_of({1, 1, 2}).days).us},
                    Instant{base::days(base::date_of({9999, 12, 31}).days).us});
}

}  // namespace

Days days_of(const Operand& operand, const Asker& asker) {
  if (const auto* relative = std::get_if<Relative>(&operand)) {
    return days_of(*relative, base::date_in_zone(asker.now, asker.zone));
  }
  const Date date = std::get<Date>(std::get<base::Value>(operand));
  return {date, date};
}

Stretch stretch_of(const Operand& operand, const Asker& asker) {
  const auto* relative = std::get_if<Relative>(&operand);
  if (relative != nullptr && relative->anchor == Anchor::now) {
    const Instant moment = within_calendar(moved_now(*relative, asker));
    return {moment, moment};
  }
  if (const auto* value = std::get_if<base::Value>(&operand)) {
    if (const auto* instant = std::get_if<Instant>(value)) return {*instant, *instant};
  }
  const Days days = days_of(operand, asker);
  return {within_calendar(base::start_of_day(days.first, asker.zone)),
          within_calendar(base::start_of_day(base::plus_days(days.last, 1), asker.zone))};
}

}  // namespace rapport::expression
