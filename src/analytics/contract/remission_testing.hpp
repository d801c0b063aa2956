// Weeks of remission of 42 leukaemia patients, half of them on 6-mercaptopurine (Freireich et al.
// 1963; the example of Gehan 1965 and Cox 1972): the best-known small data with ties and censoring.
// Test only.
#pragma once

#include <cstdint>
#include <vector>

#include "analytics/contract/survival.hpp"

namespace rapport::analytics {

inline const std::vector<double> remission_weeks = {
    6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35,  // treated
    1, 1, 2, 2, 3,  4,  4,  5,  5,  8, 8, 8,  8,  11, 11, 12, 12, 15, 17, 22, 23};
inline const std::vector<std::uint8_t> remission_ended = {
    1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,  // treated
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
inline constexpr std::size_t remission_treated = 21;  // come first

inline Stays remission() {
  return {.time = remission_weeks, .ended = remission_ended};
}
inline Stays treated_remission() {
  return {.time = remission().time.first(remission_treated),
          .ended = remission().ended.first(remission_treated)};
}

}  // namespace rapport::analytics
