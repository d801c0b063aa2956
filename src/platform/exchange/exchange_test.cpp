#include "platform/exchange/exchange.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <barrier>
#include <functional>
#include <set>
#include <sstream>
#include <thread>
#include <utility>

#include "base/json.hpp"
#include "entity/plan/sets.hpp"
#include "entity/request/request.hpp"
#include "platform/access/role.hpp"
#include "platform/exchange/csv/encoding.hpp"
#include "platform/exchange/testing.hpp"

namespace rapport::platform {
namespace {

constexpr std::string_view people_mapping = R"(
name: People
file: {header: true}
objects:
  - object: person
    keys:
      - {external: shop, of: id}
      - {identity: email, of: email}
    fields:
      number: id
      name.given: first
      name.family: last
      email: {column: email, collision: fill_if_empty}
      birth_date: {column: born, date: dd.MM.yyyy}
)";

constexpr std::string_view orders_mapping = R"(
file: {header: true}
forms: {currency: EUR}
objects:
  - object: person
    key: {external: shop, of: customer}
    fields: {number: customer}
  - object: order
    key: {external: shop, of: invoice}
    fields:
      number: invoice
      person: {link: person}
      placed_at: {column: at, collision: fill_if_empty}
      total: {product: [quantity, price], sum: true}
  - object: order_line
    key: {external: shop, of: [invoice, item, quantity, price], occurrence: true}
    fields:
      order: {link: order}
      person: {link: person}
      description: item
      quantity: quantity
      unit_price: price
      total: {product: [quantity, price]}
reports:
  - {report: free of charge, column: price, at_most: 0}
)";

class ExchangeTest : public testing::Test {
 protected:
  ExchangeTest() : database("exchange", make_records_tables), engine(database.pool()) {
    exchange = std::make_unique<Exchange>(
        *engine.road, ExchangeOptions{.folder = folder.path() / "imports", .rows_per_chunk = 4});
  }

  ImportStatus import(std::string_view text, std::string_view mapping,
                      const std::string& name = "file.csv") {
    const auto file =
        exchange->keep_file(engine.caller, {.path = folder.write(name, text), .name = name});
    EXPECT_TRUE(file) << file.error().message;
    const auto started = exchange->start(engine.caller, *file, mapping);
    EXPECT_TRUE(started) << started.error().message;
    if (!started) return {};
    auto ended = exchange->run(engine.caller, *started);
    EXPECT_TRUE(ended) << ended.error().message << ended.error().details;
    EXPECT_EQ(ended->state, ImportState::done) << ended->problem;
    const ImportCounts& rows = ended->rows;
    EXPECT_EQ(rows.received, rows.created + rows.updated + rows.unchanged + rows.rejected);
    return *ended;
  }

  ImportStatus undo(const base::Id& id) {
    const auto begun = exchange->undo(engine.caller, id);
    EXPECT_TRUE(begun) << begun.error().message;
    auto ended = exchange->run(engine.caller, id);
    EXPECT_TRUE(ended) << ended.error().message << ended.error().details;
    return ended ? *ended : ImportStatus{};
  }

  std::string one(std::string_view sql) { return ask(database.pool(), sql); }

  static std::string counts(const ImportStatus& status) {
    const ImportCounts& r = status.rows;
    return std::to_string(r.received) + " = " + std::to_string(r.created) + " + " +
           std::to_string(r.updated) + " + " + std::to_string(r.unchanged) + " + " +
           std::to_string(r.rejected);
  }

  store::TestDatabase database;
  TestFolder folder;
  TestEngine engine;
  std::unique_ptr<Exchange> exchange;
};

constexpr std::string_view people =
    "id,first,last,email,born\n"
    "1,Ana,López,ana@example.com,01.02.1980\n"
    "2,Ben,Huber,ben@example.com,\n"
    "3,Zoë,Żak,,31.12.1999\n";

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

