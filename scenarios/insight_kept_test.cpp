// What is kept of customers' months says what their orders say, whatever happens to these: cohorts
// and retention counted from it, against the same figures counted from orders.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <random>
#include <thread>

#include "base/id.hpp"
#include "crm/insight/insight.hpp"
#include "entity/road.hpp"
#include "house.hpp"
#include "records.hpp"

namespace rapport::scenarios {
namespace {

using base::Json;
using base::Value;
using namespace std::chrono_literals;

constexpr int kPersons = 40;
// A filter by days is counted from orders; these are all of them.
constexpr std::string_view kAllDays = "until=2300-01-01";

class InsightKept : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    house_ = std::make_unique<House>();
    refresh_ = refresh_of(*house_);
    std::vector<entity::Item> people, orders;
    for (int i = 0; i < kPersons; ++i) {
      persons_.push_back(base::new_id());
      people.push_back(
          item(persons_.back(), {{"address", base::Address{.line1 = {},
                                                           .line2 = {},
                                                           .city = {},
                                                           .region = {},
                                                           .postal_code = {},
                                                           .country = i % 3 ? "ES" : "AT"}}}));
    }
    write_records(*house_, "person", people);
    for (int n = 0; n < 6 * kPersons; ++n) orders.push_back(some_order());
    write_records(*house_, "order", orders);
    ASSERT_EQ(house_->analyze(), "");
    refresh(1);
  }
  static void TearDownTestSuite() {
    refresh_.reset();
    house_.reset();
    persons_.clear();
    orders_.clear();
  }

  static std::size_t below(std::size_t most) { return random_() % most; }

  static base::Instant some_day() {
    // The last 500 days, and now and then one ahead.
    const auto ago = static_cast<int>(below(500)) - (below(20) == 0 ? 40 : 0);
    return house_->program().road().now() - base::days(ago);
  }

