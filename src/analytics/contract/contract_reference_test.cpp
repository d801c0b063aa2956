// Telco subscribers and the renewals of two tiers, against figures from R's survival 3.5.
#include <cstdlib>
#include <map>
#include <string>

#include "analytics/contract/cox.hpp"
#include "analytics/contract/renewals.hpp"
#include "analytics/testing.hpp"

namespace rapport::analytics {
namespace {

class ContractReference : public ReferenceTest {
 protected:
  void SetUp() override {
    ReferenceTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    const Rows table = rows("telco_churn/telco_customer_churn.csv.xz");
    const auto number = [&](std::size_t row, const char* heading) {
      return std::strtod(table[row][column(table, heading)].c_str(), nullptr);
    };
    for (std::size_t row = 1; row < table.size(); ++row) {
      time.push_back(number(row, "tenure"));
      ended.push_back(table[row][column(table, "Churn")] == "Yes" ? 1 : 0);
      const std::string& contract = table[row][column(table, "Contract")];
      const bool one = contract == "One year", two = contract == "Two year";
      group.push_back(one ? 1 : two ? 2 : 0);
      for (const double x : {number(row, "MonthlyCharges"), number(row, "SeniorCitizen"),
                             one ? 1.0 : 0.0, two ? 1.0 : 0.0})
        covariates.push_back(x);
    }
  }

  [[nodiscard]] Stays stays() const { return {.time = time, .ended = ended}; }

  std::vector<double> time, covariates;
  std::vector<std::uint8_t> ended;
  std::vector<std::uint32_t> group;
};

TEST_F(ContractReference, TelcoSubscribersStayAsKnown) {
  const auto curve = kaplan_meier(stays());
  ASSERT_TRUE(curve.has_value());
  EXPECT_EQ(curve->customers, 7043U);
  EXPECT_EQ(curve->ended, 1869U);
  struct Case {
    double time, survival, low, high;
  };
  for (const Case& expected : {Case{12, 0.8431995538, 0.8341686858, 0.8517833207},
                               Case{24, 0.7887363984, 0.7783129555, 0.7987352021},
                               Case{36, 0.7485454149, 0.7370785621, 0.7595970313},
                               Case{48, 0.7088401843, 0.6962450831, 0.7210227332},
                               Case{60, 0.6644039144, 0.6502267929, 0.6781567792},
                               Case{72, 0.5927901521, 0.5730628910, 0.6119362092}}) {
    const auto& point = curve->points[static_cast<std::size_t>(expected.time)];
    EXPECT_EQ(point.time, expected.time);
    EXPECT_NEAR(point.survival, expected.survival, 1e-9);
    EXPECT_NEAR(*point.low, expected.low, 1e-9);
    EXPECT_NEAR(*point.high, expected.high, 1e-9);
  }
}

TEST_F(ContractReference, TelcoContractsDiffer) {
  const auto test = log_rank(stays(), group, 3);
  ASSERT_TRUE(test.has_value());
  EXPECT_NEAR(test->chi_square, 2352.87253826, 1e-6);
  EXPECT_EQ(test->degrees, 2);
  EXPECT_LT(test->p, 1e-300);
  EXPECT_EQ(test->groups[0].observed, 1655U);
  EXPECT_NEAR(test->groups[0].expected, 708.445595508, 1e-6);
  EXPECT_NEAR(test->groups[2].expected, 689.826578396, 1e-6);
}

TEST_F(ContractReference, TelcoHazardRatiosAreThoseOfR) {
  const auto fit = fit_cox(stays(), {.values = covariates, .count = 4});
  ASSERT_TRUE(fit.has_value());
  const double values[] = {0.000134295591515, 0.022768568794847, -2.187104782969119,
                           -4.217438215596690};
  const double errors[] = {0.000917756409092, 0.054881588404765, 0.083866269707346,
                           0.157257050848788};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_NEAR(fit->coefficients[i].value, values[i], 1e-8);
    EXPECT_NEAR(fit->coefficients[i].error, errors[i], 1e-8);
  }
  EXPECT_NEAR(fit->coefficients[2].hazard_ratio, 0.11224124141, 1e-8);
  EXPECT_NEAR(fit->coefficients[2].low, 0.09522815348, 1e-8);
  EXPECT_NEAR(fit->coefficients[2].high, 0.13229382081, 1e-8);
  EXPECT_NEAR(fit->log_likelihood_null, -15653.039635111, 1e-6);
  EXPECT_NEAR(fit->log_likelihood, -14343.456120179, 1e-6);
  const std::vector<double> monthly{70, 0, 0, 0}, yearly{20, 1, 1, 0};
  EXPECT_NEAR(survival_of(*fit, monthly, 24), 0.60252633465, 1e-8);
  EXPECT_NEAR(survival_of(*fit, yearly, 72), 0.6550062246, 1e-8);
}

TEST_F(ContractReference, BothTiersRenewAsPublished) {
  std::map<std::string, std::vector<double>> tiers;
  const Rows table = rows("sbg_contractual/sbg.csv");
  for (std::size_t row = 1; row < table.size(); ++row)
    tiers[table[row][0]].push_back(std::strtod(table[row][2].c_str(), nullptr));
  struct Case {
    const char* tier;
    double alpha, beta, log_likelihood;
  };
  for (const Case& expected :
       {Case{"high_end", .668, 3.806, -1611.158}, Case{"regular", .704, 1.182, -1680.265}}) {
    const auto fit = fit_renewals(renewals_of_survivors(tiers[expected.tier]));
    ASSERT_TRUE(fit.has_value()) << expected.tier;
    EXPECT_NEAR(fit->alpha, expected.alpha, 5e-4);
    EXPECT_NEAR(fit->beta, expected.beta, 5e-4);
    EXPECT_NEAR(fit->log_likelihood, expected.log_likelihood, 5e-4);
  }
}

}  // namespace
}  // namespace rapport::analytics
