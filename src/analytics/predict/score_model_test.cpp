#include "analytics/predict/score_model.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <random>

namespace rapport::analytics {
namespace {

struct Cases {
  Table table;
  std::vector<std::uint8_t> outcomes;
};

// Who has waited long leaves, those of the small plan more so; the weather does not matter.
Cases cases(std::size_t count, std::uint32_t seed = 1) {
  std::mt19937 random(seed);  // NOLINT: the same each time
  std::normal_distribution<double> value(0, 1);
  std::uniform_real_distribution<double> chance(0, 1);
  std::vector<double> waited, weather;
  std::vector<std::string> plan;
  Cases made;
  for (std::size_t i = 0; i < count; ++i) {
    const double wait = value(random);
    const bool small = random() % 3 == 0;
    waited.push_back(random() % 10 == 0 ? missing_number : wait);
    weather.push_back(value(random));
    plan.emplace_back(small ? "small" : random() % 2 == 0 ? "large" : "middle");
    made.outcomes.push_back(chance(random) < logistic(1.5 * wait + (small ? 1 : -1)) ? 1 : 0);
  }
  made.table.features = {
      {"waited", KnownAt::prediction}, {"weather", KnownAt::before}, {"plan", KnownAt::before}};
  made.table.columns = {waited, weather, plan};
  return made;
}

ScoreOptions options_of(ModelKind kind) {
  return {.kind = kind, .boost = {.rounds = 60, .learning_rate = 0.1, .threads = 1}};
}

class EachKind : public testing::TestWithParam<ModelKind> {};
INSTANTIATE_TEST_SUITE_P(Kinds, EachKind, testing::Values(ModelKind::logistic, ModelKind::boosted));

TEST_P(EachKind, LearnsRanksAndGivesTrueProbabilities) {
  const Cases known = cases(3000);
  const auto model = ScoreModel::fit(known.table, known.outcomes, options_of(GetParam()));
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->kind(), GetParam());
  EXPECT_EQ(model->report().rows, 2400U);
  EXPECT_EQ(model->report().calibration_rows, 600U);
  EXPECT_TRUE(model->report().calibrated);
  const Cases fresh = cases(3000, 2);
  const auto probabilities = model->probabilities(fresh.table);
  ASSERT_TRUE(probabilities);
  EXPECT_GT(*area_under_curve(*probabilities, fresh.outcomes), 0.75);
  EXPECT_LT(calibration_of(*probabilities, fresh.outcomes)->error, 0.05);
}

TEST_P(EachKind, ReasonsAndTheBaseAddUpToTheLogOdds) {
  const Cases known = cases(2000);
  const auto model = ScoreModel::fit(known.table, known.outcomes, options_of(GetParam()));
  ASSERT_TRUE(model);
  const auto odds = model->log_odds(known.table);
  const auto reasons = model->reasons(known.table, 3);
  ASSERT_TRUE(odds && reasons);
  const auto sum = [&](std::size_t row) {
    double weights = 0;
    for (const Reason& reason : (*reasons)[row]) weights += reason.weight;
    return weights;
  };
  const double base = odds->front() - sum(0);
  double weather = 0, waited = 0;
  for (std::size_t row = 0; row < odds->size(); ++row) {
    EXPECT_NEAR((*odds)[row] - sum(row), base, 1e-4);
    for (const Reason& reason : (*reasons)[row]) {
      if (reason.feature == 0) waited += std::abs(reason.weight);
      if (reason.feature == 1) weather += std::abs(reason.weight);
    }
  }
  EXPECT_LT(weather * 2, waited);
  const auto most = model->reasons(known.table, 1);
  ASSERT_TRUE(most);
  EXPECT_EQ(most->front().size(), 1U);
  EXPECT_EQ(most->front()[0].feature, (*reasons)[0][0].feature);
}

TEST_P(EachKind, ALoadedModelScoresAsTheOneSaved) {
  const Cases known = cases(1000);
  const auto model = ScoreModel::fit(known.table, known.outcomes, options_of(GetParam()));
  ASSERT_TRUE(model);
  const auto saved = model->save();
  ASSERT_TRUE(saved);
  const auto loaded = ScoreModel::load(*saved);
  ASSERT_TRUE(loaded) << loaded.error().details;
  const Cases fresh = cases(500, 3);
  EXPECT_EQ(*loaded->probabilities(fresh.table), *model->probabilities(fresh.table));
  EXPECT_EQ(loaded->report().weights.size(), model->report().weights.size());
  EXPECT_EQ(loaded->reasons(fresh.table, 2)->front()[0].weight,
            model->reasons(fresh.table, 2)->front()[0].weight);
  EXPECT_EQ(*loaded->save(), *saved);
}

TEST_P(EachKind, TheSameCasesMakeTheSameModel) {
  const Cases known = cases(1000);
  const auto once = ScoreModel::fit(known.table, known.outcomes, options_of(GetParam()));
  const auto again = ScoreModel::fit(known.table, known.outcomes, options_of(GetParam()));
  ASSERT_TRUE(once && again);
  EXPECT_EQ(*once->save(), *again->save());
}

TEST_P(EachKind, LevelsNeverSeenAndMissingValuesAreScored) {
  const Cases known = cases(1000);
  const auto model = ScoreModel::fit(known.table, known.outcomes, options_of(GetParam()));
  ASSERT_TRUE(model);
  Table strange = known.table;
  strange.columns = {std::vector<double>{missing_number, 99}, std::vector<double>{0, 0},
                     std::vector<std::string>{"", "gigantic"}};
  const auto probabilities = model->probabilities(strange);
  ASSERT_TRUE(probabilities);
  for (const double probability : *probabilities) {
    EXPECT_GT(probability, 0);
    EXPECT_LT(probability, 1);
  }
  strange.features[0].name = "other";
  EXPECT_EQ(model->probabilities(strange).error().code, "analytics.other_features");
}

// Who spends ten times as much leaves half as often; a few spend a million.
TEST(ScoreModel, ASkewedNumberWorksByItsLogarithm) {
  std::mt19937 random(5);  // NOLINT: the same each time
  std::normal_distribution<double> value(0, 2);
  std::uniform_real_distribution<double> chance(0, 1);
  std::vector<double> spent;
  std::vector<std::uint8_t> left;
  for (int i = 0; i < 3000; ++i) {
    const double size = 5 + value(random);
    spent.push_back(std::exp(size));
    left.push_back(chance(random) < logistic(5 - size) ? 1 : 0);
  }
  const auto fit = [&](bool skewed) {
    const Table table{
        .features = {{.name = "spent", .known_at = KnownAt::prediction, .skewed = skewed}},
        .columns = {spent}};
    auto model = ScoreModel::fit(table, left, {.kind = ModelKind::logistic});
    EXPECT_TRUE(model);
    const auto loaded = ScoreModel::load(*model->save());
    EXPECT_EQ(*loaded->log_odds(table), *model->log_odds(table));
    EXPECT_EQ(model->report().weights[2].column.substr(0, 12), "spent above ");
    // The first quartile, in units of the number itself.
    EXPECT_NEAR(std::stod(model->report().weights[2].column.substr(12)), std::exp(5 - 1.349), 4);
    return losses_of(*model->probabilities(table), left)->log_loss;
  };
  EXPECT_LT(fit(true), fit(false));
}

TEST(ScoreModel, RefusesWhatIsNotKnownInTime) {
  Cases known = cases(200);
  for (const auto& [moment, code] : std::vector<std::pair<KnownAt, std::string>>{
           {KnownAt::unstated, "analytics.unknown_moment"},
           {KnownAt::during, "analytics.leaking_feature"},
           {KnownAt::outcome, "analytics.leaking_feature"}}) {
    known.table.features[1].known_at = moment;
    const auto refused = ScoreModel::fit(known.table, known.outcomes, {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, code);
    EXPECT_EQ(refused.error().details, "weather");
  }
}

TEST(ScoreModel, RefusesWhatItCannotLearnFrom) {
  const auto code = [](const Table& table, const std::vector<std::uint8_t>& outcomes,
                       ScoreOptions options = {}) {
    const auto made = ScoreModel::fit(table, outcomes, options);
    return made ? std::string("fitted") : made.error().code;
  };
  const Cases known = cases(200);
  std::vector<std::uint8_t> none(200, 0), few(200, 0), strange(200, 2);
  for (std::size_t i = 0; i < outcomes_min - 1; ++i) few[i * 10] = 1;
  EXPECT_EQ(code(known.table, none), "analytics.too_few_outcomes");
  EXPECT_EQ(code(known.table, few), "analytics.too_few_outcomes");
  EXPECT_EQ(code(known.table, strange), "analytics.bad_outcome");
  EXPECT_EQ(code(known.table, {}), "analytics.bad_outcome");
  EXPECT_EQ(code({}, {}), "analytics.no_data");
  EXPECT_EQ(code(known.table, known.outcomes, {.calibration_share = 0.9}), "analytics.bad_option");
  Table flat{.features = {{"one", KnownAt::before}}, .columns = {std::vector<double>(200, 7)}};
  EXPECT_EQ(code(flat, known.outcomes), "analytics.no_data");
  flat.columns = {std::vector<double>(200, std::numeric_limits<double>::infinity())};
  EXPECT_EQ(code(flat, known.outcomes), "analytics.not_finite");
  flat.features.push_back(flat.features[0]);
  flat.columns = {std::vector<double>(200, 1), std::vector<double>(200, 2)};
  EXPECT_EQ(code(flat, known.outcomes), "analytics.feature_twice");
  flat.features[1].name = "two";
  flat.columns[1] = std::vector<double>(3, 1);
  EXPECT_EQ(code(flat, known.outcomes), "analytics.uneven_columns");
}

TEST(ScoreModel, AConstantFeatureIsLeftOutAndNamed) {
  Cases known = cases(400);
  known.table.features.push_back({"planet", KnownAt::before});
  known.table.columns.emplace_back(std::vector<std::string>(400, "Earth"));
  const auto model = ScoreModel::fit(known.table, known.outcomes, options_of(ModelKind::logistic));
  ASSERT_TRUE(model);
  EXPECT_THAT(model->report().constants, testing::ElementsAre("planet"));
}

TEST(ScoreModel, TooFewLaterCasesAreSaidAndTheModelFittedOnAll) {
  const Cases known = cases(120);
  const auto model = ScoreModel::fit(known.table, known.outcomes, options_of(ModelKind::logistic));
  ASSERT_TRUE(model);
  EXPECT_FALSE(model->report().calibrated);
  EXPECT_NE(model->report().note, "");
  EXPECT_EQ(model->report().rows, 120U);
  // Later cases that all ended alike calibrate nothing either.
  Cases alike = cases(1000);
  std::fill(alike.outcomes.begin() + 800, alike.outcomes.end(), std::uint8_t{0});
  const auto uncalibrated =
      ScoreModel::fit(alike.table, alike.outcomes, options_of(ModelKind::logistic));
  ASSERT_TRUE(uncalibrated);
  EXPECT_FALSE(uncalibrated->report().calibrated);
  EXPECT_EQ(uncalibrated->report().rows, 1000U);
}

TEST(ScoreModel, AFeatureThatGivesTheOutcomeAwayHasABoundedWeight) {
  Cases known = cases(400);
  std::vector<double> leak;
  for (const std::uint8_t outcome : known.outcomes) leak.push_back(outcome);
  known.table.columns[0] = leak;
  const auto model = ScoreModel::fit(known.table, known.outcomes, options_of(ModelKind::logistic));
  ASSERT_TRUE(model);
  for (const Weight& weight : model->report().weights) EXPECT_LT(std::abs(weight.value), 10);
}

TEST(ScoreModel, RefusesBytesThatAreNoModel) {
  for (const std::string_view bytes :
       {"", "{", "[]", "{}", R"({"format":9})", R"({"format":1,"encoding":{}})"}) {
    const auto loaded = ScoreModel::load(bytes);
    ASSERT_FALSE(loaded) << bytes;
    EXPECT_EQ(loaded.error().code, "analytics.malformed_model");
  }
  EXPECT_EQ(Boosted::load("{}").error().code, "analytics.malformed_model");
}

TEST(Drift, IsNoughtForTheSameAndGrowsWithTheShift) {
  const Cases then = cases(4000);
  const auto model = ScoreModel::fit(then.table, then.outcomes, options_of(ModelKind::logistic));
  ASSERT_TRUE(model);
  const auto steady = model->drift(cases(4000, 9).table);
  ASSERT_TRUE(steady);
  ASSERT_EQ(steady->size(), 3U);
  for (const FeatureDrift& drift : *steady) {
    EXPECT_EQ(drift.level, DriftLevel::steady) << drift.feature;
    EXPECT_LT(drift.psi, 0.02);
  }
  Table shifted = cases(4000, 9).table;
  for (double& value : std::get<std::vector<double>>(shifted.columns[0])) value += 1;
  std::get<std::vector<std::string>>(shifted.columns[2]).assign(4000, "new plan");
  const auto drift = model->drift(shifted);
  ASSERT_TRUE(drift);
  EXPECT_EQ((*drift)[0].level, DriftLevel::act);
  EXPECT_EQ((*drift)[1].level, DriftLevel::steady);
  EXPECT_EQ((*drift)[2].level, DriftLevel::act);
}

// Half of each level then, three quarters and a quarter now: (.25)·ln 1.5 + (−.25)·ln .5.
TEST(Drift, IsTheStabilityIndex) {
  Table then{.features = {{"level", KnownAt::before}}, .columns = {}};
  std::vector<std::string> before(20'000, "a"), after(20'000, "a");
  std::fill(before.begin() + 10'000, before.end(), "b");
  std::fill(after.begin() + 15'000, after.end(), "b");
  then.columns = {before};
  Table now = then;
  now.columns = {after};
  const auto drift = DriftBaseline::of(then).against(now);
  ASSERT_TRUE(drift);
  EXPECT_NEAR((*drift)[0].psi, 0.25 * std::log(1.5) - 0.25 * std::log(0.5), 1e-3);
}

TEST(Drift, OfAFewRowsIsNotCalledDrift) {
  const Cases then = cases(4000);
  const auto baseline = DriftBaseline::of(then.table);
  int called = 0;
  for (std::uint32_t seed = 100; seed < 140; ++seed) {
    const auto few = baseline.against(cases(60, seed).table);
    ASSERT_TRUE(few);
    for (const FeatureDrift& drift : *few) {
      called += drift.level == DriftLevel::act ? 1 : 0;
    }
  }
  EXPECT_LE(called, 3);
}

TEST(CrossValidation, ScoresEveryRowByAModelThatHasNotSeenIt) {
  const Cases known = cases(1000);
  const auto options = options_of(ModelKind::logistic);
  const auto made = cross_validated(known.table, known.outcomes, options, 5, 1);
  ASSERT_TRUE(made);
  EXPECT_GT(*area_under_curve(made->log_odds, known.outcomes), 0.7);
  EXPECT_EQ(cross_validated(known.table, known.outcomes, options, 5, 1)->log_odds, made->log_odds);
  EXPECT_EQ(cross_validated(known.table, known.outcomes, options, 1, 1).error().code,
            "analytics.bad_option");
  // Outcomes of chance cannot be told, unless a row's own outcome were seen.
  Cases chance = cases(1000);
  std::mt19937 random(8);  // NOLINT: the same each time
  for (std::uint8_t& outcome : chance.outcomes) outcome = random() % 2;
  const auto nothing =
      cross_validated(chance.table, chance.outcomes, options_of(ModelKind::boosted), 5, 1);
  EXPECT_NEAR(*area_under_curve(nothing->log_odds, chance.outcomes), 0.5, 0.06);
}

}  // namespace
}  // namespace rapport::analytics
