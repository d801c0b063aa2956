// An exact decimal number, for money, quantities and percentages: a 128-bit coefficient and a
// scale (digits after the point). Never a double; whoever rounds says how.
//
//   parse_decimal("12.50")  →  coefficient 1250, scale 2
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rapport::base {

enum class Rounding { half_even, half_up, down };

__extension__ typedef __int128 Int128;  // exact, and in every compiler we use; not ISO C++

class Decimal {
 public:
  // At most this many significant digits, and digits after the point.
  static constexpr int digits_max = 36;
  static constexpr int scale_max = 12;

  constexpr Decimal() = default;
  constexpr explicit Decimal(std::int64_t whole) : coefficient_(whole) {}
  static constexpr Decimal of(Int128 coefficient, int scale) {
    Decimal d;
    d.coefficient_ = coefficient;
    d.scale_ = scale;
    return d;
  }

  [[nodiscard]] constexpr Int128 coefficient() const { return coefficient_; }
  [[nodiscard]] constexpr int scale() const { return scale_; }

  // Compared by value: 1.0 equals 1.00.
  friend std::strong_ordering operator<=>(const Decimal& a, const Decimal& b);
  friend bool operator==(const Decimal& a, const Decimal& b) { return (a <=> b) == 0; }

 private:
  Int128 coefficient_ = 0;
  int scale_ = 0;
};

// Reads "-12.50", "+3", "0.1", ".5", "1e3" is refused. nullopt where it is no number or has too
// many digits.
[[nodiscard]] std::optional<Decimal> parse_decimal(std::string_view text);

// The shortest plain text with the value's own scale: "12.50".
[[nodiscard]] std::string to_text(const Decimal& value);

// Exact; nullopt where the result would not fit.
[[nodiscard]] std::optional<Decimal> add(const Decimal& a, const Decimal& b);
[[nodiscard]] std::optional<Decimal> subtract(const Decimal& a, const Decimal& b);
[[nodiscard]] std::optional<Decimal> multiply(const Decimal& a, const Decimal& b);

// To `scale` digits after the point.
[[nodiscard]] Decimal rounded(const Decimal& value, int scale, Rounding rounding);

[[nodiscard]] double to_double(const Decimal& value);

}  // namespace rapport::base
