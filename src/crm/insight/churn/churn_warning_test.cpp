// The churn warning of customers told by hand: each is Ana, who buys every 30 days and has done so
// 20 days ago, but for what the line says.
#include "crm/insight/churn/churn_warning.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "crm/insight/scores/testing.hpp"

namespace rapport::crm {
namespace {

void silent_for(ScoreRow& row, int days) {
  row.last_purchase = row.as_of_day - days;
}

struct Case {
  std::string_view what;
  void (*make)(ScoreRow&);
  Warning warning;
  std::string_view reasons;  // with their weights
};

const Case kCases[] = {
    {"within the rhythm", [](ScoreRow&) {}, Warning::none, ""},
    {"twice the rhythm", [](ScoreRow& row) { silent_for(row, 60); }, Warning::none, ""},
    {"just beyond", [](ScoreRow& row) { silent_for(row, 61); }, Warning::watch, "silence .51"},
    {"four times and more", [](ScoreRow& row) { silent_for(row, 500); }, Warning::watch,
     "silence 1.00"},
    {"two purchases have no rhythm",
     [](ScoreRow& row) {
       row.purchases = 2;
       silent_for(row, 300);
     },
     Warning::none, ""},
    {"three have one",
     [](ScoreRow& row) {
       row.purchases = 3;
       silent_for(row, 90);
     },
     Warning::watch, "silence .75"},
    {"a rhythm below a day is one",
     [](ScoreRow& row) {
       row.rhythm = .5;
       silent_for(row, 3);
     },
     Warning::watch, "silence .75"},
    {"as likely as not", [](ScoreRow& row) { row.alive = .5; }, Warning::none, ""},
    {"fading alone", [](ScoreRow& row) { row.alive = .4; }, Warning::watch, "fading .60"},
    {"silent and fading",
     [](ScoreRow& row) {
       silent_for(row, 130);
       row.alive = .3;
     },
     Warning::act, "silence 1.00, fading .70"},
    {"all but enough to act",
     [](ScoreRow& row) {
       silent_for(row, 69);
       row.alive = .4;
     },
     Warning::watch, "fading .60, silence .57"},
    {"enough to act",
     [](ScoreRow& row) {
       silent_for(row, 75);
       row.alive = .4;
     },
     Warning::act, "silence .62, fading .60"},
    {"at the bound of who is gone", [](ScoreRow& row) { row.alive = .03; }, Warning::watch,
     "fading .97"},
    {"gone already",
     [](ScoreRow& row) {
       silent_for(row, 900);
       row.alive = .01;
     },
     Warning::none, "silence 1.00, fading .99"},
    {"gave back half", [](ScoreRow& row) { row.returned = row.bought / 2; }, Warning::watch,
     "returns .50"},
    {"gave back a third, which alone is not enough",
     [](ScoreRow& row) { row.returned = row.bought / 3; }, Warning::none, "returns .33"},
    {"a fifth given back is usual", [](ScoreRow& row) { row.returned = row.bought / 5; },
     Warning::none, ""},
    {"gave back more than was bought in the year",
     [](ScoreRow& row) { row.returned = 2 * row.bought; }, Warning::watch, "returns 1.00"},
    {"one unresolved", [](ScoreRow& row) { row.unresolved = 1; }, Warning::none, "unresolved .40"},
    {"two unresolved", [](ScoreRow& row) { row.unresolved = 2; }, Warning::watch, "unresolved .80"},
    {"much to complain of, yet buying",
     [](ScoreRow& row) {
       row.unresolved = 3;
       row.returned = row.bought;
     },
     Warning::watch, "returns 1.00, unresolved 1.00"},
    {"spends half", [](ScoreRow& row) { row.latest_average = row.earlier_average / 2; },
     Warning::none, ""},
    {"spends a quarter", [](ScoreRow& row) { row.latest_average = row.earlier_average / 4; },
     Warning::watch, "falling .75"},
    {"three purchases show no fall",
     [](ScoreRow& row) {
       row.purchases = 3;
       row.latest_average = 0;
     },
     Warning::none, ""},
    {"no model, silent",
     [](ScoreRow& row) {
       row.modelled = false;
       row.alive = 0;
       silent_for(row, 130);
       row.unresolved = 1;
     },
     Warning::act, "silence 1.00, unresolved .40"},
    {"only gave back",
     [](ScoreRow& row) {
       row.purchases = 0;
       row.unresolved = 3;
     },
     Warning::none, "unresolved 1.00"},
};

TEST(ChurnWarning, FollowsItsRule) {
  for (const auto& one : kCases) {
    auto row = ana();
    one.make(row);
    EXPECT_EQ(name_of(churn_warning(row)), name_of(one.warning)) << one.what;
    std::string told, codes;
    for (const auto& reason : churn_warning_reasons(row, {})) {
      const auto weight = fmt::format("{:.2f}", reason.weight);
      told += fmt::format("{}{} {}", told.empty() ? "" : ", ", reason.code,
                          weight.starts_with('0') ? weight.substr(1) : weight);
    }
    EXPECT_EQ(told, one.reasons) << one.what;
    // What is counted over all customers is what is told of each, in an order of its own.
    for (const auto code : churn_warning_codes) {
      if (told.find(code) != std::string::npos)
        codes += (codes.empty() ? "" : " ") + std::string(code);
    }
    EXPECT_EQ(codes_of(warning_reasons(row)), codes) << one.what;
  }
}

TEST(ChurnWarning, SaysInWordsWhatSpeaksForLeaving) {
  auto row = ana();
  silent_for(row, 130);
  row.alive = .2;
  row.returned = row.bought / 2;
  row.unresolved = 1;
  row.latest_average = row.earlier_average / 10;
  const std::vector<std::string> wanted{
      "Has bought every 30 days on average, and not for 130 days since 2025-05-12.",
      "The latest purchases come to 90 % less than those before.",
      "The probability of being a customer still has fallen to 20 %.",
      "Gave back 50 % of what was bought in the last year.",
      "Interactions of the last 90 days left unresolved: 1."};
  EXPECT_EQ(words("churn_warning", row), wanted);
}

}  // namespace
}  // namespace rapport::crm
