#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "analytics/inference/compare.hpp"
#include "analytics/inference/many.hpp"
#include "analytics/inference/promoters.hpp"

namespace rapport::analytics {
namespace {

const double nan = std::numeric_limits<double>::quiet_NaN();

template <typename T>
std::string code(const base::Result<T>& result) {
  return result ? "fine" : result.error().code;
}

TEST(Tails, AreThoseOfTheTables) {
  EXPECT_NEAR(normal_bound(0.95), 1.95996398454005, 1e-12);
  EXPECT_NEAR(normal_tails(-1.95996398454005), 0.05, 1e-12);
  EXPECT_NEAR(student_bound(0.95, 7.5), 2.33303962686, 1e-10);
  EXPECT_NEAR(student_tails(-2.2, 7.5), 0.0611994659061, 1e-10);
  EXPECT_NEAR(chi_square_tail(10.5, 3), 0.014760897144, 1e-10);
  EXPECT_EQ(chi_square_tail(5000, 2), 0);
}

TEST(Wilson, GivesNewcombesExamples) {
  struct Case {
    Proportion proportion;
    double low, high;  // Newcombe 1998, "Two-sided confidence intervals", table I, method 3
  };
  for (const auto& [proportion, low, high] :
       {Case{{81, 263}, .2553, .3662}, Case{{15, 148}, .0624, .1605}, Case{{0, 20}, 0, .1611},
        Case{{1, 29}, .0061, .1718}, Case{{20, 20}, 1 - .1611, 1}}) {
    const auto interval = wilson(proportion);
    ASSERT_TRUE(interval.has_value());
    EXPECT_NEAR(interval->low, low, 5e-5);
    EXPECT_NEAR(interval->high, high, 5e-5);
  }
  EXPECT_EQ(wilson({0, 20})->low, 0);
  EXPECT_EQ(wilson({20, 20})->high, 1);
  EXPECT_EQ(code(wilson({0, 0})), "analytics.bad_counts");
  EXPECT_EQ(code(wilson({3, 2})), "analytics.bad_counts");
}

TEST(TwoProportions, GiveNewcombesExample) {
  const auto test = two_proportions({48, 80}, {56, 70});
  ASSERT_TRUE(test.has_value());
  EXPECT_NEAR(test->difference.estimate, 0.2, 1e-12);
  // Newcombe 1998, "Interval estimation for the difference", table II (a), method 10.
  EXPECT_NEAR(test->difference.low, 0.0524, 5e-5);
  EXPECT_NEAR(test->difference.high, 0.3339, 5e-5);
  EXPECT_NEAR(test->z, std::sqrt(7.02341137124), 1e-9);  // R, prop.test without correction
  EXPECT_NEAR(test->p, 0.008045, 5e-7);
}

TEST(TwoProportions, FindNothingWhereNothingDiffers) {
  for (const std::uint64_t hits : {0, 10}) {
    const auto test = two_proportions({hits, 10}, {hits, 10});
    EXPECT_EQ(test->z, 0);
    EXPECT_EQ(test->p, 1);
    EXPECT_LT(test->difference.low, 0);
    EXPECT_GT(test->difference.high, 0);
  }
  EXPECT_EQ(code(two_proportions({1, 0}, {1, 2})), "analytics.bad_counts");
  EXPECT_EQ(code(two_proportions({1, 2}, {0, 0})), "analytics.bad_counts");
}

// Student's own data: hours of sleep gained by two drugs.
TEST(Welch, GivesStudentsSleep) {
  const std::vector<double> one{0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0};
  const std::vector<double> two{1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4};
  const auto test = welch(sample_of(one), sample_of(two));
  ASSERT_TRUE(test.has_value());
  EXPECT_NEAR(test->t, 1.8608134674869, 1e-11);  // R, t.test(extra ~ group, sleep)
  EXPECT_NEAR(test->degrees, 17.7764735161785, 1e-10);
  EXPECT_NEAR(test->p, 0.0793941401874, 1e-11);
  EXPECT_NEAR(test->difference.estimate, 1.58, 1e-12);
  EXPECT_NEAR(test->difference.low, -0.2054832307117, 1e-10);
  EXPECT_NEAR(test->difference.high, 3.3654832307117, 1e-10);
}

TEST(Welch, RefusesWhatHasNoSpread) {
  const Sample fine{.count = 10, .mean = 1, .variance = 2};
  EXPECT_EQ(code(welch(fine, fine)), "fine");
  EXPECT_EQ(code(welch(fine, {.count = 1, .mean = 1, .variance = 0})), "analytics.too_few");
  EXPECT_EQ(code(welch({}, fine)), "analytics.too_few");
  EXPECT_EQ(code(welch({.count = 9, .mean = nan, .variance = 1}, fine)), "analytics.too_few");
  EXPECT_EQ(code(welch({.count = 9, .mean = 1, .variance = 0}, fine)), "fine");
  EXPECT_EQ(code(welch({.count = 9, .mean = 1, .variance = 0}, {.count = 9, .mean = 2})),
            "analytics.no_spread");
}

// The mean of three times 0.1 is not 0.1 in doubles, and the spread about it not 0: groups without
// any spread were once found to differ beyond doubt.
TEST(Welch, RefusesEqualValuesWhoseMeanIsRounded) {
  const std::vector<double> one{0.1, 0.1, 0.1}, two{0.7, 0.7, 0.7, 0.7, 0.7, 0.7};
  for (const auto& values : {one, two}) {
    EXPECT_EQ(sample_of(values).mean, values[0]);
    EXPECT_EQ(sample_of(values).variance, 0);
  }
  EXPECT_EQ(code(welch(sample_of(one), sample_of(two))), "analytics.no_spread");
  const std::vector<double> bad{nan, nan};
  EXPECT_EQ(code(welch(sample_of(one), sample_of(bad))), "analytics.too_few");
  const std::vector<double> endless{1 / 0.0, 1 / 0.0};
  EXPECT_EQ(code(welch(sample_of(one), sample_of(endless))), "analytics.too_few");
}

TEST(SampleRatio, TellsTheSplitOfTheBook) {
  // Kohavi, Tang & Xu 2020, chapter 21: 821,588 against 815,482 has p = 1.8e-6.
  const std::vector<std::uint64_t> book{821588, 815482}, fine{5010, 4990}, tenth{9020, 980};
  const auto ratio = sample_ratio(book, {});
  EXPECT_NEAR(ratio->chi_square, 22.7743688419, 1e-9);
  EXPECT_NEAR(ratio->p, 1.82179287262e-06, 1e-15);
  EXPECT_TRUE(ratio->mismatch);
  EXPECT_FALSE(sample_ratio(fine, {})->mismatch);
  const std::vector<double> nine_to_one{90, 10};
  EXPECT_FALSE(sample_ratio(tenth, nine_to_one)->mismatch);
  EXPECT_TRUE(sample_ratio(tenth, {})->mismatch);
  EXPECT_NEAR(sample_ratio(tenth, nine_to_one)->chi_square, 400.0 / 9000 + 400.0 / 1000, 1e-12);
}

TEST(SampleRatio, RefusesWhatIsNoSplit) {
  const std::vector<std::uint64_t> one{5}, none{0, 0}, two{1, 2};
  const std::vector<double> three{1, 1, 1}, zero{1, 0}, bad{1, nan};
  EXPECT_EQ(code(sample_ratio(one, {})), "analytics.bad_counts");
  EXPECT_EQ(code(sample_ratio(none, {})), "analytics.bad_counts");
  for (const auto& plan : {three, zero, bad})
    EXPECT_EQ(code(sample_ratio(two, plan)), "analytics.bad_counts");
}

TEST(PromoterScore, HasItsError) {
  const std::vector<int> answers{10, 9, 9, 8, 7, 6, 0, 10, 3, 9};
  const auto counts = promoters_of(answers);
  ASSERT_TRUE(counts.has_value());
  EXPECT_EQ(counts->promoters, 5U);
  EXPECT_EQ(counts->passives, 2U);
  EXPECT_EQ(counts->detractors, 3U);
  const auto score = promoter_score(*counts);
  EXPECT_NEAR(score->score.estimate, 20, 1e-12);
  // The same as the mean of +1, 0 and -1 by the book.
  std::vector<double> steps(10, 0);
  std::fill_n(steps.begin(), 5, 1);
  std::fill_n(steps.begin() + 5, 3, -1);
  const double error = 100 * std::sqrt(sample_of(steps).variance / 10);
  EXPECT_NEAR(score->error, error, 1e-10);
  EXPECT_NEAR(score->score.low, 20 - 1.95996398454005 * error, 1e-9);
  EXPECT_EQ(promoter_score({.promoters = 3})->score.high, 100);
  EXPECT_EQ(code(promoter_score({.promoters = 1})), "analytics.too_few");
  for (const int bad : {-1, 11})
    EXPECT_EQ(code(promoters_of(std::vector{5, bad})), "analytics.bad_answer");
}

TEST(BenjaminiHochberg, FindsFourOfTheFifteen) {
  // Benjamini & Hochberg 1995, section 3.2, in another order; adjusted ones from R's p.adjust.
  std::vector<double> probabilities{.0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344,
                                    .0459, .3240, .4262, .5719, .6528, .7590, 1};
  const std::vector<double> expected{.0015,        .003,         .0095,        .035625,      .0603,
                                     .06385714286, .06385714286, .0645,        .0765,        .486,
                                     .58118181818, .714875,      .75323076923, .81321428571, 1};
  std::ranges::reverse(probabilities);
  const auto adjusted = benjamini_hochberg(probabilities);
  ASSERT_TRUE(adjusted.has_value());
  for (std::size_t i = 0; i < expected.size(); ++i)
    EXPECT_NEAR((*adjusted)[expected.size() - 1 - i], expected[i], 1e-10);
  EXPECT_EQ(std::ranges::count_if(*adjusted, [](double p) { return p <= 0.05; }), 4);
  EXPECT_TRUE(benjamini_hochberg({})->empty());
  for (const double bad : {-0.1, 1.1, nan})
    EXPECT_EQ(code(benjamini_hochberg(std::vector{0.5, bad})), "analytics.bad_probability");
}

double mean(std::span<double> values) {
  return sample_of(values).mean;
}
double median(std::span<double> values) {
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2));
  return values[values.size() / 2];
}

