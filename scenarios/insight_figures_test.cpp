// All customers together: figures whose marks open exactly those they count.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "insight_firm.hpp"

namespace rapport::scenarios {
namespace {

using base::Json;

TEST_F(Insight, every_mark_opens_exactly_the_customers_it_counts) {
  auto ria = house_->browser_of("ria");
  const auto product = base::to_text(firm_->products[1]);
  const auto from = base::to_text(base::date_in_zone(firm_->now - base::days(200), "UTC"));
  for (const std::string& filter :
       {std::string(), std::string("&country=AT"), "&from=" + from, "&product=" + product,
        std::string("&subject=company"),
        fmt::format("&country=ES&product={}&until={}", product, from)}) {
    const bool companies = filter.find("company") != std::string::npos;
    for (const auto* measure : {"historic", "expected", "profit"}) {
      const auto address = fmt::format("/api/v1/insight/value?measure={}{}", measure, filter);
      const auto value = ria.get(address);
      ASSERT_EQ(value.status, 200) << value.body;
      check_marks(ria, value.json()["bins"], address);
    }
    const auto whale = ria.get("/api/v1/insight/whale?format=json" + filter);
    ASSERT_EQ(whale.status, 200) << whale.body;
    check_marks(ria, whale.json()["shares"], "whale" + filter);
    check_marks(ria, Json::array({whale.json()["negative"]}), "whale" + filter);
    const auto two = ria.get("/api/v1/insight/two_by_two?format=json" + filter);
    ASSERT_EQ(two.status, 200) << two.body;
    check_marks(ria, two.json()["cells"], "two_by_two" + filter);
    const auto countries = ria.get("/api/v1/insight/countries?format=json" + filter);
    ASSERT_EQ(countries.status, 200) << countries.body;
    check_marks(ria, countries.json()["countries"], "countries" + filter);
    if (companies) {
      EXPECT_EQ(ria.get("/api/v1/insight/rfm?format=json" + filter).json()["code"],
                "insight.persons_only");
      continue;
    }
    for (const auto& [figure, marks] : {std::pair{"rfm", "cells"},
                                        {"alive", "cells"},
                                        {"next_offers", "products"},
                                        {"retention", "reasons"}}) {
      const auto reply =
          ria.get("/api/v1/insight/" + std::string(figure) + "?format=json" + filter);
      ASSERT_EQ(reply.status, 200) << reply.body;
      check_marks(ria, reply.json()[marks], figure + filter);
    }
    for (const auto* by : {"customer_country", "channel", "month", "lifecycle", "rfm_cell"}) {
      const auto address = fmt::format("/api/v1/insight/profitability?by={}{}", by, filter);
      const auto reply = ria.get(address);
      ASSERT_EQ(reply.status, 200) << reply.body;
      check_marks(ria, reply.json()["rows"], address);
      check_marks(ria, Json::array({reply.json()["without_orders"]}), "without orders" + address);
    }
  }
}

TEST_F(Insight, marks_over_time_open_their_customers_too) {
  auto ria = house_->browser_of("ria");
  const auto product = base::to_text(firm_->products[1]);
  for (const std::string& filter :
       {std::string("?period=quarter"), "?period=quarter&country=AT&product=" + product,
        std::string("?period=quarter&subject=company")}) {
    const auto cohorts = ria.get("/api/v1/insight/cohorts" + filter);
    ASSERT_EQ(cohorts.status, 200) << cohorts.body;
    for (const auto& cohort : cohorts.json()["cohorts"]) {
      EXPECT_EQ(opened(ria, cohort["open"]), cohort["size"].get<std::int64_t>()) << filter;
      check_marks(ria, cohort["cells"], "cohorts" + filter);
    }
    const auto retention = ria.get("/api/v1/insight/retention" + filter);
    ASSERT_EQ(retention.status, 200) << retention.body;
    for (const auto& period : retention.json()["periods"]) {
      for (const auto* kind : {"active", "new", "retained", "defected", "won_back"}) {
        EXPECT_EQ(opened(ria, period["open"][kind]), period[kind].get<std::int64_t>())
            << filter << " " << kind << period.dump();
      }
    }
  }
}

TEST_F(Insight, profit_adds_up_to_the_cent_and_no_offer_is_off_the_shelf) {
  auto ria = house_->browser_of("ria");
  const auto figure = ria.get("/api/v1/insight/profitability?by=channel").json();
  double unused = 0, cost = 0;
  for (const auto& pool : figure["pools"]) {
    unused += pool["unused_cost"].get<double>();
    cost += pool["cost"].get<double>();
  }
  // Every interaction and order is on a channel with a pool.
  EXPECT_NEAR(figure["total"]["cost_to_serve"].get<double>() + unused, cost, 1e-6);
  EXPECT_NEAR(cost, 36 * 123.45, 1e-6);
  // The overview sums scores; whoever was served and never bought has none.
  const auto& none = figure["without_orders"];
  const auto overview = ria.get("/api/v1/insight/value?measure=profit").json();
  EXPECT_GT(none["count"].get<int>(), 0);
  EXPECT_LT(none["profit"].get<double>(), 0);
  EXPECT_NEAR(figure["total"]["profit"].get<double>() - none["profit"].get<double>(),
              overview["total"].get<double>(), 1e-6);
  EXPECT_EQ(house_->ask_database("select count(*) from persons_beside where next_offer_id = '" +
                                 base::to_text(firm_->products[0]) + "'"),
            "0\n");
  EXPECT_EQ(house_->ask_database(
                "select count(*) from persons_beside b where exists (select from order_lines l "
                "where l.person_id = b.id and l.product_id = b.next_offer_id)"),
            "0\n");
}

TEST_F(Insight, figures_are_tables_too_and_wrong_questions_are_refused) {
  auto ria = house_->browser_of("ria");
  const auto csv = ria.get("/api/v1/insight/cohorts?period=quarter&format=csv");
  EXPECT_EQ(csv.status, 200);
  EXPECT_EQ(csv.body.substr(0, csv.body.find('\n')),
            "period,size,in_offset,in_period,in_count,in_share,in_sum,currency,as_of\r");
  for (const auto* wrong :
       {"value?measure=all", "value?from=yesterday", "cohorts?period=week", "rfm?subject=cats",
        "value?product=1", "whale?country=Spain", "profitability?by=colour", "value?colour=red",
        "value?from=2026-03-02&until=2026-03-01", "refreshes/latest?colour=red",
        "fits/latest?colour=red"}) {
    EXPECT_EQ(ria.get("/api/v1/insight/" + std::string(wrong)).status, 400) << wrong;
  }
  EXPECT_EQ(house_->stranger().get("/api/v1/insight/value").status, 401);
  EXPECT_EQ(ria.post("/api/v1/insight/refreshes", Json::object()).status, 403);
  EXPECT_EQ(ria.get("/api/v1/persons?set=insight_cell_person~x").status, 400);
}

TEST_F(Insight, a_figure_costs_few_statements_however_many_customers) {
  auto ria = house_->browser_of("ria");
  for (const auto* figure : {"value", "whale", "rfm", "alive", "two_by_two", "cohorts",
                             "profitability", "next_offers"}) {
    std::int64_t least = 1000;
    for (int i = 0; i < 3; ++i) {  // jobs run statements of their own
      const auto before = house_->statements();
      EXPECT_EQ(ria.get("/api/v1/insight/" + std::string(figure)).status, 200);
      least = std::min(least, house_->statements() - before);
    }
    EXPECT_LE(least, 14) << figure;
  }
}

}  // namespace
}  // namespace rapport::scenarios
