// Fields kept beside their records: made with them, written set-wise, read as any field.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/json.hpp"
#include "base/json_writer.hpp"
#include "entity/plan/read_plan.hpp"
#include "entity/query/select_sql.hpp"
#include "entity/road_testing.hpp"
#include "entity/write/beside.hpp"

namespace rapport::entity {
namespace {

using namespace testing;

base::Value euros(int whole) {
  return base::Money{base::Decimal::of(whole, 0), "EUR"};
}

class BesideTest : public ::testing::Test {
 protected:
  // One record in ten has no value; several have the same.
  static constexpr int people = 200;

  BesideTest() {
    Create firms{.object = "company", .items = {}};
    for (const char* called : {"Alpina", "Sierra"}) {
      firms.items.push_back(item({{"name", text(called)}}));
    }
    Create persons{.object = "person", .items = {}};
    for (int i = 0; i < people; ++i) {
      persons.items.push_back(item({{"name", name(fmt::format("P {:03}", i))}}));
    }
    const auto done = shop.road.write(shop.caller, {.writes = {firms, persons}});
    EXPECT_TRUE(done) << (done ? "" : done.error().message + done.error().details);
    for (const ItemResult& one : done->writes[0]) companies.push_back(one.id);
    for (const ItemResult& one : done->writes[1]) ids.push_back(one.id);
  }

  void score() {
    std::vector<BesideRow> rows;
    for (int i = 0; i < people; ++i) {
      const bool none = i % 10 == 0;
      rows.push_back({ids[static_cast<std::size_t>(i)],
                      {none ? base::Value{} : euros(i % 7 - 2), text(i % 3 == 0 ? "watch" : "none"),
                       base::Value{companies[static_cast<std::size_t>(i % 2)]}}});
    }
    EXPECT_EQ(write("person", {"lifetime_value", "warning", "favourite"}, rows), people);
    const std::vector<BesideRow> firms{{companies[0], {*base::parse_decimal("1.5")}},
                                       {companies[1], {*base::parse_decimal("-2")}}};
    EXPECT_EQ(write("company", {"score"}, firms), 2);
  }

  // Rows that differed; -1 and a problem in `refused` otherwise.
  std::int64_t write(std::string_view object, const std::vector<std::string>& fields,
                     const std::vector<BesideRow>& rows) {
    auto tx = shop.database.pool().begin(store::Mode::read_write);
    const auto written = write_beside(*tx, *shop.road.catalog(), object, fields, rows);
    if (!written) {
      refused = written.error().code;
      return -1;
    }
    EXPECT_TRUE(tx->commit());
    return *written;
  }

  Page must_list(const List& list) {
    auto page = shop.road.list(shop.caller, list);
    EXPECT_TRUE(page) << (page ? "" : page.error().message + page.error().details);
    return page ? std::move(*page) : Page{};
  }

  std::vector<base::Id> ids_of(const Page& page) {
    std::vector<base::Id> found;
    for (const Record& record : page.records) found.push_back(record.id);
    return found;
  }

