// Who may see which figure, and the records behind it.
#include <gtest/gtest.h>

#include "entity/plan/sets.hpp"
#include "insight_firm.hpp"

namespace rapport::scenarios {
namespace {

using base::Json;

// A key with fewer scopes than a figure rests on once got company totals, cost pools and names of
// products, and could write tokens of sets by hand that the figure refused.
TEST_F(Insight, a_key_sees_figures_and_their_sets_only_with_all_they_rest_on) {
  auto ed = house_->browser_of("ed");
  const auto key_of = [&](std::vector<std::string> types) {
    for (auto& type : types) type.insert(0, "read:");
    const auto made = ed.post("/api/v1/keys", {{"name", "scoped"}, {"scopes", types}});
    EXPECT_EQ(made.status, 201) << made.body;
    auto program = house_->stranger();
    program.use_key(made.json()["key"].get<std::string>());
    return program;
  };
  const std::vector<std::string> orders{"order", "person", "interaction"};
  const std::vector<std::string> products{"order", "person", "interaction", "order_line",
                                          "product"};
  const std::vector<std::string> costs{"order",   "person",    "interaction", "order_line",
                                       "product", "cost_pool", "cost_rate"};
  const auto product = "&product=" + base::to_text(firm_->products[1]);
  struct Case {
    std::string figure, marks;
    std::vector<std::string> types;
  };
  const std::vector<Case> cases{{"value?country=AT", "bins", orders},
                                {"value?from=2001-01-01", "bins", orders},
                                {"value?measure=profit&from=2001-01-01", "bins", costs},
                                {"value?format=json" + product, "bins", products},
                                {"whale?format=json", "shares", orders},
                                {"rfm?from=2001-01-01", "cells", orders},
                                {"alive?from=2001-01-01", "cells", orders},
                                {"two_by_two?from=2001-01-01", "cells", costs},
                                {"cohorts?period=quarter", "cohorts", orders},
                                {"retention?period=quarter", "reasons", orders},
                                {"next_offers?from=2001-01-01", "products", products},
                                {"profitability?by=channel", "rows", costs}};
  auto ria = house_->browser_of("ria");
  for (const auto& [figure, marks, types] : cases) {
    const auto address = "/api/v1/insight/" + figure;
    const auto shown = ria.get(address);
    ASSERT_EQ(shown.status, 200) << shown.body;
    const auto open = shown.json()[marks][0]["open"];
    const auto list = open.contains("set") ? "/api/v1/persons?set=" + open["set"].get<std::string>()
                                           : std::string();
    auto full = key_of(types);
    EXPECT_EQ(full.get(address).status, 200) << address;
    EXPECT_TRUE(list.empty() || full.get(list).status == 200) << list;
    for (const auto& missing : types) {
      auto fewer = types;
      std::erase(fewer, missing);
      auto program = key_of(fewer);
      const auto refused = program.get(address);
      EXPECT_EQ(refused.status, 403) << address << " without " << missing;
      EXPECT_EQ(refused.json()["detail"], missing) << refused.body;
      if (list.empty() || missing == "person") continue;
      const auto set = program.get(list);
      EXPECT_EQ(set.status, 403) << list << " without " << missing;
      EXPECT_EQ(set.json()["code"], "plan.set_not_allowed");
    }
  }
  // Of companies besides: the figure, and the set that a person wrote by hand.
  auto program = key_of(orders);
  EXPECT_EQ(program.get("/api/v1/insight/value?subject=company").status, 403);
  EXPECT_EQ(program.get("/api/v1/insight/refreshes/latest").status, 200);
  EXPECT_EQ(key_of({"person"}).get("/api/v1/insight/refreshes/latest").status, 403);
  EXPECT_TRUE(program.get("/api/v1/insight/scores").json()["data"][0]["model"].is_null());
  // How a fit ended tells how many had bought: any key could once read it.
  auto models = costs;
  models.emplace_back("model");
  const auto fit = "/api/v1/insight/fits/";
  for (const auto& [types, latest, one] : {std::tuple{std::vector<std::string>{"task"}, 403, 403},
                                           {costs, 403, 403},
                                           {models, 200, 404}}) {
    auto reader = key_of(types);
    EXPECT_EQ(reader.get(fit + std::string("latest")).status, latest);
    EXPECT_EQ(reader.get(fit + base::to_text(base::new_id())).status, one);
  }
  const auto person = "/api/v1/insight/persons/" + base::to_text(firm_->persons[7]);
  EXPECT_EQ(key_of(costs).get(person).status, 403) << "it names the model";
  EXPECT_EQ(ria.get(person).status, 200);
}

TEST_F(Insight, a_set_written_by_hand_is_refused_and_never_an_error_within) {
  auto ria = house_->browser_of("ria");
  const auto token = [](const std::string& name, const std::vector<std::string>& parameters) {
    return entity::to_token({name, parameters});
  };
  const auto quarter = [&](const char* high) {
    return token("insight_quarter_person", {"", "EUR", "1", "1", high, "true"});
  };
  for (const auto& [set, status] : std::vector<std::pair<std::string, int>>{
           {token("insight_best_historic_person", {"", "3"}), 200},
           {token("insight_best_historic_person", {"", "-1"}), 400},
           {token("insight_cell_person", {"", "54"}), 200},
           {token("insight_cell_company", {"", "54"}), 400},  // companies have no cells
           {token("insight_offer_company", {"", base::to_text(base::new_id())}), 400},
           {quarter("true"), 400},  // a parameter too many
           {token("insight_quarter_person", {"", "1", "1", "true", "true"}), 200},
           {token("insight_quarter_person", {"", "1", "1", "x", "true"}), 400}}) {
    const auto reply = ria.get("/api/v1/persons?set=" + set);
    EXPECT_EQ(reply.status, status) << set << reply.body;
  }
}

}  // namespace
}  // namespace rapport::scenarios
