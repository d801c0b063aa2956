#include "crm/insight/lifetime_value/lifetime_value.hpp"

#include <gtest/gtest.h>

#include "crm/insight/scores/score.hpp"

namespace rapport::crm {
namespace {

// CDNOW's parameters as published (Fader, Hardie & Lee 2005; Fader & Hardie 2013).
struct Cdnow {
  analytics::PurchaseFit purchases;
  analytics::SpendingFit spending;

  Cdnow() {
    purchases.model = analytics::PurchaseModel::bg_nbd;
    purchases.parameters = {{.name = "r", .value = .243},
                            {.name = "alpha", .value = 4.414},
                            {.name = "a", .value = .793},
                            {.name = "b", .value = 2.426}};
    spending.parameters = {{.name = "p", .value = 6.25},
                           {.name = "q", .value = 3.74},
                           {.name = "gamma", .value = 15.44}};
    spending.mean = 30;
  }
  [[nodiscard]] LifetimeBasis basis() const {
    return {.purchases = purchases, .spending = spending, .margin = 30, .discount_rate = 10};
  }
};

ModelRows rows_of(std::int32_t purchases, double recency, double age, std::int32_t paid,
                  double mean) {
  ModelRows rows;
  rows.customer = {0};
  rows.purchases = {purchases};
  rows.recency = {recency};
  rows.age = {age};
  rows.paid = {paid};
  rows.mean_amount = {mean};
  rows.paid_again = {0};
  rows.mean_again = {0};
  return rows;
}

// Worked out with thirty digits from the published formulas, by the hypergeometric function itself:
// BG/NBD's E[Y(t) | x, t_x, T] (eq. 10) summed over 36 months, each discounted from its end at 10 %
// a year; Gamma-Gamma's E[M | x, mean]; a margin of 30 %.
TEST(LifetimeValue, GivesWhatThePublishedFormulasGive) {
  const struct {
    std::string_view what;
    ModelRows rows;
    double alive, expected, average, value;
  } cases[] = {
      {"comes back lately", rows_of(2, 30.43, 38.86, 3, 25), .72657857, 1.5630997, 26.302932,
       24.844756},
      {"once", rows_of(0, 0, 38.86, 1, 20), 1, .25283387, 24.638487, 4.0753899},
      {"often and much", rows_of(7, 29.43, 38.86, 8, 60), .64175635, 4.2100994, 58.712552,
       142.85778},
      {"long ago, all of it free", rows_of(1, 2, 38.86, 0, 0), .2218709, .27257539, 35.218978,
       5.9612355},
  };
  const Cdnow cdnow;
  for (const auto& one : cases) {
    const auto told = lifetime_values_of(one.rows, cdnow.basis());
    ASSERT_TRUE(told) << told.error().message;
    EXPECT_NEAR(told->alive[0], one.alive, 1e-6) << one.what;
    EXPECT_NEAR(told->expected[0], one.expected, 1e-6) << one.what;
    EXPECT_NEAR(told->average[0], one.average, 1e-5) << one.what;
    EXPECT_NEAR(told->value[0], one.value, one.value * 1e-6) << one.what;
  }
}

TEST(LifetimeValue, RestsOnMarginAndDiscountAndOnOneMeanWhereSpendingHasNoModel) {
  Cdnow cdnow;
  const auto rows = rows_of(2, 30.43, 38.86, 3, 25);
  const auto plain = lifetime_values_of(rows, cdnow.basis());
  auto basis = cdnow.basis();
  basis.margin = 60;
  EXPECT_NEAR(lifetime_values_of(rows, basis)->value[0], 2 * plain->value[0], 1e-9);
  basis.discount_rate = 0;
  EXPECT_GT(lifetime_values_of(rows, basis)->value[0], 2 * plain->value[0]);
  cdnow.spending.parameters.clear();
  const auto mean = lifetime_values_of(rows, cdnow.basis());
  EXPECT_EQ(mean->average[0], 30);
  EXPECT_NEAR(mean->value[0], plain->value[0] / plain->average[0] * 30, 1e-9);
}

TEST(LifetimeValue, OfNobodyIsNothingAndAFitWithoutParametersIsRefused) {
  Cdnow cdnow;
  const auto none = lifetime_values_of({}, cdnow.basis());
  ASSERT_TRUE(none);
  EXPECT_TRUE(none->value.empty());
  cdnow.purchases.parameters.pop_back();
  const auto refused = lifetime_values_of(rows_of(2, 30, 39, 3, 25), cdnow.basis());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "analytics.bad_fit");
}

TEST(LifetimeValue, SaysInWordsWhatItRestsOn) {
  ScoreRow row;
  row.modelled = true;
  row.expected = 1.5630997;
  row.average = 263'029;
  ReasonContext context;
  context.currency = "USD";
  std::vector<std::string> texts;
  for (const auto& reason : lifetime_value_reasons(row, context)) {
    texts.push_back(worded(*score_named("lifetime_value"), reason));
  }
  EXPECT_EQ(texts, (std::vector<std::string>{
                       "1.56 more purchases are expected within the next 12 months.",
                       "One is expected to come to 26.30 USD, of which 30 % stays as margin.",
                       "What comes later is discounted at 10 % a year."}));
}

}  // namespace
}  // namespace rapport::crm
