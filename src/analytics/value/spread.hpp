// How amounts are spread over customers: bins with round bounds, and the two-by-two of what a
// customer brings now against what is expected from now on.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/problem.hpp"

namespace rapport::analytics {

inline constexpr std::size_t bins_max = 100;

// Holds amounts from `from` to below `to`; the last bin holds `to` as well. The first and the last
// reach to the least and the greatest amount, however far they are.
struct Bin {
  std::int64_t from = 0;
  std::int64_t to = 0;
  std::size_t count = 0;
  std::int64_t sum = 0;
};

struct Distribution {
  std::size_t count = 0;
  std::int64_t total = 0;
  std::int64_t mean = 0;    // rounded half to even
  std::int64_t median = 0;  // of an even count the lower of the two in the middle
  std::vector<Bin> bins;    // in order, without gaps; none where there are no amounts
};

// At most `bins` bins (2 … bins_max), each 1, 2 or 5 times a power of ten wide, so that the middle
// 98 % of the amounts fill them; every amount is in exactly one. Refused where the sum is beyond 64
// bits or an amount beyond 10^18: analytics.too_much_money.
[[nodiscard]] base::Result<Distribution> distribution(std::span<const std::int64_t> amounts,
                                                      std::size_t bins);

struct Quarter {
  std::size_t count = 0;
  std::int64_t current_sum = 0;
  std::int64_t future_sum = 0;
};

struct TwoByTwo {
  std::int64_t current_bound = 0;  // high is above it
  std::int64_t future_bound = 0;
  std::array<std::array<Quarter, 2>, 2> quarters{};  // [current high][future high]
};

struct TwoByTwoBounds {
  std::optional<std::int64_t> current;  // none: the median
  std::optional<std::int64_t> future;
};

// One amount a customer in each column. Refused: columns of different lengths
// (analytics.uneven_columns), none (analytics.too_few_customers), sums beyond 64 bits
// (analytics.too_much_money).
[[nodiscard]] base::Result<TwoByTwo> two_by_two(std::span<const std::int64_t> current,
                                                std::span<const std::int64_t> future,
                                                TwoByTwoBounds bounds = {});

}  // namespace rapport::analytics