  // Returns, free ones, exchanges, cancelled ones and other currencies among them.
  static entity::Item some_order() { return some_order(persons_[below(persons_.size())]); }
  static entity::Item some_order(const base::Id& person) {
    const auto id = base::new_id();
    orders_.push_back(id);
    const bool is_return = below(8) == 0;
    const auto cents = below(12) == 0 ? 0 : static_cast<std::int64_t>(below(20'000));
    return item(id, {{"person", person},
                     {"placed_at", some_day()},
                     {"total", base::Money{base::Decimal::of(is_return ? -cents : cents, 2),
                                           below(15) == 0 ? "USD" : "EUR"}},
                     {"kind", std::string(is_return ? "return" : "order")},
                     {"status", std::string(below(10) == 0 ? "cancelled" : "completed")},
                     {"channel", std::string("shop")}});
  }

  static void write(entity::Write change) {
    entity::Work work;
    work.writes.push_back(std::move(change));
    const auto done =
        house_->program().road().write(entity::program({.kind = "story", .id = {}}), work);
    ASSERT_TRUE(done) << done.error().message << done.error().details;
  }
  static void change(const char* object, const base::Id& id,
                     std::vector<std::pair<std::string, Value>> fields) {
    write(entity::Change{.object = object, .items = {item(id, std::move(fields))}});
  }

  static void refresh(std::size_t rebuild_from) {
    const auto done = refresh_->run({.fit = false, .rebuild_from = rebuild_from});
    ASSERT_TRUE(done) << done.error().message << done.error().details;
    house_->pass(base::seconds(1));  // its own clock is ahead, and the latest history counts
  }

  static std::string ask(const std::string& sql) {
    auto told = house_->ask_database(sql);
    if (told.ends_with('\n')) told.pop_back();
    return told;
  }

  // Until the listener has taken all that was written.
  static testing::AssertionResult heard() {
    const std::string left =
        "select count(distinct l.listener) || ' ' || count(c.object) from listener_cursors l left "
        "join changes c on c.object in ('order', 'order_line', 'interaction', 'person') and "
        "(c.epoch, c.xid, c.ordinal) > (l.epoch, l.xid, l.ordinal) where l.listener = "
        "'insight.orders'";
    for (int i = 0; i < 600; ++i) {
      if (ask(left) == "1 0") return testing::AssertionSuccess();
      std::this_thread::sleep_for(50ms);
    }
    return testing::AssertionFailure() << "left " << ask(left);
  }

  static Json figure(Browser& browser, const std::string& path) {
    const auto reply = browser.get("/api/v1/insight/" + path);
    EXPECT_EQ(reply.status, 200) << path << reply.body;
    return reply.status == 200 ? reply.json() : Json();
  }

  static std::int64_t opened(Browser& browser, const Json& open) {
    const auto reply = browser.post("/api/v1/persons/query",
                                    {{"limit", 1}, {"count", "exact"}, {"set", open["set"]}});
    EXPECT_EQ(reply.status, 200) << reply.body;
    return reply.status == 200 ? reply.json()["page"]["count"]["value"].get<std::int64_t>() : -1;
  }
  static bool is_kept(const Json& open) {
    return open["set"].get<std::string>().starts_with("insight_kept_");
  }

  // All that it says but what its marks open.
  static Json without_opens(Json figure) {
    if (figure.is_object()) figure.erase("open");
    for (auto& one : figure) {
      if (one.is_structured()) one = without_opens(std::move(one));
    }
    return figure;
  }

  static void expect_as_orders_say(Browser& browser, const std::string& after) {
    for (const auto* query : {"period=month", "period=quarter", "period=month&country=AT"}) {
      for (const auto* name : {"cohorts?", "retention?"}) {
        const auto path = std::string(name) + query;
        const auto kept = figure(browser, path);
        const auto slow = figure(browser, path + "&" + std::string(kAllDays));
        EXPECT_EQ(without_opens(kept), without_opens(slow)) << path << " after " << after;
        const auto& marks = kept[name == std::string("cohorts?") ? "cohorts" : "periods"];
        ASSERT_FALSE(marks.empty());
        const auto& open = marks[0]["open"];
        EXPECT_TRUE(is_kept(open.contains("active") ? open["active"] : open)) << open;
      }
    }
  }

  // Each mark, or one in so many.
  static void expect_marks_open_their_count(Browser& browser, const std::string& query,
                                            std::size_t one_in) {
    for (const auto& cohort : figure(browser, "cohorts?" + query)["cohorts"]) {
      EXPECT_EQ(opened(browser, cohort["open"]), cohort["size"].get<std::int64_t>());
      for (const auto& cell : cohort["cells"]) {
        if (below(one_in) != 0) continue;
        EXPECT_EQ(opened(browser, cell["open"]), cell["count"].get<std::int64_t>()) << cell;
      }
    }
    const auto retention = figure(browser, "retention?" + query);
    for (const auto& period : retention["periods"]) {
      for (const auto& [kind, open] : period["open"].items()) {
        if (below(one_in) != 0) continue;
        EXPECT_EQ(opened(browser, open), period[kind].get<std::int64_t>()) << kind << period;
      }
    }
    for (const auto& reason : retention["reasons"]) {
      EXPECT_TRUE(is_kept(reason["open"]));
      EXPECT_EQ(opened(browser, reason["open"]), reason["count"].get<std::int64_t>()) << reason;
    }
  }

  // One of what happens to orders and persons; says what.
  static std::string something() {
    const auto order = [] { return orders_[below(orders_.size())]; };
    const auto person = [] { return persons_[below(persons_.size())]; };
    switch (below(9)) {
      case 0:
      case 1:
        write_records(*house_, "order", {some_order()});
        return "an order";
      case 2:
        change("order", order(), {{"status", std::string(below(2) ? "cancelled" : "completed")}});
        return "another status";
      case 3:
        change("order", order(), {{"placed_at", some_day()}});
        return "another day";
      case 4:
        change("order", order(), {{"total", euro(static_cast<std::int64_t>(below(9'000)))}});
        return "another amount";
      case 5: {
        const auto gone = order();
        write(entity::Remove{.object = "order", .items = {item(gone, {})}});
        orders_.erase(std::ranges::find(orders_, gone));
        return "an order in the bin";
      }
      case 6: {
        // As where two turn out to be one: the orders go over, and the other goes.
        const auto from = person(), to = person();
        if (from == to) return "nothing";
        for (std::size_t n = give_back_orders_of(from); n > 0; --n) {
          write_records(*house_, "order", {some_order(to)});
        }
        write(entity::Remove{.object = "person", .items = {item(from, {})}});
        persons_.erase(std::ranges::find(persons_, from));
        return "two made one";
      }
      case 7: {
        const auto who = person();
        write(entity::Remove{.object = "person", .items = {item(who, {})}});
        EXPECT_TRUE(heard());
        if (below(2)) refresh(below(2) ? 1 : 1'000);
        write(entity::Restore{.object = "person", .items = {item(who, {})}});
        return "there and back again";
      }
      default:
        if (below(3) == 0) refresh(below(2) ? 1 : 1'000);
        return "a refresh";
    }
  }
  // They go into the bin; gives how many.
  static std::size_t give_back_orders_of(const base::Id& person) {
    const auto of = [&](const base::Id& id) {
      return ask("select person_id from orders where id = '" + base::to_text(id) + "'") ==
             base::to_text(person);
    };
    const auto [from, until] = std::ranges::stable_partition(orders_, std::not_fn(of));
    std::vector<entity::Item> gone;
    for (auto at = from; at != until; ++at) gone.push_back(item(*at, {}));
    if (!gone.empty()) write(entity::Remove{.object = "order", .items = gone});
    orders_.erase(from, until);
    return gone.size();
  }

  static inline std::unique_ptr<House> house_;
  static inline std::unique_ptr<crm::Refresh> refresh_;
  static inline std::mt19937_64 random_{11};
  static inline std::vector<base::Id> persons_, orders_;
};

TEST_F(InsightKept, cohorts_and_retention_say_what_orders_say_whatever_happens_to_them) {
  auto ria = house_->browser_of("ria");
  ASSERT_TRUE(heard());
  expect_as_orders_say(ria, "the first refresh");
  for (int round = 0; round < 12; ++round) {
    std::string after;
    for (int n = 0; n < 4; ++n) after += (n > 0 ? ", " : "") + something();
    ASSERT_TRUE(heard());
    expect_as_orders_say(ria, after);
    if (HasFailure()) return;
  }
  for (const auto* query : {"period=month", "period=quarter", "period=month&country=ES"}) {
    expect_marks_open_their_count(ria, query, 4);
  }
}

// Before he is scored again his months are kept still: neither the figure counts him nor the list.
TEST_F(InsightKept, who_is_in_the_bin_counts_nowhere_from_the_moment_on) {
  auto ria = house_->browser_of("ria");
  ASSERT_TRUE(heard());
  const auto& who = persons_[2];
  {
    // Nobody is scored as long as this lasts.
    auto held = house_->program().pool().begin(store::Mode::read_only);
    ASSERT_TRUE(held->run({"story.hold", "select pg_advisory_xact_lock(1382117488, 4)"}));
    write(entity::Remove{.object = "person", .items = {item(who, {})}});
    ASSERT_EQ(
        ask("select count(*) from active_months where person_id = '" + base::to_text(who) + "'"),
        "1");
    expect_as_orders_say(ria, "going into the bin");
    expect_marks_open_their_count(ria, "period=quarter", 1);
  }
  ASSERT_TRUE(heard());
  expect_as_orders_say(ria, "having been scored in the bin");
  write(entity::Restore{.object = "person", .items = {item(who, {})}});
  ASSERT_TRUE(heard());
  expect_as_orders_say(ria, "coming out of it");
}

// Cells are the sums of rows whoever takes a row away, as erasure does.
TEST_F(InsightKept, cells_follow_rows_that_others_take_away) {
  auto ria = house_->browser_of("ria");
  ASSERT_TRUE(heard());
  {
    auto tx = house_->program().pool().begin(store::Mode::read_write);
    for (const auto* sql :
         {"delete from active_months where person_id in (select person_id from active_months "
          "order by person_id limit 5)",
          "update active_months set months = months || 24400::smallint, sums = sums || 5::bigint, "
          "digest = 0 "
          "where person_id in (select person_id from active_months order by person_id limit 3)"}) {
      ASSERT_TRUE(tx->run({"story.taken", sql}));
    }
    ASSERT_TRUE(tx->commit());
  }
  for (const auto* query : {"period=month", "period=quarter"}) {
    expect_marks_open_their_count(ria, query, 2);
  }
  refresh(1'000);
  expect_as_orders_say(ria, "the night");
}

// Months of another zone or currency than the firm's say nothing of it.
TEST_F(InsightKept, another_zone_or_currency_is_told_by_orders_till_all_is_kept_anew) {
  auto ada = house_->browser_of("ada");
  ASSERT_TRUE(heard());
  const auto open = [&] { return figure(ada, "cohorts?period=month")["cohorts"][0]["open"]; };
  const auto becomes_kept = [&] {
    for (int i = 0; i < 600; ++i) {
      if (is_kept(open())) return true;
      std::this_thread::sleep_for(50ms);
    }
    return false;
  };
  ASSERT_TRUE(is_kept(open()));
  for (const auto& [setting, value] :
       {std::pair("currency", "USD"), std::pair("zone", "Pacific/Auckland")}) {
    auto held = house_->program().pool().begin(store::Mode::read_only);
    ASSERT_TRUE(held->run({"story.hold", "select pg_advisory_xact_lock_shared(1382117488, 3)"}));
    ASSERT_EQ(ada.patch("/api/v1/settings", {{setting, value}}).status, 200);
    EXPECT_FALSE(is_kept(open())) << setting;
    EXPECT_TRUE(held->commit());
    EXPECT_TRUE(becomes_kept()) << setting;
    EXPECT_TRUE(heard());
    expect_as_orders_say(ada, setting);
  }
}

}  // namespace
}  // namespace rapport::scenarios
