#include "base/hash.hpp"

#include <gtest/gtest.h>

namespace rapport::base {
namespace {

// The vectors that its authors publish.
TEST(Hash, Fnv1aGivesThePublishedNumbers) {
  EXPECT_EQ(fnv1a(""), 0xCBF29CE484222325U);
  EXPECT_EQ(fnv1a("a"), 0xAF63DC4C8601EC8CU);
  EXPECT_EQ(fnv1a("foobar"), 0x85944171F73967E8U);
  EXPECT_EQ(fnv1a("bar", fnv1a("foo")), fnv1a("foobar"));
}

// The first numbers of the generator from seed 1234567.
TEST(Hash, SplitMixGivesThePublishedNumbers) {
  std::uint64_t state = 1234567;
  EXPECT_EQ(splitmix_mixed(state += splitmix_step), 6457827717110365317U);
  EXPECT_EQ(splitmix_mixed(state += splitmix_step), 3203168211198807973U);
}

}  // namespace
}  // namespace rapport::base
