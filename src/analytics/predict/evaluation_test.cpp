#include "analytics/predict/evaluation.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "analytics/predict/isotonic.hpp"
#include "base/json.hpp"

namespace rapport::analytics {
namespace {

TEST(Evaluation, TheAreaCountsPairsAndTiesAHalf) {
  struct Case {
    std::vector<double> scores;
    std::vector<std::uint8_t> outcomes;
    double area;
  };
  for (const auto& [scores, outcomes, area] :
       std::vector<Case>{{{1, 2, 3, 4}, {0, 0, 1, 1}, 1},
                         {{1, 2, 3, 4}, {1, 1, 0, 0}, 0},
                         {{0.1, 0.4, 0.35, 0.8}, {0, 0, 1, 1}, 0.75},
                         {{5, 5, 5}, {0, 1, 0}, 0.5},
                         {{1, 2, 2, 3}, {0, 0, 1, 1}, 0.875}}) {
    EXPECT_DOUBLE_EQ(*area_under_curve(scores, outcomes), area);
  }
}

TEST(Evaluation, OneOutcomeHasNoArea) {
  const std::vector<double> scores{1, 2};
  const std::vector<std::uint8_t> none{0, 0}, all{1, 1}, one{1};
  EXPECT_EQ(area_under_curve(scores, none).error().code, "analytics.one_outcome");
  EXPECT_EQ(area_under_curve(scores, all).error().code, "analytics.one_outcome");
  EXPECT_EQ(area_under_curve(scores, one).error().code, "analytics.uneven_columns");
  EXPECT_EQ(lift_table(scores, none).error().code, "analytics.one_outcome");
  EXPECT_EQ(area_under_curve({}, {}).error().code, "analytics.one_outcome");
}

// A score that is no number is not equal to itself: the area once looked for the end of its ties
// for ever. An outcome of 2 counted twice, and the area was more than the whole.
TEST(Evaluation, WhatIsNoScoreOrNoOutcomeIsRefused) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double endless = std::numeric_limits<double>::infinity();
  const std::vector<double> scores{1, 2, 3}, bad{1, nan, 3}, far{-endless, 2, endless};
  const std::vector<std::uint8_t> outcomes{0, 1, 1}, twice{0, 1, 2};
  EXPECT_EQ(area_under_curve(bad, outcomes).error().code, "analytics.not_finite");
  EXPECT_EQ(area_under_curve(bad, outcomes).error().details, "number 2");
  EXPECT_EQ(lift_table(bad, outcomes).error().code, "analytics.not_finite");
  EXPECT_EQ(area_under_curve(scores, twice).error().code, "analytics.bad_outcome");
  EXPECT_EQ(area_under_curve(scores, twice).error().details, "number 3: 2");
  EXPECT_EQ(lift_table(scores, twice).error().code, "analytics.bad_outcome");
  const std::vector<double> probabilities{0.1, 0.5, 0.9};
  EXPECT_EQ(calibration_of(probabilities, twice).error().code, "analytics.bad_outcome");
  EXPECT_EQ(*area_under_curve(far, outcomes), 1);
}

TEST(Evaluation, LossesAreMeansOverCases) {
  const std::vector<double> said{.8, .6, .5};
  const std::vector<std::uint8_t> was{1, 0, 1};
  const auto made = losses_of(said, was);
  ASSERT_TRUE(made);
  EXPECT_NEAR(made->log_loss, -(std::log(.8) + std::log(.4) + std::log(.5)) / 3, 1e-12);
  EXPECT_NEAR(made->brier, (.04 + .36 + .25) / 3, 1e-12);
  const std::vector<double> sure{1, 0, 0}, beyond{.5, 1.5, .5};
  EXPECT_TRUE(std::isinf(losses_of(sure, was)->log_loss));
  EXPECT_EQ(losses_of(beyond, was).error().code, "analytics.no_probability");
  EXPECT_EQ(losses_of({}, {}).error().code, "analytics.no_data");
}

TEST(Evaluation, TheCalibrationErrorIsTheMeanDistanceFromTheTruth) {
  const std::vector<double> said{0.05, 0.05, 0.55, 0.55, 1};
  const std::vector<std::uint8_t> was{0, 0, 1, 0, 1};
  const auto made = calibration_of(said, was);
  ASSERT_TRUE(made);
  ASSERT_EQ(made->bins.size(), 3U);
  EXPECT_DOUBLE_EQ(made->bins[1].actual, 0.5);
  EXPECT_NEAR(made->error, (2 * 0.05 + 2 * 0.05 + 0) / 5, 1e-12);
  EXPECT_EQ(calibration_of(std::vector<double>{1.5}, std::vector<std::uint8_t>{1}).error().code,
            "analytics.no_probability");
  EXPECT_EQ(calibration_of({}, {}).error().code, "analytics.no_data");
}

TEST(Evaluation, LiftIsWhatTheBestTenthsFind) {
  std::vector<double> scores;
  std::vector<std::uint8_t> outcomes;
  for (int i = 0; i < 100; ++i) {
    scores.push_back(i);
    outcomes.push_back(i >= 95 || i < 5 ? 1 : 0);
  }
  const auto made = lift_table(scores, outcomes);
  ASSERT_TRUE(made);
  ASSERT_EQ(made->size(), 10U);
  EXPECT_EQ((*made)[0].happened, 5U);
  EXPECT_DOUBLE_EQ((*made)[0].lift, 5);
  EXPECT_DOUBLE_EQ((*made)[0].captured, 0.5);
  EXPECT_DOUBLE_EQ(made->back().lift, 1);
}

// Barlow, Bartholomew, Bremner & Brunk (1972): violators are pooled to their mean.
TEST(Isotonic, PoolsAdjacentViolators) {
  struct Case {
    std::vector<double> values, fitted;
  };
  for (const auto& [values, fitted] :
       std::vector<Case>{{{1, 2, 3}, {1, 2, 3}},
                         {{3, 2, 1}, {2, 2, 2}},
                         {{1, 3, 2, 4, 3, 5}, {1, 2.5, 2.5, 3.5, 3.5, 5}},
                         {{4, 5, 1, 6, 8, 7}, {10.0 / 3, 10.0 / 3, 10.0 / 3, 6, 7.5, 7.5}}}) {
    const auto made = pooled(values);
    ASSERT_EQ(made.size(), fitted.size());
    for (std::size_t i = 0; i < made.size(); ++i) EXPECT_DOUBLE_EQ(made[i], fitted[i]);
  }
}

TEST(Isotonic, RisesWithTheScoreAndIsNeverCertain) {
  std::vector<double> scores;
  std::vector<std::uint8_t> outcomes;
  for (int i = 0; i < 300; ++i) {
    scores.push_back(i / 10.0);
    outcomes.push_back(i >= 100 && (i >= 200 || i % 4 == 0) ? 1 : 0);
  }
  const auto made = Isotonic::of(scores, outcomes);
  ASSERT_TRUE(made);
  double before = 0;
  for (int step = -100; step < 800; ++step) {
    const double now = made->probability(step * 0.05);
    EXPECT_GE(now, before);
    before = now;
  }
  EXPECT_NEAR(made->probability(-100), 1.0 / 101, 1e-3);
  EXPECT_NEAR(made->probability(15), 0.25, 0.02);
  EXPECT_NEAR(made->probability(100), 100.0 / 101, 1e-3);
  const auto again = Isotonic::from_json(made->to_json());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->probability(12.345), made->probability(12.345));
}

TEST(Isotonic, RefusesWhatCannotCalibrate) {
  std::vector<double> scores(60, 1);
  std::vector<std::uint8_t> outcomes(60, 0);
  EXPECT_EQ(Isotonic::of(scores, outcomes).error().code, "analytics.one_outcome");
  outcomes[0] = 1;
  EXPECT_NEAR(Isotonic::of(scores, outcomes)->probability(1), 2.0 / 62, 1e-12);
  scores[3] = std::numeric_limits<double>::infinity();
  EXPECT_EQ(Isotonic::of(scores, outcomes).error().code, "analytics.not_finite");
  scores.resize(10);
  outcomes.resize(10);
  EXPECT_EQ(Isotonic::of(scores, outcomes).error().code, "analytics.too_few_rows");
  EXPECT_EQ(Isotonic::from_json(base::Json::object()).error().code, "analytics.malformed_model");
}

}  // namespace
}  // namespace rapport::analytics
