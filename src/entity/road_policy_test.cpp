// Two callers who may see and do different things: what one may not see does not exist for him.
#include <gtest/gtest.h>

#include "entity/road_testing.hpp"

namespace rapport::entity {
namespace {

using namespace testing;

// Sees customers and prospects, but no notes and no companies in liquidation; changes customers.
class Narrow final : public Policy {
 public:
  explicit Narrow(const Catalog& catalog) : catalog_(catalog) {}
  [[nodiscard]] bool may(Operation operation, const ObjectType& object) const override {
    return object.name != "order" && operation != Operation::remove;
  }
  [[nodiscard]] bool may_see(const ObjectType&, const Field& field) const override {
    return field.name != "note";
  }
  [[nodiscard]] bool may_set(const ObjectType&, const Field& field) const override {
    return field.name != "phone";
  }
  [[nodiscard]] std::optional<expression::Expression> condition(
      Operation operation, const ObjectType& object) const override {
    std::string text;
    if (object.name == "person") {
      text = operation == Operation::read ? "lifecycle != 'lapsed'" : "lifecycle = 'customer'";
    }
    if (object.name == "company") text = "closed_on is empty";
    if (text.empty()) return std::nullopt;
    return *expression::parse(text, object.name, catalog_);
  }

 private:
  const Catalog& catalog_;
};

class PolicyTest : public ::testing::Test {
 protected:
  PolicyTest() {
    narrow = shop.caller;
    narrow.policy = std::make_shared<const Narrow>(*shop.road.catalog());
    closed = make("company",
                  item({{"name", text("Closed")}, {"closed_on", *base::parse_date("2020-01-01")}}));
    customer = make("person", item({{"name", name("Customer")},
                                    {"lifecycle", text("customer")},
                                    {"note", text("secret")},
                                    {"company", base::Value{closed}}}));
    lapsed = make("person", item({{"name", name("Lapsed")},
                                  {"lifecycle", text("lapsed")},
                                  {"email", text("lapsed@x.example")}}));
    prospect = make("person", item({{"name", name("Prospect")}, {"lifecycle", text("prospect")}}));
  }
  base::Id make(const std::string& object, Item one) {
    const auto done = shop.road.write(shop.caller, {.writes = {Create{object, {std::move(one)}}}});
    EXPECT_TRUE(done) << (done ? "" : done.error().message);
    return done ? done->writes[0][0].id : base::Id{};
  }
  std::string get(const base::Id& id, std::vector<std::string> fields = {}) {
    const auto page = shop.road.get(
        narrow, {.object = "person", .ids = {id}, .fields = std::move(fields), .titles = true});
    if (!page) return page.error().code;
    std::string out;
    base::JsonWriter json(out);
    write_json(json, *page, page->records[0]);
    return out;
  }
  std::string list(List request) {
    if (request.object.empty()) request.object = "person";
    request.count = Counting::exact;
    const auto page = shop.road.list(narrow, request);
    return page ? std::to_string(page->count->value) : page.error().code;
  }
  std::string write(Write write) {
    const std::string before = shop.checksum();
    const auto done = shop.road.write(narrow, {.writes = {std::move(write)}});
    if (done) return "done";
    EXPECT_EQ(before, shop.checksum());
    return done.error().code;
  }
  Item change(const base::Id& id, std::string field, std::string value) {
    Item made = item({{std::move(field), text(std::move(value))}});
    made.id = id;
    return made;
  }

  Shop shop;
  Caller narrow;
  base::Id closed, customer, lapsed, prospect;
};

TEST_F(PolicyTest, RecordsOutsideTheConditionDoNotExist) {
  EXPECT_EQ(get(lapsed), "query.not_found");
  EXPECT_EQ(list({}), "2");
  EXPECT_EQ(list({.where = "name = 'Lapsed'"}), "0");
  EXPECT_EQ(list({.object = "order"}), "plan.forbidden");
  EXPECT_FALSE(shop.road.history(narrow, "person", lapsed, 0, 10));
  EXPECT_EQ(write(Change{"person", {change(lapsed, "job", "x")}}), "plan.unknown_field");
  EXPECT_EQ(write(Change{"person", {change(lapsed, "lifecycle", "customer")}}), "gather.not_found");
}

TEST_F(PolicyTest, FieldsOutsideThePolicyDoNotExist) {
  EXPECT_EQ(get(customer).find("secret"), std::string::npos);
  EXPECT_EQ(get(customer, {"note"}), "plan.unknown_field");
  EXPECT_EQ(list({.where = "note contains 'sec'"}), "plan.unknown_field");
  EXPECT_EQ(list({.order = {"note"}}), "plan.unknown_field");
  EXPECT_EQ(write(Change{"person", {change(customer, "note", "x")}}), "plan.unknown_field");
  const auto history = shop.road.history(narrow, "person", customer, 0, 10);
  ASSERT_TRUE(history);
  EXPECT_EQ(history->at(0).fields.find("secret"), std::string::npos);
  EXPECT_NE(history->at(0).fields.find("lifecycle"), std::string::npos);
}

TEST_F(PolicyTest, LinkedRecordsOutsideTheConditionShowNothing) {
  const std::string shown = get(customer, {"company", "company.name"});
  EXPECT_EQ(shown.find("Closed"), std::string::npos) << shown;
  EXPECT_EQ(list({.where = "company.name = 'Closed'"}), "plan.condition_not_allowed");
  Item worker = item({{"lifecycle", text("customer")}, {"company", base::Value{closed}}});
  EXPECT_EQ(write(Create{"person", {worker}}), "gather.no_such_record");
}

TEST_F(PolicyTest, WritesKeepToWhatIsAllowed) {
  EXPECT_EQ(write(Change{"person", {change(prospect, "lifecycle", "customer")}}), "plan.forbidden");
  EXPECT_EQ(write(Change{"person", {change(customer, "phone", "+34911234567")}}),
            "plan.field_forbidden");
  EXPECT_EQ(write(Change{"person", {change(customer, "points", "1")}}), "plan.read_only");
  Item gone = item({});
  gone.id = customer;
  EXPECT_EQ(write(Remove{"person", {gone}}), "plan.forbidden");
  EXPECT_EQ(write(Create{"person", {item({{"lifecycle", text("prospect")}})}}), "plan.forbidden");
  EXPECT_EQ(write(Create{"person", {item({{"lifecycle", text("customer")}})}}), "done");
}

TEST_F(PolicyTest, ARefusalDoesNotNameWhatTheCallerMayNotSee) {
  const auto done =
      shop.road.write(narrow, {.writes = {Create{"person",
                                                 {item({{"lifecycle", text("customer")},
                                                        {"email", text("lapsed@x.example")}})}}}});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, "write.identity_taken");
  EXPECT_EQ(done.error().message.find("“Lapsed”"), std::string::npos) << done.error().message;
  EXPECT_TRUE(done.error().extra.empty());
}

}  // namespace
}  // namespace rapport::entity
