#include "entity/road.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "entity/road_testing.hpp"

namespace rapport::entity {
namespace {

using namespace testing;
using ::testing::Test;

class RoadTest : public Test {
 protected:
  ItemResult must_write(Write write) {
    const auto done = shop.road.write(shop.caller, {.writes = {std::move(write)}});
    EXPECT_TRUE(done) << (done ? ""
                               : done.error().code + " " + done.error().message + " " +
                                     done.error().details);
    return done ? done->writes[0].at(0) : ItemResult{};
  }
  ItemResult create(const std::string& object, Item one) {
    return must_write(Create{object, {std::move(one)}});
  }
  base::Problem refused(Write write) {
    const std::string before = shop.checksum();
    const auto done = shop.road.write(shop.caller, {.writes = {std::move(write)}});
    EXPECT_FALSE(done);
    EXPECT_EQ(before, shop.checksum());
    return done ? base::Problem{} : done.error();
  }
  std::string shown(const std::string& object, const base::Id& id,
                    std::vector<std::string> fields = {}) {
    const auto page = shop.road.get(shop.caller, {.object = object,
                                                  .ids = {id},
                                                  .fields = std::move(fields),
                                                  .removed = false,
                                                  .titles = false});
    if (!page) return page.error().code;
    std::string out;
    base::JsonWriter json(out);
    write_json(json, *page, page->records.at(0));
    return out.substr(out.find(",\"version\"") + 1);
  }
  std::vector<std::string> names(List list) {
    list.object = "person";
    if (list.fields.empty()) list.fields = {"name"};
    const auto page = shop.road.list(shop.caller, list);
    EXPECT_TRUE(page) << (page ? "" : page.error().message);
    std::vector<std::string> out;
    if (!page) return out;
    for (const Record& record : page->records) {
      out.push_back(to_text(*page->columns[0].field, record.values[0]));
    }
    return out;
  }
  Item changed(const ItemResult& record, std::vector<std::pair<std::string, Input>> fields) {
    Item made = item(std::move(fields));
    made.id = record.id;
    made.version = record.version;
    return made;
  }
  Item named(const ItemResult& record) { return changed(record, {}); }

