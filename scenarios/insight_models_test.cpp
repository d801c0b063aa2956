// Fits that someone asks for: what becomes of them, on a firm with too little to fit anything.
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/id.hpp"
#include "crm/insight/insight.hpp"
#include "entity/road.hpp"
#include "house.hpp"
#include "records.hpp"

namespace rapport::scenarios {
namespace {

using base::Json;

class InsightModels : public testing::Test {
 protected:
  static void SetUpTestSuite() { house_ = std::make_unique<House>(); }
  static void TearDownTestSuite() { house_.reset(); }

  // Asks for a fit and waits for its end.
  static Json fitted(Browser& browser, const std::string& model) {
    const auto asked = browser.post("/api/v1/insight/fits", {{"model", model}});
    EXPECT_EQ(asked.status, 202) << asked.body;
    const auto job = asked.json()["job"].get<std::string>();
    for (int i = 0; i < 300; ++i) {
      const auto told = browser.get("/api/v1/insight/fits/" + job);
      EXPECT_EQ(told.status, 200) << told.body;
      const auto state = told.json()["state"];
      if (state != "waiting" && state != "running") return told.json();
      usleep(100'000);
    }
    ADD_FAILURE() << "the fit did not end within half a minute";
    return Json::object();
  }

  static inline std::unique_ptr<House> house_;
};

// A fit that was refused parked its job, and whoever asked again was given that job for ever.
TEST_F(InsightModels, a_fit_that_cannot_be_made_says_why_each_time_it_is_asked_for) {
  auto ed = house_->browser_of("ed");
  EXPECT_EQ(ed.get("/api/v1/insight/fits/latest").json()["state"], "none");
  const auto first = fitted(ed, "pareto_nbd");
  EXPECT_EQ(first["state"], "refused") << first.dump();
  EXPECT_EQ(first["model"], "pareto_nbd");
  EXPECT_NE(first["problem"].get<std::string>().find("Nobody has bought yet."), std::string::npos);
  EXPECT_TRUE(first["kept"].is_null());
  EXPECT_FALSE(first["finished_at"].is_null());
  const auto second = fitted(ed, "pareto_nbd");
  EXPECT_EQ(second["state"], "refused") << second.dump();
  EXPECT_NE(second["job"], first["job"]);
  EXPECT_EQ(ed.get("/api/v1/insight/fits/latest").json()["job"], second["job"]);
  EXPECT_EQ(house_->ask_database("select count(*) from jobs where state = 'parked'"), "0\n");
}

TEST_F(InsightModels, a_fit_of_all_is_a_refresh_that_tells_its_end) {
  auto ed = house_->browser_of("ed");
  const auto told = fitted(ed, "auto");
  EXPECT_EQ(told["state"], "done") << told.dump();
  EXPECT_EQ(ed.get("/api/v1/insight/refreshes/latest").json()["state"], "done");
}

TEST_F(InsightModels, asking_for_what_is_not_there_is_refused) {
  auto ed = house_->browser_of("ed");
  EXPECT_EQ(ed.post("/api/v1/insight/fits", {{"model", "crystal_ball"}}).json()["code"],
            "insight.no_such_kind");
  const auto unknown = ed.get("/api/v1/insight/fits/" + base::to_text(base::new_id()));
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(unknown.json()["code"], "insight.no_such_fit");
  EXPECT_EQ(house_->browser_of("ria").post("/api/v1/insight/fits", {{"model", "auto"}}).status,
            403);
}

TEST_F(InsightModels, a_model_of_leaving_is_not_learnt_from_too_little) {
  auto ed = house_->browser_of("ed");
  const auto told = fitted(ed, "churn");
  EXPECT_EQ(told["state"], "refused") << told.dump();
  EXPECT_NE(told["problem"].get<std::string>().find("Nobody has bought yet."), std::string::npos);
}

// An adoption once vanished into the refresh that was under way by the model before it: both had
// the same key.
TEST_F(InsightModels, each_adoption_has_a_job_of_its_own) {
  auto& insight = house_->program().insight();
  const auto one = insight.ask_rescore(base::new_id()), other = insight.ask_rescore(base::new_id());
  ASSERT_TRUE(one && other);
  EXPECT_NE(*one, *other);
}

// Fits of a night that came to nothing told nobody: scores stayed empty without a word.
TEST_F(InsightModels, a_refresh_says_what_it_could_not_fit_until_the_next_one_fits) {
  auto ed = house_->browser_of("ed");
  const auto notes = [&] { return ed.get("/api/v1/insight/refreshes/latest").json()["notes"]; };
  auto refresh = refresh_of(*house_);
  ASSERT_TRUE(refresh->run({.fit = true}));
  EXPECT_EQ(notes(), Json::array({"There is no model of customers: nobody has bought anything "
                                  "yet."}));
  // Three customers who came back, of ten who must have.
  std::vector<entity::Item> people, orders;
  const auto now = house_->program().road().now();
  for (int i = 0; i < 20; ++i) {
    const auto person = base::new_id();
    people.push_back(item(person, {}));
    for (const int days : {10 + i, 150, 200}) {
      if (days > 100 && i >= 3) continue;
      orders.push_back(item(base::new_id(), {{"person", person},
                                             {"placed_at", now - base::days(days)},
                                             {"total", euro(1'000 + 100 * i)}}));
    }
  }
  write_records(*house_, "person", people);
  write_records(*house_, "order", orders);
  ASSERT_TRUE(refresh->run({.fit = true}));
  const auto said = notes();
  ASSERT_EQ(said.size(), 2U) << said.dump();
  for (const auto* part : {"no model of how customers buy, by the orders up to ",
                           "Only 3 customers bought again", "Lifetime value"}) {
    EXPECT_NE(said[0].get<std::string>().find(part), std::string::npos) << said.dump();
  }
  EXPECT_NE(said[1].get<std::string>().find("no model of who leaves: "), std::string::npos);
  ASSERT_TRUE(refresh->run({.fit = false}));
  EXPECT_EQ(notes(), said) << "a refresh that fits nothing has nothing to say of it";
  const auto refused = refresh->fit("pareto_nbd");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().details.find("is used instead"), std::string::npos);
}

// A fallback without parameters was kept as a candidate of its name.
TEST_F(InsightModels, spending_that_is_one_mean_for_all_is_refused_where_it_is_asked_for) {
  auto refresh = refresh_of(*house_);
  const auto before = house_->ask_database("select count(*) from models");
  const auto now = house_->program().road().now();
  if (house_->ask_database("select count(*) from orders") == "0\n") {
    const auto person = base::new_id();
    write_records(*house_, "person", {item(person, {})});
    write_records(
        *house_, "order",
        {item(base::new_id(),
              {{"person", person}, {"placed_at", now - base::days(9)}, {"total", euro(900)}})});
  }
  ASSERT_TRUE(house_->program().pool().run_alone({"story.alike", "update orders set total = 10"}));
  const auto refused = refresh->fit("gamma_gamma");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "insight.no_fit");
  EXPECT_FALSE(refused.error().details.empty());
  EXPECT_EQ(house_->ask_database("select count(*) from models"), before);
}

}  // namespace
}  // namespace rapport::scenarios
