// Works of several writes: keys, upserts, torrents with stand-ins and batches, partial works, keyed
// effects, purges, rules; and two writers at once.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <random>
#include <thread>

#include "entity/road_testing.hpp"
#include "store/listener.hpp"

namespace rapport::entity {
namespace {

using namespace testing;

class WorkTest : public ::testing::Test {
 protected:
  WorkResult must(const Work& work) {
    auto done = shop.road.write(shop.caller, work);
    EXPECT_TRUE(done) << (done ? ""
                               : done.error().code + " " + done.error().message + " " +
                                     done.error().details);
    return done ? std::move(*done) : WorkResult{};
  }
  base::Problem refused(const Work& work) {
    const std::string before = shop.checksum();
    const auto done = shop.road.write(shop.caller, work);
    EXPECT_FALSE(done);
    EXPECT_EQ(before, shop.checksum());
    return done ? base::Problem{} : done.error();
  }
  static Item person(const std::string& key, const std::string& full) {
    return item({{"name", name(full)}}, {external("shop", key)});
  }
  Item order(const std::string& key, std::optional<Key> person, std::string number = "") {
    std::vector<std::pair<std::string, Input>> fields{
        {"number", text(number.empty() ? key : number)},
        {"placed_at", *base::parse_instant("2026-01-02T10:00:00Z")}};
    if (person) fields.push_back({"person", *person});
    return item(std::move(fields), {external("shop", key)});
  }
  static Item line(const std::string& key, const std::string& order) {
    return item({{"order", external("shop", order)}, {"text", text("Rope " + key)}},
                {external("shop", key)});
  }
  Work file() {
    return {
        .writes = {Upsert{.object = "person", .items = {person("p1", "Ana"), person("p2", "Bob")}},
                   Upsert{.object = "order",
                          .items = {order("o1", external("shop", "p1")), order("o2", {}),
                                    order("o3", external("shop", "p2"))}},
                   Upsert{.object = "order_line",
                          .items = {line("l1", "o1"), line("l2", "o2"), line("l3", "o1")}}}};
  }
  static std::vector<Outcome> outcomes(const WorkResult& result, std::size_t write = 0) {
    std::vector<Outcome> out;
    for (const ItemResult& one : result.writes.at(write)) out.push_back(one.outcome);
    return out;
  }
  Shop shop;
};

TEST_F(WorkTest, LaterWritesNameWhatEarlierOnesMake) {
  const auto done = must(file());
  EXPECT_EQ(outcomes(done, 1), std::vector(3, Outcome::created));
  EXPECT_EQ(shop.one("select count(*) from order_lines l join orders o on o.id = l.order_id and "
                     "o.person_id = l.person_id"),
            "3");
  EXPECT_EQ(shop.one("select count(*) from external_keys where person_id is not null"), "8");
}

TEST_F(WorkTest, ATorrentRowWithoutAPersonGetsAStandIn) {
  must(file());
  EXPECT_EQ(shop.one("select string_agg(kind, ' ' order by kind) from persons"),
            "anonymous identified identified");
  EXPECT_EQ(shop.one("select p.kind from orders o join persons p on p.id = o.person_id where "
                     "o.number = 'o2'"),
            "anonymous");
  const auto shown = shop.road.list(shop.caller, {.object = "person"});
  EXPECT_EQ(shown->records.size(), 2U);
  const auto all = shop.road.list(shop.caller, {.object = "person", .stand_ins = true});
  EXPECT_EQ(all->records.size(), 3U);
}

TEST_F(WorkTest, TheSameFileTwiceChangesNothing) {
  must(file());
  const std::string before = shop.checksum();
  const auto again = must(file());
  for (std::size_t write = 0; write < 3; ++write) {
    for (const Outcome outcome : outcomes(again, write)) EXPECT_EQ(outcome, Outcome::unchanged);
  }
  EXPECT_EQ(before, shop.checksum());
}

TEST_F(WorkTest, ASetOfATorrentIsOneBatchChange) {
  must(file());
  EXPECT_EQ(shop.one("select count(*) from changes where object = 'order'"), "1");
  EXPECT_EQ(shop.one("select kind || ' ' || cardinality(persons) from changes where object = "
                     "'order'"),
            "batch 3");
  EXPECT_EQ(shop.one("select count(*) from orders o join changes c on c.record_id = o.batch"), "3");
  auto some = order("o1", external("shop", "p1"), "changed");
  const auto done = must({.writes = {Upsert{.object = "order", .items = {some}}}});
  EXPECT_EQ(outcomes(done), std::vector{Outcome::changed});
  EXPECT_EQ(shop.one("select fields::text from changes where object = 'order' and kind = "
                     "'changed'"),
            R"({"number": ["o1", "changed"]})");
  const auto history = shop.road.history(shop.caller, "order", done.writes[0][0].id, 0, 10);
  ASSERT_EQ(history->size(), 2U);
  EXPECT_EQ(history->at(1).kind, "created");
}

TEST_F(WorkTest, ItemsOfOneRecordAreAppliedInTheirOrder) {
  auto first = item({{"name", name("Ana")}}, {external("shop", "p1")});
  auto second =
      item({{"name", name("Anna")}, {"lifecycle", text("customer")}}, {external("shop", "p1")});
  const auto done = must({.writes = {Upsert{.object = "person",
                                            .items = {first, second, second},
                                            .collisions = {{"name", Collision::fill_if_empty}}}}});
  EXPECT_EQ(outcomes(done), (std::vector{Outcome::created, Outcome::changed, Outcome::unchanged}));
  EXPECT_EQ(shop.one("select name || ' ' || lifecycle || ' ' || version from persons"),
            "Ana customer 1");
}

TEST_F(WorkTest, RecognisesByIdentityAndByField) {
  const Key email{Key::Kind::identity, "email", "Ana@X.example"};
  must({.writes = {Upsert{.object = "person",
                          .items = {item({{"email", text("ana@x.example")}}, {email})}}}});
  auto again = item({{"name", name("Ana")}}, {email});
  EXPECT_EQ(outcomes(must({.writes = {Upsert{.object = "person", .items = {again}}}})),
            std::vector{Outcome::changed});
  EXPECT_EQ(shop.one("select count(*) from identities"), "1");
  const Key number{Key::Kind::field, "number", "7"};
  auto company = item({{"name", text("Alpina")}, {"number", text("7")}}, {number});
  const auto done = must({.writes = {Upsert{.object = "company", .items = {company, company}}}});
  EXPECT_EQ(outcomes(done), (std::vector{Outcome::created, Outcome::unchanged}));
  auto worker = item({{"name", name("Eva")}, {"company", number}});
  must({.writes = {Create{"person", {worker}}}});
  EXPECT_EQ(shop.one("select c.name from persons p join companies c on c.id = p.company_id"),
            "Alpina");
}

TEST_F(WorkTest, ModesOfUpsert) {
  must({.writes = {Upsert{.object = "person", .items = {person("p1", "Ana")}}}});
  auto done = must({.writes = {Upsert{.object = "person",
                                      .items = {person("p1", "Eva")},
                                      .mode = Upsert::Mode::create_only}}});
  EXPECT_EQ(outcomes(done), std::vector{Outcome::unchanged});
  EXPECT_EQ(refused({.writes = {Upsert{.object = "person",
                                       .items = {person("p2", "Eva")},
                                       .mode = Upsert::Mode::update_only}}})
                .code,
            "gather.not_found");
}

TEST_F(WorkTest, APartialWorkLeavesOutWhatIsRefused) {
  auto bad = file();
  bad.partial = true;
  auto& persons = std::get<Upsert>(bad.writes[0]).items;
  persons[1].fields.push_back({"nothing", text("x")});  // Bob is refused, and his order with him.
  persons[1].pointer = "row 2";
  const auto done = must(bad);
  EXPECT_EQ(outcomes(done, 0), (std::vector{Outcome::created, Outcome::refused}));
  EXPECT_EQ(outcomes(done, 1), (std::vector{Outcome::created, Outcome::created, Outcome::refused}));
  EXPECT_EQ(done.writes[0][1].problem->fields.at(0).field, "row 2/nothing");
  EXPECT_EQ(shop.one("select count(*) from orders"), "2");
}

TEST_F(WorkTest, ABrokenConstraintIsFoundByHalving) {
  Create some{.object = "company"};
  for (int i = 0; i < 100; ++i) {
    const int number =
        i == 37 || i == 38 || i == 99 ? 5 : i;  // Three ask for a number that is taken.
    some.items.push_back(item(
        {{"name", text(fmt::format("Company {}", i))}, {"number", text(std::to_string(number))}},
        {external("shop", std::to_string(i))}));
    some.items.back().pointer = fmt::format("/records/{}", i);
  }
  const auto problem = refused({.writes = {some}});
  EXPECT_EQ(problem.code, "write.not_unique");
  EXPECT_EQ(problem.fields.size(), 3U);
  EXPECT_EQ(problem.fields.at(0).field, "/records/37/number");
  const auto done = must({.writes = {some}, .partial = true});
  for (std::size_t i = 0; i < 100; ++i) {
    const bool refused = i == 37 || i == 38 || i == 99;
    EXPECT_EQ(done.writes[0][i].outcome, refused ? Outcome::refused : Outcome::created) << i;
  }
  EXPECT_EQ(shop.one("select count(*) from companies"), "97");
  EXPECT_EQ(shop.one("select count(*) from changes"), "97");
  EXPECT_EQ(shop.one("select count(*) from external_keys"), "97");
}

TEST_F(WorkTest, AKeyedEffectIsDoneOnce) {
  Work work = file();
  work.effect = "import 1 chunk 1";
  const auto first = must(work);
  EXPECT_FALSE(first.repeated);
  const std::string before = shop.checksum();
  const auto again = must(work);
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(before, shop.checksum());
  EXPECT_EQ(again.writes[1][2].id, first.writes[1][2].id);
  Work noted{.writes = {Create{"person", {item({})}}}, .effect = "noted"};
  noted.note = [](const WorkResult& result) {
    return fmt::format(R"({{"rows":{}}})", result.writes[0].size());
  };
  EXPECT_EQ(must(noted).note, R"({"rows":1})");
  EXPECT_EQ(must(noted).note, R"({"rows":1})");
  EXPECT_EQ(shop.one("select count(*) from persons"), "4");
}

TEST_F(WorkTest, AKeyOfAnotherRequestIsRefusedAndNothingWritten) {
  Work first{.writes = {Create{"person", {item({})}}}, .effect = "k", .fingerprint = "one"};
  const auto id = must(first).writes[0][0].id;
  EXPECT_EQ(must(first).writes[0][0].id, id);
  const std::string before = shop.checksum();
  Work other{.writes = {Create{"person", {item({})}}}, .effect = "k", .fingerprint = "two"};
  EXPECT_EQ(refused(other).code, "write.key_reused");
  EXPECT_EQ(before, shop.checksum());
  // Where either says nothing, the key says it all.
  other.fingerprint = "";
  EXPECT_EQ(must(other).writes[0][0].id, id);
}

TEST_F(WorkTest, APurgeUndoesACreationWithItsKeys) {
  auto made = must(file());
  const auto purge = [&](std::size_t write, const char* object) {
    Purge all{.object = object};
    for (const ItemResult& one : made.writes[write]) {
      Item gone = item({});
      gone.id = one.id;
      all.items.push_back(std::move(gone));
    }
    return all;
  };
  EXPECT_EQ(refused({.writes = {purge(0, "person")}}).code, "write.still_referenced");
  must({.writes = {purge(2, "order_line"), purge(1, "order"), purge(0, "person")}});
  EXPECT_EQ(shop.one("select (select count(*) from orders) + (select count(*) from order_lines) + "
                     "(select count(*) from external_keys)"),
            "0");
  EXPECT_EQ(shop.one("select count(*) from changes where kind = 'purged' and object = 'order' and "
                     "fields = jsonb_build_object('person', jsonb_build_array(person_id, null))"),
            "3")
      << "what each pointed at, and nothing else of it";
}

TEST_F(WorkTest, AKeyOfAnotherRecordIsRefusedByName) {
  must(file());
  const auto problem = refused({.writes = {Create{"person", {person("p1", "Eva")}}}});
  EXPECT_EQ(problem.code, "gather.exists");
  EXPECT_NE(problem.message.find("“Ana”"), std::string::npos) << problem.message;
}

TEST_F(WorkTest, RulesSeeWhatTheyNamedAndMayWriteOn) {
  shop.rules.add({.name = "order.makes_customer",
                  .object = "order",
                  .on = {Operation::create},
                  .reads = {"person.lifecycle", "person"},
                  .decide = [](RuleCase& it) {
                    if (it.after("person.lifecycle") == base::Value{std::string("lapsed")}) {
                      return it.refuse("person", "order.lapsed", "Lapsed persons do not order.");
                    }
                    Item one;
                    one.id = std::get<base::Id>(it.after("person"));
                    one.fields.push_back({"lifecycle", base::Value{std::string("customer")}});
                    one.fields.push_back({"points", base::Value{std::int64_t{10}}});
                    it.then(Change{"person", {one}});
                  }});
  must({.writes = {Upsert{.object = "person", .items = {person("p1", "Ana")}},
                   Upsert{.object = "order", .items = {order("o1", external("shop", "p1"))}}}});
  EXPECT_EQ(shop.one("select lifecycle || ' ' || points || ' ' || version from persons"),
            "customer 10 2");
  EXPECT_EQ(shop.one("select cause_kind || ' ' || depth from changes where kind = 'changed'"),
            "rule 1");
  must({.writes = {
            Upsert{.object = "person",
                   .items = {item({{"lifecycle", text("lapsed")}}, {external("shop", "p1")})}}}});
  auto one = order("o2", external("shop", "p1"));
  one.pointer = "row 3";
  const auto problem = refused({.writes = {Create{"order", {one}}}});
  EXPECT_EQ(problem.code, "order.lapsed");
  EXPECT_EQ(problem.fields.at(0).field, "row 3/person");
}

TEST_F(WorkTest, AHundredRecordsAreAsManyStatementsAsOne) {
  const auto statements = [&](int from, int many) {
    Upsert some{.object = "person"};
    for (int i = from; i < from + many; ++i) {
      some.items.push_back(person(fmt::format("p{}", i), "Ana"));
      some.items.back().fields.push_back({"email", text(fmt::format("p{}@x.example", i))});
    }
    const auto before = shop.database.pool().statistics().statements;
    must({.writes = {some}});
    return shop.database.pool().statistics().statements - before;
  };
  const auto of_one = statements(0, 1);
  EXPECT_EQ(statements(1, 100), of_one);
  // The catalog's lock, the planner's word, keys, e-mails; records, keys, identities.
  EXPECT_EQ(of_one, 7);
}

TEST_F(WorkTest, ListenersHearOfChangesOnceTheyAreCommitted) {
  std::mutex mutex;
  std::condition_variable wake;
  int heard = 0;
  bool listening = false;
  const store::Listener listener(shop.database.conninfo(), {"changes"},
                                 {.notified =
                                      [&](std::string_view, std::string_view) {
                                        const std::scoped_lock lock(mutex);
                                        ++heard;
                                        wake.notify_all();
                                      },
                                  .connected =
                                      [&] {
                                        const std::scoped_lock lock(mutex);
                                        listening = true;
                                        wake.notify_all();
                                      }});
  std::unique_lock lock(mutex);
  constexpr auto patience = std::chrono::seconds(20);
  ASSERT_TRUE(wake.wait_for(lock, patience, [&] { return listening; }));
  lock.unlock();
  must(file());
  lock.lock();
  EXPECT_TRUE(wake.wait_for(lock, patience, [&] { return heard > 0; }));
}

// Replays the log of one record; gives the row as the log has it.
std::string replayed(Shop& shop, const base::Id& id) {
  return shop.one(fmt::format(
      "select coalesce(jsonb_object_agg(key, value order by key), '{{}}')::text from (select "
      "distinct on (f.key) f.key, f.value->1 as value from changes c, jsonb_each(c.fields) f where "
      "c.record_id = '{}' order by f.key, c.version desc) last where value <> 'null'",
      base::to_text(id)));
}

TEST_F(WorkTest, TwoWritersKeepTheLogInStepWithTheRows) {
  std::vector<base::Id> ids;
  for (int i = 0; i < 8; ++i) {
    ids.push_back(must({.writes = {Create{"person", {item({})}}}}).writes[0][0].id);
  }
  const auto writer = [&](unsigned seed) {
    std::mt19937 random(seed);
    for (int round = 0; round < 60; ++round) {
      Work work;
      std::vector<Item> items;
      const int many = 1 + static_cast<int>(random() % 4);
      for (int i = 0; i < many; ++i) {
        Item one = item({{"note", text(std::to_string(random() % 5))}});
        if (random() % 2 == 0) one.fields.push_back({"lifecycle", text("customer")});
        if (random() % 3 == 0) one.fields.push_back({"lifecycle", base::Value{}});
        one.id = ids[random() % ids.size()];
        items.push_back(std::move(one));
      }
      const auto what = random() % 10;
      if (what == 0) {
        for (Item& one : items) one.fields.clear();
        work.writes.push_back(Remove{"person", items});
      } else if (what < 3) {
        for (Item& one : items) one.fields.clear();
        work.writes.push_back(Restore{"person", items});
      } else {
        work.writes.push_back(Change{"person", items});
      }
      work.partial = true;
      const auto done = shop.road.write(shop.caller, work);
      // Six tries may all meet the other writer; nothing else may go wrong.
      EXPECT_TRUE(done || done.error().code == "write.stale");
    }
  };
  std::thread other(writer, 1U);
  writer(2U);
  other.join();
  for (const base::Id& id : ids) {
    const auto row = shop.one(fmt::format(
        "select jsonb_strip_nulls(jsonb_build_object('kind', kind, 'note', note, 'lifecycle', "
        "lifecycle))::text from persons where id = '{}'",
        base::to_text(id)));
    EXPECT_EQ(replayed(shop, id), row);
    EXPECT_EQ(shop.one(fmt::format("select count(*) = max(c.version) and max(c.version) = "
                                   "max(p.version) from changes c join persons p on p.id = "
                                   "c.record_id where c.record_id = '{}'",
                                   base::to_text(id))),
              "t");
  }
}

}  // namespace
}  // namespace rapport::entity
