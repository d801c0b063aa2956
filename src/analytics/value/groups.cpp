#include "analytics/value/groups.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>

namespace rapport::analytics {
namespace {

double distance(const Point& a, const Point& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum;
}

// 0 … 1 without 1; the standard library's distributions differ from one library to the next.
double uniform(std::mt19937_64& random) {
  return static_cast<double>(random() >> 11) * 0x1.0p-53;
}

// Each further centre is a point, likelier the farther it is from those there are.
std::vector<Point> first_centres(std::span<const Point> points, std::size_t groups,
                                 std::mt19937_64& random) {
  std::vector<Point> centres{points[random() % points.size()]};
  std::vector<double> nearest(points.size(), std::numeric_limits<double>::infinity());
  while (centres.size() < groups) {
    double sum = 0;
    for (std::size_t i = 0; i < points.size(); ++i) {
      nearest[i] = std::min(nearest[i], distance(points[i], centres.back()));
      sum += nearest[i];
    }
    if (sum == 0) break;  // no further point differs
    double left = uniform(random) * sum;
    std::size_t drawn = 0;
    for (std::size_t i = 0; i < points.size(); ++i) {
      if (nearest[i] == 0) continue;
      drawn = i;
      left -= nearest[i];
      if (left < 0) break;
    }
    centres.push_back(points[drawn]);
  }
  return centres;
}

struct Sums {
  std::vector<Point> sums;
  std::vector<std::size_t> counts;
  double inertia = 0;
  std::size_t farthest = 0;
  bool changed = false;
};

// Puts each point to its nearest centre; of equally near ones to the first.
Sums assign(std::span<const Point> points, KMeans& made) {
  Sums sums{.sums = std::vector<Point>(made.centres.size(), Point{}),
            .counts = std::vector<std::size_t>(made.centres.size(), 0)};
  double far = -1;
  for (std::size_t i = 0; i < points.size(); ++i) {
    double least = std::numeric_limits<double>::infinity();
    std::uint8_t best = 0;
    for (std::size_t k = 0; k < made.centres.size(); ++k) {
      const double square = distance(points[i], made.centres[k]);
      if (square < least) {
        least = square;
        best = static_cast<std::uint8_t>(k);
      }
    }
    sums.changed |= made.of[i] != best;
    made.of[i] = best;
    sums.inertia += least;
    ++sums.counts[best];
    for (std::size_t d = 0; d < points[i].size(); ++d) sums.sums[best][d] += points[i][d];
    if (least > far) {
      far = least;
      sums.farthest = i;
    }
  }
  return sums;
}

// Logarithms at mean 0 and standard deviation 1; who is like all others in something is 0 there.
std::vector<Point> standardised(std::span<const PurchaseFacts> facts,
                                std::span<const std::size_t> customers, std::int32_t today) {
  std::vector<Point> points;
  for (const std::size_t customer : customers) {
    const PurchaseFacts& fact = facts[customer];
    const double days = static_cast<double>(today) - fact.last_day;
    const double money = static_cast<double>(fact.money) / static_cast<double>(amount_unit);
    points.push_back({std::log1p(std::max(0.0, days)), std::log1p(fact.orders),
                      std::log1p(std::max(0.0, money))});
  }
  const auto count = static_cast<double>(points.size());
  for (std::size_t d = 0; d < Point{}.size(); ++d) {
    double mean = 0, squares = 0;
    for (const Point& point : points) mean += point[d] / count;
    for (const Point& point : points) squares += (point[d] - mean) * (point[d] - mean) / count;
    const double spread = squares > 1e-18 ? std::sqrt(squares) : 0;
    for (Point& point : points) point[d] = spread > 0 ? (point[d] - mean) / spread : 0;
  }
  return points;
}

std::vector<Group> described(std::span<const PurchaseFacts> facts,
                             std::span<const std::size_t> customers, std::int32_t today,
                             const KMeans& made) {
  std::vector<Group> groups(made.centres.size());
  for (std::size_t i = 0; i < customers.size(); ++i) {
    const PurchaseFacts& fact = facts[customers[i]];
    Group& group = groups[made.of[i]];
    ++group.count;
    group.recency_days += static_cast<double>(today) - fact.last_day;
    group.orders += fact.orders;
    group.money += static_cast<double>(fact.money);
  }
  for (Group& group : groups) {
    const auto count = static_cast<double>(std::max<std::size_t>(1, group.count));
    group.recency_days /= count;
    group.orders /= count;
    group.money /= count;
  }
  return groups;
}

// Numbers the groups by mean money, the best first.
void number_groups(Groups& made, std::span<const std::size_t> customers, const KMeans& found) {
  std::vector<std::uint8_t> order(made.groups.size());
  std::iota(order.begin(), order.end(), std::uint8_t{0});
  std::ranges::stable_sort(order, std::greater{}, [&](auto k) { return made.groups[k].money; });
  std::vector<std::uint8_t> number(order.size());
  std::vector<Group> sorted;
  for (std::size_t i = 0; i < order.size(); ++i) {
    number[order[i]] = static_cast<std::uint8_t>(i);
    sorted.push_back(made.groups[order[i]]);
  }
  made.groups = std::move(sorted);
  for (std::size_t i = 0; i < customers.size(); ++i) {
    made.of[customers[i]] = number[found.of[i]];
  }
}

double sampled_silhouette(std::span<const Point> points, const KMeans& made) {
  const std::size_t count = std::min(points.size(), silhouette_rows_max);
  std::vector<Point> some;
  std::vector<std::uint8_t> of;
  for (std::size_t i = 0; i < count; ++i) {
    some.push_back(points[i * points.size() / count]);
    of.push_back(made.of[i * points.size() / count]);
  }
  return silhouette_of(some, of, made.centres.size());
}

}  // namespace

KMeans k_means(std::span<const Point> points, std::size_t groups, std::uint64_t seed) {
  KMeans made;
  if (points.empty() || groups == 0) return made;
  std::mt19937_64 random(seed);
  made.centres = first_centres(points, std::min(groups, customer_groups_max), random);
  made.of.assign(points.size(), no_group);
  for (int round = 0; round < group_rounds_max; ++round) {
    const Sums sums = assign(points, made);
    made.inertia = sums.inertia;
    if (!sums.changed) break;
    bool moved_to_farthest = false;
    for (std::size_t k = 0; k < made.centres.size(); ++k) {
      if (sums.counts[k] == 0) {
        if (!moved_to_farthest) made.centres[k] = points[sums.farthest];
        moved_to_farthest = true;
        continue;
      }
      for (std::size_t d = 0; d < Point{}.size(); ++d) {
        made.centres[k][d] = sums.sums[k][d] / static_cast<double>(sums.counts[k]);
      }
    }
  }
  return made;
}

double silhouette_of(std::span<const Point> points, std::span<const std::uint8_t> of,
                     std::size_t groups) {
  std::vector<std::size_t> counts(groups, 0);
  for (const std::uint8_t group : of) ++counts[group];
  double sum = 0;
  std::vector<double> distances(groups);
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (counts[of[i]] < 2) continue;
    std::ranges::fill(distances, 0.0);
    for (std::size_t j = 0; j < points.size(); ++j) {
      distances[of[j]] += std::sqrt(distance(points[i], points[j]));
    }
    const double own = distances[of[i]] / static_cast<double>(counts[of[i]] - 1);
    double next = std::numeric_limits<double>::infinity();
    for (std::size_t k = 0; k < groups; ++k) {
      if (k == of[i] || counts[k] == 0) continue;
      next = std::min(next, distances[k] / static_cast<double>(counts[k]));
    }
    if (std::isfinite(next) && std::max(own, next) > 0) sum += (next - own) / std::max(own, next);
  }
  return points.empty() ? 0 : sum / static_cast<double>(points.size());
}

