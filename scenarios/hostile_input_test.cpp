// What an attacker would write into every hole there is.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "house.hpp"
#include "server/edge/target.hpp"

namespace rapport::scenarios {
namespace {

using base::Json;

class Hostile : public Story {};

const std::string_view corpus[] = {
    "'",
    "''",
    "\"",
    "`",
    "\\",
    "\\'",
    "$$",
    "$1",
    ";",
    "--",
    "/*",
    "*/",
    "%",
    "_",
    "%27",
    "%00",
    "' or '1'='1",
    "' or 1=1 --",
    "') or ('1'='1",
    "1; drop table persons",
    "'; drop table persons; --",
    "1 union select null",
    "' union select password from credentials --",
    "name; select pg_sleep(5)",
    "pg_sleep(5)",
    "(select 1)",
    "name) from persons; --",
    "name desc, (select 1)",
    "-name; --",
    "id::text",
    "name::int",
    "persons.name",
    "public.persons",
    "company.name.name.name.name",
    "E'\\x27'",
    "U&'\\0027'",
    "\xc2\xbf' or 1=1",
    "0x27",
    "char(39)",
    "null",
    "true",
    "NaN",
    "1e999",
    "-1",
    "9223372036854775808",
    "99999999999999999999999999",
    "{}",
    "[]",
    "{\"$ne\":null}",
    "name = 'x' or true",
    "name = 'a' and",
    "((((((((((",
    "not not not not name is empty",
    "name contains '%'",
    "name starts with '_'",
    "email = 'a' -- b",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "\xed\xa0\x80",
    "\xff\xfe",
    "\xf0\x9f\x98\x80",
    "a\nb",
    "a\r\nSet-Cookie: x=1",
};

TEST_F(Hostile, no_parameter_reaches_the_database_as_anything_but_a_value) {
  auto ada = house().browser_of("ada");
  ada.post("/api/v1/persons", {{"name", "Bystander"}});
  auto before = house().fingerprint();
  const std::string targets[] = {
      "/api/v1/persons?where=",
      "/api/v1/persons?order=",
      "/api/v1/persons?fields=",
      "/api/v1/persons?after=",
      "/api/v1/persons?limit=",
      "/api/v1/persons?offset=",
      "/api/v1/persons?count=",
      "/api/v1/persons?bin=",
      "/api/v1/persons?stand_ins=",
      "/api/v1/persons?titles=",
      "/api/v1/persons?",
      "/api/v1/persons/",
      "/api/v1/",
      "/api/v1/search?q=",
      "/api/v1/search?objects=",
      "/api/v1/imports/",
      "/api/v1/audit?kind=",
      "/api/v1/audit?user=",
      "/api/v1/persons/export?where=",
      "/api/v1/persons/export?fields=",
      "/api/v1/persons/0190b5e0-7c1e-7000-8000-000000000000/timeline?after=",
      "/api/v1/persons/0190b5e0-7c1e-7000-8000-000000000000/timeline?kinds=",
      "/api/v1/persons/0190b5e0-7c1e-7000-8000-000000000000/changes?before=",
  };
  for (const auto& target : targets) {
    for (auto attack : corpus) {
      auto reply = ada.get(target + server::percent_encoded(attack));
      EXPECT_LT(reply.status, 500) << target << attack << "\n" << reply.body;
      EXPECT_EQ(reply.body.find("syntax error"), std::string::npos) << target << attack;
      EXPECT_EQ(reply.header("set-cookie"), "") << target << attack;
    }
  }
  EXPECT_EQ(house().fingerprint(), before);
}

TEST_F(Hostile, no_member_of_a_body_reaches_the_database_as_anything_but_a_value) {
  auto ada = house().browser_of("ada");
  for (auto attack : corpus) {
    Json text = std::string(attack);
    for (const auto& member : {"where", "where_tree", "order", "fields", "after", "count", "bin"}) {
      auto body =
          Json{{member, text}}.dump(-1, ' ', false, nlohmann::detail::error_handler_t::replace);
      auto reply = ada.ask("POST", "/api/v1/persons/query", body);
      EXPECT_LT(reply.status, 500) << body << "\n" << reply.body;
    }
    for (auto plural : {"persons", "companies", "products", "tasks", "orders"}) {
      for (Json body : {Json{{"name", text}}, Json{{"email", text}}, Json{{"company", text}},
                        Json{{"name", "x"}, {"external", {{{"source", text}, {"value", text}}}}},
                        Json{{"subject", text}, {"person", {{"external", text}}}}}) {
        auto bytes = body.dump(-1, ' ', false, nlohmann::detail::error_handler_t::replace);
        auto reply = ada.ask("POST", std::string("/api/v1/") + plural, bytes);
        EXPECT_LT(reply.status, 500) << plural << " " << bytes << "\n" << reply.body;
      }
    }
  }
  EXPECT_EQ(house().ask_database("select count(*) > 0 from persons"), "t\n");
}

TEST_F(Hostile, only_fields_that_may_be_set_are_set) {
  auto ed = house().browser_of("ed");
  auto columns = house().ask_database(
      "select distinct column_name from information_schema.columns where table_schema = 'public' "
      "and table_name in ('persons', 'users', 'orders') order by 1");
  auto made = ed.post("/api/v1/persons", {{"name", "Plain"}}).json();
  auto path = "/api/v1/persons/" + made["id"].get<std::string>();
  auto catalog = ed.get("/api/v1/catalog").json();
  std::set<std::string> settable;
  for (const auto& object : catalog["objects"])
    if (object["name"] == "person")
      for (const auto& field : object["fields"])
        if (field["may_set"]) settable.insert(field["name"]);
  std::size_t from = 0;
  while (from < columns.size()) {
    auto end = columns.find('\n', from);
    auto column = columns.substr(from, end - from);
    from = end + 1;
    if (settable.contains(column)) continue;
    for (Json value : {Json("x"), Json(1), Json(true), Json(nullptr)}) {
      auto reply = ed.patch(path, {{column, value}}, {{"If-Match", "\"1\""}});
      EXPECT_EQ(reply.status, 422) << column << " " << value << "\n" << reply.body;
    }
    if (column == "id") continue;  // a create may bring its own
    auto reply = ed.post("/api/v1/persons", {{"name", "More"}, {column, "x"}});
    EXPECT_EQ(reply.status, 422) << column << "\n" << reply.body;
  }
  EXPECT_EQ(ed.get(path).json(), made);
}

TEST_F(Hostile, bodies_that_are_no_json_are_refused) {
  auto ed = house().browser_of("ed");
  const std::string bodies[] = {"{",
                                "[]",
                                "null",
                                "\"x\"",
                                "{\"name\":\"a\",\"name\":\"b\"}",
                                "{\"name\":\"\xff\"}",
                                "{\"name\":\"a\"} x",
                                "\xef\xbb\xbf{}x",
                                std::string(100'000, '['),
                                "{\"a\":" + std::string(200, '[') + std::string(200, ']') + "}"};
  for (const auto& body : bodies) {
    auto reply = ed.ask("POST", "/api/v1/persons", body);
    EXPECT_TRUE(reply.status == 400 || reply.status == 422)
        << body.substr(0, 60) << " " << reply.status << reply.body;
  }
}

}  // namespace
}  // namespace rapport::scenarios
