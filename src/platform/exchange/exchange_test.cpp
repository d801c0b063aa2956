#include "platform/exchange/exchange.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <barrier>
#include <thread>
#include <utility>

#include "base/json.hpp"
#include "entity/request/request.hpp"
#include "platform/access/role.hpp"
#include "platform/exchange/csv/encoding.hpp"
#include "platform/exchange/exchange_testing.hpp"

namespace rapport::platform {
namespace {

TEST_F(ExchangeTest, MakesPersonsAndKnowsThemAgain) {
  EXPECT_EQ(counts(import(people, people_mapping)), "3 = 3 + 0 + 0 + 0");
  EXPECT_EQ(counts(import(people, people_mapping)), "3 = 0 + 0 + 3 + 0");
  EXPECT_EQ(one("select name || ' ' || birth_date from persons where number = '3'"),
            "Zoë Żak 1999-12-31");
  // By e-mail where the number is new; what is filled stays where the mapping says so.
  EXPECT_EQ(
      counts(import("id,first,last,email,born\n9,Anna,López,ANA@example.com,\n", people_mapping)),
      "1 = 0 + 1 + 0 + 0");
  EXPECT_EQ(one("select name || ' ' || number || ' ' || count(*) over () from persons "
                "where email = 'ana@example.com'"),
            "Anna López 9 1");
}

TEST_F(ExchangeTest, TakesTheSamePersonTwiceInOneFile) {
  const auto status =
      import("id,first,last,email,born\n1,Ana,López,,\n1,Ana María,López,,\n1,Ana María,López,,\n",
             people_mapping);
  EXPECT_EQ(counts(status), "3 = 1 + 1 + 1 + 0");
  EXPECT_EQ(one("select name || ' ' || version from persons"), "Ana María López 2");
}

TEST_F(ExchangeTest, GivesRejectedRowsBackAsTheyWereAndTakesThemMended) {
  const std::string text =
      "id,first,last,email,born\r\n"
      "1,Ana,López,ana@example.com,1980-02-01\r\n"
      "2,Ben,Huber,no address,01.02.1980\r\n"
      "3,Zoë,Żak,,31.12.1999\r\n"
      "4,\"Eve, \"\"E\"\"\",Ray\r\n"
      "5,caf\xC3,x,,\r\n";
  const auto status = import(text, people_mapping);
  EXPECT_EQ(counts(status), "5 = 1 + 0 + 0 + 4");
  const auto rejected = exchange->rejected_file(engine.caller, status.id);
  ASSERT_TRUE(rejected) << rejected.error().message;
  std::string given = read_whole(*rejected);
  for (const std::string line :
       {"id,first,last,email,born,rapport_rejected,rapport_column,rapport_reason\r\n",
        "1,Ana,López,ana@example.com,1980-02-01,rapport_rejected:", "2,Ben,Huber,no address,01.02",
        "4,\"Eve, \"\"E\"\"\",Ray,rapport_rejected:", "5,caf\xC3,x,,,rapport_rejected:",
        ",born,“1980", ",email,", "The row has 3 cells; 5 are expected."}) {
    EXPECT_NE(given.find(line), std::string::npos) << line << "\n" << given;
  }
  const auto mend = [&](const std::string& from, const std::string& to) {
    given.replace(given.find(from), from.size(), to);
  };
  mend("1980-02-01", "01.02.1980");
  mend("no address", "ben@example.com");
  mend("\",Ray,", "\",Ray,,,");
  mend("caf\xC3", "café");
  EXPECT_EQ(counts(import(given, people_mapping, "mended.csv")), "4 = 4 + 0 + 0 + 0");
  EXPECT_EQ(one("select string_agg(name, ', ' order by number) from persons"),
            "Ana López, Ben Huber, Zoë Żak, Eve, \"E\" Ray, café x");
}

TEST_F(ExchangeTest, MakesOrdersPersonsAndLinesOfOneFile) {
  const auto status = import(orders, orders_mapping);
  EXPECT_EQ(counts(status), "9 = 8 + 0 + 0 + 1");
  EXPECT_EQ(one("select string_agg(number || ' ' || total, ', ' order by number) from orders"),
            "A1 113.2500, A2 120.0000, A3 80.0000, A4 6.0000")
      << "also of an order whose lines came in two chunks";
  EXPECT_EQ(one("select count(*) from persons"), "2");
  const auto reported = base::Json::parse(status.reported_json);
  EXPECT_EQ(reported.dump(), R"([{"report":"free of charge","count":1,"rows":[6]},)"
                             R"({"report":"order.placed_at differs","count":1,"rows":[7]}])");
  const std::string before = content_of(database.pool());
  const std::string versions = one("select sum(version) from orders");
  EXPECT_EQ(counts(import(orders, orders_mapping)), "9 = 0 + 0 + 8 + 1");
  EXPECT_EQ(content_of(database.pool()), before);
  EXPECT_EQ(one("select sum(version) from orders"), versions);
}

TEST_F(ExchangeTest, AddsMendedLinesToTheirOrdersSum) {
  const auto first = import(orders, orders_mapping);
  std::string rejected = read_whole(exchange->rejected_file(engine.caller, first.id).value());
  rejected.replace(rejected.find("Wax,x"), 5, "Wax,7");
  EXPECT_EQ(counts(import(rejected, orders_mapping)), "1 = 1 + 0 + 0 + 0");
  EXPECT_EQ(one("select total from orders where number = 'A4'"), "13.0000");
}

TEST_F(ExchangeTest, KeepsAMendedRowThatEqualsAnother) {
  const std::string text =
      "invoice,customer,at,item,quantity,price\n"
      "A1,c1,2024-05-01,Sock,2,5\n"
      "A1,c1,2024-05-01,Sock,2,5.x\n"
      "A1,c1,2024-99-01,Sock,2,5\n"
      "A1,c1,2024-05-01,Sock,2,5\n";
  const auto first = import(text, orders_mapping);
  EXPECT_EQ(counts(first), "4 = 2 + 0 + 0 + 2");
  std::string mended = read_whole(exchange->rejected_file(engine.caller, first.id).value());
  mended.replace(mended.find("5.x"), 3, "5");
  mended.replace(mended.find("2024-99"), 7, "2024-05");
  EXPECT_EQ(counts(import(mended, orders_mapping)), "2 = 2 + 0 + 0 + 0");
  EXPECT_EQ(counts(import(mended, orders_mapping)), "2 = 0 + 0 + 2 + 0");
  EXPECT_EQ(one("select total from orders"), "40.0000");
}

// Each run used to hold a connection of the pool for as long as it lasted; three of them held all
// that the smallest pool has, and waited for one another.
TEST_F(ExchangeTest, AsManyImportsRunAsThePoolHasConnections) {
  constexpr int runs = 3;  // the smallest pool, and the threads of the jobs
  store::PoolOptions options = database.pool().options();
  options.connections_max = runs;
  options.wait_max = base::seconds(2);
  store::Pool pool(options);
  TestEngine small(pool);
  Exchange imports(*small.road,
                   ExchangeOptions{.folder = folder.path() / "small", .rows_per_chunk = 4});
  std::vector<base::Id> ids;
  for (int n = 0; n < runs; ++n) {
    std::string text = "id,first,last,email,born\n";
    for (int i = 0; i < 20; ++i) text += std::to_string(n * 100 + i) + ",Ana,Row,,\n";
    const auto name = std::to_string(n) + ".csv";
    const auto file =
        imports.keep_file(small.caller, {.path = folder.write(name, text), .name = name});
    const auto id = imports.start(small.caller, *file, people_mapping);
    ASSERT_TRUE(id) << id.error().message;
    ids.push_back(*id);
  }
  // None goes on before all are at work.
  std::barrier all(runs);
  std::vector<std::string> ended(runs);
  {
    std::vector<std::jthread> threads;
    threads.reserve(runs);
    for (std::size_t n = 0; n < runs; ++n) {
      threads.emplace_back([&, n] {
        bool met = false;
        const auto done = imports.run(small.caller, ids[n], [&](const ImportStatus&) {
          if (!std::exchange(met, true)) all.arrive_and_wait();
          return true;
        });
        ended[n] = done ? counts(*done) : done.error().code;
      });
    }
  }
  for (const std::string& one : ended) EXPECT_EQ(one, "20 = 20 + 0 + 0 + 0");
}

TEST_F(ExchangeTest, AFileIsForWhoBroughtItAndForAdministrators) {
  const auto caller = [](Role role) {
    entity::Caller made = entity::program({});
    made.user = base::new_id();
    made.policy = policy_of(role);
    return made;
  };
  const auto ed = caller(Role::editor), eve = caller(Role::editor),
             ada = caller(Role::administrator);
  const auto file = exchange->keep_file(ed, {.path = folder.write("p.csv", people), .name = "p"});
  ASSERT_TRUE(file);
  auto gone = ed;  // brought it, and may only read today
  gone.policy = policy_of(Role::reader);
  const struct {
    const entity::Caller& who;
    const char* code;  // empty: allowed
  } cases[] = {{eve, "exchange.not_your_file"}, {gone, "exchange.forbidden"}, {ed, ""}, {ada, ""}};
  const auto code = [](const auto& result) { return result ? "" : result.error().code; };
  for (const auto& one : cases) {
    EXPECT_EQ(code(exchange->recognise(one.who, *file)), one.code);
    EXPECT_EQ(code(exchange->preview(one.who, *file, people_mapping)), one.code);
    EXPECT_EQ(code(exchange->start(one.who, *file, people_mapping)), one.code);
  }
  EXPECT_EQ(one("select count(*) from imports"), "2") << "ed's and ada's";
}

TEST_F(ExchangeTest, SaysWhatIsWrongWithAMappingBeforeItRuns) {
  const auto file =
      exchange->keep_file(engine.caller, {.path = folder.write("f.csv", people), .name = "f.csv"});
  const struct {
    std::string_view mapping, code, message;
  } cases[] = {
      {"objects: [", "mapping.malformed", "Line 1"},
      {"objects:\n  - object: person\n    mode: create\n    feilds: {name: last}\n",
       "mapping.malformed",
       "Line 4 of the mapping: there is no option “feilds” here; did you mean "
       "“fields”?"},
      {"objects:\n  - {object: persn, mode: create}", "mapping.does_not_fit", "“person”"},
      {"objects:\n  - object: person\n    mode: create\n    fields: {emial: email}\n",
       "mapping.does_not_fit", "Did you mean “email”?"},
      {"objects:\n  - object: person\n    mode: create\n    fields:\n      email: mail\n",
       "mapping.does_not_fit", "Line 5 of the mapping: the file has no column “mail”."},
      {"objects:\n  - object: person\n    mode: create\n", "mapping.does_not_fit",
       "Line 2 of the mapping: no field of “person” is mapped"},
      {"objects:\n  - {object: person, fields: {number: id}}", "mapping.malformed",
       "without a `key`"},
      {"{\"objects\":[{\"object\":\"person\",\"mode\":\"create\",\"fields\":{\"version\":\"id\"}}]"
       "}",
       "mapping.does_not_fit", "written by the program only"},
  };
  for (const auto& c : cases) {
    const auto started = exchange->start(engine.caller, *file, c.mapping);
    ASSERT_FALSE(started) << c.mapping;
    EXPECT_EQ(started.error().code, c.code) << c.mapping;
    EXPECT_NE(started.error().message.find(c.message), std::string::npos)
        << started.error().message;
  }
}

TEST_F(ExchangeTest, ReadsFilesOfOtherEncodings) {
  for (const Encoding encoding : {Encoding::utf16le, Encoding::utf16be, Encoding::cp1252}) {
    std::string text = "id;first;last;email;born\n1;Zoë;Müller;;\n2;Øyvind;Straße;x;\n";
    if (encoding == Encoding::utf16le || encoding == Encoding::utf16be)
      text.insert(0, "\xEF\xBB\xBF");
    const auto status = import(encoded(text, encoding), people_mapping, "wide.csv");
    EXPECT_EQ(status.rows.received, 2);
    EXPECT_EQ(status.rows.rejected, 1);
    EXPECT_EQ(one("select name from persons where number = '1'"), "Zoë Müller");
    const std::string rejected =
        read_whole(exchange->rejected_file(engine.caller, status.id).value());
    EXPECT_NE(rejected.find(encoded("2;Øyvind;Straße;x;;rapport_rejected:", encoding)),
              std::string::npos);
  }
}

TEST_F(ExchangeTest, RecognisesAFileAndSuggestsAMappingThatRuns) {
  const auto file = exchange->keep_file(
      engine.caller,
      {.path = folder.write("kunden.csv",
                            "Kundennummer;Vorname;Nachname;E-Mail;Geburtsdatum;Ort;Land\n"
                            "1;Ana;López;ana@example.com;1.2.1980;Graz;Österreich\n"
                            "2;Ben;Huber;ben@example.com;24.12.1981;Linz;Österreich\n"),
       .name = "kunden.csv"});
  const auto text = exchange->recognise(engine.caller, *file);
  ASSERT_TRUE(text) << text.error().message;
  const auto json = base::Json::parse(*text);
  EXPECT_EQ(json["delimiter"], ";");
  EXPECT_EQ(json["header"], true);
  EXPECT_EQ(json["columns"][2]["suggestion"]["field"], "name.family");
  EXPECT_EQ(json["columns"][6]["suggestion"]["field"], "address.country");
  EXPECT_EQ(json["suggested_mapping"]["forms"]["date_order"], "dmy");
  const std::string mapping = json["suggested_mapping"].dump();
  const auto preview = exchange->preview(engine.caller, *file, mapping);
  ASSERT_TRUE(preview) << preview.error().message << mapping;
  EXPECT_EQ(base::Json::parse(*preview)["rows"][1]["outcome"], "accepted") << *preview;
  const auto started = exchange->start(engine.caller, *file, mapping);
  ASSERT_TRUE(started) << started.error().message << mapping;
  EXPECT_EQ(exchange->run(engine.caller, *started)->rows.created, 2);
  EXPECT_EQ(one("select name || ' ' || birth_date || ' ' || address_country from persons "
                "where number = '2'"),
            "Ben Huber 1981-12-24 AT");
}

TEST_F(ExchangeTest, OnlyOneRunnerIsAtWorkOnAnImport) {
  Exchange other(*engine.road,
                 ExchangeOptions{.folder = folder.path() / "imports", .rows_per_chunk = 4});
  std::string text = "id,first,last,email,born\n";
  for (int i = 0; i < 40; ++i) text += std::to_string(i) + ",Ana,Row " + std::to_string(i) + ",,\n";
  const auto file =
      exchange->keep_file(engine.caller, {.path = folder.write("many.csv", text), .name = "m.csv"});
  const auto id = exchange->start(engine.caller, *file, people_mapping);
  ASSERT_TRUE(id) << id.error().message;
  int looks = 0;
  const auto leave = [&](const ImportStatus&) { return ++looks < 2; };
  const auto first = exchange->run(engine.caller, *id, [&](const ImportStatus& now) {
    // In the middle of this one's work the other only follows.
    if (looks > 0) return false;
    const auto seen = other.run(engine.caller, *id, leave);
    EXPECT_TRUE(seen) << seen.error().message;
    EXPECT_EQ(seen->rows_done, now.rows_done);
    EXPECT_EQ(seen->state, ImportState::running);
    return true;
  });
  ASSERT_TRUE(first);
  EXPECT_EQ(looks, 2);
  EXPECT_EQ(first->state, ImportState::running) << "it was left";
  // Now nobody has it.
  const auto rest = other.run(engine.caller, *id);
  ASSERT_TRUE(rest);
  EXPECT_EQ(rest->state, ImportState::done);
  EXPECT_EQ(counts(*rest), "40 = 40 + 0 + 0 + 0");
}

TEST_F(ExchangeTest, ShowsAnImportToWhoStartedItAndToAdministrators) {
  const auto caller = [](Role role) {
    entity::Caller made = entity::program({});
    made.user = base::new_id();
    made.policy = policy_of(role);
    return made;
  };
  const auto ed = caller(Role::editor), eve = caller(Role::editor), ria = caller(Role::reader),
             ada = caller(Role::administrator);
  const auto file = exchange->keep_file(ed, {.path = folder.write("p.csv", people), .name = "p"});
  ASSERT_TRUE(file);
  const auto id = exchange->start(ed, *file, people_mapping);
  ASSERT_TRUE(id) << id.error().message;
  ASSERT_TRUE(exchange->run(ed, *id));
  struct Case {
    const entity::Caller& who;
    const char* code;  // empty: allowed
    std::size_t listed;
  };
  auto gone = ed;  // started it, and may only read today
  gone.policy = policy_of(Role::reader);
  for (const Case& one : {Case{ed, "", 1}, Case{ada, "", 1}, Case{engine.caller, "", 1},
                          Case{eve, "exchange.not_yours", 0}, Case{ria, "exchange.forbidden", 0},
                          Case{gone, "exchange.forbidden", 0}}) {
    const auto code = [](const auto& result) { return result ? "" : result.error().code; };
    EXPECT_EQ(code(exchange->status(one.who, *id)), one.code);
    const auto rejected = code(exchange->rejected_file(one.who, *id));
    EXPECT_EQ(rejected, *one.code == '\0' ? "exchange.none_rejected" : one.code);
    const auto listed = exchange->recent(one.who, 10);
    EXPECT_EQ(listed ? listed->size() : 0, one.listed);
    if (*one.code != '\0') {
      EXPECT_EQ(code(exchange->undo(one.who, *id)), one.code);
    }
  }
  EXPECT_TRUE(exchange->undo(ada, *id));
}

TEST_F(ExchangeTest, KeepsMappings) {
  const auto kept = exchange->keep_mapping(engine.caller, std::nullopt, "People", people_mapping);
  ASSERT_TRUE(kept) << kept.error().message;
  EXPECT_EQ(
      exchange->keep_mapping(engine.caller, std::nullopt, "People", people_mapping).error().code,
      "mapping.name_taken");
  EXPECT_TRUE(exchange->keep_mapping(engine.caller, *kept, "Persons", people_mapping));
  EXPECT_EQ(base::Json::parse(*exchange->mapping_json(*kept))["name"], "Persons");
  EXPECT_EQ(base::Json::parse(*exchange->mappings_json())["data"].size(), 1u);
  EXPECT_TRUE(exchange->remove_mapping(engine.caller, *kept));
  EXPECT_EQ(exchange->mapping_json(*kept).error().code, "exchange.not_found");
}

}  // namespace
}  // namespace rapport::platform