constexpr std::string_view orders =
    "invoice,customer,at,item,quantity,price\n"
    "A1,c1,2024-05-01 10:00,Boot,1,90.00\n"
    "A1,c1,2024-05-01 10:00,Sock,2,5.50\n"
    "A1,c1,2024-05-01 10:00,Sock,2,5.50\n"
    "A2,c2,2024-05-02,Rope,1,120\n"
    "A3,c1,2024-05-03,Bag,1,0\n"
    "A3,c1,2024-05-04,Bag,2,40\n"
    "A1,c1,2024-05-01 10:00,Late,1,1.25\n"
    "A4,c2,2024-05-05,Wax,x,1\n"
    "A4,c2,2024-05-05,Wax,3,2\n";

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

TEST_F(ExchangeTest, UndoesAnImportAndTakesItAgain) {
  const std::string before = content_of(database.pool());
  const auto status = import(orders, orders_mapping);
  const std::string after = content_of(database.pool());
  EXPECT_EQ(undo(status.id).state, ImportState::undone);
  EXPECT_EQ(content_of(database.pool()), before);
  EXPECT_EQ(one("select count(*) from external_keys"), "0");
  const auto again = exchange->undo(engine.caller, status.id);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, "exchange.undone");
  EXPECT_EQ(counts(import(orders, orders_mapping)), "9 = 8 + 0 + 0 + 1");
  EXPECT_EQ(content_of(database.pool()), after);
}

TEST_F(ExchangeTest, PutsBackWhatAnImportChangedUnlessItWasAlteredSince) {
  import(people, people_mapping);
  const std::string before = content_of(database.pool());
  const auto status = import(
      "id,first,last,email,born\n1,Anna,López,,02.02.1980\n2,Benno,Huber,,03.03.1983\n7,Eva,Neu,,\n"
      "8,Uwe,Alt,,\n",
      people_mapping);
  EXPECT_EQ(counts(status), "4 = 2 + 2 + 0 + 0");
  // A user corrects one field of one person, and works on one who was made.
  const auto id_of = [&](std::string_view number) {
    return *base::parse_id(
        one("select id from persons where number = '" + std::string(number) + "'"));
  };
  entity::Work work;
  entity::Change change{.object = "person", .items = std::vector<entity::Item>(2)};
  change.items[0].id = id_of("1");
  change.items[0].fields.push_back({"birth_date", base::Value(*base::parse_date("1980-12-24"))});
  change.items[1].id = id_of("8");
  change.items[1].fields.push_back({"note", base::Value(std::string("Called him."))});
  work.writes.emplace_back(change);
  ASSERT_TRUE(engine.road->write(engine.caller, work));
  const auto undone = undo(status.id);
  EXPECT_EQ(undone.state, ImportState::undone);
  EXPECT_EQ(one("select string_agg(name || ' ' || coalesce(birth_date::text, '-'), ', ' "
                "order by number) from persons"),
            "Ana López 1980-12-24, Ben Huber -, Zoë Żak 1999-12-31, Uwe Alt -");
  const auto left = base::Json::parse(undone.not_undone_json);
  ASSERT_EQ(left.size(), 2u) << undone.not_undone_json;
}

TEST_F(ExchangeTest, TakesBackTheKeysAnImportGaveToRecordsThatWereThere) {
  import(people, people_mapping);
  const std::string before = content_of(database.pool());
  // Known by their e-mails, they get the fair's numbers; one of them another name as well.
  std::string mapping(people_mapping);
  mapping.replace(mapping.find("external: shop"), 14, "external: fair");
  mapping.replace(mapping.find("      number: id\n"), 17, "");
  const auto status = import(
      "id,first,last,email,born\n71,Ana,López,ana@example.com,\n72,Benno,Huber,ben@example.com,\n"
      "73,Eva,Neu,,\n",
      mapping);
  EXPECT_EQ(counts(status), "3 = 1 + 1 + 1 + 0");
  EXPECT_EQ(one("select count(*) from external_keys where source = 'fair'"), "3");
  EXPECT_EQ(undo(status.id).not_undone_json, "[]");
  EXPECT_EQ(one("select count(*) from external_keys where source = 'fair'"), "0");
  EXPECT_EQ(one("select count(*) from external_keys where source = 'shop'"), "3");
  EXPECT_EQ(content_of(database.pool()), before);
}

