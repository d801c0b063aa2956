// What each customer is worth, beside the record and in words, from orders alone.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "insight_firm.hpp"

namespace rapport::scenarios {
namespace {

using base::Json;

TEST_F(Insight, scores_are_fields_in_lists_conditions_and_exports) {
  auto ria = house_->browser_of("ria");
  const auto best = ria.get(
      "/api/v1/persons?where=lifetime_value%20%3E%200%20EUR%20and%20orders_count%20%3E%3D%202"
      "&order=-lifetime_value&limit=5&count=exact"
      "&fields=name,lifetime_value,probability_alive,rfm_cell,churn_warning,orders_count,scored_"
      "at");
  ASSERT_EQ(best.status, 200) << best.body;
  const auto rows = best.json()["data"];
  ASSERT_EQ(rows.size(), 5u);
  double last = 1e18;
  for (const auto& row : rows) {
    const auto amount = std::stod(row["lifetime_value"]["amount"].get<std::string>());
    EXPECT_LE(amount, last);
    last = amount;
    EXPECT_EQ(row["lifetime_value"]["currency"], "EUR");
    EXPECT_EQ(row["rfm_cell"].get<std::string>().size(), 3u) << row.dump();
    EXPECT_FALSE(row["scored_at"].is_null());
  }
  const auto exported = ria.get(
      "/api/v1/persons/export?fields=name,lifetime_value,churn_warning"
      "&where=churn_warning%20in%20('watch','act')");
  ASSERT_EQ(exported.status, 200);
  EXPECT_NE(exported.body.find("EUR"), std::string::npos) << exported.body.substr(0, 300);
  // Nobody writes a score by hand.
  auto ed = house_->browser_of("ed");
  const auto id = rows[0]["id"].get<std::string>();
  EXPECT_EQ(ed.patch("/api/v1/persons/" + id, {{"lifetime_value", nullptr}}, {{"If-Match", "*"}})
                .json()["code"],
            "plan.read_only");
}

TEST_F(Insight, a_person_is_told_with_reasons_in_words) {
  auto ria = house_->browser_of("ria");
  const auto best =
      ria.get("/api/v1/persons?order=-orders_count&limit=1&where=orders_count%20%3E%203").json();
  const auto id = best["data"][0]["id"].get<std::string>();
  const auto reply = ria.get("/api/v1/insight/persons/" + id);
  ASSERT_EQ(reply.status, 200) << reply.body;
  const auto told = reply.json();
  EXPECT_EQ(told["scores"].size(), 9u);
  for (const auto& score : told["scores"]) {
    EXPECT_FALSE(score["history"].empty()) << score.dump();
    if (score["name"] != "churn_warning" && score["name"] != "next_offer") {
      EXPECT_FALSE(score["reasons"].empty()) << score.dump();
    }
  }
  EXPECT_GT(told["purchases"]["actual"].size(), 2u);
  // Of a new customer up to the day until which purchases are known, then twelve months of this
  // one.
  const auto& course = told["purchases"];
  const auto until = course["known_until"].get<std::string>();
  EXPECT_GE(until, course["actual"].back()["at"].get<std::string>());
  EXPECT_EQ(
      std::ranges::count_if(course["expected"],
                            [&](const Json& one) { return one["at"].get<std::string>() > until; }),
      12);
  EXPECT_GT(course["expected"].size(), 12u);
  const auto& profit = told["profit"];
  EXPECT_NEAR(profit["profit"].get<double>(),
              profit["revenue"].get<double>() - profit["cost_of_goods"].get<double>() -
                  profit["discounts"].get<double>() - profit["returns"].get<double>() -
                  profit["cost_to_serve"].get<double>(),
              1e-6);
  EXPECT_EQ(ria.get("/api/v1/insight/persons/" + base::to_text(base::new_id())).status, 404);
  const auto firm = ria.get("/api/v1/insight/companies/" + base::to_text(firm_->company));
  ASSERT_EQ(firm.status, 200) << firm.body;
  EXPECT_EQ(firm.json()["scores"].size(), 3u);
}

TEST_F(Insight, a_new_order_changes_the_scores_within_a_second) {
  auto ed = house_->browser_of("ed");
  const auto person = base::to_text(firm_->persons[7]);
  const auto scores = [&](int orders, const char* amount) {
    return house_->ask_database(
        fmt::format("select orders_count + {} || ' ' || historic_value + {} from persons_beside "
                    "where id = '{}'",
                    orders, amount, person));
  };
  const auto after = scores(1, "123.0000");
  ASSERT_NE(after, "\n");
  const auto made =
      ed.post("/api/v1/orders", {{"person", person},
                                 {"placed_at", base::to_text(house_->program().road().now())},
                                 {"total", {{"amount", "123.00"}, {"currency", "EUR"}}}});
  ASSERT_EQ(made.status, 201) << made.body;
  const auto began = std::chrono::steady_clock::now();
  while (scores(0, "0.0000") != after) {
    const std::chrono::duration<double> waited = std::chrono::steady_clock::now() - began;
    ASSERT_LT(waited.count(), 10) << scores(0, "0.0000") << after;
    usleep(20'000);
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  RecordProperty("seconds", std::to_string(took.count()));
  EXPECT_LT(took.count(), 1);
}

}  // namespace
}  // namespace rapport::scenarios
