#include "platform/exchange/recognise/content.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "entity/types/shapes.hpp"

namespace rapport::platform {

namespace {

constexpr std::array<std::string_view, content_count> names = {
    "empty", "integer", "decimal", "date",    "instant", "email",
    "phone", "url",     "country", "boolean", "code",    "text"};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

// Numbers in a date's form: "2024-03-05", "5.3.24", "05/03/2024"; the length of it, 0 for none.
struct DateForm {
  std::size_t length = 0;
  int first = 0, second = 0;
  bool year_first = false;
};

int take_number(std::string_view text, std::size_t& at, std::size_t& digits) {
  int n = 0;
  const std::size_t from = at;
  while (at < text.size() && is_digit(text[at]) && at - from < 4) n = n * 10 + (text[at++] - '0');
  digits = at - from;
  return n;
}

DateForm date_form(std::string_view text) {
  DateForm form;
  if (text.size() == 8 && all_digits(text) && (text.starts_with("19") || text.starts_with("20"))) {
    form.first = std::stoi(std::string(text.substr(4, 2)));
    form.second = std::stoi(std::string(text.substr(6, 2)));
    if (form.first < 1 || form.first > 12 || form.second < 1 || form.second > 31) return {};
    form.length = 8;
    form.year_first = true;
    return form;
  }
  std::size_t at = 0, digits[3];
  int numbers[3];
  char separator = 0;
  for (int i = 0; i < 3; ++i) {
    numbers[i] = take_number(text, at, digits[i]);
    if (digits[i] == 0) return {};
    if (i == 2) break;
    if (at == text.size() || (i == 1 && text[at] != separator)) return {};
    separator = text[at++];
    if (separator != '-' && separator != '.' && separator != '/') return {};
  }
  const bool year_first = digits[0] == 4;
  if (!year_first && digits[2] != 4 && digits[2] != 2) return {};
  const int first = numbers[year_first ? 1 : 0], second = numbers[year_first ? 2 : 1];
  if (digits[1] > 2 || digits[year_first ? 2 : 0] > 2) return {};
  if (first < 1 || second < 1 || std::max(first, second) > 31 || std::min(first, second) > 12) {
    return {};
  }
  return {at, first, second, year_first};
}

// "12:30", " 12:30:05", "T12:30:05Z" after a date.
bool is_time(std::string_view text) {
  if (text.empty() || (text[0] != ' ' && text[0] != 'T')) return false;
  const std::string_view time = base::trimmed(text.substr(1));
  return time.size() >= 4 && is_digit(time[0]) && time.find(':') != std::string_view::npos;
}

bool is_number(std::string_view text, bool& fraction) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  if (text.empty() || !is_digit(text.back())) return false;
  bool digit = false;
  for (const char c : text) {
    if (is_digit(c)) {
      digit = true;
    } else if (c == '.' || c == ',') {
      fraction = true;
    } else {
      return false;
    }
  }
  return digit;
}

bool is_phone(std::string_view text) {
  if (text.size() < 7 || text.size() > 25) return false;
  int digits = 0;
  if (std::count(text.begin(), text.end(), '/') > 1) return false;  // rather a wrong date
  bool marked = text[0] == '+' || text[0] == '(' || text.starts_with("00");
  for (const char c : text) {
    if (is_digit(c)) {
      ++digits;
    } else if (c == ' ' || c == '-' || c == '/' || c == '(' || c == ')') {
      marked = true;
    } else if (c != '+' && c != '.') {
      return false;
    }
  }
  return marked && digits >= 7 && digits <= 15;
}

bool is_boolean(std::string_view text) {
  static constexpr std::string_view words[] = {"yes", "no", "true", "false", "ja", "nein",
                                               "sí",  "si", "oui",  "non",   "y",  "n"};
  if (text.size() > 5) return false;
  const std::string word = base::folded(text);
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

}  // namespace

std::string_view name_of(Content content) {
  return names[static_cast<std::size_t>(content)];
}

Content content_of(std::string_view raw) {
  const std::string_view text = base::trimmed(raw);
  if (text.empty()) return Content::empty;
  if (text.size() > 320) return Content::text;
  if (const DateForm form = date_form(text); form.length > 0) {
    if (form.length == text.size()) return Content::date;
    if (is_time(text.substr(form.length))) return Content::instant;
  }
  bool fraction = false;
  if (is_number(text, fraction)) {
    if (!fraction && text.size() > 1 && text[0] == '0') {
      return is_phone(text) && text.starts_with("00") && text.size() > 10 ? Content::phone
                                                                          : Content::code;
    }
    return fraction ? Content::decimal : Content::integer;
  }
  if (text.find('@') != std::string_view::npos) {
    return entity::email_form(text) ? Content::email : Content::text;
  }
  if (text.starts_with("http://") || text.starts_with("https://") || text.starts_with("www.")) {
    return Content::url;
  }
  if (is_phone(text)) return Content::phone;
  if (is_boolean(text)) return Content::boolean;
  if (text.size() >= 2 && text.size() <= 40 && entity::country_code(text)) return Content::country;
  const bool spaced = text.find(' ') != std::string_view::npos;
  return !spaced && std::any_of(text.begin(), text.end(), is_digit) ? Content::code : Content::text;
}

void ColumnProfile::add(std::string_view raw) {
  const std::string_view text = base::trimmed(raw);
  const Content content = content_of(text);
  ++counts_[static_cast<std::size_t>(content)];
  if (content == Content::empty) return;
  ++filled_;
  if (samples_.size() < samples_max &&
      std::find(samples_.begin(), samples_.end(), text) == samples_.end()) {
    samples_.emplace_back(text.substr(0, 200));
  }
  if (distinct_.size() <= distinct_max) distinct_.emplace(text.substr(0, 100));
  if (content == Content::date || content == Content::instant) {
    const DateForm form = date_form(text);
    if (form.year_first) ++year_first_;
    if (!form.year_first && form.first > 12) ++over_12_first_;
    if (!form.year_first && form.second > 12) ++over_12_second_;
  } else if (content == Content::decimal) {
    const std::size_t last = text.find_last_of(".,");
    ++(text[last] == ',' ? commas_ : points_);
  }
}

Content ColumnProfile::content() const {
  if (filled_ == 0) return Content::empty;
  const auto count = [&](Content c) { return counts_[static_cast<std::size_t>(c)]; };
  const double enough = typed_share * static_cast<double>(filled_);
  const auto mostly = [&](std::int64_t n) { return static_cast<double>(n) >= enough; };
  for (const Content c : {Content::date, Content::instant, Content::email, Content::url,
                          Content::country, Content::boolean, Content::integer}) {
    if (mostly(count(c))) return c;
  }
  if (mostly(count(Content::date) + count(Content::instant))) return Content::instant;
  if (mostly(count(Content::integer) + count(Content::decimal))) return Content::decimal;
  if (mostly(count(Content::phone))) return Content::phone;
  if (mostly(count(Content::integer) + count(Content::code) + count(Content::phone))) {
    return count(Content::phone) > filled_ / 2 ? Content::phone : Content::code;
  }
  return Content::text;
}

std::string ColumnProfile::date_order() const {
  if (year_first_ * 2 > filled_) return "ymd";
  return over_12_second_ > over_12_first_ ? "mdy" : "dmy";
}

char ColumnProfile::decimal_point() const {
  return commas_ > points_ ? ',' : '.';
}

std::vector<std::string> ColumnProfile::few_values() const {
  const auto distinct = static_cast<std::int64_t>(distinct_.size());
  if (distinct > static_cast<std::int64_t>(distinct_max) || distinct * 3 > filled_) return {};
  return {distinct_.begin(), distinct_.end()};
}

}  // namespace rapport::platform