TEST(Bootstrap, OfTheMeanAgreesWithTheFormula) {
  std::vector<double> values(400);
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = std::sqrt(static_cast<double>(i * 37 % 400));
  const auto result = bootstrap(values, mean);
  ASSERT_TRUE(result.has_value());
  const Sample sample = sample_of(values);
  const double error = std::sqrt(sample.variance / 400);
  EXPECT_EQ(result->interval.estimate, sample.mean);
  EXPECT_NEAR(result->error / error, 1, 0.03);
  EXPECT_NEAR(result->interval.low, sample.mean - 1.96 * error, 0.1 * error);
  EXPECT_NEAR(result->interval.high, sample.mean + 1.96 * error, 0.1 * error);
}

TEST(Bootstrap, IsTheSameForTheSameSeed) {
  const std::vector<double> values{3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5};
  const auto one = bootstrap(values, median, {.replicates = 20'000, .seed = 5});
  const auto same = bootstrap(values, median, {.replicates = 20'000, .seed = 5});
  EXPECT_EQ(one->error, same->error);
  EXPECT_EQ(one->interval.estimate, 4);
  EXPECT_LE(one->interval.low, 4);
  EXPECT_GE(one->interval.high, 4);
  const auto other = bootstrap(values, median, {.replicates = 20'000, .seed = 6});
  EXPECT_NE(one->error, other->error);
}

TEST(Bootstrap, RefusesWhatHasNoSpreadToShow) {
  const std::vector<double> one{1}, two{1, 2};
  EXPECT_EQ(code(bootstrap(one, mean)), "analytics.too_few");
  EXPECT_EQ(code(bootstrap(two, mean, {.replicates = 10})), "analytics.too_few");
  EXPECT_EQ(code(bootstrap(two, [](std::span<double>) { return nan; })), "analytics.bad_statistic");
}

}  // namespace
}  // namespace rapport::analytics
