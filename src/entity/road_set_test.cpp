// Lists of sets: what stands behind a mark of a figure, under the same rights as any list.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "entity/plan/sets.hpp"
#include "entity/road_testing.hpp"

namespace rapport::entity {
namespace {

using namespace testing;

// Sees everything but lapsed persons, and orders only where asked for.
class Some final : public Policy {
 public:
  Some(const Catalog& catalog, bool orders) : catalog_(catalog), orders_(orders) {}
  [[nodiscard]] bool may(Operation, const ObjectType& object) const override {
    return orders_ || object.name != "order";
  }
  [[nodiscard]] bool may_see(const ObjectType&, const Field&) const override { return true; }
  [[nodiscard]] bool may_set(const ObjectType&, const Field&) const override { return true; }
  [[nodiscard]] std::optional<expression::Expression> condition(
      Operation, const ObjectType& object) const override {
    if (object.name != "person") return std::nullopt;
    return *expression::parse("lifecycle != 'lapsed'", "person", catalog_);
  }

 private:
  const Catalog& catalog_;
  bool orders_;
};

class SetTest : public ::testing::Test {
 protected:
  SetTest() {
    Create persons{.object = "person", .items = {}};
    for (int i = 0; i < 30; ++i) {
      persons.items.push_back(item({{"name", name(fmt::format("P {:02}", i))},
                                    {"lifecycle", text(i % 3 == 0 ? "lapsed" : "customer")},
                                    {"birth_date", base::Date{i}}}));
    }
    const auto done = shop.road.write(shop.caller, {.writes = {persons}});
    EXPECT_TRUE(done) << (done ? "" : done.error().message);
    add_set("born_before", {"order"});
    add_set("born_among_all", {"order", "person"});
  }

  void add_set(const std::string& called, std::vector<std::string> reads) {
    shop.road.sets().add({.name = called,
                          .object = "person",
                          .reads = std::move(reads),
                          .parameters = {SetParameter::date, SetParameter::text},
                          .ids = {"test.born",
                                  "-- of $1\nselect id from persons where birth_date < $1::date "
                                  "and name like $2 || '%'"}});
  }

  static List list_of(std::string_view before, std::string_view begins = "P") {
    List list{.object = "person", .order = {"-birth_date"}};
    list.set = SetMark{"born_before", {std::string(before), std::string(begins)}};
    return list;
  }

  std::string answer(const List& list) { return answer(list, shop.caller); }
  std::string answer(const List& list, const Caller& caller) {
    const auto page = shop.road.list(caller, list);
    if (!page) return page.error().code;
    return fmt::format("{} of {}", page->records.size(), page->count ? page->count->value : -1);
  }

  Shop shop;
};

TEST_F(SetTest, IsListedCountedAndPagedWithConditionAndOrder) {
  List list = list_of("1970-01-21");  // the days 0 to 19
  list.count = Counting::exact;
  EXPECT_EQ(answer(list), "20 of 20");
  list.where = "lifecycle = 'customer' and name contains '1'";
  EXPECT_EQ(answer(list), "8 of 8");
  list.limit = 3;
  EXPECT_EQ(answer(list), "3 of 8");
  std::size_t seen = 0;
  do {
    const auto page = shop.road.list(shop.caller, list);
    ASSERT_TRUE(page) << page.error().message << page.error().details;
    seen += page->records.size();
    list.after = page->after;
  } while (!list.after.empty());
  EXPECT_EQ(seen, 8U);
  list.after.clear();
  list.offset = 6;
  EXPECT_EQ(answer(list), "2 of 8");
  list = list_of("1970-01-21", "Q");
  list.count = Counting::estimated;
  EXPECT_EQ(answer(list), "0 of 0");
}

TEST_F(SetTest, HoldsTheViewersRights) {
  List list = list_of("1970-01-21");
  list.count = Counting::exact;
  Caller caller = shop.caller;
  caller.policy = std::make_shared<const Some>(*shop.road.catalog(), true);
  EXPECT_EQ(answer(list, caller), "13 of 13");
  // What a set says of all persons is not for who sees some: a token can be written by hand.
  list.set->name = "born_among_all";
  EXPECT_EQ(answer(list, caller), "plan.set_not_allowed");
  EXPECT_EQ(answer(list), "20 of 20");
  list.set->name = "born_before";
  caller.policy = std::make_shared<const Some>(*shop.road.catalog(), false);
  EXPECT_EQ(answer(list, caller), "plan.set_not_allowed");
}

TEST_F(SetTest, RefusesWhatIsNoSetOfTheseRecords) {
  EXPECT_EQ(answer(list_of("yesterday")), "plan.bad_set");
  List list = list_of("1970-01-21");
  list.set->name = "born_after";
  EXPECT_EQ(answer(list), "plan.unknown_set");
  list = list_of("1970-01-21");
  list.set->parameters.pop_back();
  EXPECT_EQ(answer(list), "plan.bad_set");
  list = list_of("1970-01-21");
  list.object = "company";
  list.order = {"name"};
  EXPECT_EQ(answer(list), "plan.bad_set");
}

}  // namespace
}  // namespace rapport::entity
