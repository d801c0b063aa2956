#include <charconv>

#include "base/text.hpp"
#include "server/handlers/timeline.hpp"

namespace rapport::server {

namespace {

std::optional<std::int64_t> whole(std::string_view text) {
  std::int64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

// "1772366400000000.17.order-2.task-1"
std::string to_text(const TimelineCursor& cursor) {
  auto text = std::to_string(cursor.at.us) + "." + std::to_string(cursor.before_version);
  for (const auto& [kind, shown] : cursor.shown) text += "." + kind + "-" + std::to_string(shown);
  return text;
}

std::optional<TimelineCursor> parse_timeline_cursor(std::string_view text) {
  constexpr std::size_t kinds_max = 50;
  constexpr std::int64_t shown_max = 100'000;
  constexpr std::int64_t year_9999 = 253'402'300'799'000'000;
  auto parts = base::split(text, '.');
  if (parts.size() < 2 || parts.size() > kinds_max) return std::nullopt;
  auto at = whole(parts[0]);
  auto version = whole(parts[1]);
  if (!at || *at > year_9999 || *at < -year_9999 || !version || *version < 0 ||
      *version > 2'000'000'000)
    return std::nullopt;
  TimelineCursor cursor;
  cursor.at = {*at};
  cursor.before_version = static_cast<int>(*version);
  for (std::size_t i = 2; i < parts.size(); ++i) {
    auto dash = parts[i].find('-');  // names of object types have none
    if (dash == std::string_view::npos) return std::nullopt;
    auto shown = whole(parts[i].substr(dash + 1));
    if (!shown || *shown < 0 || *shown > shown_max) return std::nullopt;
    cursor.shown[std::string(parts[i].substr(0, dash))] = static_cast<int>(*shown);
  }
  return cursor;
}

}  // namespace rapport::server
