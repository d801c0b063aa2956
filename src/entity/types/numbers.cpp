#include "entity/types/numbers.hpp"

#include <array>
#include <string>
#include <utility>

#include "base/text.hpp"

namespace rapport::entity {
namespace {

using base::trimmed;

struct Sign {
  std::string_view sign;
  std::string_view currency;
};
// Signs that several currencies share stand for the first here, unless the forms name another.
constexpr std::array<Sign, 8> signs{{{"€", "EUR"},
                                     {"£", "GBP"},
                                     {"$", "USD"},
                                     {"¥", "JPY"},
                                     {"₹", "INR"},
                                     {"zł", "PLN"},
                                     {"kr", "SEK"},
                                     {"CHF", "CHF"}}};

bool shares_sign(std::string_view currency, std::string_view sign) {
  if (sign == "$") {
    return currency == "USD" || currency == "CAD" || currency == "AUD" || currency == "NZD" ||
           currency == "MXN" || currency == "SGD" || currency == "HKD";
  }
  if (sign == "kr") return currency == "SEK" || currency == "NOK" || currency == "DKK";
  if (sign == "¥") return currency == "JPY" || currency == "CNY";
  return false;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Takes one group separator from the front: . , ' space, or the no-break spaces and typographic
// apostrophe of two and three bytes. Gives its length.
std::size_t separator_length(std::string_view text, char decimal_point) {
  if (text.empty()) return 0;
  if (text[0] == decimal_point) return 0;
  if (text[0] == '.' || text[0] == ',' || text[0] == '\'' || text[0] == ' ') return 1;
  if (text.starts_with("\xC2\xA0")) return 2;
  if (text.starts_with("\xE2\x80\xAF") || text.starts_with("\xE2\x80\x99")) return 3;
  return 0;
}

// Removes a sign of either end; nullopt where there are two.
std::optional<bool> take_sign(std::string_view& text) {
  constexpr std::string_view minus = "\xE2\x88\x92";  // U+2212
  bool negative = false;
  int signs_seen = 0;
  if (text.size() > 2 && text.front() == '(' && text.back() == ')') {
    text = trimmed(text.substr(1, text.size() - 2));
    negative = true;
    ++signs_seen;
  }
  if (text.starts_with('-') || text.starts_with('+')) {
    negative = text[0] == '-' || negative;
    text.remove_prefix(1);
    ++signs_seen;
  } else if (text.starts_with(minus)) {
    negative = true;
    text.remove_prefix(minus.size());
    ++signs_seen;
  }
  if (text.ends_with('-')) {
    negative = true;
    text.remove_suffix(1);
    ++signs_seen;
  }
  text = trimmed(text);
  if (signs_seen > 1) return std::nullopt;
  return negative;
}

}  // namespace

std::optional<base::Decimal> number_form(std::string_view text, char decimal_point) {
  text = trimmed(text);
  if (decimal_point == '.') {
    // Nearly all numbers are plain.
    if (auto plain = base::parse_decimal(text)) return plain;
  }
  const auto negative = take_sign(text);
  if (!negative || text.empty()) return std::nullopt;
  std::array<char, 64> digits{};
  std::size_t count = 0;
  if (*negative) digits[count++] = '-';
  std::size_t group = 0;  // digits since the last separator
  bool grouped = false;
  bool after_point = false;
  while (!text.empty()) {
    if (count == digits.size()) return std::nullopt;
    if (is_digit(text[0])) {
      digits[count++] = text[0];
      ++group;
      text.remove_prefix(1);
      continue;
    }
    if (text[0] == decimal_point && !after_point) {
      if (grouped && group != 3) return std::nullopt;
      digits[count++] = '.';
      after_point = true;
      text.remove_prefix(1);
      continue;
    }
    const std::size_t length = separator_length(text, decimal_point);
    const bool groups = grouped ? group == 3 : group >= 1 && group <= 3;
    if (length == 0 || after_point || !groups) return std::nullopt;
    grouped = true;
    group = 0;
    text.remove_prefix(length);
  }
  if (grouped && !after_point && group != 3) return std::nullopt;
  return base::parse_decimal({digits.data(), count});
}

std::optional<base::Money> money_form(std::string_view text, const TextForms& forms) {
  text = trimmed(text);
  std::string currency = forms.currency;
  const auto is_letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
  const auto code_at = [&](std::size_t start) -> bool {
    const auto code = text.substr(start, 3);
    for (const char c : code) {
      if (!is_letter(c)) return false;
    }
    std::string upper(code);
    for (char& c : upper) c = static_cast<char>(c & ~0x20);
    if (!base::is_currency(upper)) return false;
    currency = std::move(upper);
    return true;
  };
  if (text.size() > 3 && !is_letter(text[3]) && code_at(0)) {
    text.remove_prefix(3);
  } else if (text.size() > 3 && !is_letter(text[text.size() - 4]) && code_at(text.size() - 3)) {
    text.remove_suffix(3);
  } else {
    for (const auto& [sign, meant] : signs) {
      const auto at = text.find(sign);
      if (at == std::string_view::npos) continue;
      // "-€12": what stands before the sign is at most a minus.
      std::string without(text.substr(0, at));
      without += text.substr(at + sign.size());
      if (!shares_sign(currency, sign)) currency = meant;
      const auto amount = number_form(without, forms.decimal_point);
      if (!amount) return std::nullopt;
      return base::Money{*amount, currency};
    }
  }
  const auto amount = number_form(text, forms.decimal_point);
  if (!amount) return std::nullopt;
  return base::Money{*amount, std::move(currency)};
}

}  // namespace rapport::entity
