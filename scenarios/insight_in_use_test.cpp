// Which model is in use: by what it predicted, or by someone's word.
#include <gtest/gtest.h>
#include <unistd.h>

#include <set>

#include "crm/insight/insight.hpp"
#include "insight_firm.hpp"

namespace rapport::scenarios {
namespace {

using base::Json;

TEST_F(Insight, a_model_comes_into_use_by_someones_word) {
  auto ed = house_->browser_of("ed");
  const auto asked = ed.post("/api/v1/insight/fits", {{"model", "pareto_nbd"}});
  ASSERT_EQ(asked.status, 202) << asked.body;
  std::string candidate;
  for (int i = 0; i < 900 && candidate.empty(); ++i) {
    const auto models = ed.get("/api/v1/insight/models").json();
    // The newest of its kind, fitted on everything up to today.
    for (const auto& model : models["data"]) {
      if (model["kind"] != "pareto_nbd" || model["state"] != "candidate") continue;
      const auto id = model["id"].get<std::string>();
      if (!ed.get("/api/v1/insight/models/" + id).json()["fit"]["weekly"].empty()) candidate = id;
    }
    usleep(100'000);
  }
  ASSERT_FALSE(candidate.empty()) << house_->ask_database(
      "select kind, state, coalesce(reason, '') from jobs where kind = 'insight.fit'");
  EXPECT_EQ(house_->browser_of("ria")
                .post("/api/v1/insight/models/" + candidate + "/adoption", Json::object())
                .status,
            403);
  const auto adopted = ed.post("/api/v1/insight/models/" + candidate + "/adoption", Json::object());
  ASSERT_EQ(adopted.status, 200) << adopted.body;
  EXPECT_EQ(adopted.json()["state"], "in_use");
  EXPECT_EQ(house_->ask_database("select count(*) from models where state = 'in_use' and "
                                 "kind like '%nbd'"),
            "1\n");
  for (int i = 0; i < 300; ++i) {
    if (house_->ask_database(
            "select basis->>'kind' from score_bases order by as_of desc limit 1") ==
        "pareto_nbd\n") {
      // That refresh compared today's customers with those of the fit, who are the same.
      const auto drift = ed.get("/api/v1/insight/models/" + candidate).json()["drift"];
      ASSERT_EQ(drift.size(), 4u) << drift.dump();
      for (const auto& one : drift) EXPECT_EQ(one["level"], "steady") << one.dump();
      return;
    }
    usleep(100'000);
  }
  FAIL() << "nobody was scored by the adopted model";
}

// What a purchase comes to was fitted anew each night and put in use whatever it predicted: without
// a hold-out, without a picture, and someone's word lasted a night.
TEST_F(Insight, spending_is_judged_and_someones_word_on_it_stays) {
  auto ed = house_->browser_of("ed");
  const auto spending = [&](const char* state) -> Json {
    const auto all = ed.get("/api/v1/insight/models").json();
    for (const auto& model : all["data"]) {
      if (model["kind"] != "gamma_gamma" || model["state"] != state) continue;
      return ed.get("/api/v1/insight/models/" + model["id"].get<std::string>()).json();
    }
    return nullptr;
  };
  const auto used = spending("in_use");
  ASSERT_TRUE(used.is_object());
  const auto& judged = used["holdout"];
  ASSERT_TRUE(judged.is_object()) << used.dump();
  EXPECT_NEAR(judged["predicted"].get<double>() / judged["actual"].get<double>(), 1, .3);
  EXPECT_EQ(used["holdout_error"].is_null(), false);
  EXPECT_EQ(used["fit"]["spending"].size(), 10U);
  EXPECT_EQ(used["fit"]["currency"], "EUR");
  double actual = 0, expected = 0;
  for (const auto& bin : used["fit"]["amounts"]) {
    actual += bin["actual"].get<double>();
    expected += bin["expected"].get<double>();
  }
  EXPECT_EQ(actual, used["data"]["customers"].get<double>());
  EXPECT_NEAR(expected, actual, 1e-6);

  auto refresh = refresh_of(*house_);
  const auto asked = refresh->fit("gamma_gamma");
  ASSERT_TRUE(asked) << asked.error().message << asked.error().details;
  const auto id = base::to_text(*asked);
  const auto adopted = ed.post("/api/v1/insight/models/" + id + "/adoption", Json::object());
  ASSERT_EQ(adopted.status, 200) << adopted.body;
  EXPECT_FALSE(adopted.json()["adopted_at"].is_null());
  ASSERT_TRUE(refresh->run({.fit = true}));
  EXPECT_EQ(spending("in_use")["id"], id);
  EXPECT_NE(spending("candidate")["note"].get<std::string>().find("no better than the model that "
                                                                  "someone put in use"),
            std::string::npos);

  // One that expects far too much of everybody gives way, whoever put it in use.
  ASSERT_TRUE(house_->program().pool().run_alone(
      {"story.spoil",
       "update models set parameters = "
       "'[{\"name\":\"p\",\"value\":6},{\"name\":\"q\",\"value\":4},"
       "{\"name\":\"gamma\",\"value\":90000},{\"name\":\"mean\",\"value\":180000}]' "
       "where id = '" +
           id + "'"}));
  ASSERT_TRUE(refresh->run({.fit = true}));
  EXPECT_NE(spending("in_use")["id"], id);
  EXPECT_EQ(ed.get("/api/v1/insight/models/" + id).json()["state"], "retired");

  EXPECT_EQ(house_->ask_database("select count(*) from models where state = 'in_use' and "
                                 "kind = 'gamma_gamma'"),
            "1\n");
}

// All fits with all their pictures were one answer, two megabytes of it after two months.
TEST_F(Insight, models_are_listed_in_pages_and_without_their_pictures) {
  auto ed = house_->browser_of("ed");
  std::vector<entity::Item> old;
  const auto began = house_->program().road().now() - base::days(100);
  old.reserve(crm::models_listed + 7);
  for (int i = 0; i < crm::models_listed + 7; ++i) {
    old.push_back(item(base::new_id(), {{"title", std::string("Of long ago")},
                                        {"kind", std::string("bg_nbd")},
                                        {"state", std::string("retired")},
                                        {"fitted_at", began - base::days(i)}}));
  }
  write_records(*house_, "model", old);
  const auto count = [](const char* where) {
    return std::stoul(house_->ask_database(std::string("select count(*) from models") + where));
  };
  const auto total = count(""), used = count(" where state = 'in_use'");
  std::set<std::string> seen;
  std::string after, before = "9";
  int pages = 0;
  do {
    const auto page = ed.get("/api/v1/insight/models" + (after.empty() ? "" : "?after=" + after));
    ASSERT_EQ(page.status, 200) << page.body;
    const auto json = page.json();
    for (const auto& model : json["data"]) {
      seen.insert(model["id"]);
      for (const auto* heavy : {"fit", "parameters", "holdout", "drift"}) {
        EXPECT_FALSE(model.contains(heavy)) << heavy;
      }
      if (model["state"] == "in_use") {
        EXPECT_EQ(pages, 0);
        continue;
      }
      const auto second = model["fitted_at"].get<std::string>().substr(0, 19);
      EXPECT_LE(second, before);
      before = second;
    }
    EXPECT_LE(json["data"].size(), crm::models_listed + (pages == 0 ? used : 0));
    const auto& next = json["page"]["after"];
    after = next.is_null() ? "" : next.get<std::string>();
    ++pages;
  } while (!after.empty() && pages < 10);
  EXPECT_GE(pages, 2);
  EXPECT_EQ(seen.size(), total) << "each once";
  EXPECT_EQ(ed.get("/api/v1/insight/models?after=nonsense").status, 422);
  EXPECT_EQ(ed.get("/api/v1/insight/models?page=2").status, 400);
}

}  // namespace
}  // namespace rapport::scenarios
