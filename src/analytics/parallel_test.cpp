#include "analytics/parallel.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <stdexcept>

namespace rapport::analytics {
namespace {

TEST(Parallel, CoversEachRowOnceInOrder) {
  for (const std::size_t rows : {std::size_t{0}, std::size_t{1}, std::size_t{100'001}}) {
    const auto parts = in_parallel(rows, [](std::size_t from, std::size_t to) {
      return std::pair<std::size_t, std::size_t>{from, to};
    });
    std::size_t next = 0;
    for (const auto& [from, to] : parts) {
      EXPECT_EQ(from, next);
      next = to;
    }
    EXPECT_EQ(next, rows);
  }
}

TEST(Parallel, ThrowsWhatAStretchThrew) {
  EXPECT_THROW(in_parallel(1'000'000,
                           [](std::size_t, std::size_t to) -> int {
                             if (to == 1'000'000) throw std::runtime_error("the last stretch");
                             return 0;
                           }),
               std::runtime_error);
}

}  // namespace
}  // namespace rapport::analytics
