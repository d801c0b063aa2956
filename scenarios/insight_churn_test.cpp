// The risk of leaving, from orders alone to a field of the record: learnt, shown with its reasons,
// kept up to date, and put in use by someone's word.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <random>

#include "base/id.hpp"
#include "crm/insight/insight.hpp"
#include "entity/road.hpp"
#include "house.hpp"
#include "platform/platform.hpp"
#include "records.hpp"

namespace rapport::scenarios {
namespace {

using base::Json;
using base::Value;

constexpr int kCustomers = 900;
constexpr int kDays = 400;

// A shop whose customers buy about every twelve days; those who spend little leave soon.
class InsightChurn : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    house_ = std::make_unique<House>();
    refresh_ = refresh_of(*house_);
    settle();
    ASSERT_EQ(house_->analyze(), "");
    const auto done = refresh_->run({.fit = true});
    ASSERT_TRUE(done) << done.error().message << done.error().details;
  }
  static void TearDownTestSuite() {
    refresh_.reset();
    persons_.clear();
    house_.reset();
  }

  static void write(const std::string& object, const std::vector<entity::Item>& items) {
    write_records(*house_, object, items);
  }

  static entity::Item order(const base::Id& person, double days_ago, std::int64_t cents) {
    return item(base::new_id(),
                {{"person", person},
                 {"placed_at", house_->program().road().now() -
                                   base::Duration{static_cast<std::int64_t>(days_ago * 864e8)}},
                 {"total", euro(cents)}});
  }

