// Who may come in, and what each may do (every_route_test.cpp: at every route).
#include <gtest/gtest.h>

#include "house.hpp"

namespace rapport::scenarios {
namespace {

using base::Json;

class Entry : public Story {};

TEST_F(Entry, a_session_lives_in_a_cookie_that_pages_cannot_read) {
  auto browser = house().stranger();
  EXPECT_EQ(browser.get("/api/v1/session").status, 401);
  auto reply = browser.post("/api/v1/session", {{"name", "ed"}, {"password", password}});
  ASSERT_EQ(reply.status, 201) << reply.body;
  EXPECT_EQ(reply.json()["user"]["name"], "ed");
  EXPECT_EQ(reply.json()["user"]["role"], "editor");
  auto cookie = reply.header("set-cookie");
  for (auto part : {"__Host-rapport=", "; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure"})
    EXPECT_NE(cookie.find(part), std::string::npos) << cookie;
  EXPECT_EQ(browser.get("/api/v1/session").status, 200);
  EXPECT_EQ(browser.remove("/api/v1/session").status, 204);
  EXPECT_FALSE(browser.has_cookie());
  EXPECT_EQ(browser.get("/api/v1/session").status, 401);
}

TEST_F(Entry, a_wrong_name_and_a_wrong_password_are_answered_alike) {
  auto browser = house().stranger();
  auto wrong = browser.post("/api/v1/session", {{"name", "ed"}, {"password", "wrong password"}});
  auto unknown =
      browser.post("/api/v1/session", {{"name", "nobody"}, {"password", "wrong password"}});
  EXPECT_EQ(wrong.status, 401);
  EXPECT_EQ(unknown.status, 401);
  EXPECT_EQ(wrong.body, unknown.body);
}

TEST_F(Entry, another_sites_page_cannot_write_with_the_cookie) {
  auto ed = house().browser_of("ed");
  Json body{{"name", "Forged"}};
  auto before = house().fingerprint();
  EXPECT_EQ(ed.post("/api/v1/persons", body, {{"Origin", "https://evil.example"}}).status, 403);
  EXPECT_EQ(ed.post("/api/v1/persons", body, {{"Sec-Fetch-Site", "cross-site"}}).status, 403);
  EXPECT_EQ(house().fingerprint(), before);
  EXPECT_EQ(ed.post("/api/v1/persons", body, {{"Origin", "http://localhost"}}).status, 201);
}

TEST_F(Entry, a_key_opens_what_its_scopes_say_and_can_be_taken_back) {
  auto ed = house().browser_of("ed");
  auto made = ed.post("/api/v1/keys", {{"name", "reader of persons"}, {"scopes", {"read:person"}}});
  ASSERT_EQ(made.status, 201) << made.body;
  auto program = house().stranger();
  program.use_key(made.json()["key"].get<std::string>());
  EXPECT_EQ(program.get("/api/v1/persons").status, 200);
  EXPECT_EQ(program.post("/api/v1/persons", {{"name", "No"}}).status, 403);
  EXPECT_EQ(program.get("/api/v1/orders").status, 404);
  EXPECT_EQ(ed.get("/api/v1/keys").json()["data"].size(), 1u);
  EXPECT_EQ(ed.remove("/api/v1/keys/" + made.json()["id"].get<std::string>()).status, 204);
  EXPECT_EQ(program.get("/api/v1/persons").status, 401);
}

TEST_F(Entry, a_session_ends_when_it_is_not_used) {
  auto ed = house().browser_of("ed");
  EXPECT_EQ(ed.get("/api/v1/session").status, 200);
  house().pass(base::days(8));
  EXPECT_EQ(ed.get("/api/v1/session").status, 401);
}

TEST_F(Entry, editors_do_not_touch_users_settings_or_the_audit) {
  auto ed = house().browser_of("ed");
  auto ada = house().browser_of("ada");
  EXPECT_EQ(ed.get("/api/v1/settings").status, 403);
  EXPECT_EQ(ed.get("/api/v1/audit").status, 403);
  EXPECT_EQ(ed.patch("/api/v1/settings", {{"currency", "USD"}}).status, 403);
  EXPECT_EQ(ed.post("/api/v1/users", {{"name", "mallory"}, {"role", "administrator"}}).status, 403);
  EXPECT_EQ(ada.get("/api/v1/settings").status, 200);
  auto audit = ada.get("/api/v1/audit?kind=refused");
  ASSERT_EQ(audit.status, 200) << audit.body;
  EXPECT_GE(audit.json()["data"].size(), 3u);
}

}  // namespace
}  // namespace rapport::scenarios
