// What kind of thing the cells of a column are.
#pragma once

#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace rapport::platform {

enum class Content {
  empty,
  integer,
  decimal,
  date,
  instant,
  email,
  phone,
  url,
  country,
  boolean,
  code,
  text
};
inline constexpr std::size_t content_count = 12;
[[nodiscard]] std::string_view name_of(Content content);

// Of one cell, alone: "05.03.2024" is a date, "00017" a code (digits that are no quantity).
[[nodiscard]] Content content_of(std::string_view text);

// A column as its cells add up.
class ColumnProfile {
 public:
  static constexpr std::size_t samples_max = 5;
  static constexpr std::size_t distinct_max = 50;
  static constexpr double typed_share = 0.9;  // of the filled cells

  void add(std::string_view text);
  // What at least nine tenths of its filled cells are.
  [[nodiscard]] Content content() const;
  [[nodiscard]] std::vector<std::string> samples() const { return samples_; }
  [[nodiscard]] std::int64_t filled() const { return filled_; }
  // "ymd", "dmy", "mdy": which the numbers allow; dmy where both would do.
  [[nodiscard]] std::string date_order() const;
  [[nodiscard]] char decimal_point() const;
  // The values, where they are few and come again; else empty.
  [[nodiscard]] std::vector<std::string> few_values() const;

 private:
  std::array<std::int64_t, content_count> counts_{};
  std::int64_t filled_ = 0, year_first_ = 0, over_12_first_ = 0, over_12_second_ = 0;
  std::int64_t commas_ = 0, points_ = 0;
  std::vector<std::string> samples_;
  std::set<std::string> distinct_;
};

}  // namespace rapport::platform
