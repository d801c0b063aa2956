#include "platform/exchange/mapping/convert.hpp"

#include <fmt/format.h>

#include <array>

#include "base/instant.hpp"
#include "base/text.hpp"

namespace rapport::platform {

namespace {

constexpr std::array months = {"jan", "feb", "mar", "apr", "may", "jun",
                               "jul", "aug", "sep", "oct", "nov", "dec"};

struct Parts {
  int year = -1, month = -1, day = -1, hour = -1, minute = 0, second = 0;
  int half = -1;  // 0 in the morning, 1 after noon
  std::string fraction, zone;
};

class PatternReader {
 public:
  PatternReader(std::string_view text, std::string_view pattern) : text_(text), pattern_(pattern) {}
  std::optional<Parts> read();

 private:
  bool number(int least, int most, int& into);
  bool letter(char c, int count);
  bool month_name();
  bool half_day();

  std::string_view text_, pattern_;
  std::size_t at_ = 0;
  Parts parts_;
};

bool PatternReader::number(int least, int most, int& into) {
  int digits = 0;
  into = 0;
  while (digits < most && at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') {
    into = into * 10 + (text_[at_++] - '0');
    ++digits;
  }
  return digits >= least;
}

bool PatternReader::month_name() {
  const std::string word = base::folded(text_.substr(at_, 3));
  for (std::size_t i = 0; i < months.size(); ++i) {
    if (word != months[i]) continue;
    parts_.month = static_cast<int>(i) + 1;
    at_ += 3;
    return true;
  }
  return false;
}

bool PatternReader::half_day() {
  const std::string word = base::folded(text_.substr(at_, 2));
  if (word != "am" && word != "pm") return false;
  parts_.half = word == "pm" ? 1 : 0;
  at_ += 2;
  return true;
}

bool PatternReader::letter(char c, int count) {
  switch (c) {
    case 'y':
      if (!number(count == 2 ? 2 : 4, count == 2 ? 2 : 4, parts_.year)) return false;
      // Two digits: 1970 to 2069, as POSIX has it.
      if (count == 2) parts_.year += parts_.year < 70 ? 2000 : 1900;
      return true;
    case 'M':
      return count == 3 ? month_name() : number(count, 2, parts_.month);
    case 'd':
      return number(count, 2, parts_.day);
    case 'H':
    case 'h':
      return number(count, 2, parts_.hour);
    case 'm':
      return number(count, 2, parts_.minute);
    case 's':
      return number(count, 2, parts_.second);
    case 'S': {
      const std::size_t from = at_;
      int ignored;
      if (!number(1, 9, ignored)) return false;
      parts_.fraction = text_.substr(from, std::min<std::size_t>(at_ - from, 6));
      return true;
    }
    case 'a':
      return half_day();
    case 'X':
    case 'Z':
      parts_.zone = text_.substr(at_);
      at_ = text_.size();
      return !parts_.zone.empty();
    default:
      return false;
  }
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::optional<Parts> PatternReader::read() {
  for (std::size_t p = 0; p < pattern_.size();) {
    const char c = pattern_[p];
    if (c == '\'' || !is_letter(c)) {  // 'T' in quotes stands for itself
      if (c == '\'') {
        for (++p; p < pattern_.size() && pattern_[p] != '\''; ++p) {
          if (at_ >= text_.size() || text_[at_++] != pattern_[p]) return std::nullopt;
        }
        ++p;
        continue;
      }
      if (at_ >= text_.size() || text_[at_++] != c) return std::nullopt;
      ++p;
      continue;
    }
    int count = 0;
    while (p < pattern_.size() && pattern_[p] == c) ++p, ++count;
    if (!letter(c, count)) return std::nullopt;
  }
  return at_ == text_.size() ? std::optional(parts_) : std::nullopt;
}

}  // namespace

std::optional<std::string> date_by_pattern(std::string_view text, std::string_view pattern) {
  auto read = PatternReader(text, pattern).read();
  if (!read || read->year < 1 || read->month < 1 || read->day < 1) return std::nullopt;
  const std::string date = fmt::format("{:04}-{:02}-{:02}", read->year, read->month, read->day);
  if (!base::parse_date(date)) return std::nullopt;
  if (read->hour < 0) return date;
  if (read->half >= 0) {
    if (read->hour < 1 || read->hour > 12) return std::nullopt;
    read->hour = read->hour % 12 + 12 * read->half;
  }
  if (read->hour > 23 || read->minute > 59 || read->second > 59) return std::nullopt;
  return fmt::format("{}T{:02}:{:02}:{:02}{}{}{}", date, read->hour, read->minute, read->second,
                     read->fraction.empty() ? "" : ".", read->fraction, read->zone);
}

bool is_date_pattern(std::string_view pattern) {
  const auto has = [&](char c) { return pattern.find(c) != std::string_view::npos; };
  return has('y') && has('M') && has('d');
}

}  // namespace rapport::platform
