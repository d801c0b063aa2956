// The log-likelihood of all rows under a model of one row, with its gradient: by the logarithms of
// the model's four parameters, then by the coefficients of covariates, a group for each parameter
// that they scale.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "analytics/parallel.hpp"
#include "analytics/purchase/rows.hpp"

namespace rapport::analytics {

template <typename Model>
[[nodiscard]] std::size_t variables_of(std::size_t covariate_count) {
  return Model::names.size() + Model::scaled.size() * covariate_count;
}

// The four parameters at a point, for customers with these covariates.
template <typename Model>
[[nodiscard]] std::array<double, 4> parameters_at(const std::vector<double>& point,
                                                  std::span<const double> covariates) {
  std::array<double, 4> logs{point[0], point[1], point[2], point[3]};
  std::size_t at = 4;
  for (const auto& [parameter, sign] : Model::scaled)
    for (const double covariate : covariates) logs[parameter] += sign * point[at++] * covariate;
  for (double& log : logs) log = std::exp(log);
  return logs;
}

template <typename Model>
[[nodiscard]] double sum_log_likelihood(const CustomerRows& all, const std::vector<double>& point,
                                        std::vector<double>& gradient) {
  struct Sum {
    double value = 0;
    std::vector<double> gradient;
  };
  const auto of_profile = [&](const CovariateProfile& profile, std::size_t from, std::size_t to,
                              Sum& sum) {
    if (from >= to) return;
    std::int32_t purchases_max = 0;
    for (std::size_t i = from; i < to; ++i)
      purchases_max = std::max(purchases_max, all.rows[i].purchases);
    Model model(parameters_at<Model>(point, profile.covariates),
                static_cast<std::size_t>(purchases_max));
    std::array<double, 4> slopes{}, total{};
    for (std::size_t i = from; i < to; ++i) {
      const CustomerRow& row = all.rows[i];
      sum.value += row.weight * model.log_likelihood(row, slopes);
      for (std::size_t k = 0; k < 4; ++k) total[k] += row.weight * slopes[k];
    }
    for (std::size_t k = 0; k < 4; ++k) sum.gradient[k] += total[k];
    std::size_t at = 4;
    for (const auto& [parameter, sign] : Model::scaled)
      for (const double covariate : profile.covariates)
        sum.gradient[at++] += sign * covariate * total[parameter];
  };
  const auto parts = in_parallel(all.rows.size(), [&](std::size_t from, std::size_t to) {
    Sum sum;
    sum.gradient.resize(point.size());
    auto profile = std::ranges::upper_bound(all.profiles, from, {}, &CovariateProfile::to);
    for (; profile != all.profiles.end() && profile->from < to; ++profile)
      of_profile(*profile, std::max(from, profile->from), std::min(to, profile->to), sum);
    return sum;
  });
  gradient.assign(point.size(), 0);
  double value = 0;
  for (const Sum& part : parts) {
    value += part.value;
    for (std::size_t k = 0; k < gradient.size(); ++k) gradient[k] += part.gradient[k];
  }
  return value;
}

}  // namespace rapport::analytics
