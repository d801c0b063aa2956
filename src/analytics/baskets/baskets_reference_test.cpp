// Rules of the grocery set, against the counts that R's arules gives.
#include <algorithm>
#include <map>
#include <string>

#include "analytics/baskets/rules.hpp"
#include "analytics/testing.hpp"

namespace rapport::analytics {
namespace {

class BasketsReference : public ReferenceTest {
 protected:
  void SetUp() override {
    ReferenceTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    std::map<std::string, Item> known;
    for (const auto& row : rows("groceries_basket/groceries.csv.xz")) {
      std::vector<Item> items;
      for (const std::string& label : row) {
        const auto [at, added] = known.try_emplace(label, static_cast<Item>(labels.size()));
        if (added) labels.push_back(label);
        items.push_back(at->second);
      }
      baskets.add(items);
    }
  }

  Baskets baskets;
  std::vector<std::string> labels;
};

TEST_F(BasketsReference, GroceriesHaveTheKnownRules) {
  ASSERT_EQ(baskets.size(), 9835U);
  ASSERT_EQ(baskets.items(), 169U);
  ASSERT_EQ(baskets.lines(), 43367U);
  struct Case {
    double support, confidence;
    std::size_t rules;
  };
  for (const auto& [support, confidence, count] :
       {Case{.001, .5, 5668}, Case{.001, .8, 410}, Case{.006, .25, 463}, Case{.01, .5, 15}}) {
    const auto rules = find_rules(baskets, {.support = support, .confidence = confidence});
    ASSERT_TRUE(rules.has_value());
    EXPECT_EQ(rules->rules.size(), count) << support << ", " << confidence;
  }
}

TEST_F(BasketsReference, InstantFoodAndSodaCallForHamburgers) {
  const auto rules = find_rules(baskets, {.support = .001, .confidence = .5});
  ASSERT_TRUE(rules.has_value());
  const Rule& first = rules->rules.front();
  EXPECT_NEAR(first.lift, 18.9957, 5e-5);
  std::vector<std::string> when;
  for (const Item item : first.when) when.push_back(labels[item]);
  std::ranges::sort(when);
  EXPECT_EQ(when, (std::vector<std::string>{"Instant food products", "soda"}));
  EXPECT_EQ(labels[first.then], "hamburger meat");
}

}  // namespace
}  // namespace rapport::analytics