TEST_F(ExchangeTest, TakesBackTheIdentitiesAnImportGaveToPersonsWhoWereThere) {
  import(people, people_mapping);
  const std::string before = content_of(database.pool());
  std::string mapping(people_mapping);
  mapping.replace(mapping.find("{column: email, collision: fill_if_empty}"), 41, "email");
  const auto status = import(
      "id,first,last,email,born\n1,Ana,López,ana@new.example,\n2,Ben,Huber,ben@new.example,\n"
      "3,Zoë,Żak,zoe@new.example,\n8,Uwe,Alt,uwe@new.example,\n",
      mapping);
  EXPECT_EQ(counts(status), "4 = 1 + 3 + 0 + 0");
  const std::string known = "select count(*) from identities where value like '%@new.example'";
  EXPECT_EQ(one(known), "4");
  EXPECT_EQ(one("select count(*) from identity_causes"), "3") << "a new person takes its own along";
  EXPECT_EQ(undo(status.id).not_undone_json, "[]");
  EXPECT_EQ(one(known), "0");
  EXPECT_EQ(one("select count(*) from identity_causes"), "0");
  EXPECT_EQ(content_of(database.pool()), before);
  // Who is found by them again is another matter: they are free for somebody else.
  EXPECT_EQ(counts(import("id,first,last,email,born\n9,Eva,Neu,ana@new.example,\n", mapping)),
            "1 = 1 + 0 + 0 + 0");
}

TEST_F(ExchangeTest, KeepsAnIdentityThatItsPersonUsesSince) {
  import(people, people_mapping);
  std::string mapping(people_mapping);
  mapping.replace(mapping.find("{column: email, collision: fill_if_empty}"), 41, "email");
  const auto status = import("id,first,last,email,born\n1,Ana,López,ana@new.example,\n", mapping);
  // The old e-mail was given to somebody else meanwhile, so it cannot come back.
  auto tx = database.pool().begin(store::Mode::read_write);
  ASSERT_TRUE(tx->run({"test", "delete from identities where value = 'ana@example.com'"}));
  ASSERT_TRUE(tx->commit());
  entity::Work work;
  entity::Create create{.object = "person", .items = std::vector<entity::Item>(1)};
  create.items[0].fields.push_back({"email", base::Value(std::string("ana@example.com"))});
  work.writes.emplace_back(create);
  ASSERT_TRUE(engine.road->write(engine.caller, work));
  const auto left = base::Json::parse(undo(status.id).not_undone_json);
  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(one("select email from persons where number = '1'"), "ana@new.example");
  EXPECT_EQ(one("select count(*) from identities where value = 'ana@new.example'"), "1");
}

// An undo used to take back a key by which another import had found the person since: the next file
// of that source would have made him a second time.
TEST_F(ExchangeTest, LeavesKeysAndIdentitiesThatOthersNamedSince) {
  import(people, people_mapping);
  std::string fair(people_mapping);
  fair.replace(fair.find("external: shop"), 14, "external: fair");
  fair.replace(fair.find("      number: id\n"), 17, "");
  fair.replace(fair.find("{column: email, collision: fill_if_empty}"), 41,
               "{column: email, collision: skip}");
  const auto given = import(
      "id,first,last,email,born\n71,Ana,López,ana@example.com,\n72,Ben,Huber,ben@example.com,\n",
      fair);
  EXPECT_EQ(counts(given), "2 = 0 + 0 + 2 + 0");
  // The fair sends its file again: Ana is known by its number alone, and found unchanged.
  EXPECT_EQ(counts(import("id,first,last,email,born\n71,Ana,López,,\n", fair)),
            "1 = 0 + 0 + 1 + 0");
  const auto undone = undo(given.id);
  const auto left = base::Json::parse(undone.not_undone_json);
  ASSERT_EQ(left.size(), 1u) << undone.not_undone_json;
  EXPECT_EQ(left[0]["reason"], "Its key “71” was not taken back: Others use it since.");
  EXPECT_EQ(one("select string_agg(value, ',') from external_keys where source = 'fair'"), "71");
  EXPECT_EQ(counts(import("id,first,last,email,born\n71,Ana,López,,\n72,Ben,Hub,,\n", fair)),
            "2 = 1 + 0 + 1 + 0");
}

