// Scores stay right while orders come in, whoever else is scoring at the same time.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <thread>

#include "base/id.hpp"
#include "crm/insight/facts/facts.hpp"
#include "crm/insight/insight.hpp"
#include "entity/road.hpp"
#include "house.hpp"
#include "insight_story.hpp"
#include "platform/platform.hpp"
#include "records.hpp"

namespace rapport::scenarios {
namespace {

using base::Value;

constexpr int kCustomers = 80;

class InsightRefresh : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    house_ = std::make_unique<House>();
    refresh_ = refresh_of(*house_);
    settle();
    ASSERT_EQ(house_->analyze(), "");
  }
  static void TearDownTestSuite() {
    refresh_.reset();
    persons_.clear();
    house_.reset();
  }

  static void write(const std::string& object, const std::vector<entity::Item>& items) {
    write_records(*house_, object, items);
  }

  static entity::Item order(const base::Id& person, int days_ago, std::int64_t cents) {
    return item(base::new_id(),
                {{"person", person},
                 {"placed_at", house_->program().road().now() - base::days(days_ago)},
                 {"total", euro(cents)},
                 {"channel", std::string("shop")}});
  }

  static void settle() {
    std::mt19937_64 random{7};
    std::vector<entity::Item> people, orders;
    for (int i = 0; i < kCustomers; ++i) {
      persons_.push_back(base::new_id());
      people.push_back(item(persons_.back(), {}));
      const int purchases = 1 + static_cast<int>(random() % 6);
      const int rhythm = 10 + static_cast<int>(random() % 90);
      for (int n = 0; n < purchases; ++n) {
        const int days_ago = 20 + static_cast<int>(random() % 60) + n * rhythm;
        const auto cents = 2'000 + static_cast<std::int64_t>(random() % 9'000);
        orders.push_back(order(persons_.back(), days_ago, cents));
      }
    }
    write("person", people);
    write("order", orders);
    std::vector<entity::Item> pools;
    pools.reserve(12);
    const auto month = base::date_in_zone(house_->program().road().now(), "UTC");
    for (int back = 0; back < 12; ++back) {
      pools.push_back(item(base::new_id(), {{"title", std::string("shop")},
                                            {"channel", std::string("shop")},
                                            {"month", base::plus_months(month, -back)},
                                            {"cost", euro(12'345)},
                                            {"capacity_minutes", std::int64_t{9'000}}}));
    }
    write("cost_pool", pools);
    write("cost_rate", {item(base::new_id(), {{"title", std::string("Order")},
                                              {"channel", std::string("shop")},
                                              {"activity", std::string("order")},
                                              {"minutes", base::Decimal(7)}})});
  }

  // A refresh beside the program's own, as of another process; no two moments are the same to it.
  static crm::Refresh& refresh() { return *refresh_; }

  // As the change listener does.
  static void rescore(const std::vector<base::Id>& persons) {
    auto tx = house_->program().pool().begin(store::Mode::read_write);
    const auto done = refresh().rescore(*tx, persons);
    ASSERT_TRUE(done) << done.error().message << done.error().details;
    ASSERT_TRUE(tx->commit());
  }

  static std::string ask(const std::string& sql) { return house_->ask_database(sql); }

  static std::string orders_of(const base::Id& person) {
    return ask(
        "select orders_count || ' ' || historic_value || ' ' || (select sum(revenue) from "
        "customer_months where person_id = id) from persons_beside where id = '" +
        base::to_text(person) + "'");
  }

  // What was bought, as the orders themselves tell it.
  static std::string truth_of(const base::Id& person) {
    return ask(
        "select count(*) || ' ' || sum(total) || ' ' || sum(total) filter (where placed_at at time "
        "zone 'UTC' >= (select date_trunc('month', min(month)) from cost_pools)) "
        "from orders where person_id = '" +
        base::to_text(person) + "'");
  }

  static void expect_pools_add_up() {
    EXPECT_EQ(ask("select count(*) from customer_months"),
              ask("select count(*) from (select distinct person_id, month, channel from "
                  "customer_months) d"));
    EXPECT_EQ(ask("select (count(*) > 9)::text || ' ' || coalesce(sum(a.cost - a.unused_cost - "
                  "coalesce(m.served,"
                  " 0)), 0) from cost_allocations a left join (select channel, month, "
                  "sum(cost_to_serve) as served from customer_months group by 1, 2) m "
                  "using (channel, month)"),
              "true 0.0000\n");
  }

  // What stands beside all, by person; what rests on bounds and on products bought together by
  // everybody is left out.
  static std::string scores() {
    return ask(
        "select id, orders_count, historic_value, first_order_at, last_order_at, "
        "lifetime_value, probability_alive, expected_purchases from persons_beside "
        "order by id");
  }
  static std::vector<double> profits() {
    std::istringstream text(ask("select coalesce(profit, -1) from persons_beside order by id"));
    std::vector<double> all;
    for (double one = 0; text >> one;) all.push_back(one);
    return all;
  }

  // By person: the transactions that wrote what is kept of his months.
  static std::map<std::string, std::string> months_written() {
    std::istringstream text(
        ask("select person_id, string_agg(xmin::text, ',' order by month, channel) "
            "from customer_months group by 1"));
    std::map<std::string, std::string> written;
    for (std::string line; std::getline(text, line);) {
      written.emplace(line.substr(0, line.find('|')), line.substr(line.find('|') + 1));
    }
    return written;
  }

  static void cancel(const base::Id& id) {
    entity::Work work;
    work.writes.push_back(entity::Change{
        .object = "order", .items = {item(id, {{"status", std::string("cancelled")}})}});
    const auto done = house_->program().road().write(entity::program({.kind = "story"}), work);
    ASSERT_TRUE(done) << done.error().message;
  }

  static inline std::unique_ptr<House> house_;
  static inline std::unique_ptr<crm::Refresh> refresh_;
  static inline std::vector<base::Id> persons_;
};

TEST_F(InsightRefresh, rescoring_and_a_refresh_say_the_same) {
  ASSERT_TRUE(refresh().run({.fit = true}));
  const std::vector<base::Id> some{persons_[3], persons_[11], persons_[12]};
  write("order", {order(some[0], 3, 4'500), order(some[1], 2, 12'000), order(some[2], 40, 999),
                  order(some[2], 0, 100)});
  rescore(some);
  for (const auto& person : some) EXPECT_EQ(orders_of(person), truth_of(person));
  expect_pools_add_up();
  const auto rescored = scores();
  const auto profit = profits();
  ASSERT_TRUE(refresh().run({.fit = false}));
  EXPECT_EQ(scores(), rescored);
  const auto whole = profits();
  ASSERT_EQ(profit.size(), whole.size());
  constexpr double cents = 0.05;  // the whole is shared out to the cent, one by the minute's cost
  for (std::size_t i = 0; i < whole.size(); ++i) EXPECT_NEAR(profit[i], whole[i], cents) << i;
  expect_pools_add_up();
}

// All months were made anew each night: a million customers' are a gigabyte for the disk, which
// whoever saved a record then waited for.
TEST_F(InsightRefresh, months_of_those_alone_who_bought_are_written) {
  ASSERT_TRUE(insight_heard(*house_));
  ASSERT_TRUE(refresh().run({.fit = false}));
  const auto before = months_written();
  ASSERT_EQ(before.size(), persons_.size());
  write("order", {order(persons_[30], 4, 3'300)});
  ASSERT_TRUE(insight_heard(*house_));
  ASSERT_TRUE(refresh().run({.fit = false}));
  const auto after = months_written();
  std::set<std::string> written;
  for (const auto& [person, transactions] : after) {
    if (before.at(person) != transactions) written.insert(person);
  }
  EXPECT_TRUE(written.contains(base::to_text(persons_[30])));
  EXPECT_LE(written.size(), 2u) << "to the cent: what was unused may now leave it to another";
  expect_pools_add_up();
}

// Rows that a refresh did not write, since they were as it had read them, were not: a rescoring had
// written them meanwhile, by the costs before and for orders that this refresh had not seen.
TEST_F(InsightRefresh, months_rescored_during_a_refresh_add_up_with_its_costs) {
  const auto &buys = persons_[31], &cancels = persons_[32], &stays = persons_[33];
  auto last = order(cancels, 5, 4'400);
  last.fields.push_back({"number", std::string("to be cancelled")});
  const auto id = *last.id;
  write("order", {std::move(last)});
  ASSERT_TRUE(insight_heard(*house_));
  ASSERT_TRUE(refresh().run({.fit = false}));
  bool came = false;
  const auto done =
      refresh().run({.fit = false, .may_go_on = [&] {
                       if (!std::exchange(came, true)) {
                         write("order", {order(buys, 1, 8'800), order(buys, 2, 1'200)});
                         cancel(id);
                         rescore({buys, cancels, stays});
                       }
                       return true;
                     }});
  ASSERT_TRUE(done) << done.error().message << done.error().details;
  ASSERT_TRUE(came);
  expect_pools_add_up();
  EXPECT_EQ(orders_of(buys), truth_of(buys));
  EXPECT_EQ(ask("select count(*) from orders o join persons_beside b on b.id = o.person_id "
                "where o.status = 'cancelled' and b.last_order_at = o.placed_at"),
            "0\n");
}

// An order that came in between a refresh's reading and its writing was scored at once by the
// listener, and then overwritten by the refresh with what it had read; by the clock, what a slow
// write committed late was not seen to have changed either.
TEST_F(InsightRefresh, an_order_that_comes_in_during_a_refresh_is_not_lost) {
  for (const std::size_t rebuild_from : {std::size_t{1}, std::size_t{1'000'000}}) {
    const auto& person = persons_[rebuild_from == 1 ? 20 : 21];
    ASSERT_TRUE(refresh().run({.fit = true}));
    // All are written once more, so that the refresh would write this person, too.
    house_->pass(base::days(35));
    bool came = false;
    const auto done = refresh().run({.fit = false, .rebuild_from = rebuild_from, .may_go_on = [&] {
                                       if (!came) {
                                         write("order", {order(person, 1, 7'700)});
                                         rescore({person});
                                       }
                                       came = true;
                                       return true;
                                     }});
    ASSERT_TRUE(done) << done.error().message << done.error().details;
    ASSERT_TRUE(came);
    EXPECT_EQ(orders_of(person).substr(0, 8), truth_of(person).substr(0, 8)) << rebuild_from;
    expect_pools_add_up();
    EXPECT_EQ(ask("select count(*) from persons p left join persons_beside b using (id) "
                  "where b.id is null"),
              "0\n");
  }
}

// `rapport insight score` beside a server's own refresh once stored every month twice.
TEST_F(InsightRefresh, two_refreshes_in_two_processes_take_turns) {
  auto& other = house_->program().insight().refresh();
  std::vector<std::string> problems(2);
  const auto run = [&](crm::Refresh& one, std::size_t n) {
    const auto done = one.run({.fit = false, .rebuild_from = 1});
    if (!done) problems[n] = done.error().message + done.error().details;
  };
  std::thread beside([&] { run(other, 1); });
  run(refresh(), 0);
  beside.join();
  EXPECT_EQ(problems, std::vector<std::string>(2));
  expect_pools_add_up();
  // Who waits may be told to stop.
  auto holder = house_->program().pool().begin(store::Mode::read_only);
  ASSERT_TRUE(holder->run({"story.hold", "select pg_advisory_xact_lock(1382117488, 2)"}));
  const auto stopped = other.run({.fit = false, .may_go_on = [] { return false; }});
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, "insight.stopped");
}

// Only recent orders and those that do not count are looked up by their lines; a line of any other
// was bought.
TEST_F(InsightRefresh, lines_count_as_their_orders_do) {
  const auto person = base::new_id(), product = base::new_id();
  write("person", {item(person, {})});
  write("product", {item(product, {{"name", std::string("Kettle")}, {"cost", euro(1'000)}})});
  const auto buy = [&](int days_ago, std::int64_t cents, int quantity,
                       std::vector<std::pair<std::string, Value>> more) {
    auto one = order(person, days_ago, cents);
    for (auto& [name, value] : more) one.fields.push_back({name, std::move(value)});
    const auto id = *one.id;
    write("order", {std::move(one)});
    for (const bool known : {true, false}) {
      auto line = item(base::new_id(),
                       {{"person", person}, {"order", id}, {"quantity", base::Decimal(quantity)}});
      if (known) line.fields.push_back({"product", Value(product)});
      write("order_line", {std::move(line)});
    }
  };
  buy(10, 5'000, 2, {});
  buy(900, 6'000, 1, {});
  buy(9, -2'500, -1, {{"kind", std::string("return")}});
  buy(7, 0, -1, {{"kind", std::string("return")}});  // exchanged: neither order nor return
  buy(8, 9'900, 7, {{"status", std::string("cancelled")}});
  buy(901, 9'900, 7, {{"status", std::string("cancelled")}});
  buy(-3, 9'900, 7, {});  // not yet placed
  auto tx = house_->program().pool().begin(store::Mode::read_only);
  const auto today = base::date_in_zone(house_->program().road().now(), "UTC").days;
  const auto facts = crm::read_facts(*tx, {.zone = "UTC",
                                           .currency = "EUR",
                                           .today = today,
                                           .profit_from = today - 365,
                                           .talks_from = today - 365,
                                           .persons = std::vector{person}});
  ASSERT_TRUE(facts) << facts.error().message << facts.error().details;
  EXPECT_EQ(facts->amount, (std::vector<std::int64_t>{500'000, 600'000, -250'000}));
  ASSERT_EQ(facts->bought.size(), 4u) << "of the recent order, the old one, the two returns";
  EXPECT_EQ(std::ranges::count(facts->bought, true, &crm::Bought::returned), 2);
  ASSERT_EQ(facts->recent_orders.size(), 3u);
  for (const auto& recent : facts->recent_orders) {
    EXPECT_EQ(recent.lines, 2u);
    EXPECT_EQ(recent.costed_lines, 1u);
    EXPECT_EQ(recent.cost_of_goods, recent.is_return ? -100'000 : 200'000);
  }
  // The same of everybody at once.
  const auto all = crm::read_facts(
      *tx, {.today = today, .profit_from = today - 365, .talks_from = today - 365, .persons = {}});
  ASSERT_TRUE(all);
  EXPECT_EQ(all->bought.size(), 4u);
}

// Orders come on one connection and lines on another; an order that is placed in between is in
// neither.
TEST_F(InsightRefresh, two_connections_read_what_one_reads) {
  auto& pool = house_->program().pool();
  const auto today = base::date_in_zone(house_->program().road().now(), "UTC").days;
  const crm::FactsOptions options{
      .today = today, .profit_from = today - 365, .talks_from = today - 365, .persons = {}};
  auto one = pool.begin(store::Mode::read_only);
  auto other = pool.begin(store::Mode::read_only);
  ASSERT_TRUE(one->script("set transaction isolation level repeatable read"));
  const auto alone = crm::read_facts(*one, options);
  ASSERT_TRUE(alone);
  write("order", {order(persons_[0], 3, 77'700)});
  ASSERT_TRUE(other->read_as_of(*one));
  std::size_t persons = 0;
  const auto both =
      crm::read_facts(*one, options, &*other,
                      [&](store::Transaction& tx, const crm::IdIndex& read) -> base::Result<void> {
                        persons = read.size();
                        EXPECT_TRUE(tx.run({"story.one", "select 1"}));
                        return {};
                      });
  ASSERT_TRUE(both) << both.error().message;
  EXPECT_EQ(persons, alone->persons.size());
  EXPECT_GT(alone->amount.size(), persons_.size());
  EXPECT_EQ(both->customer, alone->customer);
  EXPECT_EQ(both->day, alone->day);
  EXPECT_EQ(both->amount, alone->amount);
  ASSERT_EQ(both->recent_orders.size(), alone->recent_orders.size());
  for (std::size_t i = 0; i < alone->recent_orders.size(); ++i) {
    EXPECT_EQ(both->recent_orders[i].lines, alone->recent_orders[i].lines) << i;
    EXPECT_EQ(both->recent_orders[i].cost_of_goods, alone->recent_orders[i].cost_of_goods) << i;
  }
  EXPECT_EQ(both->bought.size(), alone->bought.size());
  // A part that fails is told, whichever connection read it.
  const auto failed = crm::read_facts(
      *one, options, &*other, [](store::Transaction&, const crm::IdIndex&) -> base::Result<void> {
        return base::refuse(base::ProblemKind::internal, "story.no", "No.");
      });
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, "story.no");
}

// A refresh of the same orders on the same day has nothing to write. The program's own listener may
// be late with the orders of the stories before: what it served in between differs by a cent.
TEST_F(InsightRefresh, what_is_told_alike_is_not_written_again) {
  ASSERT_TRUE(insight_heard(*house_));
  ASSERT_TRUE(refresh().run({.fit = false}));
  const auto rows = ask("select string_agg(xmin::text, ' ' order by id) from persons_beside");
  const auto months = months_written();
  ASSERT_TRUE(refresh().run({.fit = false}));
  EXPECT_EQ(ask("select string_agg(xmin::text, ' ' order by id) from persons_beside"), rows);
  EXPECT_EQ(months_written(), months);
}

}  // namespace
}  // namespace rapport::scenarios
