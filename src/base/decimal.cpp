#include "base/decimal.hpp"

#include <array>

namespace rapport::base {
namespace {

using Wide = Int128;

// 10^0 … 10^38, the largest power that fits.
constexpr auto powers = [] {
  std::array<Wide, 39> p{};
  p[0] = 1;
  for (std::size_t i = 1; i < p.size(); ++i) p[i] = p[i - 1] * 10;
  return p;
}();

const Wide coefficient_max = powers[Decimal::digits_max] - 1;

bool fits(Wide coefficient) {
  return coefficient <= coefficient_max && coefficient >= -coefficient_max;
}

Wide magnitude(Wide value) {
  return value < 0 ? -value : value;
}

struct Aligned {
  Wide a, b;
  int scale;
};

// Both at the larger scale; nullopt where that overflows.
std::optional<Aligned> aligned(const Decimal& a, const Decimal& b) {
  const int scale = a.scale() > b.scale() ? a.scale() : b.scale();
  Wide wide_a = 0;
  Wide wide_b = 0;
  if (__builtin_mul_overflow(a.coefficient(), powers[scale - a.scale()], &wide_a) ||
      __builtin_mul_overflow(b.coefficient(), powers[scale - b.scale()], &wide_b)) {
    return std::nullopt;
  }
  return Aligned{wide_a, wide_b, scale};
}

std::optional<Decimal> made(Wide coefficient, int scale) {
  if (!fits(coefficient)) return std::nullopt;
  return Decimal::of(coefficient, scale);
}

}  // namespace

std::strong_ordering operator<=>(const Decimal& a, const Decimal& b) {
  if (const auto both = aligned(a, b)) {
    if (both->a == both->b) return std::strong_ordering::equal;
    return both->a < both->b ? std::strong_ordering::less : std::strong_ordering::greater;
  }
  // Too far apart to align: compare whole parts, which then differ, or the sign decides.
  const Wide whole_a = a.coefficient() / powers[a.scale()];
  const Wide whole_b = b.coefficient() / powers[b.scale()];
  if (whole_a != whole_b) {
    return whole_a < whole_b ? std::strong_ordering::less : std::strong_ordering::greater;
  }
  const Wide rest_a =
      (a.coefficient() % powers[a.scale()]) * powers[Decimal::scale_max - a.scale()];
  const Wide rest_b =
      (b.coefficient() % powers[b.scale()]) * powers[Decimal::scale_max - b.scale()];
  if (rest_a == rest_b) return std::strong_ordering::equal;
  return rest_a < rest_b ? std::strong_ordering::less : std::strong_ordering::greater;
}

std::optional<Decimal> parse_decimal(std::string_view text) {
  bool negative = false;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    negative = text[0] == '-';
    text.remove_prefix(1);
  }
  Wide coefficient = 0;
  int scale = 0;
  bool any = false;
  bool after_point = false;
  for (const char c : text) {
    if (c == '.') {
      if (after_point) return std::nullopt;
      after_point = true;
      continue;
    }
    if (c < '0' || c > '9') return std::nullopt;
    any = true;
    // Zeros past the scale we keep change nothing.
    if (after_point && scale == Decimal::scale_max) {
      if (c != '0') return std::nullopt;
      continue;
    }
    coefficient = coefficient * 10 + (c - '0');
    if (coefficient > coefficient_max) return std::nullopt;
    if (after_point) ++scale;
  }
  if (!any) return std::nullopt;
  return Decimal::of(negative ? -coefficient : coefficient, scale);
}

std::string to_text(const Decimal& value) {
  Wide rest = magnitude(value.coefficient());
  std::string digits;
  do {
    digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(rest % 10)));
    rest /= 10;
  } while (rest != 0);
  if (value.scale() > 0) {
    const auto scale = static_cast<std::size_t>(value.scale());
    if (digits.size() <= scale) digits.insert(0, scale + 1 - digits.size(), '0');
    digits.insert(digits.size() - scale, ".");
  }
  if (value.coefficient() < 0) digits.insert(digits.begin(), '-');
  return digits;
}

std::optional<Decimal> add(const Decimal& a, const Decimal& b) {
  const auto both = aligned(a, b);
  Wide sum = 0;
  if (!both || __builtin_add_overflow(both->a, both->b, &sum)) return std::nullopt;
  return made(sum, both->scale);
}

std::optional<Decimal> subtract(const Decimal& a, const Decimal& b) {
  return add(a, Decimal::of(-b.coefficient(), b.scale()));
}

std::optional<Decimal> multiply(const Decimal& a, const Decimal& b) {
  Wide product = 0;
  if (__builtin_mul_overflow(a.coefficient(), b.coefficient(), &product)) return std::nullopt;
  int scale = a.scale() + b.scale();
  // Exact only: trailing zeros may go, digits may not.
  while (scale > Decimal::scale_max) {
    if (product % 10 != 0) return std::nullopt;
    product /= 10;
    --scale;
  }
  return made(product, scale);
}

Decimal rounded(const Decimal& value, int scale, Rounding rounding) {
  if (scale >= value.scale()) {
    Wide wide = 0;
    if (scale > Decimal::scale_max ||
        __builtin_mul_overflow(value.coefficient(), powers[scale - value.scale()], &wide)) {
      return value;
    }
    return Decimal::of(wide, scale);
  }
  const Wide unit = powers[value.scale() - scale];
  Wide whole = value.coefficient() / unit;
  const Wide twice = 2 * magnitude(value.coefficient() % unit);
  const bool up =
      rounding == Rounding::half_up
          ? twice >= unit
          : rounding == Rounding::half_even && (twice > unit || (twice == unit && whole % 2 != 0));
  if (up) whole += value.coefficient() < 0 ? -1 : 1;
  return Decimal::of(whole, scale);
}

double to_double(const Decimal& value) {
  return static_cast<double>(static_cast<long double>(value.coefficient()) /
                             static_cast<long double>(powers[value.scale()]));
}

}  // namespace rapport::base
