#include "crm/insight/scores/score_row.hpp"

#include <array>

#include "base/decimal.hpp"
#include "base/instant.hpp"

namespace rapport::crm {
namespace {

constexpr std::array<std::string_view, 3> kWarnings{"none", "watch", "act"};
constexpr int kMoneyDigits = 4;
constexpr int kShownDigits = 2;

}  // namespace

std::string_view name_of(Warning warning) {
  return kWarnings[static_cast<std::size_t>(warning)];
}

std::string money_text(std::int64_t ten_thousandths, std::string_view currency) {
  const auto amount = base::rounded(base::Decimal::of(ten_thousandths, kMoneyDigits), kShownDigits,
                                    base::Rounding::half_even);
  return base::to_text(amount) + " " + std::string(currency);
}

std::string day_text(std::int32_t day) {
  return base::to_text(base::Date{day});
}

}  // namespace rapport::crm
