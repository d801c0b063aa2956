// What makes customers leave sooner or later: the proportional hazards model. At any time the pace
// of leaving of a customer with covariates x is h(t | x) = h0(t) exp(b'x), whatever h0 is (Cox
// 1972). exp(b_j) is the hazard ratio: 2 means that with one more of x_j people leave at twice the
// pace.
//
//   const auto fit = fit_cox(stays, {.values = rows, .count = 3});
//   fit->coefficients[0].hazard_ratio, .low, .high, .p
//   survival_of(*fit, x, 12)                       // chance that one with x is still there at 12
//
// Fitted by Newton's method on the partial likelihood; customers who leave at the same time are
// taken by Efron's approximation (1977), which is R's default too.
#pragma once

#include <span>
#include <vector>

#include "analytics/contract/survival.hpp"

namespace rapport::analytics {

// Row after row, `count` numbers to a customer.
struct CoxCovariates {
  std::span<const double> values;
  std::size_t count = 0;
};

inline constexpr std::size_t cox_covariates_max = 500;

struct CoxCoefficient {
  double value = 0;
  double error = 0;                            // standard, from the information
  double hazard_ratio = 1, low = 1, high = 1;  // with its interval
  double z = 0, p = 1;                         // of Wald's test of value = 0
};

struct CoxFit {
  // Cumulative hazard of a customer whose covariates are the means (Efron's estimate), by time.
  struct Hazard {
    double time = 0, cumulative = 0;
  };

  std::vector<CoxCoefficient> coefficients;
  std::size_t customers = 0, ended = 0;
  double log_likelihood_null = 0, log_likelihood = 0;  // with all b = 0, and at the maximum
  double likelihood_ratio = 0, p = 1;  // test of all together, degrees = coefficients
  int iterations = 0;
  std::vector<double> means;     // of the covariates
  std::vector<Hazard> baseline;  // at each time at which someone left, ascending
};

// Refuses, besides what problem_of(stays) says:
//   analytics.bad_covariate      not a number, none at all, or too many
//   analytics.no_ends            nobody left
//   analytics.constant_covariate one is the same for all (details: which, from 1)
//   analytics.collinear          one follows from the others
//   analytics.no_maximum         one tells without fail who leaves first: no ratio bounds it
[[nodiscard]] base::Result<CoxFit> fit_cox(const Stays& stays, const CoxCovariates& covariates,
                                           double confidence = usual_confidence);

// The chance that a customer with these covariates is still there after `time`.
[[nodiscard]] double survival_of(const CoxFit& fit, std::span<const double> covariates,
                                 double time);

}  // namespace rapport::analytics
