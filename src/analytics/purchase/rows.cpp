#include "analytics/purchase/rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

#include "analytics/parallel.hpp"

namespace rapport::analytics {

namespace {

std::unexpected<base::Problem> bad(std::string message) {
  return base::refuse(base::ProblemKind::invalid, "analytics.bad_customers", std::move(message));
}

// Why row i is none, or nothing.
std::string fault_of(const Customers& customers, std::size_t i) {
  const double recency = customers.recency[i], age = customers.age[i];
  if (customers.purchases[i] < 0) return fmt::format("{} purchases", customers.purchases[i]);
  if (!std::isfinite(age) || age < 0) return fmt::format("an age of {}", age);
  if (!std::isfinite(recency) || recency < 0) return fmt::format("a recency of {}", recency);
  if (recency > age) return fmt::format("a recency of {} beyond its age of {}", recency, age);
  if (!customers.weight.empty() &&
      !(std::isfinite(customers.weight[i]) && customers.weight[i] >= 0))
    return fmt::format("a weight of {}", customers.weight[i]);
  for (std::size_t k = 0; k < customers.covariate_count; ++k) {
    const double covariate = customers.covariates[i * customers.covariate_count + k];
    if (!std::isfinite(covariate)) return fmt::format("a covariate of {}", covariate);
  }
  return {};
}

auto order_of(const CustomerRow& row) {
  return std::tuple(row.purchases, row.age, row.recency);
}

// Sorts stretches at once, then merges them.
void sort_rows(std::vector<CustomerRow>& rows, std::size_t from, std::size_t to) {
  const auto less = [](const CustomerRow& a, const CustomerRow& b) {
    return order_of(a) < order_of(b);
  };
  const auto begin = rows.begin() + static_cast<std::ptrdiff_t>(from);
  const std::size_t count = to - from;
  std::vector<std::size_t> ends{0};
  for (const std::size_t end : in_parallel(count, [&](std::size_t first, std::size_t last) {
         std::sort(begin + static_cast<std::ptrdiff_t>(first),
                   begin + static_cast<std::ptrdiff_t>(last), less);
         return last;
       })) {
    std::inplace_merge(begin, begin + static_cast<std::ptrdiff_t>(ends.back()),
                       begin + static_cast<std::ptrdiff_t>(end), less);
    ends.push_back(end);
  }
}

// Merges neighbours alike from `from` on; the rows end where the merged ones do.
void merge_alike(std::vector<CustomerRow>& rows, std::size_t from) {
  std::size_t last = from;
  for (std::size_t i = from + 1; i < rows.size(); ++i) {
    if (order_of(rows[i]) == order_of(rows[last])) {
      rows[last].weight += rows[i].weight;
    } else {
      rows[++last] = rows[i];
    }
  }
  if (rows.size() > from) rows.resize(last + 1);
}

// Customers in order of their covariates; those alike are neighbours.
std::vector<std::size_t> by_covariates(const Customers& customers) {
  std::vector<std::size_t> order(customers.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (customers.covariate_count == 0) return order;
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
    const std::size_t k = customers.covariate_count;
    return std::ranges::lexicographical_compare(customers.covariates.subspan(a * k, k),
                                                customers.covariates.subspan(b * k, k));
  });
  return order;
}

}  // namespace

void CustomerRows::add_up() {
  weight = repeaters = purchases = age = 0;
  for (const CustomerRow& row : rows) {
    weight += row.weight;
    if (row.purchases > 0) repeaters += row.weight;
    purchases += row.weight * row.purchases;
    age += row.weight * row.age;
  }
}

base::Result<void> check_customers(const Customers& customers) {
  const std::size_t n = customers.size();
  if (customers.recency.size() != n || customers.age.size() != n ||
      (!customers.weight.empty() && customers.weight.size() != n) ||
      customers.covariates.size() != n * customers.covariate_count)
    return bad("The figures of customers are not of one length.");
  std::size_t wrong = n;
  for (const std::size_t first : in_parallel(n, [&](std::size_t from, std::size_t to) {
         for (std::size_t i = from; i < to; ++i)
           if (!fault_of(customers, i).empty()) return i;
         return n;
       }))
    wrong = std::min(wrong, first);
  if (wrong == n) return {};
  return bad(fmt::format("Row {} of the customers has {}.", wrong, fault_of(customers, wrong)));
}

CustomerRows collapsed(const Customers& customers) {
  CustomerRows all;
  all.covariate_count = customers.covariate_count;
  const std::size_t k = customers.covariate_count;
  const auto order = by_covariates(customers);
  const auto covariates = [&](std::size_t i) { return customers.covariates.subspan(i * k, k); };
  all.rows.reserve(customers.size());
  for (std::size_t i = 0; i < order.size();) {
    const std::size_t first = order[i], from = all.rows.size();
    for (; i < order.size() && std::ranges::equal(covariates(order[i]), covariates(first)); ++i) {
      const std::size_t at = order[i];
      const double weight = customers.weight.empty() ? 1 : customers.weight[at];
      if (weight == 0) continue;
      const bool repeats = customers.purchases[at] > 0;
      all.rows.push_back({.recency = repeats ? customers.recency[at] : 0,
                          .age = customers.age[at],
                          .weight = weight,
                          .purchases = customers.purchases[at]});
    }
    sort_rows(all.rows, from, all.rows.size());
    merge_alike(all.rows, from);
    const auto shared = covariates(first);
    all.profiles.push_back({from, all.rows.size(), {shared.begin(), shared.end()}});
  }
  all.add_up();
  return all;
}

CustomerRows sampled(const CustomerRows& all, std::size_t count) {
  CustomerRows some;
  some.covariate_count = all.covariate_count;
  const double step = all.weight / static_cast<double>(count);
  double passed = 0, next = step / 2;
  for (const CovariateProfile& profile : all.profiles) {
    const std::size_t from = some.rows.size();
    for (std::size_t i = profile.from; i < profile.to; ++i) {
      passed += all.rows[i].weight;
      double weight = 0;
      for (; next < passed; next += step) weight += step;
      if (weight == 0) continue;
      some.rows.push_back(all.rows[i]);
      some.rows.back().weight = weight;
    }
    if (some.rows.size() > from)
      some.profiles.push_back({from, some.rows.size(), profile.covariates});
  }
  some.add_up();
  return some;
}

}  // namespace rapport::analytics
