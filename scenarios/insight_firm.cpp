#include "insight_firm.hpp"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace rapport::scenarios {
namespace {

using base::Json;
using base::Value;

constexpr int kCustomers = 300;
constexpr int kProducts = 6;
constexpr int kDays = 700;

// Three hundred customers who buy each at a rate of their own and leave some day.
struct Trade : Firm {
  std::vector<entity::Item> orders, lines, talks, askers;
  std::mt19937_64 random{42};

  double uniform() { return std::uniform_real_distribution<>(1e-9, 1)(random); }
  void buy(const base::Id& person, base::Instant at, bool gives_back, bool for_firm) {
    const auto id = base::new_id();
    const auto product = random() % products.size();
    const auto other = (product + 1) % products.size();
    const auto cents = (gives_back ? -1 : 1) * static_cast<std::int64_t>(2000 + random() % 9000);
    auto order = item(id, {{"person", person},
                           {"placed_at", at},
                           {"total", euro(cents)},
                           {"channel", std::string(random() % 3 ? "shop" : "store")},
                           {"kind", std::string(gives_back ? "return" : "order")}});
    if (for_firm) order.fields.push_back({"company", Value(company)});
    orders.push_back(std::move(order));
    for (const auto one : {product, other}) {
      lines.push_back(item(base::new_id(), {{"person", person},
                                            {"order", id},
                                            {"product", products[one]},
                                            {"quantity", base::Decimal(gives_back ? -1 : 1)}}));
    }
  }
  // They are customers who cost something and bought nothing.
  void only_give_back() {
    for (const auto* full : {"Returner One", "Returner Two", "Returner Three"}) {
      const auto id = base::new_id();
      askers.push_back(
          item(id, {{"name", base::PersonName{.full = full, .given = {}, .family = {}}}}));
      buy(id, now - base::days(40), true, askers.size() == 1);
      buy(id, now - base::days(300), true, false);
    }
  }
  // They cost something and are no customers.
  void ask_without_buying() {
    for (const auto* full : {"Asker One", "Asker Two"}) {
      const auto id = base::new_id();
      askers.push_back(
          item(id, {{"name", base::PersonName{.full = full, .given = {}, .family = {}}}}));
      talks.push_back(item(base::new_id(), {{"person", id},
                                            {"at", now - base::days(5)},
                                            {"channel", std::string("phone")},
                                            {"minutes", std::int64_t{20}}}));
    }
  }
  void live(int customer) {
    const auto person = persons[static_cast<std::size_t>(customer)];
    const double rate = -std::log(uniform()) / 60;
    double day = uniform() * kDays * .7;
    while (day < kDays - 1) {
      buy(person, now - base::days(kDays) + base::Duration{static_cast<std::int64_t>(day * 864e8)},
          uniform() < .05, customer % 10 == 0);
      if (uniform() < .12) break;
      day += std::max(1., -std::log(uniform()) / rate);
    }
    if (customer % 4 == 0) {
      talks.push_back(item(base::new_id(),
                           {{"person", person},
                            {"at", now - base::days(random() % 80 + 1)},
                            {"channel", std::string("phone")},
                            {"minutes", std::int64_t{9}},
                            {"outcome", std::string(customer % 8 ? "resolved" : "unresolved")}}));
    }
  }
};

void settle(House& house, Trade& firm) {
  firm.now = house.program().road().now();
  std::vector<entity::Item> persons, products;
  firm.company = base::new_id();
  write_records(house, "company",
                {item(firm.company, {{"name", std::string("Alpina")},
                                     {"address", base::Address{.line1 = {},
                                                               .line2 = {},
                                                               .city = {},
                                                               .region = {},
                                                               .postal_code = {},
                                                               .country = "AT"}}})});
  for (int i = 0; i < kCustomers; ++i) {
    firm.persons.push_back(base::new_id());
    persons.push_back(item(
        firm.persons.back(),
        {{"name",
          base::PersonName{.full = "Customer " + std::to_string(i), .given = {}, .family = {}}},
         {"address", base::Address{.line1 = {},
                                   .line2 = {},
                                   .city = {},
                                   .region = {},
                                   .postal_code = {},
                                   .country = i % 3 ? "ES" : "AT"}}}));
    if (i % 10 == 0) persons.back().fields.push_back({"company", Value(firm.company)});
  }
  for (int i = 0; i < kProducts; ++i) {
    firm.products.push_back(base::new_id());
    products.push_back(
        item(firm.products.back(),
             {{"name", "Product " + std::to_string(i)}, {"cost", euro(1000)}, {"active", i != 0}}));
  }
  write_records(house, "person", persons);
  write_records(house, "product", products);
  const auto month = base::date_in_zone(firm.now, "UTC");
  std::vector<entity::Item> pools;
  for (const auto* channel : {"shop", "store", "phone"}) {
    for (int back = 0; back < 12; ++back) {
      pools.push_back(item(base::new_id(), {{"title", std::string(channel)},
                                            {"channel", std::string(channel)},
                                            {"month", base::plus_months(month, -back)},
                                            {"cost", euro(12'345)},
                                            {"capacity_minutes", std::int64_t{900}}}));
    }
  }
  write_records(house, "cost_pool", pools);
  write_records(house, "cost_rate",
                {item(base::new_id(), {{"title", std::string("Order")},
                                       {"channel", std::string("shop")},
                                       {"activity", std::string("order")},
                                       {"minutes", base::Decimal(7)}})});
  for (int i = 0; i < kCustomers; ++i) firm.live(i);
  firm.only_give_back();
  firm.ask_without_buying();
  write_records(house, "person", firm.askers);
  write_records(house, "order", firm.orders);
  write_records(house, "order_line", firm.lines);
  write_records(house, "interaction", firm.talks);
  ASSERT_EQ(house.analyze(), "");
}

// Asks for a refresh and waits until one that began afterwards is done.
void refresh(House& house, Browser& browser) {
  const auto before = house.ask_database("select count(*) from refreshes where state = 'done'");
  const auto asked = browser.post("/api/v1/insight/refreshes", Json::object());
  ASSERT_EQ(asked.status, 202) << asked.body;
  for (int i = 0; i < 600; ++i) {
    const auto latest = browser.get("/api/v1/insight/refreshes/latest");
    if (latest.status == 200 && latest.json()["state"] == "done" &&
        house.ask_database("select count(*) from refreshes where state = 'done'") != before &&
        house.ask_database("select count(*) from jobs where kind = 'insight.refresh' and "
                           "key = 'insight.refresh' and state in ('ready', 'running')") == "0\n")
      return;
    if (latest.status == 200) ASSERT_NE(latest.json()["state"], "failed") << latest.body;
    usleep(100'000);
  }
  FAIL() << "no refresh within a minute";
}

}  // namespace

void Insight::SetUpTestSuite() {
  house_ = std::make_unique<House>();
  Trade trade;
  settle(*house_, trade);
  firm_ = std::make_unique<Firm>(trade);
  auto ed = house_->browser_of("ed");
  refresh(*house_, ed);
}

std::int64_t Insight::opened(Browser& browser, const Json& open) {
  Json query{{"limit", 1}, {"count", "exact"}};
  if (open.contains("where")) query["where"] = open["where"];
  std::string address = "/api/v1/" + open["plural"].get<std::string>() + "/query";
  if (open.contains("set")) query["set"] = open["set"];
  const auto reply = browser.post(address, query);
  EXPECT_EQ(reply.status, 200) << reply.body << " " << open.dump();
  return reply.status == 200 ? reply.json()["page"]["count"]["value"].get<std::int64_t>() : -1;
}

void Insight::check_marks(Browser& browser, const Json& marks, const std::string& address,
                          const char* count) {
  int checked = 0;
  for (const auto& mark : marks) {
    EXPECT_EQ(opened(browser, mark["open"]), mark[count].get<std::int64_t>())
        << address << " " << mark.dump();
    ++checked;
  }
  EXPECT_GT(checked, 0) << address;
}

}  // namespace rapport::scenarios