  static void settle() {
    std::mt19937_64 random{9};
    const auto uniform = [&] { return std::uniform_real_distribution<>(1e-9, 1)(random); };
    std::vector<entity::Item> people, orders;
    for (int i = 0; i < kCustomers; ++i) {
      persons_.push_back(base::new_id());
      people.push_back(item(persons_.back(), {}));
      const bool small = i % 2 == 0;
      double day = uniform() * kDays;
      while (day < kDays) {
        const auto cents = (small ? 1'000 : 9'000) + static_cast<std::int64_t>(uniform() * 2'000);
        orders.push_back(order(persons_.back(), kDays - day, cents));
        if (uniform() < (small ? .4 : .04)) break;
        day += std::max(1., -std::log(uniform()) * 12);
      }
    }
    write("person", people);
    write("order", orders);
  }

  static Json score_of(Browser& browser, const base::Id& person) {
    const auto told = browser.get("/api/v1/insight/persons/" + base::to_text(person));
    EXPECT_EQ(told.status, 200) << told.body;
    const auto scores = told.json()["scores"];
    for (const auto& score : scores) {
      if (score["name"] == "churn_risk") return score;
    }
    ADD_FAILURE() << "no risk of leaving in " << told.body;
    return {};
  }

  static Json model_of(Browser& browser, const std::string& state) {
    const auto models = browser.get("/api/v1/insight/models").json()["data"];
    for (const auto& model : models) {
      if (model["kind"].get<std::string>().starts_with("churn_") && model["state"] == state) {
        return browser.get("/api/v1/insight/models/" + model["id"].get<std::string>()).json();
      }
    }
    return nullptr;
  }

  static std::string ask(const std::string& sql) { return house_->ask_database(sql); }
  static std::string risks() {
    return ask("select id, churn_risk from persons_beside order by id");
  }

  static inline std::unique_ptr<House> house_;
  static inline std::unique_ptr<crm::Refresh> refresh_;
  static inline std::vector<base::Id> persons_;
};

TEST_F(InsightChurn, is_a_field_to_sort_and_filter_by_and_tells_who_leaves) {
  auto ria = house_->browser_of("ria");
  const auto most = ria.get(
      "/api/v1/persons?order=-churn_risk&limit=200&fields=churn_risk,last_order_at"
      "&where=churn_risk%20is%20not%20empty&count=exact");
  ASSERT_EQ(most.status, 200) << most.body;
  const auto rows = most.json()["data"];
  ASSERT_EQ(rows.size(), 200U);
  double last = 100;
  for (const auto& row : rows) {
    const double risk = std::stod(row["churn_risk"].get<std::string>());
    EXPECT_LE(risk, last);
    EXPECT_GE(risk, 1);
    last = risk;
  }
  EXPECT_EQ(ask("select count(*) from persons_beside where churn_risk is not null"),
            ask("select count(distinct person_id) from orders"));
  // Of those who bought within the last week, the ones who spend little are likelier to leave.
  const auto mean = [](const char* spend) {
    return std::stod(ask(fmt::format(
        "select avg(b.churn_risk) from persons_beside b join orders o on o.person_id = b.id "
        "where o.placed_at > now() - interval '7 days' and o.total {} 50",
        spend)));
  };
  EXPECT_GT(mean("<"), mean(">") + 10);
  const auto scores = ria.get("/api/v1/insight/scores").json()["data"];
  const auto listed =
      std::ranges::find_if(scores, [](const Json& score) { return score["name"] == "churn_risk"; });
  ASSERT_NE(listed, scores.end());
}

TEST_F(InsightChurn, its_fits_are_records_with_what_came_of_the_days_held_out) {
  auto ed = house_->browser_of("ed");
  const auto used = model_of(ed, "in_use"), other = model_of(ed, "candidate");
  ASSERT_TRUE(used.is_object() && other.is_object());
  EXPECT_NE(used["kind"], other["kind"]);
  for (const auto& model : {used, other}) {
    EXPECT_EQ(model["horizon"], 30) << model.dump();
    EXPECT_FALSE(model["parameters"].empty());
    const auto& judged = model["holdout"];
    EXPECT_GT(judged["area"].get<double>(), .8) << model.dump();
    EXPECT_LT(judged["log_loss"].get<double>(), judged["base_log_loss"].get<double>());
    EXPECT_GT(judged["rival"]["alive_area"].get<double>(), .5);
    double customers = 0;
    for (const auto& bin : model["fit"]["calibration"]) customers += bin["customers"].get<double>();
    EXPECT_EQ(customers, judged["customers"].get<double>());
    EXPECT_LT(judged["fitted_until"].get<std::string>(), judged["from"].get<std::string>());
  }
  // The one in use was fitted anew on the days it was judged on, and says so.
  EXPECT_EQ(used["data"]["until"], used["holdout"]["until"]);
  EXPECT_EQ(other["data"]["until"], other["holdout"]["fitted_until"]);
  EXPECT_EQ(used["drift"].size(), 10U) << "interactions were never kept, and are no feature";
}

// The higher the sum of what speaks for leaving, the higher the risk: reasons are the score.
TEST_F(InsightChurn, reasons_add_up_and_are_worded) {
  auto ria = house_->browser_of("ria");
  struct Told {
    double sum, risk;
  };
  std::vector<Told> all;
  for (std::size_t i = 0; i < 60; ++i) {
    const auto score = score_of(ria, persons_[i * 7]);
    if (score["value"].is_null()) continue;
    EXPECT_EQ(score["horizon"], 30);
    EXPECT_FALSE(score["model"].is_null());
    EXPECT_FALSE(score["history"].empty());
    ASSERT_FALSE(score["reasons"].empty()) << score.dump();
    double sum = 0, before = 1e9;
    for (const auto& reason : score["reasons"]) {
      const auto text = reason["text"].get<std::string>();
      const double weight = reason["weight"];
      EXPECT_EQ(text.find('{'), std::string::npos) << text;
      EXPECT_TRUE(text.ends_with(weight > 0 ? "speaks for leaving." : "speaks for staying."))
          << text;
      EXPECT_LE(std::abs(weight), before) << "the weightiest first";
      before = std::abs(weight);
      sum += weight;
    }
    all.push_back({sum, score["value"]});
  }
  ASSERT_GT(all.size(), 40U);
  std::ranges::sort(all, {}, &Told::sum);
  for (std::size_t i = 1; i < all.size(); ++i) EXPECT_LE(all[i - 1].risk, all[i].risk);
  EXPECT_LT(all.front().risk + .3, all.back().risk);
}

TEST_F(InsightChurn, one_rescored_and_a_refresh_say_the_same) {
  const std::vector<base::Id> some{persons_[4], persons_[9], persons_[10]};
  const auto before = risks();
  write("order", {order(some[0], 0, 1'500), order(some[1], 1, 9'500), order(some[2], 3, 700)});
  auto tx = house_->program().pool().begin(store::Mode::read_write);
  const auto done = refresh_->rescore(*tx, some);
  ASSERT_TRUE(done) << done.error().message << done.error().details;
  ASSERT_TRUE(tx->commit());
  const auto rescored = risks();
  EXPECT_NE(rescored, before);
  const auto whole = refresh_->run({.fit = false});
  ASSERT_TRUE(whole) << whole.error().message << whole.error().details;
  EXPECT_EQ(risks(), rescored);
}

TEST_F(InsightChurn, another_fit_comes_into_use_by_someones_word) {
  auto ed = house_->browser_of("ed");
  const auto id = model_of(ed, "candidate")["id"].get<std::string>();
  EXPECT_EQ(house_->browser_of("ria")
                .post("/api/v1/insight/models/" + id + "/adoption", Json::object())
                .status,
            403);
  const auto adopted = ed.post("/api/v1/insight/models/" + id + "/adoption", Json::object());
  ASSERT_EQ(adopted.status, 200) << adopted.body;
  EXPECT_EQ(adopted.json()["state"], "in_use");
  EXPECT_EQ(ask("select count(*) from models where state = 'in_use' and kind like 'churn%'"),
            "1\n");
  EXPECT_NE(ask("select count(*) from models where state = 'in_use' and kind like '%nbd'"), "0\n");
  ASSERT_TRUE(refresh_->run({.fit = false}));
  EXPECT_EQ(score_of(ed, persons_[4])["model"], id);
}

TEST_F(InsightChurn, one_that_is_forgotten_is_not_put_in_use) {
  auto ed = house_->browser_of("ed");
  const auto asked = refresh_->fit("churn");
  ASSERT_TRUE(asked) << asked.error().message << asked.error().details;
  const auto id = base::to_text(*asked);
  EXPECT_EQ(ed.get("/api/v1/insight/models/" + id).json()["state"], "candidate");
  ASSERT_TRUE(house_->program().pool().run_alone(
      {"story.forget",
       "delete from learnt_models where kept_at = (select max(kept_at) from "
       "learnt_models)"}));
  const auto adopted = ed.post("/api/v1/insight/models/" + id + "/adoption", Json::object());
  EXPECT_EQ(adopted.status, 422) << adopted.body;
  EXPECT_EQ(adopted.json()["code"], "insight.forgotten_model");
}

// An adoption was refused or not by what was kept when it was asked for, and forgotten before it
// was written: what was in use could not be read, and nobody was scored any more.
TEST_F(InsightChurn, what_is_put_in_use_is_kept_anew) {
  auto ed = house_->browser_of("ed");
  const auto asked = refresh_->fit("churn");
  ASSERT_TRUE(asked) << asked.error().message << asked.error().details;
  const auto id = base::to_text(*asked);
  ASSERT_TRUE(house_->program().pool().run_alone(
      {"story.age", "update learnt_models set kept_at = kept_at - interval '400 days'"}));
  ASSERT_EQ(ed.post("/api/v1/insight/models/" + id + "/adoption", Json::object()).status, 200);
  EXPECT_EQ(ask("select count(*) from learnt_models where kept_at > now() - interval '90 days' "
                "and id = '" +
                id + "'"),
            "1\n");
}

// A model that a later library cannot read, or that a restored database lacks, stopped every
// rescoring, every refresh before it could fit another, and the customer's card.
TEST_F(InsightChurn, one_that_cannot_be_read_counts_as_none) {
  auto ed = house_->browser_of("ed");
  ASSERT_TRUE(refresh_->run({.fit = false}));
  ASSERT_TRUE(house_->program().pool().run_alone(
      {"story.spoil", "update learnt_models set saved = '{\"horizon\": 30}'"}));
  const auto spoilt = ask("select id from models where state = 'in_use' and kind like 'churn%'");

  const auto card = score_of(ed, persons_[5]);
  EXPECT_TRUE(card["reasons"].empty()) << card.dump();
  const std::vector<base::Id> some{persons_[5]};
  write("order", {order(some[0], 0, 9'500)});
  auto tx = house_->program().pool().begin(store::Mode::read_write);
  const auto rescored = refresh_->rescore(*tx, some);
  ASSERT_TRUE(rescored) << rescored.error().message << rescored.error().details;
  ASSERT_TRUE(tx->commit());
  EXPECT_EQ(ask("select (churn_risk is null) || ' ' || (lifetime_value is null) from "
                "persons_beside where id = '" +
                base::to_text(some[0]) + "'"),
            "true false\n");

  // It was someone's word that put it in use; what cannot be read binds nobody.
  const auto refused = ed.post(
      "/api/v1/insight/models/" + model_of(ed, "in_use")["id"].get<std::string>() + "/adoption",
      Json::object());
  EXPECT_EQ(refused.json()["code"], "analytics.malformed_model") << refused.body;
  const auto done = refresh_->run({.fit = true});
  ASSERT_TRUE(done) << done.error().message << done.error().details;
  EXPECT_NE(ask("select id from models where state = 'in_use' and kind like 'churn%'"), spoilt);
  EXPECT_EQ(ask("select count(*) from persons_beside where churn_risk is not null"),
            ask("select count(distinct person_id) from orders"));
}

}  // namespace
}  // namespace rapport::scenarios
