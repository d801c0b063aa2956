// The scores' files, and what each score says of customers told by hand.
#include "crm/insight/scores/score.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "crm/insight/churn/churn_warning.hpp"

namespace rapport::crm {
namespace {

// Ana: twelve purchases, one every 30 days, the last 20 days ago.
ScoreRow ana() {
  ScoreRow row;
  row.as_of_day = 20'350;
  row.first_day = 20'000;
  row.last_day = 20'330;
  row.orders = 13;
  row.returns = 1;
  row.purchases = 12;
  row.first_purchase = 20'000;
  row.last_purchase = 20'330;
  row.rhythm = 30;
  row.average = 825'000;
  row.bought = 9'900'000;
  row.returned = 450'000;
  row.earlier_average = 800'000;
  row.latest_average = 850'000;
  row.cell = {5, 5, 4};
  row.historic_value = 9'450'000;
  row.modelled = true;
  row.lifetime_value = 3'456'789;
  row.alive = .97;
  row.expected = 11.254;
  row.profit = 2'000'000;
  row.offers_count = 1;
  row.offers[0] = {.product = 3, .because = 1, .support = 214, .lift = 3.24F};
  return row;
}

std::vector<std::string> words(std::string_view score, const ScoreRow& row,
                               const ReasonContext& context = {}) {
  std::vector<std::string> texts;
  for (const auto& one : all_scores()) {
    if (one.name != score) continue;
    for (const auto& reason : one.reasons(row, context)) {
      texts.push_back(worded(*score_named(score), reason));
    }
  }
  return texts;
}

using Texts = std::vector<std::string>;

TEST(Score, EveryFileIsReadAndEveryReasonHasItsWords) {
  ASSERT_EQ(score_definitions().size(), all_scores().size());
  ReasonContext context;
  context.profit = {
      .revenue = 1, .cost_of_goods = 1, .discounts = 1, .returns = 1, .cost_to_serve = 1};
  auto gone = ana();
  gone.last_purchase -= 200;
  gone.alive = .2;
  gone.unresolved = 2;
  gone.returned = gone.bought;
  gone.latest_average = 1;
  for (const auto& row : {ana(), gone}) {
    for (const auto& score : all_scores()) {
      for (const auto& reason : score.reasons(row, context)) {
        EXPECT_EQ(worded(*score_named(score.name), reason).find('{'), std::string::npos)
            << score.name << " " << reason.code;
        EXPECT_GE(reason.weight, 0) << score.name;
        EXPECT_LE(reason.weight, 1) << score.name;
      }
    }
  }
}

TEST(Score, TheReasonsOfACustomerToldByHand) {
  EXPECT_EQ(words("rfm_cell", ana()),
            (Texts{"The last order was on 2025-08-30: 5 of 5 for recency.",
                   "Number of orders, 13: 5 of 5 for frequency.",
                   "945.00 EUR in all: 4 of 5 for money."}));
  EXPECT_EQ(words("lifetime_value", ana()),
            (Texts{"11.25 more purchases are expected within the next 12 months.",
                   "One is expected to come to 82.50 EUR, of which 30 % stays as margin.",
                   "What comes later is discounted at 10 % a year."}));
  EXPECT_EQ(words("probability_alive", ana()),
            (Texts{"Bought on 12 days since 2024-10-04, every 30 days on average.",
                   "Has been silent for 20 days since 2025-08-30."}));
  EXPECT_EQ(words("expected_purchases", ana()).front(),
            "Is still a customer with a probability of 97 %.");
  EXPECT_EQ(words("historic_value", ana()),
            (Texts{"Orders since 2024-10-04: 13.", "Returns taken off: 1."}));
  ReasonContext context;
  context.because = {"Rope"};
  context.profit = {.revenue = 5'000'000,
                    .cost_of_goods = 2'500'000,
                    .discounts = 0,
                    .returns = 0,
                    .cost_to_serve = 500'000};
  EXPECT_EQ(words("next_offer", ana(), context),
            (Texts{"214 customers bought it together with Rope, 3.2 times as many as by chance."}));
  EXPECT_EQ(words("profit", ana(), context),
            (Texts{"500.00 EUR of revenue in the last 12 months, without tax.",
                   "250.00 EUR for the goods.", "50.00 EUR for serving, over all channels."}));
}

TEST(Score, NothingIsSaidOfWhatIsNotKnown) {
  auto row = ana();
  row.modelled = false;
  row.cell = {};
  row.profit.reset();
  row.offers_count = 0;
  for (const auto score : {"rfm_cell", "lifetime_value", "probability_alive", "expected_purchases",
                           "profit", "next_offer", "churn_warning"}) {
    EXPECT_TRUE(words(score, row).empty()) << score;
  }
}

TEST(ChurnWarning, FollowsItsRule) {
  struct Case {
    std::string_view what;
    void (*make)(ScoreRow&);
    Warning warning;
    std::string_view first;
  };
  const Case cases[] = {
      {"within the rhythm", [](ScoreRow&) {}, Warning::none, ""},
      {"twice the rhythm", [](ScoreRow& row) { row.last_purchase = row.as_of_day - 60; },
       Warning::none, ""},
      {"just beyond", [](ScoreRow& row) { row.last_purchase = row.as_of_day - 61; }, Warning::watch,
       "silence"},
      {"silent and fading",
       [](ScoreRow& row) {
         row.last_purchase = row.as_of_day - 130;
         row.alive = .3;
       },
       Warning::act, "silence"},
      {"two purchases have no rhythm",
       [](ScoreRow& row) {
         row.purchases = 2;
         row.last_purchase = row.as_of_day - 300;
       },
       Warning::none, ""},
      {"fading alone", [](ScoreRow& row) { row.alive = .4; }, Warning::watch, "fading"},
      {"gone already",
       [](ScoreRow& row) {
         row.last_purchase = row.as_of_day - 900;
         row.alive = .01;
       },
       Warning::none, "silence"},
      {"gave back half", [](ScoreRow& row) { row.returned = row.bought / 2; }, Warning::watch,
       "returns"},
      {"a fifth given back is usual", [](ScoreRow& row) { row.returned = row.bought / 5; },
       Warning::none, ""},
      {"one contact unresolved", [](ScoreRow& row) { row.unresolved = 1; }, Warning::none,
       "unresolved"},
      {"two unresolved", [](ScoreRow& row) { row.unresolved = 2; }, Warning::watch, "unresolved"},
      {"three unresolved, yet buying",
       [](ScoreRow& row) {
         row.unresolved = 3;
         row.returned = row.bought;
       },
       Warning::watch, "returns"},
      {"spends a third", [](ScoreRow& row) { row.latest_average = row.earlier_average / 3; },
       Warning::watch, "falling"},
      {"no model, silent",
       [](ScoreRow& row) {
         row.modelled = false;
         row.last_purchase = row.as_of_day - 130;
         row.unresolved = 1;
       },
       Warning::act, "silence"},
  };
  for (const auto& one : cases) {
    auto row = ana();
    one.make(row);
    EXPECT_EQ(name_of(churn_warning(row)), name_of(one.warning)) << one.what;
    const auto reasons = churn_warning_reasons(row, {});
    EXPECT_EQ(reasons.empty() ? "" : reasons.front().code, one.first) << one.what;
    // What is counted is what is told.
    const auto codes = codes_of(warning_reasons(row));
    EXPECT_EQ(codes.empty() ? 0 : 1 + std::ranges::count(codes, ' '), std::ssize(reasons))
        << one.what << ": " << codes;
    for (const auto& reason : reasons) {
      EXPECT_NE((" " + codes + " ").find(fmt::format(" {} ", reason.code)), std::string::npos)
          << one.what << ": " << codes;
    }
  }
}

TEST(Score, AWrongFileIsRefusedWithWhatIsWrong) {
  const std::string good =
      "score: profit\nlabel: P\nhelp: H\nsubject: person\ntype: money\ninputs: [orders]\n"
      "schedule: nightly\nreasons: {revenue: x}\n";
  const struct {
    std::string path, text, says;
  } cases[] = {
      {"a/profit.score.yaml", "score: profit\n", "profit.score.yaml"},
      {"a/profit.score.yaml", good + "colour: red\n", "colour"},
      {"a/gain.score.yaml", good, "the file is not"},
      {"a/gain.score.yaml", "score: gain" + good.substr(13), "no function"},
      {"a/profit.score.yaml", good, "has no file"},
  };
  for (const auto& one : cases) {
    const std::vector<base::EmbeddedFile> files{{one.path, one.text}};
    const auto read = read_score_files(files);
    ASSERT_FALSE(read) << one.text;
    EXPECT_NE(read.error().message.find(one.says), std::string::npos) << read.error().message;
  }
}

}  // namespace
}  // namespace rapport::crm
