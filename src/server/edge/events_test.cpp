#include "server/edge/events.hpp"

#include <gtest/gtest.h>

namespace rapport::server {
namespace {

class Reader final : public EventReader {
 public:
  explicit Reader(std::string only = "") : only_(std::move(only)) {}
  void deliver(std::string_view bytes) override { got += bytes; }
  bool wants(std::string_view object) const override { return only_.empty() || object == only_; }
  std::string got;

 private:
  std::string only_;
};

TEST(EventHub, tells_each_reader_what_it_may_see_with_increasing_ids) {
  EventHub hub(10, 100);
  auto all = std::make_shared<Reader>();
  auto persons = std::make_shared<Reader>("person");
  hub.join(all, std::nullopt);
  hub.join(persons, std::nullopt);
  hub.publish({"person", "p1", 2});
  hub.publish({"order", "o1", 1});
  const std::string hello = "id: 99\nevent: hello\ndata: {}\n\n";
  const std::string person =
      "id: 100\ndata: {\"object\":\"person\",\"id\":\"p1\",\"version\":2}\n\n";
  EXPECT_EQ(persons->got, hello + person);
  EXPECT_EQ(all->got, hello + person +
                          "id: 101\ndata: {\"object\":\"order\",\"id\":\"o1\",\"version\":1}\n\n");
}

TEST(EventHub, a_reader_that_comes_back_goes_on_or_is_reset) {
  EventHub hub(3, 100);
  for (int i = 0; i < 5; ++i) hub.publish({"person", "p", i});  // 100…104; 102…104 are kept
  struct Case {
    std::uint64_t last_seen;
    bool reset;
    int missed;
  };
  const Case cases[] = {{104, false, 0}, {103, false, 1}, {101, false, 3}, {100, true, 0},
                        {0, true, 0},    {105, true, 0},  {999, true, 0}};
  for (const auto& one : cases) {
    auto reader = std::make_shared<Reader>();
    hub.join(reader, one.last_seen);
    EXPECT_EQ(reader->got.find("event: reset") != std::string::npos, one.reset) << one.last_seen;
    int events = 0;
    for (auto at = reader->got.find("\"version\""); at != std::string::npos;
         at = reader->got.find("\"version\"", at + 1))
      ++events;
    EXPECT_EQ(events, one.missed) << one.last_seen;
  }
}

TEST(EventHub, what_came_during_a_gap_is_fetched_anew) {
  EventHub hub(10, 100);
  hub.publish({"person", "p", 1});
  auto reader = std::make_shared<Reader>();
  hub.join(reader, 100);
  hub.reset();
  EXPECT_EQ(reader->got, "id: 101\nevent: reset\ndata: {}\n\n");
  auto later = std::make_shared<Reader>();
  hub.join(later, 99);
  EXPECT_NE(later->got.find("event: reset"), std::string::npos);
}

}  // namespace
}  // namespace rapport::server
