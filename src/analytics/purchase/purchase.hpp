// Customers who never say that they have left: how often they will buy, whether they are still
// there, and what they are worth. From three figures a customer (x, t_x, T):
//
//   x    repeat purchases: the first is not counted, purchases of one day count once
//   t_x  recency: time from the first purchase to the last; 0 where x is 0
//   T    age: time from the first purchase to the end of what is known
//
// in any unit of time (days, weeks), fractions allowed; all results are in the same unit.
//
//   auto fit = fit_purchases(PurchaseModel::bg_nbd, {.purchases = x, .recency = t_x, .age = T});
//   if (fit->model == PurchaseModel::pooled) …          // could not be fitted; fit->note says why
//   std::vector<double> alive(n), expected(n), discounted(n);
//   const Horizon year{.length = 52.14, .periods = 12, .discount = 0.01};
//   auto done = score_purchases(*fit, customers, year,
//                               {.alive = alive, .expected = expected, .discounted = discounted});
//   value of i: discounted[i] * order value (spending.hpp) * margin; see `lifetime_values`
//
// Models: BG/NBD (Fader, Hardie & Lee 2005), MBG/NBD (Batislam, Denizel & Filiztekin 2007) and
// Pareto/NBD (Schmittlein, Morrison & Colombo 1987). In all, a customer buys at random at a rate
// that is gamma distributed over customers (r, alpha). They differ in how customers leave: after a
// purchase with a probability that is beta distributed (a, b), with MBG also right after the first;
// or, with Pareto/NBD, at a rate that is gamma distributed (s, beta) at any time.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.hpp"

namespace rapport::analytics {

// `pooled` is what remains where no model can be fitted: one rate for all, nobody known to leave.
enum class PurchaseModel { bg_nbd, mbg_nbd, pareto_nbd, pooled };
[[nodiscard]] std::string_view name_of(PurchaseModel model);  // "bg_nbd" …
[[nodiscard]] std::optional<PurchaseModel> purchase_model_named(std::string_view name);

// One row a customer, or for `weight` customers alike. Spans of one length.
struct Customers {
  std::span<const std::int32_t> purchases;  // x
  std::span<const double> recency;          // t_x
  std::span<const double> age;              // T
  std::span<const double> weight = {};      // empty: 1 each
  // Static covariates, row after row, `covariate_count` to a row (Fader & Hardie 2007).
  std::span<const double> covariates = {};
  std::size_t covariate_count = 0;

  [[nodiscard]] std::size_t size() const { return purchases.size(); }
};

struct Parameter {
  std::string name;
  double value = 0;
  std::optional<double> error = {};  // standard error; none where the data do not settle it
};

// A fit as it may be stored: predictions need `model` and the values of `parameters` in their
// order:
//
//   bg_nbd, mbg_nbd   r, alpha, a, b
//   pareto_nbd        r, alpha, s, beta
//   pooled            rate: repeat purchases in a unit of time
//
// With k covariates z, gamma1_1 … gamma1_k (they scale alpha by exp(-gamma1'z)) follow, and then
// those of leaving: gamma2_* and gamma3_* scale a and b by exp(gamma'z), or gamma2_* scale beta by
// exp(-gamma2'z).
struct PurchaseFit {
  PurchaseModel model = PurchaseModel::pooled;
  std::vector<Parameter> parameters;
  double log_likelihood = 0;
  double customers = 0;    // sum of weights
  double repeaters = 0;    // with x > 0
  std::size_t rows = 0;    // distinct ones
  int evaluations = 0;     // of the likelihood over all rows
  std::string note;        // what a reader must know; empty where all is well
  std::string why_pooled;  // of that the reason alone; empty where a model was fitted
};

// Too little to tell four parameters apart: below this many repeaters a fit falls back to `pooled`.
inline constexpr double repeaters_min = 10;

// Maximum likelihood. Where that cannot be had (too few repeaters, all rows alike, diverging) the
// answer is a `pooled` fit with a note. Where a parameter runs away but the likelihood has settled
// (customers too much alike), the model is kept, its errors are left out and the note says so.
// Problem: `analytics.bad_customers` (which row, and why).
[[nodiscard]] base::Result<PurchaseFit> fit_purchases(PurchaseModel model,
                                                      const Customers& customers);

// The log-likelihood of other customers under a fit; for judging it on data it has not seen.
[[nodiscard]] base::Result<double> log_likelihood_of(const PurchaseFit& fit,
                                                     const Customers& customers);

// What is looked ahead: `length` in the fit's unit, cut into `periods` at whose ends is discounted
// by `discount` each (12 periods at 0.01: 1 % a month over a year).
struct Horizon {
  double length = 0;
  int periods = 1;
  double discount = 0;
};
inline constexpr int horizon_periods_max = 1200;

// Where the answers go: spans of as many as there are customers; an empty one is not wanted.
struct PurchaseScores {
  std::span<double> alive = {};     // probability that the customer is still there; under `pooled`
                                    // not known: NaN
  std::span<double> expected = {};  // E[Y(length) | x, t_x, T], purchases to come
  std::span<double> discounted = {};  // the same, each period's purchases discounted from its end
};
// Problems: `analytics.bad_customers`, `analytics.bad_fit`, `analytics.bad_horizon`.
[[nodiscard]] base::Result<void> score_purchases(const PurchaseFit& fit, const Customers& customers,
                                                 const Horizon& horizon,
                                                 const PurchaseScores& scores);

// discounted[i] * order_value[i] * margin (a share of revenue, 0..1), into `values`.
void lifetime_values(std::span<const double> discounted, std::span<const double> order_value,
                     double margin, std::span<double> values);

// Discounted expected residual transactions without an end, at a continuous rate of discount a unit
// of time (Fader, Hardie & Lee 2005, "RFM and CLV"). Only pareto_nbd; `analytics.bad_fit`
// else.
[[nodiscard]] base::Result<void> residual_transactions(const PurchaseFit& fit,
                                                       const Customers& customers, double rate,
                                                       std::span<double> discounted);

// E[X(t)]: repeat purchases of a new customer within t of the first. Without covariates (all 0).
[[nodiscard]] double expected_of_new(const PurchaseFit& fit, double t);

// P(X(t) = n) for n = 0 … count - 1, of a new customer. The rest of 1 is what buys more often.
[[nodiscard]] std::vector<double> purchase_distribution(const PurchaseFit& fit, double t,
                                                        std::size_t count);

// For pictures of the fit. Customers by number of repeat purchases up to their ages; the last of
// `count` holds all with as many or more.
struct PurchaseCount {
  double actual = 0, expected = 0;
};
[[nodiscard]] std::vector<PurchaseCount> fit_by_purchases(const PurchaseFit& fit,
                                                          const Customers& customers,
                                                          std::size_t count);

// Expected repeat purchases of all customers together up to each moment, counted from the end of
// what is known (-3: three units before it, 10: ten after). Ages say when each customer came.
[[nodiscard]] std::vector<double> expected_cumulative(const PurchaseFit& fit,
                                                      const Customers& customers,
                                                      std::span<const double> moments);

}  // namespace rapport::analytics
