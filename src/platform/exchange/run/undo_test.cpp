#include "platform/exchange/run/undo.hpp"

#include <gtest/gtest.h>

#include "base/json.hpp"
#include "platform/exchange/exchange_testing.hpp"

namespace rapport::platform {
namespace {

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

}  // namespace
}  // namespace rapport::platform