TEST_F(ExchangeTest, LeavesIdentitiesThatOthersNamedSince) {
  import(people, people_mapping);
  const std::string mapping = R"(
file: {header: true}
objects:
  - object: person
    keys: [{external: shop, of: id}, {identity: loyalty_number, of: card}]
    fields: {number: id}
)";
  const auto given = import("id,card\n1,L-1\n2,L-2\n", mapping);
  EXPECT_EQ(counts(given), "2 = 0 + 0 + 2 + 0");
  // A user's order names her by her card.
  entity::Work work;
  entity::Create create{.object = "order", .items = std::vector<entity::Item>(1)};
  create.items[0].fields.push_back(
      {"person", entity::Key{entity::Key::Kind::identity, "loyalty_number", "L-1"}});
  create.items[0].fields.push_back({"placed_at", base::Value(base::system_now())});
  work.writes.emplace_back(create);
  const auto written = engine.road->write(engine.caller, work);
  ASSERT_TRUE(written) << written.error().message;
  const auto undone = undo(given.id);
  const auto left = base::Json::parse(undone.not_undone_json);
  ASSERT_EQ(left.size(), 1u) << undone.not_undone_json;
  EXPECT_EQ(left[0]["reason"], "Its “L-1” was not taken back: Others use it since.");
  EXPECT_EQ(one("select string_agg(value, ',') from identities where kind = 'loyalty_number'"),
            "L-1");
}

// One row a record was kept: the second reason, of another step, was lost.
TEST_F(ExchangeTest, ListsEveryReasonForWhichARecordIsLeft) {
  import(people, people_mapping);
  std::string fair(people_mapping);
  fair.replace(fair.find("external: shop"), 14, "external: fair");
  fair.replace(fair.find("      number: id\n"), 17, "");
  const auto given =
      import("id,first,last,email,born\n71,Anna,Lopes,ana@example.com,24.12.1980\n", fair);
  EXPECT_EQ(counts(given), "1 = 0 + 1 + 0 + 0");
  import("id,first,last,email,born\n71,Anna Maria,Lopes,,25.12.1980\n", fair);
  const auto undone = undo(given.id);
  std::set<std::string> reasons;
  for (const auto& one : base::Json::parse(undone.not_undone_json)) reasons.insert(one["reason"]);
  EXPECT_EQ(reasons, (std::set<std::string>{"Its key “71” was not taken back: Others use it since.",
                                            "“Birth date” was changed after the import.",
                                            "“Name” was changed after the import."}))
      << undone.not_undone_json;
}

TEST_F(ExchangeTest, AnUndoCanBeStoppedWhileItTakesKeysBack) {
  import(people, people_mapping);
  std::string fair(people_mapping);
  fair.replace(fair.find("external: shop"), 14, "external: fair");
  fair.replace(fair.find("      number: id\n"), 17, "");
  const auto given = import("id,first,last,email,born\n71,Ana,López,ana@example.com,\n", fair);
  ASSERT_TRUE(exchange->undo(engine.caller, given.id));
  // It changed no field: the first that it can be asked is after its keys.
  int asked = 0;
  const auto stopped = exchange->run(engine.caller, given.id, [&](const ImportStatus&) {
    ++asked;
    return false;
  });
  ASSERT_TRUE(stopped);
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(stopped->state, ImportState::undoing);
  const auto ended = exchange->run(engine.caller, given.id);
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->state, ImportState::undone);
  EXPECT_EQ(one("select count(*) from external_keys where source = 'fair'"), "0");
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
      text = "\xEF\xBB\xBF" + text;
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