base::Result<Groups> group_customers(std::span<const PurchaseFacts> facts, std::int32_t today,
                                     const GroupOptions& options) {
  if (options.groups < 2 || options.groups > customer_groups_max || options.starts < 1) {
    return base::refuse(base::ProblemKind::invalid, "analytics.bad_option",
                        "The number of groups is out of range.");
  }
  std::vector<std::size_t> customers;
  for (std::size_t i = 0; i < facts.size(); ++i) {
    if (facts[i].orders > 0) customers.push_back(i);
  }
  const auto points = standardised(facts, customers, today);
  KMeans best;
  for (int start = 0; start < options.starts; ++start) {
    KMeans found = k_means(points, options.groups, options.seed + static_cast<unsigned>(start));
    const bool better = best.centres.empty() || found.centres.size() > best.centres.size() ||
                        found.inertia < best.inertia;
    if (better) best = std::move(found);
  }
  if (best.centres.size() < 2) {
    return base::refuse(base::ProblemKind::invalid, "analytics.too_few_customers",
                        "There are no two customers who buy differently.");
  }
  Groups made{.of = std::vector<std::uint8_t>(facts.size(), no_group),
              .groups = described(facts, customers, today, best),
              .inertia = best.inertia,
              .silhouette = sampled_silhouette(points, best)};
  number_groups(made, customers, best);
  return made;
}

}  // namespace rapport::analytics
