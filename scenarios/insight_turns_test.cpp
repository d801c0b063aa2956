// What insight does when much comes at once: refreshes, rescorings and fits take turns, none of
// them is lost, and none is asked for without end.
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <future>
#include <thread>

#include "base/id.hpp"
#include "base/priority.hpp"
#include "crm/insight/insight.hpp"
#include "crm/insight/refresh/order_listener.hpp"
#include "entity/road.hpp"
#include "house.hpp"
#include "insight_story.hpp"
#include "platform/platform.hpp"
#include "records.hpp"

namespace rapport::scenarios {
namespace {

using base::Json;
using namespace std::chrono_literals;

// The locks of insight_queries.sql.
enum Lock : std::uint8_t { refreshes = 2, publication = 3 };

class InsightTurns : public InsightStory {
 protected:
  static store::Transaction hold(Lock lock) {
    auto tx = house_->program().pool().begin(store::Mode::read_only);
    EXPECT_TRUE(tx);
    const auto* shared = lock == publication ? "_shared" : "";
    EXPECT_TRUE(tx->run({"story.hold", std::string("select pg_advisory_xact_lock") + shared +
                                           "(1382117488, " + std::to_string(lock) + ")"}));
    return *std::move(tx);
  }
  static std::string waiting_for(Lock lock) {
    return "select (count(*) > 0)::text from pg_locks where locktype = 'advisory' and not granted "
           "and "
           "objid = " +
           std::to_string(lock);
  }
};

constexpr std::string_view kFirst =
    "select count(*) from jobs where kind = 'insight.refresh' and key = 'insight.refresh first'";

// A refresh that scored nobody kept no basis, so that every interaction asked for another one: a
// firm with a stream of interactions and no orders refreshed from morning to night.
TEST_F(InsightTurns, a_firm_without_orders_is_not_refreshed_for_each_interaction) {
  const auto asker = person();
  ASSERT_TRUE(heard());
  const auto asked = ask(std::string(kFirst));
  write_records(*house_, "interaction", {talk(asker), talk(asker)});
  ASSERT_TRUE(heard());
  EXPECT_EQ(ask(std::string(kFirst)), asked);
  EXPECT_EQ(months_of(asker), "1 9.0000") << "what they cost is told all the same";
  // Its first customers are scored at once, and with bounds and models a second later.
  write_records(*house_, "order", {order(asker)});
  ASSERT_TRUE(heard());
  EXPECT_EQ(ask(std::string(kFirst)), std::to_string(std::stoi(asked) + 1));
  house_->pass(base::seconds(2));
  EXPECT_TRUE(becomes("select basis->>'customers' from score_bases", "1"));
  write_records(*house_, "order", {order(asker)});
  ASSERT_TRUE(heard());
  EXPECT_EQ(ask(std::string(kFirst)), std::to_string(std::stoi(asked) + 1));
}

// Who has no orders has no row that the two would meet at: both stored his months.
TEST_F(InsightTurns, rescorings_of_one_person_do_not_overlap) {
  const auto asker = person();
  write_records(*house_, "interaction", {talk(asker)});
  ASSERT_TRUE(heard());
  ASSERT_EQ(months_of(asker), "1 4.5000");
  auto& pool = house_->program().pool();
  auto one = pool.begin(store::Mode::read_write);
  ASSERT_TRUE(one);
  const auto first = refresh_->rescore(*one, {asker});
  ASSERT_TRUE(first) << first.error().message << first.error().details;
  auto beside = std::async(std::launch::async, [&]() -> std::string {
    auto other = pool.begin(store::Mode::read_write);
    const auto second = refresh_->rescore(*other, {asker});
    if (!second) return second.error().message + second.error().details;
    return other->commit() ? "" : "not committed";
  });
  EXPECT_TRUE(
      becomes("select (count(*) > 0)::text from pg_stat_activity where datname = "
              "current_database() and wait_event_type = 'Lock'",
              "true"));
  EXPECT_TRUE(one->commit());
  EXPECT_EQ(beside.get(), "");
  EXPECT_EQ(months_of(asker), "1 4.5000");
}

// Its row said so for good: the button to refresh was gone until the night.
TEST_F(InsightTurns, a_refresh_that_was_killed_is_not_at_work) {
  auto ed = house_->browser_of("ed");
  const auto latest = [&] { return ed.get("/api/v1/insight/refreshes/latest").json(); };
  ASSERT_TRUE(becomes("select count(*) from refreshes where state = 'running'", "0"));
  house_->pass(base::seconds(1));  // the latest is that which began last
  {
    const auto killed = base::to_text(base::new_id());
    auto tx = house_->program().pool().begin(store::Mode::read_write);
    ASSERT_TRUE(
        tx->run({"story.killed", "insert into refreshes (id, state, started_at) values ('" +
                                     killed + "', 'running', '" +
                                     base::to_text(house_->program().road().now()) + "')"}));
    ASSERT_TRUE(tx->commit());
  }
  EXPECT_EQ(latest()["state"], "failed");
  EXPECT_NE(latest()["problem"].get<std::string>().find("ended without a word"), std::string::npos);
  // One that is at work is told so, and has ended the other.
  house_->pass(base::seconds(1));
  auto held = hold(publication);
  auto beside =
      std::async(std::launch::async, [] { return refresh_->run({.fit = false}).has_value(); });
  EXPECT_TRUE(becomes(waiting_for(publication), "true"));
  EXPECT_EQ(latest()["state"], "running");
  EXPECT_EQ(ask("select count(*) filter (where state = 'running') || ' ' || count(*) filter (where "
                "problem like '%without a word.') from refreshes"),
            "1 1");
  EXPECT_TRUE(held.commit());
  EXPECT_TRUE(beside.get());
  EXPECT_EQ(latest()["state"], "done");
}

// A change while a refresh is at work once asked for that very refresh, which had read the rate
// before it: lifetime values stayed discounted by it till night.
TEST_F(InsightTurns, a_setting_that_changes_during_a_refresh_counts) {
  auto ada = house_->browser_of("ada");
  const auto set = [&](int rate) {
    EXPECT_EQ(ada.patch("/api/v1/settings", {{"discount_rate", rate}}).status, 200);
  };
  house_->pass(base::seconds(1));  // the newest basis counts
  auto held = hold(publication);
  set(11);
  ASSERT_TRUE(becomes(waiting_for(publication), "true"));
  set(12);
  EXPECT_TRUE(held.commit());
  EXPECT_TRUE(becomes("select basis->>'discount_rate' from score_bases order by as_of desc limit 1",
                      "12.0"));
}

// The last orders of an import asked for nothing where the refresh of those before was under way.
TEST_F(InsightTurns, a_bulk_write_during_a_refresh_is_followed_by_another) {
  const std::string_view bulk =
      "select count(*) from jobs where key = 'insight.refresh bulk' and state = ";
  const auto import = [] {
    std::vector<entity::Item> persons, orders;
    for (std::size_t i = 0; i < crm::OrderListener::bulk_persons; ++i) {
      const auto id = base::new_id();
      persons.push_back(item(id, {}));
      orders.push_back(order(id));
    }
    write_records(*house_, "person", persons);
    write_records(*house_, "order", orders);
    ASSERT_TRUE(heard());
  };
  import();
  ASSERT_TRUE(becomes("select count(*) from refreshes where state = 'running'", "0"));
  auto held = hold(refreshes);
  house_->pass(base::hours(1));
  ASSERT_TRUE(becomes(std::string(bulk) + "'running'", "1"));
  import();
  EXPECT_TRUE(held.commit());
  EXPECT_TRUE(becomes(std::string(bulk) + "'ready'", "1")) << "a minute later, once more";
  house_->pass(base::hours(1));
  EXPECT_TRUE(becomes(std::string(bulk) + "'done'", "1"));
}

// The program's end once waited for another process' refresh, minutes long.
TEST_F(InsightTurns, a_fit_that_waits_its_turn_can_be_stopped) {
  auto held = hold(refreshes);
  auto ed = house_->browser_of("ed");
  const auto asked = ed.post("/api/v1/insight/fits", {{"model", "bg_nbd"}});
  ASSERT_EQ(asked.status, 202) << asked.body;
  ASSERT_TRUE(becomes("select state from fits", "running"));
  auto& jobs = house_->program().platform().jobs();
  auto stopping = std::async(std::launch::async, [&] { jobs.stop(); });
  const auto stopped = stopping.wait_for(20s);
  EXPECT_EQ(stopped, std::future_status::ready);
  if (stopped == std::future_status::ready) EXPECT_EQ(ask("select state from fits"), "waiting");
  EXPECT_TRUE(held.commit());
  stopping.get();
  jobs.start();
  EXPECT_TRUE(becomes("select (state in ('done', 'refused'))::text from fits", "true"));
}

// Both read ten million orders where a firm has so many; whoever asked for a page goes first.
TEST_F(InsightTurns, refreshes_and_fits_give_way_to_people) {
  auto held = hold(refreshes);
  const auto usual = base::niceness();
  base::Niceness seen = 0;
  const auto stop = [&] {
    seen = base::niceness();
    return false;
  };
  const auto refreshed = refresh_->run({.fit = false, .may_go_on = stop});
  ASSERT_FALSE(refreshed);
  EXPECT_EQ(refreshed.error().code, "insight.stopped");
  EXPECT_GE(seen, usual);
  EXPECT_GT(seen, 0);
  seen = 0;
  ASSERT_FALSE(refresh_->fit("bg_nbd", stop));
  EXPECT_GT(seen, 0);
  EXPECT_EQ(base::niceness(), usual);
  EXPECT_TRUE(held.commit());
}

}  // namespace
}  // namespace rapport::scenarios
