// A record's life, as a client lives it.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "entity/plan/sets.hpp"
#include "entity/road.hpp"
#include "house.hpp"

namespace rapport::scenarios {
namespace {

using base::Json;

class Records : public Story {
 protected:
  Json create(Browser& browser, const std::string& plural, const Json& body) {
    auto reply = browser.post("/api/v1/" + plural, body);
    EXPECT_EQ(reply.status, 201) << reply.body;
    return reply.json();
  }
  static std::string at(const std::string& plural, const Json& record) {
    return "/api/v1/" + plural + "/" + record["id"].get<std::string>();
  }
};

TEST_F(Records, a_person_is_made_read_listed_and_found_by_a_condition) {
  auto ed = house().browser_of("ed");
  auto made = ed.post("/api/v1/persons", {{"name", "Ana López"}, {"email", "ana@example.com"}});
  ASSERT_EQ(made.status, 201) << made.body;
  auto ana = made.json();
  EXPECT_EQ(made.header("location"), at("persons", ana));
  EXPECT_EQ(made.header("etag"), "\"1\"");
  auto read = ed.get(at("persons", ana));
  EXPECT_EQ(read.status, 200);
  EXPECT_EQ(read.json(), ana);
  EXPECT_EQ(read.header("etag"), "\"1\"");
  EXPECT_EQ(ed.get(at("persons", ana), {{"If-None-Match", "\"1\""}}).status, 304);
  auto list = ed.get(
      "/api/v1/persons?where=email+%3D+%27ana@example.com%27&count=exact"
      "&fields=name,email&titles=true");
  ASSERT_EQ(list.status, 200) << list.body;
  EXPECT_EQ(list.json()["page"]["count"], (Json{{"value", 1}, {"kind", "exact"}}));
  EXPECT_EQ(list.json()["data"][0]["email"], "ana@example.com");
  EXPECT_EQ(list.json()["data"][0]["$title"], "Ana López");
  auto query = ed.post("/api/v1/persons/query",
                       {{"where", "email = 'ana@example.com'"}, {"fields", {"name"}}});
  ASSERT_EQ(query.status, 200) << query.body;
  EXPECT_EQ(query.json()["data"].size(), 1u);
}

TEST_F(Records, a_list_of_a_set_holds_what_stands_behind_the_mark) {
  house().program().road().sets().add(
      {.name = "called",
       .object = "person",
       .reads = {},
       .parameters = {entity::SetParameter::text},
       .ids = {"test.called", "select id from persons where job_title = $1"}});
  auto ed = house().browser_of("ed");
  for (const char* name : {"Iris Vega", "Ines Vega", "Ivo Ruiz"}) {
    create(ed, "persons", {{"name", name}, {"job_title", "Set & match"}});
  }
  const std::string token = entity::to_token({"called", {"Set & match"}});
  const auto list = ed.get(
      "/api/v1/persons?count=exact&limit=1&order=-name&fields=name"
      "&where=name+contains+%27Vega%27&set=" +
      token);
  ASSERT_EQ(list.status, 200) << list.body;
  EXPECT_EQ(list.json()["page"]["count"], (Json{{"value", 2}, {"kind", "exact"}}));
  EXPECT_EQ(list.json()["data"][0]["name"]["full"], "Iris Vega");
  const auto query = ed.post("/api/v1/persons/query", {{"set", token}, {"fields", {"name"}}});
  ASSERT_EQ(query.status, 200) << query.body;
  EXPECT_EQ(query.json()["data"].size(), 3u);
  const auto csv = ed.get("/api/v1/persons/export?fields=name&order=name&set=" + token);
  ASSERT_EQ(csv.status, 200) << csv.body;
  EXPECT_NE(csv.body.find("Ines Vega"), std::string::npos);
  EXPECT_EQ(csv.body.find("Ana"), std::string::npos);
  for (const auto& [set, code] : std::map<std::string, std::string>{{"nothing", "plan.unknown_set"},
                                                                    {"called", "plan.bad_set"},
                                                                    {"a%27b", "plan.bad_set"}}) {
    for (const std::string path : {"/api/v1/persons?set=", "/api/v1/persons/export?set="}) {
      const auto refused = ed.get(path + set);
      EXPECT_EQ(refused.status, 400) << path << set << refused.body;
      EXPECT_EQ(refused.json()["code"], code);
    }
  }
  EXPECT_EQ(ed.get("/api/v1/companies?set=" + token).status, 400);
}

TEST_F(Records, a_change_needs_the_version_one_saw) {
  auto ed = house().browser_of("ed");
  auto bea = create(ed, "persons", {{"name", "Bea Ruiz"}, {"job_title", "Guide"}});
  auto path = at("persons", bea);
  EXPECT_EQ(ed.patch(path, {{"job_title", "Chief"}}).status, 428);
  auto changed = ed.patch(path, {{"job_title", "Chief"}}, {{"If-Match", "\"1\""}});
  ASSERT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(changed.header("etag"), "\"2\"");
  EXPECT_EQ(changed.json()["job_title"], "Chief");
  auto stale = ed.patch(path, {{"job_title", "Owner"}}, {{"If-Match", "\"1\""}});
  ASSERT_EQ(stale.status, 412) << stale.body;
  EXPECT_EQ(stale.header("content-type"), "application/problem+json");
  EXPECT_EQ(stale.json()["version"], 2);
  EXPECT_EQ(stale.json()["differing"]["job_title"], (Json{{"yours", "Owner"}, {"theirs", "Chief"}}))
      << stale.body;
  EXPECT_EQ(ed.get(path).json()["job_title"], "Chief");
}

TEST_F(Records, what_goes_to_the_bin_comes_back_and_its_history_tells_all) {
  auto ed = house().browser_of("ed");
  auto cid = create(ed, "companies", {{"name", "Alpina GmbH"}});
  auto path = at("companies", cid);
  EXPECT_EQ(ed.remove(path).status, 428);
  EXPECT_EQ(ed.remove(path, {{"If-Match", "\"1\""}}).status, 204);
  EXPECT_EQ(ed.get(path).status, 404);
  EXPECT_EQ(ed.get("/api/v1/companies?bin=only&fields=name").json()["data"][0]["name"],
            "Alpina GmbH");
  auto restored = ed.post(path + "/restoration", Json::object());
  ASSERT_EQ(restored.status, 200) << restored.body;
  EXPECT_EQ(ed.get(path).status, 200);
  auto history = ed.get(path + "/changes").json()["data"];
  ASSERT_EQ(history.size(), 3u) << history.dump();
  EXPECT_EQ(history[0]["kind"], "restored");
  EXPECT_EQ(history[1]["kind"], "removed");
  EXPECT_EQ(history[2]["kind"], "created");
  EXPECT_EQ(history[2]["actor_name"], "ed");
  EXPECT_EQ(history[2]["fields"]["name"], (Json{nullptr, "Alpina GmbH"}));
  EXPECT_EQ(ed.get(path + "/changes?before=3").json()["data"].size(), 2u);
}

TEST_F(Records, many_come_at_once_and_each_is_answered_for) {
  auto ed = house().browser_of("ed");
  auto bulk = ed.post("/api/v1/products", {{"records",
                                            {{{"name", "Rope"}, {"number", "R-1"}},
                                             {{"name", "Tent"}, {"number", "T-1"}},
                                             {{"number", "X-1"}}}}});
  ASSERT_EQ(bulk.status, 200) << bulk.body;
  auto data = bulk.json()["data"];
  EXPECT_EQ(data[0]["outcome"], "created");
  EXPECT_EQ(data[1]["outcome"], "created");
  EXPECT_EQ(data[2]["outcome"], "refused") << data.dump();
  EXPECT_EQ(data[2]["problem"]["errors"][0]["pointer"], "/records/2/name") << data.dump();
  auto changes = ed.post("/api/v1/products/changes",
                         {{"records",
                           {{{"id", data[0]["id"]}, {"version", 1}, {"name", "Long rope"}},
                            {{"id", data[1]["id"]}, {"version", 7}, {"name", "Big tent"}}}}});
  ASSERT_EQ(changes.status, 200) << changes.body;
  EXPECT_EQ(changes.json()["data"][0]["outcome"], "changed");
  EXPECT_EQ(changes.json()["data"][1]["outcome"], "refused");
  EXPECT_EQ(changes.json()["data"][1]["problem"]["status"], 412);
  auto removed = ed.post("/api/v1/products/removals",
                         {{"records", {{{"id", data[0]["id"]}, {"version", 2}}}}});
  ASSERT_EQ(removed.status, 200) << removed.body;
  EXPECT_EQ(removed.json()["data"][0]["outcome"], "removed");
}

TEST_F(Records, the_same_idempotency_key_does_its_work_once) {
  auto ed = house().browser_of("ed");
  const Headers key = {{"Idempotency-Key", "order-4711"}};
  auto first = ed.post("/api/v1/persons", {{"name", "Once Only"}}, key);
  auto second = ed.post("/api/v1/persons", {{"name", "Once Only"}}, key);
  ASSERT_EQ(first.status, 201) << first.body;
  ASSERT_EQ(second.status, 201) << second.body;
  EXPECT_EQ(first.json()["id"], second.json()["id"]);
  auto ada = house().browser_of("ada");
  auto other = ada.post("/api/v1/persons", {{"name", "Once Only"}}, key);
  EXPECT_NE(other.json()["id"], first.json()["id"]);
}

TEST_F(Records, an_idempotency_key_does_not_answer_for_another_request) {
  auto ed = house().browser_of("ed");
  const Headers key = {{"Idempotency-Key", "order-4712"}};
  ASSERT_EQ(ed.post("/api/v1/persons", {{"name", "First Body"}}, key).status, 201);
  auto before = house().fingerprint();
  auto other = ed.post("/api/v1/persons", {{"name", "Second Body"}}, key);
  EXPECT_EQ(other.status, 422) << other.body;
  EXPECT_EQ(other.json()["code"], "write.key_reused");
  EXPECT_EQ(house().fingerprint(), before);
  // The same for many at once; another address has keys of its own.
  const Json two{{"records", {{{"name", "One"}}, {{"name", "Two"}}}}};
  EXPECT_EQ(ed.post("/api/v1/persons", two, key).status, 422);
  EXPECT_EQ(ed.post("/api/v1/companies", {{"name", "First Body"}}, key).status, 201);
  auto made = ed.post("/api/v1/products", two, key);
  ASSERT_EQ(made.status, 200) << made.body;
  EXPECT_EQ(ed.post("/api/v1/products", two, key).json(), made.json());
}

TEST_F(Records, a_record_is_recognised_by_what_the_world_calls_it) {
  auto ed = house().browser_of("ed");
  Json record{{"name", "Dora Key"}, {"external", {{{"source", "shop"}, {"value", "77"}}}}};
  auto first = ed.post("/api/v1/persons/upsert", {{"records", {record}}});
  ASSERT_EQ(first.status, 200) << first.body;
  EXPECT_EQ(first.json()["data"][0]["outcome"], "created") << first.body;
  record["job_title"] = "Buyer";
  auto second = ed.post("/api/v1/persons/upsert", {{"records", {record}}});
  EXPECT_EQ(second.json()["data"][0]["outcome"], "changed") << second.body;
  EXPECT_EQ(second.json()["data"][0]["id"], first.json()["data"][0]["id"]);
  auto third = ed.post("/api/v1/persons/upsert", {{"records", {record}}});
  EXPECT_EQ(third.json()["data"][0]["outcome"], "unchanged") << third.body;
}

TEST_F(Records, a_long_list_is_walked_by_its_cursor_without_gap_or_repetition) {
  auto ed = house().browser_of("ed");
  Json records = Json::array();
  for (int i = 0; i < 95; ++i)
    records.push_back({{"subject", "Walk " + std::to_string(i % 7)}, {"kind", "call"}});
  auto made = ed.post("/api/v1/tasks", {{"records", records}});
  ASSERT_EQ(made.status, 200) << made.body;
  ASSERT_EQ(made.json()["data"][0]["outcome"], "created") << made.body;
  std::set<std::string> seen;
  std::string after;
  for (int page = 0; page < 20; ++page) {
    auto reply = ed.get("/api/v1/tasks?where=subject+starts+with+'Walk'&order=-subject&limit=10" +
                        (after.empty() ? "" : "&after=" + after));
    ASSERT_EQ(reply.status, 200) << reply.body;
    const auto data = reply.json()["data"];
    for (const auto& one : data) EXPECT_TRUE(seen.insert(one["id"].get<std::string>()).second);
    if (reply.json()["page"]["after"].is_null()) break;
    after = reply.json()["page"]["after"].get<std::string>();
  }
  EXPECT_EQ(seen.size(), 95u);
}

TEST_F(Records, the_timeline_of_a_person_merges_all_kinds_in_few_statements) {
  auto ed = house().browser_of("ed");
  auto eva = create(ed, "persons", {{"name", "Eva Line"}});
  auto person = eva["id"];
  Json interactions = Json::array();
  for (int i = 10; i < 40; ++i)
    interactions.push_back({{"person", person},
                            {"channel", "phone"},
                            {"direction", "incoming"},
                            {"subject", "Call " + std::to_string(i)},
                            {"at", "2026-03-" + std::to_string(i / 2 + 5) + "T10:00:00Z"}});
  auto made = ed.post("/api/v1/interactions", {{"records", interactions}});
  ASSERT_EQ(made.status, 200) << made.body;
  ASSERT_EQ(made.json()["data"][0]["outcome"], "created") << made.body;
  create(ed, "tasks", {{"subject", "Write to Eva"}, {"kind", "email"}, {"person", person}});
  auto path = at("persons", eva) + "/timeline?limit=8";
  // Jobs and listeners use the same pool: the quietest of some tries is the request's own.
  std::int64_t used = 1000;
  for (int i = 0; i < 10; ++i) {
    auto before = house().statements();
    ASSERT_EQ(ed.get(path).status, 200);
    used = std::min(used, house().statements() - before);
  }
  EXPECT_LE(used, 15) << "begin, statement, commit: of three kinds, the changes, the users' names";
  std::vector<std::string> seen;
  std::map<std::string, int> kinds;
  std::string after;
  std::string last = "9999";
  for (int page = 0; page < 20; ++page) {
    auto reply = ed.get(path + (after.empty() ? "" : "&after=" + after));
    ASSERT_EQ(reply.status, 200) << reply.body;
    const auto data = reply.json()["data"];
    for (const auto& entry : data) {
      seen.push_back(entry["kind"].get<std::string>() + entry["id"].get<std::string>() +
                     (entry.contains("version") ? entry["version"].dump() : ""));
      ++kinds[entry["kind"]];
      EXPECT_LE(entry["at"].get<std::string>().substr(0, 19), last);
      last = entry["at"].get<std::string>().substr(0, 19);
    }
    if (reply.json()["page"]["after"].is_null()) break;
    after = reply.json()["page"]["after"].get<std::string>();
  }
  EXPECT_EQ(kinds["interaction"], 30);
  EXPECT_EQ(kinds["task"], 1);
  EXPECT_EQ(kinds["change"], 1);
  EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()).size(), seen.size());
  auto only = ed.get(path + "&kinds=task").json()["data"];
  ASSERT_EQ(only.size(), 1u);
  EXPECT_EQ(only[0]["title"], "Write to Eva");
}