  Shop shop;
};

TEST_F(RoadTest, CreatesAndGets) {
  const auto ana =
      create("person", item({{"name", name("Ana López")}, {"email", text("ana@alpina.example")}}));
  EXPECT_EQ(ana.outcome, Outcome::created);
  EXPECT_EQ(ana.version, 1);
  EXPECT_EQ(shown("person", ana.id, {"email", "kind", "created_by"}),
            fmt::format(R"("version":1,"email":"ana@alpina.example","kind":"identified",)"
                        R"("created_by":"{}"}})",
                        base::to_text(shop.user)));
}

TEST_F(RoadTest, ChangesOnlyWhatDiffers) {
  const auto ana = create("person", item({{"name", name("Ana")}}));
  auto done = must_write(Change{"person", {changed(ana, {{"lifecycle", text("customer")}})}});
  EXPECT_EQ(done.outcome, Outcome::changed);
  EXPECT_EQ(done.version, 2);
  const std::string before = shop.checksum();
  done = must_write(Change{"person", {changed(done, {{"lifecycle", text("customer")}})}});
  EXPECT_EQ(done.outcome, Outcome::unchanged);
  EXPECT_EQ(done.version, 2);
  EXPECT_EQ(before, shop.checksum());
}

TEST_F(RoadTest, RefusesAStaleChangeAndShowsWhatDiffers) {
  const auto ana = create("person", item({{"name", name("Ana")}}));
  must_write(Change{"person", {changed(ana, {{"lifecycle", text("customer")}})}});
  const auto problem = refused(Change{"person", {changed(ana, {{"lifecycle", text("lapsed")}})}});
  EXPECT_EQ(problem.kind, base::ProblemKind::stale);
  EXPECT_EQ(problem.extra,
            R"({"version":2,"differing":{"lifecycle":{"yours":"lapsed","theirs":"customer"}}})");
}

TEST_F(RoadTest, LogsEachChangeWithFromAndTo) {
  const auto ana = create("person", item({{"name", name("Ana")}}));
  must_write(Change{"person", {changed(ana, {{"lifecycle", text("customer")}})}});
  const auto entries = shop.road.history(shop.caller, "person", ana.id, 0, 10);
  ASSERT_TRUE(entries);
  ASSERT_EQ(entries->size(), 2U);
  EXPECT_EQ(entries->at(0).kind, "changed");
  EXPECT_EQ(entries->at(0).fields, R"({"lifecycle": [null, "customer"]})");
  EXPECT_EQ(entries->at(0).actor, shop.user);
  EXPECT_EQ(entries->at(1).kind, "created");
  EXPECT_EQ(shop.road.history(shop.caller, "person", ana.id, 2, 10)->size(), 1U);
}

TEST_F(RoadTest, PutsIntoTheBinAndOutOfIt) {
  const auto ana = create("person", item({{"name", name("Ana")}}));
  auto done = must_write(Remove{"person", {named(ana)}});
  EXPECT_EQ(done.outcome, Outcome::removed);
  EXPECT_EQ(shown("person", ana.id), "query.not_found");
  EXPECT_TRUE(names({}).empty());
  EXPECT_EQ(names({.bin = List::Bin::only}), std::vector<std::string>{"Ana"});
  EXPECT_EQ(refused(Change{"person", {changed(done, {{"note", text("x")}})}}).code,
            "gather.in_bin");
  done = must_write(Restore{"person", {named(done)}});
  EXPECT_EQ(done.outcome, Outcome::restored);
  EXPECT_EQ(done.version, 3);
  EXPECT_EQ(names({}), std::vector<std::string>{"Ana"});
}

TEST_F(RoadTest, ABinnedRecordKeepsItsEmailAndIsNamed) {
  const auto ana = create("person", item({{"name", name("Ana")}, {"email", text("a@x.example")}}));
  must_write(Remove{"person", {named(ana)}});
  const auto problem =
      refused(Create{"person", {item({{"name", name("Eva")}, {"email", text("a@x.example")}})}});
  EXPECT_EQ(problem.code, "write.identity_taken");
  EXPECT_EQ(problem.kind, base::ProblemKind::conflict);
  EXPECT_NE(problem.message.find("“Ana”, which is in the bin"), std::string::npos)
      << problem.message;
}

TEST_F(RoadTest, KeepsIdentitiesInStep) {
  const auto ana = create("person", item({{"name", name("Ana")}, {"email", text("a@x.example")}}));
  must_write(Change{"person", {changed(ana, {{"email", text("b@x.example")}})}});
  EXPECT_EQ(shop.one("select string_agg(value || exclusive, ' ' order by value) from identities"),
            "a@x.exampletrue b@x.exampletrue");
  // A phone is a family's: it may be two persons'.
  create("person", item({{"phone", text("+34911234567")}}));
  create("person", item({{"phone", text("+34911234567")}}));
  EXPECT_EQ(shop.one("select count(*) from identities where kind = 'phone' and not exclusive"),
            "2");
}

TEST_F(RoadTest, FollowsLinksInFieldsTitlesAndConditions) {
  const auto alpina = create("company", item({{"name", text("Alpina GmbH")}}));
  const auto ana =
      create("person", item({{"name", name("Ana")}, {"company", base::Value{alpina.id}}}));
  EXPECT_EQ(shown("person", ana.id, {"company.name"}),
            R"("version":1,"company.name":"Alpina GmbH"})");
  const auto page = shop.road.list(shop.caller, {.object = "person",
                                                 .where = "company.name starts with 'Al'",
                                                 .fields = {"name", "company"},
                                                 .titles = true});
  ASSERT_TRUE(page) << page.error().message;
  std::string out;
  base::JsonWriter json(out);
  write_json(json, *page, page->records.at(0));
  EXPECT_NE(out.find(R"("$title":"Ana")"), std::string::npos) << out;
  EXPECT_NE(out.find(R"("$titles":{"company":"Alpina GmbH"})"), std::string::npos) << out;
}

TEST_F(RoadTest, AHandOverOfLinksIsChecked) {
  const auto problem = refused(
      Create{"person", {item({{"name", name("Ana")}, {"company", base::Value{base::new_id()}}})}});
  EXPECT_EQ(problem.code, "gather.no_such_record");
  EXPECT_EQ(problem.fields.at(0).field, "/company");
}

TEST_F(RoadTest, RefusesWhatThePlanKnows) {
  EXPECT_EQ(refused(Create{"person", {item({{"nmae", text("x")}})}}).hint, "Did you mean “name”?");
  EXPECT_EQ(refused(Create{"person", {item({{"version", base::Value{std::int64_t{7}}}})}}).code,
            "plan.read_only");
  EXPECT_EQ(refused(Create{"company", {item({})}}).code, "plan.required");
  EXPECT_EQ(refused(Create{"person", {item({{"name", text("no name value")}})}}).code,
            "plan.wrong_type");
  EXPECT_EQ(refused(Create{"persn", {item({})}}).code, "plan.unknown_object");
}

TEST_F(RoadTest, ChecksSpeakInTheObjectFilesWords) {
  const auto problem = refused(Create{
      "company", {item({{"name", text("Alt")}, {"closed_on", *base::parse_date("1999-01-01")}})}});
  EXPECT_EQ(problem.code, "rules.closes_after_opening");
  EXPECT_EQ(problem.message, "A company closes after the year 2000.");
}

TEST_F(RoadTest, ABrokenConstraintSpeaksTheUsersWords) {
  create("company", item({{"name", text("One")}, {"number", text("7")}}));
  const auto problem =
      refused(Create{"company", {item({{"name", text("Two")}, {"number", text("7")}})}});
  EXPECT_EQ(problem.code, "write.not_unique");
  EXPECT_EQ(problem.fields.at(0).field, "/number");
}

}  // namespace
}  // namespace rapport::entity
