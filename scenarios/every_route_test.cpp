// Every route, as nobody, as a reader, as an editor and by a key that may only read: what may not
// be done is refused as such and changes nothing in the database. The list is the program's own
// (server/routes.cpp), so that a new route is here from its first day.
#include <gtest/gtest.h>
#include <unistd.h>

#include <map>
#include <vector>

#include "house.hpp"
#include "server/routes.hpp"

namespace rapport::scenarios {
namespace {

using base::Json;
using server::Method;
using server::Route;
using server::Who;

// What a reader gets at the routes that are open to all users and do not only read by their method.
// Those for writers and administrators refuse him by the list of routes itself.
enum class Reader {
  refused,  // 403
  unseen,   // 404: it is somebody else's
  reads,    // 200: a POST because the question is long
  own,      // only what is his: his session, his keys
};
const std::map<std::string, Reader> readers_answers = {
    {"DELETE /api/v1/session", Reader::own},
    {"POST /api/v1/keys", Reader::own},
    {"DELETE /api/v1/keys/{id}", Reader::unseen},
    {"PUT /api/v1/users/{id}/password", Reader::refused},
    {"POST /api/v1/{plural}", Reader::refused},
    {"POST /api/v1/{plural}/query", Reader::reads},
    {"POST /api/v1/{plural}/upsert", Reader::refused},
    {"POST /api/v1/{plural}/changes", Reader::refused},
    {"POST /api/v1/{plural}/removals", Reader::refused},
    {"PATCH /api/v1/{plural}/{id}", Reader::refused},
    {"DELETE /api/v1/{plural}/{id}", Reader::refused},
    {"POST /api/v1/{plural}/{id}/restoration", Reader::refused},
};

// What who may do it gets where it is not a success: nothing is there yet.
const std::map<std::string, int> in_vain = {
    {"GET /api/v1/imports/{id}/rejected", 404},          // every row was good
    {"GET /api/v1/insight/fits/{id}", 404},              // no model has been fitted
    {"GET /api/v1/insight/models/{id}", 404},            // so there is none
    {"POST /api/v1/insight/models/{id}/adoption", 404},  // nor can one be adopted
};

std::string name_of(const Route& route) {
  return std::string(server::name_of(route.method)) + " " + std::string(route.pattern);
}

bool is_generic(const Route& route) {
  return route.pattern.find("{plural}") != std::string_view::npos;
}

class EveryRoute : public Story {
 protected:
  // A record of each kind that an address can name; all of them ada's.
  void SetUp() override {
    auto ada = house().browser_of("ada");
    const auto made = [&](const std::string& at, const Json& body) {
      auto reply = ada.post("/api/v1/" + at, body);
      EXPECT_EQ(reply.status, 201) << at << ": " << reply.body;
      return reply.json().value("id", "");
    };
    ids_["persons"] = made("persons", {{"name", "Target"}});
    ids_["companies"] = made("companies", {{"name", "Target"}});
    ids_["orders"] = made(
        "orders",
        {{"person", ids_["persons"]}, {"placed_at", "2026-03-01T10:00:00Z"}, {"number", "T-1"}});
    ids_["users"] = ada.get("/api/v1/users?where=name+%3D+'ed'").json()["data"][0]["id"];
    ids_["keys"] = made("keys", {{"name", "hers"}});
    const std::string mapping =
        "objects: [{object: person, key: {external: e, of: n},"
        " fields: {name: n}}]";
    ids_["import_mappings"] =
        made("import_mappings", {{"name", "hers " + ids_["persons"]}, {"text", mapping}});
    auto file = ada.ask("POST", "/api/v1/import_files?name=p.csv", "n\nImported\n").json()["file"];
    order_ = {{"file", file}, {"mapping", mapping}};
    auto started = ada.post("/api/v1/imports", order_);
    EXPECT_EQ(started.status, 202) << started.body;
    ids_["imports"] = started.json().value("import", "");
    for (int i = 0; i < 200; ++i, ::usleep(20'000))
      if (ada.get("/api/v1/imports/" + ids_["imports"]).json().value("state", "") == "done") return;
    FAIL() << "the import does not end";
  }

  // "/api/v1/imports/{id}" with the import's id; a pattern that names no such thing, a person's.
  std::string address_of(const Route& route, const std::string& plural) {
    std::string path(route.pattern);
    if (auto at = path.find("{plural}"); at != std::string::npos) path.replace(at, 8, plural);
    for (auto at = path.find('{'); at != std::string::npos; at = path.find('{')) {
      const auto from = path.rfind('/', at - 2) + 1;
      const auto kind = path.substr(from, at - 1 - from);
      path.replace(at, path.find('}', at) - at + 1,
                   ids_.contains(kind) ? ids_[kind] : ids_["persons"]);
    }
    return path.ends_with("/search") ? path + "?q=target" : path;
  }

  // A body that would do something, were it allowed.
  std::string body_of(const Route& route, const std::string& plural) {
    if (route.method == Method::get) return {};
    const std::string pattern(route.pattern);
    if (pattern.ends_with("/query")) return "{}";
    if (pattern.ends_with("/password")) return Json{{"password", "another password"}}.dump();
    if (pattern.ends_with("/import_files")) return "n\nImported\n";
    if (pattern.ends_with("/import_previews") || pattern.ends_with("/imports"))
      return order_.dump();
    if (pattern.find("/import_mappings") != std::string::npos)
      return Json{{"name", name_of(route)}, {"text", order_["mapping"]}}.dump();
    if (pattern.ends_with("/settings")) return Json{{"currency", "EUR"}}.dump();
    if (pattern.ends_with("/fits")) return Json{{"model", "auto"}}.dump();
    const Json changed =
        plural == "orders" ? Json{{"number", "Changed"}} : Json{{"name", "Changed"}};
    Json one = changed;
    if (pattern.ends_with("/changes") || pattern.ends_with("/removals")) {
      if (pattern.ends_with("/removals")) one = Json::object();
      one["id"] = ids_[plural];
      one["version"] = 1;
    }
    const bool many = pattern.ends_with("/changes") || pattern.ends_with("/removals") ||
                      pattern.ends_with("/upsert");
    if (pattern.ends_with("/upsert")) {
      one["email"] = "changed@route.example";
      return Json{{"records", {one}}, {"key", "email"}}.dump();
    }
    return many ? Json{{"records", {one}}}.dump() : one.dump();
  }

  Reply call(Browser& browser, const Route& route, const std::string& plural) {
    return browser.ask(std::string(server::name_of(route.method)), address_of(route, plural),
                       body_of(route, plural), {{"If-Match", "\"1\""}});
  }

  static std::vector<std::string> plurals_of(const Route& route) {
    if (!is_generic(route)) return {""};
    return {"persons", "companies", "orders", "users"};
  }

  void reader_is_refused(const std::string& who, Browser& browser, const Route& route);

  std::map<std::string, std::string> ids_;
  Json order_;  // of an import
};

void EveryRoute::reader_is_refused(const std::string& who, Browser& browser, const Route& route) {
  const auto name = name_of(route);
  if (route.pattern == "/api/v1/events") return;  // does not end; see live_test.cpp
  const bool reads = route.method == Method::get;
  const auto known = readers_answers.find(name);
  if (route.who == Who::users && !reads && known == readers_answers.end()) {
    ADD_FAILURE() << name << " is open to all users and does not only read. Either say in "
                  << "`readers_answers` (scenarios/every_route_test.cpp) what a reader gets there, "
                  << "or make it `writers` or `administrators` in src/server/routes.cpp.";
    return;
  }
  for (const auto& plural : plurals_of(route)) {
    int wanted = 403;
    if (route.who == Who::users && !reads && known->second == Reader::own) continue;
    if (route.who == Who::users && !reads && known->second == Reader::unseen) wanted = 404;
    if (route.who == Who::users && !reads && known->second == Reader::reads) wanted = 200;
    auto reply = call(browser, route, plural);
    if (route.who == Who::users && reads) wanted = in_vain.contains(name) ? in_vain.at(name) : 200;
    EXPECT_EQ(reply.status, wanted) << who << " " << name << " (" << plural << ")\n" << reply.body;
  }
}

TEST_F(EveryRoute, knows_nobody_and_refuses_strangers) {
  auto nobody = house().stranger();
  const auto before = house().fingerprint();
  for (const auto& route : server::routes()) {
    if (route.who == Who::anyone) continue;
    for (const auto& plural : plurals_of(route))
      EXPECT_EQ(call(nobody, route, plural).status, 401) << name_of(route) << " " << plural;
  }
  EXPECT_EQ(house().fingerprint(), before);
}

TEST_F(EveryRoute, lets_a_reader_and_a_reading_key_change_nothing) {
  auto ed = house().browser_of("ed");
  auto key = ed.post("/api/v1/keys", {{"name", "reads"}, {"scopes", {"read"}}});
  ASSERT_EQ(key.status, 201) << key.body;
  auto ria = house().browser_of("ria");
  auto program = house().stranger();
  program.use_key(key.json()["key"].get<std::string>());
  EXPECT_EQ(program.get("/api/v1/session").status, 200);  // notes when the key was last used
  const auto before = house().fingerprint();
  for (const auto& route : server::routes()) {
    if (route.who == Who::anyone) continue;
    reader_is_refused("ria", ria, route);
    reader_is_refused("ed's reading key", program, route);
    ASSERT_EQ(house().fingerprint(), before) << name_of(route) << " changed something.";
  }
}

TEST_F(EveryRoute, lets_an_editor_do_nothing_that_is_for_administrators) {
  auto ed = house().browser_of("ed");
  const auto before = house().fingerprint();
  for (const auto& route : server::routes()) {
    const bool of_users =
        is_generic(route) && route.method != Method::get && !route.pattern.ends_with("/query");
    if (route.who == Who::administrators || of_users) {
      EXPECT_EQ(call(ed, route, "users").status, 403) << name_of(route);
    }
  }
  // What ada began is hers.
  for (const auto* one : {"", "/rejected"})
    EXPECT_EQ(ed.get("/api/v1/imports/" + ids_["imports"] + one).status, 403);
  EXPECT_EQ(ed.post("/api/v1/imports/" + ids_["imports"] + "/undo", Json::object()).status, 403);
  for (const auto* one : {"import_previews", "imports"}) {
    const auto reply = ed.post(std::string("/api/v1/") + one, order_);
    EXPECT_EQ(reply.json().value("code", ""), "exchange.not_your_file") << one << reply.body;
  }
  EXPECT_EQ(ed.remove("/api/v1/keys/" + ids_["keys"]).status, 404);
  EXPECT_EQ(ed.get("/api/v1/imports").json()["data"].size(), 0u);
  EXPECT_EQ(house().fingerprint(), before);
}

// The refusals above are for the role: the same requests of an administrator are none.
TEST_F(EveryRoute, lets_an_administrator_through) {
  auto ada = house().browser_of("ada");
  for (const auto& route : server::routes()) {
    const auto name = name_of(route);
    if (route.who == Who::anyone || name == "DELETE /api/v1/session" ||
        route.pattern == "/api/v1/events")
      continue;
    // Users stay as they are: the other stories are theirs.
    const auto plural = is_generic(route) ? "persons" : "";
    if (name.starts_with("PUT /api/v1/users")) continue;
    if (is_generic(route))  // each its own, which nobody has changed or removed yet
      ids_["persons"] = ada.post("/api/v1/persons", {{"name", "Target"}}).json()["id"];
    const auto reply = call(ada, route, plural);
    const bool as_expected =
        in_vain.contains(name) ? reply.status == in_vain.at(name) : reply.status / 100 == 2;
    EXPECT_TRUE(as_expected) << name << " " << reply.status << "\n" << reply.body;
  }
}

}  // namespace
}  // namespace rapport::scenarios
