// The scores' files, and what each score says of customers told by hand.
#include "crm/insight/scores/score.hpp"

#include <gtest/gtest.h>

#include "crm/insight/scores/testing.hpp"

namespace rapport::crm {
namespace {

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
