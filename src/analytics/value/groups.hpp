// Groups of customers who buy alike: k-means on recency, frequency and money, each as a logarithm
// (few buy very much) brought to mean 0 and standard deviation 1, so that all three weigh the same.
// Centres start by k-means++ (Arthur & Vassilvitskii 2007) and settle by Lloyd (1982). Groups are
// numbered by their mean money, 0 the best, so that the same customers make the same groups.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "analytics/value/orders.hpp"

namespace rapport::analytics {

inline constexpr std::size_t customer_groups_max = 20;
inline constexpr int group_rounds_max = 100;
inline constexpr std::size_t silhouette_rows_max = 1500;  // its cost grows with the square

using Point = std::array<double, 3>;

struct GroupOptions {
  std::size_t groups = 5;  // 2 … customer_groups_max
  std::uint64_t seed = 1;
  int starts = 4;  // the best of as many is taken
};

struct Group {
  std::size_t count = 0;
  double recency_days = 0;  // means of the customers, as they are
  double orders = 0;
  double money = 0;  // ten-thousandths
};

struct Groups {
  std::vector<std::uint8_t> of;  // by customer; no_group for who has not bought
  std::vector<Group> groups;     // fewer than asked for where fewer customers differ
  double inertia = 0;            // sum of squared distances from the centres, standardised
  // How much nearer customers are to their own group than to the next (Rousseeuw 1987), −1 … 1,
  // of at most silhouette_rows_max customers taken evenly.
  double silhouette = 0;
};

inline constexpr std::uint8_t no_group = 255;

// `today` is the day from which recency counts. Money below nought counts as nought. Refused:
// options out of range (analytics.bad_option), fewer than two customers who differ
// (analytics.too_few_customers).
[[nodiscard]] base::Result<Groups> group_customers(std::span<const PurchaseFacts> facts,
                                                   std::int32_t today,
                                                   const GroupOptions& options = {});

struct KMeans {
  std::vector<std::uint8_t> of;
  std::vector<Point> centres;
  double inertia = 0;
};

// Of points as they are, `groups` at most customer_groups_max; a group that runs empty takes the
// point that is farthest from its centre. The same points, in the same order, and seed give the
// same groups.
[[nodiscard]] KMeans k_means(std::span<const Point> points, std::size_t groups, std::uint64_t seed);

// Mean silhouette of the points, at least two groups among them; points alone in their group are 0.
[[nodiscard]] double silhouette_of(std::span<const Point> points, std::span<const std::uint8_t> of,
                                   std::size_t groups);

}  // namespace rapport::analytics
