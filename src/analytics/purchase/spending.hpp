// What a customer spends on an order: Gamma-Gamma (Fader & Hardie 2013, "The Gamma-Gamma Model of
// Monetary Value"). Amounts vary around a customer's own mean (gamma, shape p), means vary over
// customers (gamma distributed scale, q and gamma); independent of how often one buys.
//
//   auto fit = fit_spending({.purchases = x, .mean_amount = z});
//   expected_spending(*fit, {.purchases = x, .mean_amount = z}, order_value);
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analytics/purchase/purchase.hpp"

namespace rapport::analytics {

// A row a customer: over how many purchases the mean was taken, and that mean, > 0.
struct Spenders {
  std::span<const std::int32_t> purchases;
  std::span<const double> mean_amount;
  [[nodiscard]] std::size_t size() const { return purchases.size(); }
};

// As it may be stored: predictions need `parameters` (p, q, gamma; none where the model could not
// be fitted, which `note` explains) and `mean`.
struct SpendingFit {
  std::vector<Parameter> parameters;
  double mean = 0;  // amount of an order over all; serves where the model has none
  double log_likelihood = 0;
  double customers = 0;  // rows used: with at least one purchase and a positive mean
  double purchases = 0;  // of these, that their means were taken of
  double left_out = 0;   // with purchases, but a mean that is not positive
  int evaluations = 0;
  std::string note;
  std::string why_mean;  // of that the reason alone why there are no parameters
};

// Rows without purchases are passed over. Problem: `analytics.bad_customers`.
[[nodiscard]] base::Result<SpendingFit> fit_spending(const Spenders& spenders);

// E[M | x, mean]: the expected amount of an order, ibid. (the weighted mean of the customer's own
// and the population's); for a row without purchases that of the population, p gamma / (q - 1).
// Where that has none (q <= 1), or nothing was fitted, `mean` serves. Problems:
// `analytics.bad_customers`, `analytics.bad_fit`.
[[nodiscard]] base::Result<void> expected_spending(const SpendingFit& fit, const Spenders& spenders,
                                                   std::span<double> amounts);

// The picture of a fit: customers by the mean amount of their purchases, from one bound to the next
// (the last: from there on), as many as there are and as many as the model expects. Of x purchases
// the mean z has x z / (gamma + x z) ~ Beta(p x, q), which follows from the density ibid. (eq. 1a).
struct AmountCount {
  double from = 0;
  double actual = 0, expected = 0;
};
// `bounds` ascending, the first 0. Those whom the fit left out are left out; none where it has no
// parameters.
[[nodiscard]] std::vector<AmountCount> fit_by_amount(const SpendingFit& fit,
                                                     const Spenders& spenders,
                                                     std::span<const double> bounds);

}  // namespace rapport::analytics