TEST_F(Records, an_export_is_a_table_without_formulas) {
  auto ed = house().browser_of("ed");
  create(ed, "companies", {{"name", "=cmd()"}});
  auto exported = ed.get("/api/v1/companies/export?fields=name");
  ASSERT_EQ(exported.status, 200) << exported.body;
  EXPECT_EQ(exported.header("content-type"), "text/csv; charset=utf-8");
  EXPECT_NE(exported.body.find("'=cmd()"), std::string::npos) << exported.body;
  EXPECT_EQ(ed.get("/api/v1/companies/export?where=nonsense+(").status, 400);
}

TEST_F(Records, a_wrong_address_method_or_parameter_is_said_so) {
  auto ed = house().browser_of("ed");
  struct Case {
    std::string method, target;
    int status;
  };
  const Case cases[] = {
      {"GET", "/api/v1/personz", 404},
      {"GET", "/api/v1/persons/not-an-id", 404},
      {"GET", "/api/v1/persons/0190b5e0-7c1e-7000-8000-000000000000", 404},
      {"GET", "/api/v1/nothing/at/all/here", 404},
      {"PUT", "/api/v1/persons", 405},
      {"GET", "/api/v1/persons?filter=x", 400},
      {"GET", "/api/v1/persons?limit=0", 400},
      {"GET", "/api/v1/persons?limit=1001", 400},
      {"GET", "/api/v1/persons?count=maybe", 422},
      {"GET", "/api/v1/persons?order=nonsense", 422},
      {"GET", "/api/v1/persons?fields=nonsense", 422},
      {"GET", "/api/v1/persons?where=nonsense", 400},
      {"POST", "/api/v1/persons", 400},
  };
  for (const auto& one : cases) {
    auto reply = ed.ask(one.method, one.target);
    EXPECT_EQ(reply.status, one.status) << one.method << " " << one.target << "\n" << reply.body;
    EXPECT_EQ(reply.header("content-type"), "application/problem+json") << one.target;
    EXPECT_EQ(reply.json()["status"], one.status);
  }
  EXPECT_EQ(ed.ask("HEAD", "/api/v1/persons").status, 200);
}

}  // namespace
}  // namespace rapport::scenarios
