// What one user does, another sees without asking again.
#include <gtest/gtest.h>

#include <unistd.h>

#include "house.hpp"

namespace rapport::scenarios {
namespace {

class Live : public Story {};

TEST_F(Live, a_change_reaches_those_who_may_read_it_and_they_resume_after_a_gap) {
  auto ed = house().browser_of("ed");
  auto ria = house().browser_of("ria");
  ria.begin("/api/v1/events");
  auto opening = ria.until("event: hello\ndata: {}\n\n");
  ASSERT_NE(opening.find("text/event-stream"), std::string::npos) << opening;
  auto made = ed.post("/api/v1/persons", {{"name", "Live Wire"}}).json();
  auto event = ria.until("}\n\n");
  EXPECT_NE(event.find("\"object\":\"person\",\"id\":\"" + made["id"].get<std::string>() +
                       "\",\"version\":1"),
            std::string::npos)
      << event;
  auto id = event.substr(event.find("id: ") + 4);
  id = id.substr(0, id.find('\n'));
  ed.patch("/api/v1/persons/" + made["id"].get<std::string>(), {{"job_title", "Guide"}},
           {{"If-Match", "\"1\""}});
  ria.begin("/api/v1/events", {{"Last-Event-ID", id}});
  EXPECT_NE(ria.until("\"version\":2}\n\n").find(made["id"].get<std::string>()), std::string::npos);
  ria.begin("/api/v1/events", {{"Last-Event-ID", "17"}});
  EXPECT_NE(ria.until("event: reset").find("event: reset"), std::string::npos);
}

TEST_F(Live, strangers_hear_nothing) {
  EXPECT_EQ(house().stranger().get("/api/v1/events").status, 401);
}

TEST_F(Live, search_finds_a_new_record_a_moment_later) {
  auto ed = house().browser_of("ed");
  ed.post("/api/v1/persons", {{"name", "Zacharias Quill"}});
  for (int i = 0; i < 100; ++i) {
    auto found = ed.get("/api/v1/search?q=zachar");
    ASSERT_EQ(found.status, 200) << found.body;
    if (!found.json()["data"].empty()) {
      EXPECT_EQ(found.json()["data"][0]["title"], "Zacharias Quill");
      EXPECT_EQ(found.json()["data"][0]["plural"], "persons");
      return;
    }
    usleep(100'000);
  }
  FAIL() << "not found within ten seconds";
}

}  // namespace
}  // namespace rapport::scenarios
