#include "base/money.hpp"

#include <unicode/ucurr.h>

#include <set>
#include <string>

#include "base/text.hpp"

namespace rapport::base {
namespace {

std::set<std::string, std::less<>> currencies_in_use() {
  std::set<std::string, std::less<>> codes;
  UErrorCode status = U_ZERO_ERROR;
  UEnumeration* all = ucurr_openISOCurrencies(UCURR_COMMON | UCURR_NON_DEPRECATED, &status);
  while (const char* code = uenum_next(all, nullptr, &status)) codes.insert(code);
  uenum_close(all);
  return codes;
}

}  // namespace

bool is_currency(std::string_view code) {
  static const auto codes = currencies_in_use();
  return codes.contains(code);
}

std::optional<Money> parse_money(std::string_view text) {
  text = trimmed(text);
  const auto space = text.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  auto first = text.substr(0, space);
  auto second = trimmed(text.substr(space));
  if (is_currency(first)) std::swap(first, second);
  const auto amount = parse_decimal(first);
  if (!amount || amount->scale() > Money::scale_max || !is_currency(second)) return std::nullopt;
  return Money{*amount, std::string(second)};
}

std::string to_text(const Money& money) {
  return to_text(money.amount) + " " + money.currency;
}

}  // namespace rapport::base
