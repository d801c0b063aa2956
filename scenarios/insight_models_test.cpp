// Fits that someone asks for: what becomes of them, on a firm with too little to fit anything.
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/id.hpp"
#include "crm/insight/insight.hpp"
#include "entity/road.hpp"
#include "house.hpp"

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

}  // namespace
}  // namespace rapport::scenarios
