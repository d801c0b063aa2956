#include "server/edge/target.hpp"

#include <gtest/gtest.h>

namespace rapport::server {
namespace {

TEST(Target, is_taken_apart_and_decoded) {
  auto target = parse_target("/api/v1/persons?where=name+%3D+%27Ana%27&limit=5&flag&x=", 64);
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/api/v1/persons");
  EXPECT_EQ(target->query,
            (Parameters{{"where", "name = 'Ana'"}, {"limit", "5"}, {"flag", ""}, {"x", ""}}));
  EXPECT_EQ(parse_target("http://host:80/a%20b?x", 64)->path, "/a b");
  EXPECT_EQ(parse_target("/%C3%A9", 64)->path, "/é");
}

TEST(Target, what_is_malformed_is_refused) {
  for (std::string_view target :
       {"", "a", "*", "/%", "/%4", "/%zz", "/..", "/a/../b", "/%2e%2e/b", "/a%2fb", "/a%5cb",
        "/%00", "/%0a", "/%ff", "/a?x=%ff", "/a?x=%00", "/a?x=%1", "/a?%c3=1"})
    EXPECT_FALSE(parse_target(target, 64)) << target;
  std::string many = "/a?";
  for (int i = 0; i < 65; ++i) many += "x=1&";
  EXPECT_FALSE(parse_target(many, 64));
}

TEST(Target, encoding_and_decoding_are_inverse) {
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  EXPECT_EQ(percent_decoded(percent_encoded(all), true), all);
}

TEST(Target, a_cookie_is_found_by_its_whole_name) {
  EXPECT_EQ(cookie_named("ab=1; b=2;b=3", "b"), "2");
  EXPECT_EQ(cookie_named("xb=1", "b"), std::nullopt);
  EXPECT_EQ(cookie_named("b", "b"), std::nullopt);
}

}  // namespace
}  // namespace rapport::server
