#include "server/commands/day_cell.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rapport::server {

namespace {

constexpr std::size_t date_length = 10, bare_date_length = 8;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Takes what is read from the front of a text.
class Cursor {
 public:
  explicit Cursor(std::string_view rest) : rest_(rest) {}
  [[nodiscard]] bool at_end() const { return rest_.empty(); }

  bool take(std::string_view any) {
    if (rest_.empty() || any.find(rest_[0]) == std::string_view::npos) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool take_word(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  // Two digits, at most `most`.
  bool take_pair(int most) {
    if (rest_.size() < 2 || !is_digit(rest_[0]) || !is_digit(rest_[1])) return false;
    if ((rest_[0] - '0') * 10 + (rest_[1] - '0') > most) return false;
    rest_.remove_prefix(2);
    return true;
  }
  bool take_digits() {
    const auto end = std::ranges::find_if_not(rest_, is_digit);
    const auto count = static_cast<std::size_t>(end - rest_.begin());
    rest_.remove_prefix(count);
    return count > 0;
  }

 private:
  std::string_view rest_;
};

bool take_zone(Cursor& at) {
  if (at.take("Zz")) return true;
  if (!at.take("+-") || !at.take_pair(15)) return false;
  if (at.at_end()) return true;
  at.take(":");
  return at.take_pair(59);
}

// What stands behind "1997-09-30" is a time of the day.
bool is_time(std::string_view text) {
  constexpr int hour_max = 24, minute_max = 59, second_max = 60;  // midnight; a leap second
  Cursor at(text);
  if (!at.take("T ") || !at.take_pair(hour_max) || !at.take(":") || !at.take_pair(minute_max))
    return false;
  if (at.take(":")) {
    if (!at.take_pair(second_max)) return false;
    if (at.take(".,") && !at.take_digits()) return false;
  }
  if (at.at_end()) return true;
  at.take(" ");
  for (const char* half : {"AM", "PM", "am", "pm"})
    if (at.take_word(half)) return at.at_end();
  return take_zone(at) && at.at_end();
}

}  // namespace

std::optional<base::Date> day_of_cell(std::string_view text) {
  if (text.size() == bare_date_length && std::ranges::all_of(text, is_digit))
    return base::parse_date(
        fmt::format("{}-{}-{}", text.substr(0, 4), text.substr(4, 2), text.substr(6, 2)));
  if (text.size() > date_length && !is_time(text.substr(date_length))) return std::nullopt;
  return base::parse_date(text.substr(0, date_length));
}

}  // namespace rapport::server
