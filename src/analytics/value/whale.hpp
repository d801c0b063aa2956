// The whale curve (Kaplan & Cooper 1998): customers from best to worst, and what share of all the
// money the first of them bring together. It rises above 100 % where the last customers cost more
// than they bring; how far is what the firm loses by them.
//
//   1 % of the customers   29.7 %        98.7 %   100.16 %  (the peak)
//  10 %                    60.0 %       100   %   100   %
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/problem.hpp"

namespace rapport::analytics {

inline constexpr std::size_t whale_points_max = 200;

struct WhalePoint {
  double share = 0;       // of the customers, best first: 0 … 1
  double cumulative = 0;  // of the money: 1 at the end
  std::size_t count = 0;  // customers so far
  std::int64_t sum = 0;   // money so far, ten-thousandths
};

struct WhaleCurve {
  std::size_t customers = 0;
  std::int64_t total = 0;
  std::vector<WhalePoint> points{};  // from none to all, evenly by customers, and the peak
  WhalePoint peak{};                 // the least number of customers with the greatest sum
  std::vector<WhalePoint> best{};    // one for each share asked for
  std::size_t negative_count = 0;
  std::int64_t negative_sum = 0;
  std::size_t nought_count = 0;  // exactly nought: bought and returned everything
};

// `money` is one amount a customer (net, or profit), `best` shares within 0 … 1 to look up: at most
// that share of the customers, but one at least. Refused: no customers
// (analytics.too_few_customers), a total of nought or below, of which nothing is a share
// (analytics.no_net), and sums beyond 64 bits (analytics.too_much_money).
[[nodiscard]] base::Result<WhaleCurve> whale_curve(std::span<const std::int64_t> money,
                                                   std::span<const double> best);

}  // namespace rapport::analytics