// The statement of a set ran for each page, and each saw the records of another moment.
TEST_F(ExchangeTest, ExportsASetAsItWasAtOneMoment) {
  constexpr int persons = 2500;  // three pages
  exchange = std::make_unique<Exchange>(*engine.road,
                                        ExchangeOptions{.folder = folder.path() / "imports"});
  std::string text = "id,first,last,email,born\n";
  for (int i = 0; i < persons; ++i) text += std::to_string(i) + ",Ana,Row,,\n";
  import(text, people_mapping);
  const auto change = [&](std::string_view sql) {
    auto tx = database.pool().begin(store::Mode::read_write);
    ASSERT_TRUE(tx->script(sql));
    ASSERT_TRUE(tx->commit());
  };
  engine.road->sets().add(
      {.name = "rows",
       .object = "person",
       .reads = {},
       .parameters = {entity::SetParameter::text},
       .ids = {"test.rows", "select id from persons where note is null and number <> $1"}});
  entity::List list{.object = "person", .order = {"-number"}, .fields = {"number"}};
  list.set = entity::SetMark{"rows", {"0"}};
  std::string out;
  const auto take = [&](std::string_view piece) {
    // In the middle all others leave the set.
    if (out.empty()) change("update persons set note = 'seen'");
    out += piece;
    return true;
  };
  const auto count = export_records(*engine.road, engine.caller, list, ExportFormat::csv, take);
  ASSERT_TRUE(count) << count.error().message << count.error().details;
  EXPECT_EQ(*count, persons - 1);
  // In the order asked for, each once.
  std::vector<std::string> numbers;
  std::istringstream lines(out);
  for (std::string line; std::getline(lines, line);) numbers.push_back(line.substr(line.find(',')));
  EXPECT_EQ(numbers.front(), ",number\r");
  EXPECT_TRUE(std::is_sorted(numbers.begin() + 1, numbers.end(), std::greater<>()));
  EXPECT_EQ(std::set<std::string>(numbers.begin(), numbers.end()).size(), numbers.size());
  // Nobody is in it now: the columns alone, in another order.
  out = "-";
  list.order = {"birth_date", "-created_at"};
  EXPECT_EQ(*export_records(*engine.road, engine.caller, list, ExportFormat::csv, take), 0);
  EXPECT_EQ(out, "-id,number\r\n");
}

TEST_F(ExchangeTest, ExportsWithFormulasGuarded) {
  import("id,first,last,email,born\n=1+1,Ana,López,,\n+34,-x,\"a,\"\"b\",,\n@x,@y,z,,01.01.2000\n",
         people_mapping);
  std::string out;
  const entity::List list{
      .object = "person", .order = {"number"}, .fields = {"number", "name", "birth_date"}};
  const auto count = export_records(*engine.road, engine.caller, list, ExportFormat::csv,
                                    [&](std::string_view piece) {
                                      out += piece;
                                      return true;
                                    });
  ASSERT_TRUE(count) << count.error().message;
  EXPECT_EQ(*count, 3);
  EXPECT_NE(out.find(",'=1+1,Ana López,\r\n"), std::string::npos) << out;
  EXPECT_NE(out.find(",'+34,\"'-x a,\"\"b\",\r\n"), std::string::npos) << out;
  EXPECT_NE(out.find(",'@x,'@y z,2000-01-01\r\n"), std::string::npos) << out;
}

}  // namespace
}  // namespace rapport::platform