  Shop shop;
  std::vector<base::Id> companies, ids;
  std::string refused;
};

TEST_F(BesideTest, EachRecordHasItsRowFromTheStatementThatMakesIt) {
  EXPECT_EQ(shop.one("select count(*) from persons_beside b join persons using (id)"), "200");
  const auto statements = [&] { return shop.database.pool().statistics().statements; };
  const auto create = [&](const std::string& object, const std::string& called) {
    const auto before = statements();
    Item one = object == "person" ? item({{"name", name(called)}})
                                  : item({{"kind", text("x")},
                                          {"value", text(called)},
                                          {"exclusive", base::Value{true}},
                                          {"person", base::Value{ids[0]}}});
    EXPECT_TRUE(shop.road.write(shop.caller, {.writes = {Create{object, {one}}}}));
    return statements() - before;
  };
  create("person", "warm");
  create("identity", "warm");
  // The record, its change and its row beside are one statement.
  EXPECT_EQ(create("person", "A") + 1, create("identity", "a"))
      << "an identity also looks whether its person is there";
  // A stand-in has its row as well, by the order that it stands for.
  const auto done = shop.road.write(
      shop.caller, {.writes = {Create{"order", {item({{"placed_at", base::Instant{0}}})}}}});
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(shop.one("select count(*) from persons p left join persons_beside b using (id) "
                     "where b.id is null"),
            "0");
}

TEST_F(BesideTest, WritesOnlyRowsThatDiffer) {
  score();
  const std::vector<BesideRow> rows{{ids[0], {base::Value{}, text("watch")}},
                                    {ids[1], {euros(-1), text("act")}},
                                    {base::new_id(), {euros(1), text("act")}}};
  EXPECT_EQ(write("person", {"lifetime_value", "warning"}, rows), 1) << "the first is as it was";
  EXPECT_EQ(shop.one(fmt::format("select warning from persons_beside where id = '{}'",
                                 base::to_text(ids[1]))),
            "act");
  EXPECT_EQ(shop.one("select max(version) || ' ' || count(*) filter (where fields ? 'warning') "
                     "from changes where object = 'person'"),
            "1 0")
      << "no version, no history";
  // Every type comes back as it went.
  const std::vector<BesideRow> kinds{
      {ids[2],
       {base::Choices{"red", "blue"}, base::JsonText{R"({"a":[1,"b"]})"}, text("a \"b\" \\ {c}"),
        *base::parse_instant("2026-02-28T12:00:00Z")}}};
  const std::vector<std::string> fields{"habits", "facts", "cell", "scored_at"};
  EXPECT_EQ(write("person", fields, kinds), 1);
  EXPECT_EQ(write("person", fields, kinds), 0);
  const auto page =
      shop.road.get(shop.caller, {.object = "person", .ids = {ids[2]}, .fields = fields});
  ASSERT_TRUE(page);
  std::string json;
  base::JsonWriter out(json);
  write_json(out, *page, page->records[0]);
  const auto read = base::parse_json(json);
  EXPECT_EQ((*read)["habits"].dump(), R"(["red","blue"])");
  EXPECT_EQ((*read)["facts"].dump(), R"({"a":[1,"b"]})");
  EXPECT_EQ((*read)["cell"], "a \"b\" \\ {c}");
  EXPECT_EQ((*read)["scored_at"], "2026-02-28T12:00:00Z");
}

TEST_F(BesideTest, WritesMoreThanOneStatementHolds) {
  Create many{.object = "person", .items = {}};
  for (std::size_t i = 0; i < BesideWriter::rows_a_statement; ++i) many.items.push_back(item({}));
  const auto done = shop.road.write(shop.caller, {.writes = {many}});
  ASSERT_TRUE(done);
  std::vector<BesideRow> rows;
  for (const base::Id& id : ids) rows.push_back({id, {text("555")}});
  for (const ItemResult& one : done->writes[0]) rows.push_back({one.id, {text("111")}});
  EXPECT_EQ(write("person", {"cell"}, rows), people + 5000);
  EXPECT_EQ(shop.one("select count(*) filter (where cell = '111') || ' ' || "
                     "count(*) filter (where cell = '555') from persons_beside"),
            "5000 200");
}

TEST_F(BesideTest, RefusesWhatIsNotKeptBeside) {
  EXPECT_EQ(write("person", {"name"}, {}), -1);
  EXPECT_EQ(refused, "beside.unknown");
  EXPECT_EQ(write("nobody", {"name"}, {}), -1);
  EXPECT_EQ(write("person", {"warning"}, {{ids[0], {euros(1)}}}), -1);
  EXPECT_EQ(refused, "beside.wrong_type");
  EXPECT_EQ(write("person", {"warning"}, {{ids[0], {text("none"), text("none")}}}), -1);
  // By the road neither a user nor the program writes it.
  const auto done = shop.road.write(
      shop.caller, {.writes = {Create{"person", {item({{"warning", text("none")}})}}}});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().fields[0].code, "plan.read_only");
}

TEST_F(BesideTest, ListsFilterSortAndFollowLinksByThem) {
  score();
  const Page page = must_list({.object = "person",
                               .where = "lifetime_value > 0 and favourite.score < 0 and "
                                        "company is empty",
                               .order = {"-lifetime_value", "name"},
                               .limit = 1000,
                               .count = Counting::exact,
                               .fields = {"lifetime_value", "favourite", "favourite.score"},
                               .titles = true});
  EXPECT_EQ(std::to_string(page.records.size()),
            shop.one("select count(*) from persons_beside b join companies_beside f "
                     "on f.id = b.favourite_id where b.lifetime_value > 0 and f.score < 0"));
  EXPECT_EQ(page.count->value, static_cast<std::int64_t>(page.records.size()));
  for (const Record& record : page.records) {
    std::string json;
    base::JsonWriter out(json);
    write_json(out, page, record);
    const auto read = base::parse_json(json);
    EXPECT_EQ((*read)["favourite.score"], "-2");
    EXPECT_EQ((*read)["$titles"]["favourite"], "Sierra");
  }
  EXPECT_EQ(must_list({.object = "person", .where = "favourite.name = 'Alpina'", .limit = 1000})
                .records.size(),
            100U);
  EXPECT_EQ(
      must_list({.object = "person", .order = {"favourite.score"}, .limit = 1000}).records.size(),
      200U);
}

TEST_F(BesideTest, PagesHoldEveryRecordOnceAndTheEmptyOnesLast) {
  score();
  const std::vector<std::vector<std::string>> orders{{"lifetime_value"},
                                                     {"-lifetime_value"},
                                                     {"-lifetime_value", "id"},
                                                     {"-lifetime_value", "name"},
                                                     {"lifetime_value", "-name"},
                                                     {"-scored_at"},
                                                     {"-warning", "-lifetime_value"},
                                                     {"name", "-lifetime_value"}};
  for (const auto& order : orders) {
    List list{.object = "person", .order = order, .limit = 1000, .fields = {"lifetime_value"}};
    const Page whole = must_list(list);
    ASSERT_EQ(whole.records.size(), 200U);
    if (order[0].ends_with("lifetime_value")) {
      for (std::size_t i = 0; i < 200; ++i) {
        EXPECT_EQ(base::is_empty(whole.records[i].values[0]), i >= 180) << order[0] << " " << i;
      }
    }
    for (const int limit : {1, 7, 50}) {
      list.limit = limit;
      list.after.clear();
      std::vector<base::Id> paged;
      do {
        const Page page = must_list(list);
        for (const Record& record : page.records) paged.push_back(record.id);
        list.after = page.after;
      } while (!list.after.empty() && paged.size() <= 200);
      EXPECT_EQ(paged, ids_of(whole)) << order[0] << " by " << limit;
      // The same by far jumps.
      list.offset = 175;
      Page jumped = must_list(list);
      EXPECT_EQ(jumped.records[0].id, whole.records[175].id) << order[0];
      list.offset = 0;
    }
  }
}

TEST_F(BesideTest, ItsIndexServesTheOrderInBothDirections) {
  score();
  auto analyse = shop.database.pool().begin(store::Mode::read_write);
  ASSERT_TRUE(analyse->run({"test", "analyze persons, persons_beside"}));
  ASSERT_TRUE(analyse->commit());
  for (const char* order : {"lifetime_value", "-lifetime_value", "-scored_at"}) {
    List list{.object = "person", .order = {order}, .limit = 20};
    for (const bool next : {false, true}) {
      const auto plan = plan_list(shop.road.catalog(), shop.caller, list, shop.road.now());
      ASSERT_TRUE(plan);
      const SqlText sql = page_sql(*plan);
      auto tx = shop.database.pool().begin(store::Mode::read_only);
      for (const char* off : {"enable_seqscan", "enable_bitmapscan", "enable_hashjoin",
                              "enable_mergejoin", "enable_sort"}) {
        tx->run({"test", fmt::format("set local {} = off", off)});
      }
      const auto rows = tx->run({"test", "explain " + sql.text}, to_params(sql.parameters));
      ASSERT_TRUE(rows) << rows.error().message;
      std::string text;
      for (std::size_t i = 0; i < rows->size(); ++i) text += std::string(rows->text(i, 0)) + "\n";
      EXPECT_EQ(text.find("Sort"), std::string::npos) << order << "\n" << text;
      EXPECT_NE(text.find("persons_beside_"), std::string::npos) << order << "\n" << text;
      if (next) {
        EXPECT_NE(text.find("Index Cond: (ROW"), std::string::npos) << text;
      }
      list.after = must_list(list).after;
      if (std::string_view(order) == "-scored_at") break;  // all empty: no value to go on from
    }
  }
}

TEST_F(BesideTest, APurgeTakesTheRowBesideAndALinkFromThereIsNoHold) {
  score();
  const auto purge = [&](const std::string& object, const base::Id& id) {
    Item one = item({});
    one.id = id;
    return shop.road.write(shop.caller, {.writes = {Purge{object, {one}}}});
  };
  const auto company = purge("company", companies[0]);
  ASSERT_TRUE(company) << company.error().message;
  EXPECT_EQ(shop.one("select count(favourite_id) || ' ' || count(*) from persons_beside"),
            "100 200");
  ASSERT_TRUE(purge("person", ids[3]));
  EXPECT_EQ(shop.one("select count(*) from persons_beside"), "199");
}

TEST(BesideCatalogTest, FaultsSayWhatCannotBeKeptBeside) {
  const auto fault = [](std::string_view object, const std::function<void(ObjectType&)>& change) {
    auto types = small_types();
    change(*std::ranges::find(types, object, &ObjectType::name));
    const auto catalog = Catalog::of(types);
    return catalog ? "none" : catalog.error().details;
  };
  const auto beside = [](std::string field) {
    return [field](ObjectType& object) {
      std::ranges::find(object.fields, field, &Field::name)->beside = true;
    };
  };
  EXPECT_EQ(fault("order", beside("quantity")),
            "/order/fields/quantity: Rows of a torrent have no fields beside them.\n");
  EXPECT_TRUE(fault("identity", beside("value")).contains("Identities have no fields beside"));
  EXPECT_TRUE(fault("person", beside("kind")).contains("cannot be required"));
  EXPECT_TRUE(fault("person", beside("kind")).contains("begins empty"));
  EXPECT_TRUE(fault("person", beside("email")).contains("is no identity"));
  EXPECT_TRUE(fault("company", beside("number")).contains("in no key or index"));
  EXPECT_TRUE(fault("person", beside("name")).contains("cannot be its title"));
  EXPECT_EQ(fault("company",
                  [](ObjectType& company) {
                    company.checks.push_back({"scored", "score is empty or score > 0", "No."});
                  }),
            "/company/checks/scored/is: “score” is kept beside its record: no check can read "
            "it.\n");
  EXPECT_TRUE(fault("company", [](ObjectType& company) {
                company.plural = "persons_beside";
              }).contains("cannot be a plural"));
}

}  // namespace
}  // namespace rapport::entity
