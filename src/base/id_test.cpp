#include "base/id.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <thread>
#include <vector>

namespace rapport::base {
namespace {

TEST(Id, IsVersionSevenOfVariantTwo) {
  const auto text = to_text(new_id());
  EXPECT_EQ(text.size(), 36u);
  EXPECT_EQ(text[14], '7');
  EXPECT_NE(std::string("89ab").find(text[19]), std::string::npos);
}

TEST(Id, NeverRunsBackwards) {
  Id last = new_id();
  for (int i = 0; i < 20'000; ++i) {
    const Id next = new_id();
    ASSERT_LT(last, next);
    last = next;
  }
}

TEST(Id, IsUniqueAcrossThreads) {
  std::vector<std::vector<Id>> made(4);
  std::vector<std::thread> threads;
  for (auto& ids : made) {
    threads.emplace_back([&ids] {
      for (int i = 0; i < 5'000; ++i) ids.push_back(new_id());
    });
  }
  for (auto& thread : threads) thread.join();
  std::set<Id> all;
  for (const auto& ids : made) all.insert(ids.begin(), ids.end());
  EXPECT_EQ(all.size(), 20'000u);
}

TEST(Id, ReadsWhatItWrites) {
  const Id id = id_at(1'700'000'000'000, 0x123, 0x4567'89AB'CDEF'0123ULL);
  EXPECT_EQ(to_text(id), "018bcfe5-6800-7123-8567-89abcdef0123");
  EXPECT_EQ(parse_id("018bcfe5-6800-7123-8567-89abcdef0123"), id);
  EXPECT_EQ(parse_id("018BCFE5-6800-7123-8567-89ABCDEF0123"), id);
}

TEST(Id, RefusesEverythingElse) {
  for (const char* text :
       {"", "x", "018bcfe568007123856789abcdef0123", "018bcfe5-6800-7123-8567-89abcdef012",
        "018bcfe5-6800-7123-8567-89abcdef01234", "018bcfe5-6800-7123-8567-89abcdef012g",
        "{018bcfe5-6800-7123-8567-89abcdef012}", "018bcfe5 6800-7123-8567-89abcdef0123"}) {
    EXPECT_EQ(parse_id(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace rapport::base
