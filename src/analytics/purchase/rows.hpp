// Customers as a fit sees them: checked, those alike collapsed to one row with a weight, and
// sorted, so that neighbours share purchases and age.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "analytics/purchase/purchase.hpp"

namespace rapport::analytics {

// Rows that share their covariates.
struct CovariateProfile {
  std::size_t from = 0, to = 0;
  std::vector<double> covariates;
};

struct CustomerRow {
  double recency = 0, age = 0, weight = 0;
  std::int32_t purchases = 0;
};

struct CustomerRows {
  std::vector<CustomerRow> rows;
  std::vector<CovariateProfile> profiles;  // cover all rows, in order
  std::size_t covariate_count = 0;
  double weight = 0;              // sum
  double repeaters = 0;           // weight of those with purchases
  double purchases = 0, age = 0;  // weighted sums

  void add_up();
};

// `analytics.bad_customers`: spans of unequal length, a negative or not finite figure, a recency
// beyond the age. Names the row, from 0.
[[nodiscard]] base::Result<void> check_customers(const Customers& customers);

[[nodiscard]] CustomerRows collapsed(const Customers& customers);

// About `count` rows that stand for all, each with the same weight: drawn at even steps of weight
// from the sorted rows.
[[nodiscard]] CustomerRows sampled(const CustomerRows& all, std::size_t count);

}  // namespace rapport::analytics
