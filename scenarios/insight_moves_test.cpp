// Records that move: orders and persons to another company, persons to the bin and out of it,
// imports that are taken back. Scores and sums follow at once, not when the night comes.
#include <gtest/gtest.h>

#include "base/id.hpp"
#include "crm/insight/insight.hpp"
#include "crm/insight/refresh/order_listener.hpp"
#include "entity/road.hpp"
#include "house.hpp"
#include "insight_story.hpp"
#include "records.hpp"

namespace rapport::scenarios {
namespace {

using base::Json;

class InsightMoves : public InsightStory {
 protected:
  // With customers of its own, and what serving by phone costs.
  static void SetUpTestSuite() {
    InsightStory::SetUpTestSuite();
    const auto month = base::date_in_zone(house_->program().road().now(), "UTC");
    std::vector<entity::Item> pools;
    pools.reserve(2);
    for (int back = 0; back < 2; ++back) {
      pools.push_back(item(base::new_id(), {{"title", std::string("phone")},
                                            {"channel", std::string("phone")},
                                            {"month", base::plus_months(month, -back)},
                                            {"cost", euro(6'000)},
                                            {"capacity_minutes", std::int64_t{600}}}));
    }
    write_records(*house_, "cost_pool", pools);
    for (int n = 0; n < 8; ++n) write_records(*house_, "order", {order(person())});
    ASSERT_TRUE(heard());
    ASSERT_TRUE(refresh_->run({.fit = true}));
  }

  static base::Id company() {
    const auto id = base::new_id();
    write_records(*house_, "company", {item(id, {{"name", std::string("Firm")}})});
    return id;
  }
  static void write(entity::Write change) {
    const auto done = house_->program().road().write(entity::program({.kind = "story", .id = {}}),
                                                     {.writes = {std::move(change)}});
    ASSERT_TRUE(done) << done.error().message << done.error().details;
  }
  template <class Kind>
  static void write(const std::string& object, const base::Id& id) {
    write(Kind{.object = object, .items = {item(id, {})}});
    ASSERT_TRUE(heard());
  }

  // Of orders in its name.
  static std::string bought_by(const base::Id& company) {
    return ask(
        "select coalesce(orders_count, 0) || ' ' || coalesce(historic_value, 0) from "
        "companies_beside where id = '" +
        base::to_text(company) + "'");
  }
  // What its persons bring, and have brought.
  static std::string worth(const char* table, const base::Id& id) {
    return ask(std::string("select coalesce(lifetime_value::text, '-') || ' ' || "
                           "coalesce(profit::text, '-') from ") +
               table + " where id = '" + base::to_text(id) + "'");
  }
  // All that the figures tell, but for the moment.
  static Json figures() {
    auto ed = house_->browser_of("ed");
    Json told;
    for (const auto* figure :
         {"value?measure=historic", "value?measure=profit", "whale", "rfm", "cohorts", "retention",
          "alive", "two_by_two", "profitability?by=channel", "next_offers"}) {
      const auto reply = ed.get(std::string("/api/v1/insight/") + figure);
      EXPECT_EQ(reply.status, 200) << figure << reply.body;
      told[figure] = reply.json();
      told[figure].erase("as_of");
    }
    return told;
  }
  static std::string pools() {
    return ask(
        "select string_agg(channel || ' ' || month || ' ' || used_minutes::numeric(12, 4) || ' ' "
        "|| unused_cost::numeric(12, 4), ', ' order by channel, month) from cost_allocations");
  }
};

// What it had from that order stayed with it till night.
TEST_F(InsightMoves, a_company_that_loses_an_order_is_summed_anew_at_once) {
  const auto buyer = person(), one = company(), other = company();
  std::vector<std::string> orders;
  for (int n = 0; n < 2; ++n) {
    auto bought = order(buyer);
    bought.fields.push_back({"company", base::Value(one)});
    orders.push_back("/api/v1/orders/" + base::to_text(*bought.id));
    write_records(*house_, "order", {bought});
  }
  ASSERT_TRUE(heard());
  EXPECT_EQ(bought_by(one), "2 100.0000");
  auto ed = house_->browser_of("ed");
  const auto give = [&](const std::string& order, const Json& company) {
    const auto done = ed.patch(order, {{"company", company}}, {{"If-Match", "*"}});
    EXPECT_EQ(done.status, 200) << done.body;
    EXPECT_TRUE(heard());
  };
  give(orders[0], base::to_text(other));
  EXPECT_EQ(bought_by(one), "1 50.0000");
  EXPECT_EQ(bought_by(other), "1 50.0000");
  give(orders[1], nullptr);
  EXPECT_EQ(bought_by(one), "0 0");
  EXPECT_EQ(bought_by(other), "1 50.0000");
}

// The one he left kept what he brings till night, and the other had nothing of him.
TEST_F(InsightMoves, who_goes_to_another_company_takes_his_worth_along) {
  const auto walker = person(), one = company(), other = company();
  write_records(*house_, "order", {order(walker)});
  ASSERT_TRUE(heard());
  const auto his = worth("persons_beside", walker);
  ASSERT_NE(his, "- -");
  auto ed = house_->browser_of("ed");
  const auto works_for = [&](const Json& company) {
    const auto done = ed.patch("/api/v1/persons/" + base::to_text(walker), {{"company", company}},
                               {{"If-Match", "*"}});
    EXPECT_EQ(done.status, 200) << done.body;
    EXPECT_TRUE(heard());
  };
  works_for(base::to_text(one));
  EXPECT_EQ(worth("companies_beside", one), his);
  works_for(base::to_text(other));
  EXPECT_EQ(worth("companies_beside", one), "- -");
  EXPECT_EQ(worth("companies_beside", other), his);
  works_for(nullptr);
  EXPECT_EQ(worth("companies_beside", other), "- -");
  EXPECT_EQ(worth("persons_beside", walker), his);
}

// His company was worth what he had brought till night, and his months told of costs that figures
// without him did not; out of the bin again, he had the scores of the day he went.
TEST_F(InsightMoves, who_is_in_the_bin_counts_nowhere_and_out_of_it_as_before) {
  const auto binned = person(), firm = company();
  auto bought = order(binned);
  bought.fields.push_back({"company", base::Value(firm)});
  const auto worked = item(binned, {{"company", firm}});
  const auto none = figures();
  const auto unused = pools();
  write(entity::Change{.object = "person", .items = {worked}});
  write_records(*house_, "order", {bought});
  write_records(*house_, "interaction", {talk(binned)});
  ASSERT_TRUE(heard());
  const auto his = worth("persons_beside", binned);
  const auto with = figures();
  const auto used = pools();
  ASSERT_EQ(worth("companies_beside", firm), his);
  ASSERT_NE(with, none);
  ASSERT_NE(used, unused);

  write<entity::Remove>("person", binned);
  EXPECT_EQ(worth("companies_beside", firm), "- -");
  EXPECT_EQ(bought_by(firm), "1 50.0000") << "orders in its name stay";
  EXPECT_EQ(Json::diff(figures(), none), Json::array());
  EXPECT_EQ(pools(), unused) << "what serving him cost is nobody's";

  write<entity::Restore>("person", binned);
  EXPECT_EQ(worth("companies_beside", firm), his);
  EXPECT_EQ(Json::diff(figures(), with), Json::array());
  EXPECT_EQ(pools(), used);

  // What changed of his orders meanwhile counts.
  write<entity::Remove>("person", binned);
  write<entity::Remove>("order", *bought.id);
  write<entity::Restore>("person", binned);
  EXPECT_EQ(ask("select count(*) from persons_beside where scored_at is not null and id = '" +
                base::to_text(binned) + "'"),
            "0");
  EXPECT_EQ(bought_by(firm), "0 0");
}

// Who was put in the bin while a refresh was at work came back with its months.
TEST_F(InsightMoves, a_refresh_keeps_nobody_who_went_to_the_bin_meanwhile) {
  const auto binned = person(), firm = company();
  write(entity::Change{.object = "person", .items = {item(binned, {{"company", firm}})}});
  write_records(*house_, "order", {order(binned)});
  ASSERT_TRUE(heard());
  bool gone = false;
  const auto done = refresh_->run({.fit = false, .rebuild_from = 1, .may_go_on = [&] {
                                     if (!std::exchange(gone, true)) {
                                       write<entity::Remove>("person", binned);
                                     }
                                     return true;
                                   }});
  ASSERT_TRUE(done) << done.error().message << done.error().details;
  ASSERT_TRUE(gone);
  EXPECT_EQ(months_of(binned), "0 0");
  EXPECT_EQ(worth("companies_beside", firm), "- -");
}

// As where an import is taken back: of what is gone, only the log could tell whose it was, and did
// not.
TEST_F(InsightMoves, what_is_purged_counts_no_more) {
  const auto buyer = person(), firm = company();
  auto bought = order(buyer);
  bought.fields.push_back({"company", base::Value(firm)});
  write_records(*house_, "order", {bought});
  ASSERT_TRUE(heard());
  ASSERT_EQ(bought_by(firm), "1 50.0000");
  write<entity::Purge>("order", *bought.id);
  EXPECT_EQ(bought_by(firm), "0 0");
}

// A listener that took each new person for one to be scored would hold an import up, and be held up
// by a refresh.
TEST_F(InsightMoves, new_persons_and_new_names_wait_for_no_scoring) {
  auto tx = house_->program().pool().begin(store::Mode::read_only);
  ASSERT_TRUE(tx->run({"story.hold", "select pg_advisory_xact_lock(1382117488, 4)"}));
  std::vector<entity::Item> made, renamed;
  for (std::size_t n = 0; n < 2 * crm::OrderListener::bulk_persons; ++n) {
    made.push_back(item(base::new_id(), {}));
    renamed.push_back(item(*made.back().id, {{"job_title", std::string("Baker")}}));
  }
  write_records(*house_, "person", made);
  write(entity::Change{.object = "person", .items = renamed});
  EXPECT_TRUE(heard());
  EXPECT_TRUE(tx->commit());
}

}  // namespace
}  // namespace rapport::scenarios
