#include "analytics/contract/survival.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <numeric>

namespace rapport::analytics {

namespace {

std::vector<std::uint32_t> by_time(const Stays& stays) {
  std::vector<std::uint32_t> order(stays.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::sort(order, {}, [&](std::uint32_t i) { return stays.time[i]; });
  return order;
}

// Kalbfleisch & Prentice 1980, equation 1.16: S^exp(±z se(log(-log S))), where the variance of
// log S is Greenwood's sum.
void set_interval(SurvivalPoint& point, double greenwood, double bound) {
  if (point.survival == 1) {
    point.error = 0;
    point.low = point.high = 1;
  } else if (point.survival > 0) {
    const double deviation = std::sqrt(greenwood);
    const double log_survival = std::log(point.survival);
    const double reach = bound * deviation / -log_survival;
    point.error = point.survival * deviation;
    point.low = std::exp(log_survival * std::exp(reach));
    point.high = std::exp(log_survival * std::exp(-reach));
  }
}

class LogRankSums {
 public:
  explicit LogRankSums(std::uint32_t groups)
      : at_risk_(Eigen::VectorXd::Zero(groups)),
        ended_(Eigen::VectorXd::Zero(groups)),
        observed_(Eigen::VectorXd::Zero(groups)),
        expected_(Eigen::VectorXd::Zero(groups)),
        variance_(Eigen::MatrixXd::Zero(groups, groups)) {}

  void enters(std::uint32_t group) { at_risk_[group] += 1; }
  void leaves(std::uint32_t group) { at_risk_[group] -= 1; }
  void ends(std::uint32_t group) { ended_[group] += 1; }

  // All of one time are said; takes what they tell.
  void close() {
    const double d = ended_.sum(), n = at_risk_.sum();
    if (d == 0) return;
    const Eigen::VectorXd share = at_risk_ / n;
    observed_ += ended_;
    expected_ += d * share;
    if (n > 1) {
      const double scale = d * (n - d) / (n - 1);
      variance_.diagonal() += scale * share;
      variance_.noalias() -= scale * share * share.transpose();
    }
    ended_.setZero();
  }

  // The quadratic form of observed less expected in the variance, which has one rank less than
  // groups that were ever at risk; its inverse is taken where it has one.
  [[nodiscard]] LogRank result() const {
    LogRank result;
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(variance_);
    const Eigen::VectorXd& values = solver.eigenvalues();
    const double nothing = 1e-10 * std::max(values.maxCoeff(), 0.0);
    const Eigen::VectorXd turned = solver.eigenvectors().transpose() * (observed_ - expected_);
    for (Eigen::Index i = 0; i < values.size(); ++i) {
      if (values[i] <= nothing) continue;
      result.chi_square += turned[i] * turned[i] / values[i];
      ++result.degrees;
    }
    for (Eigen::Index i = 0; i < observed_.size(); ++i)
      result.groups.push_back({.customers = 0,
                               .observed = static_cast<std::size_t>(observed_[i]),
                               .expected = expected_[i]});
    return result;
  }

 private:
  Eigen::VectorXd at_risk_, ended_, observed_, expected_;
  Eigen::MatrixXd variance_;
};

std::optional<base::Problem> problem_of_groups(const Stays& stays,
                                               std::span<const std::uint32_t> group,
                                               std::uint32_t groups) {
  using base::ProblemKind;
  const auto problem = [](ProblemKind kind, std::string code, std::string message) {
    return base::refuse(kind, std::move(code), std::move(message)).error();
  };
  if (group.size() != stays.size() ||
      std::ranges::any_of(group, [&](std::uint32_t g) { return g >= groups; }))
    return problem(ProblemKind::internal, "analytics.uneven_columns",
                   "Each customer must have one of the groups.");
  if (groups < 2)
    return problem(ProblemKind::invalid, "analytics.one_group",
                   "There is only one group: nothing to compare it with.");
  if (groups > log_rank_groups_max)
    return problem(ProblemKind::too_large, "analytics.too_many_groups",
                   "At most " + std::to_string(log_rank_groups_max) +
                       " groups are compared; there are " + std::to_string(groups) + ".");
  return std::nullopt;
}

}  // namespace

std::optional<base::Problem> problem_of(const Stays& stays) {
  if (stays.ended.size() != stays.time.size())
    return base::refuse(base::ProblemKind::internal, "analytics.uneven_columns",
                        "Times and ends must be as many.")
        .error();
  for (std::size_t i = 0; i < stays.size(); ++i)
    if (!std::isfinite(stays.time[i]) || stays.time[i] < 0)
      return base::refuse(base::ProblemKind::invalid, "analytics.bad_time",
                          "A time is negative or not a number.",
                          "It is that of customer " + std::to_string(i + 1) + ".")
          .error();
  return std::nullopt;
}

base::Result<SurvivalCurve> kaplan_meier(const Stays& stays, double confidence) {
  if (auto problem = problem_of(stays)) return std::unexpected(std::move(*problem));
  const auto order = by_time(stays);
  const double bound = normal_bound(confidence);
  SurvivalCurve curve{.customers = stays.size(), .ended = 0, .points = {}};
  double survival = 1, greenwood = 0;
  for (std::size_t i = 0; i < order.size();) {
    SurvivalPoint point{.time = stays.time[order[i]],
                        .at_risk = order.size() - i,
                        .ended = 0,
                        .survival = 1,
                        .error = {},
                        .low = {},
                        .high = {}};
    for (; i < order.size() && stays.time[order[i]] == point.time; ++i)
      if (stays.ended[order[i]] != 0) ++point.ended;
    const auto n = static_cast<double>(point.at_risk), d = static_cast<double>(point.ended);
    survival *= 1 - d / n;
    if (d > 0 && d < n) greenwood += d / (n * (n - d));
    point.survival = survival;
    set_interval(point, greenwood, bound);
    curve.ended += point.ended;
    curve.points.push_back(point);
  }
  return curve;
}

double SurvivalCurve::survival_at(double time) const {
  const auto after = std::ranges::upper_bound(points, time, {}, &SurvivalPoint::time);
  return after == points.begin() ? 1 : std::prev(after)->survival;
}

std::optional<double> SurvivalCurve::median() const {
  for (const SurvivalPoint& point : points)
    if (point.survival <= 0.5 + 1e-12) return point.time;  // a product, rounded
  return std::nullopt;
}

base::Result<LogRank> log_rank(const Stays& stays, std::span<const std::uint32_t> group,
                               std::uint32_t groups) {
  if (auto problem = problem_of(stays)) return std::unexpected(std::move(*problem));
  if (auto problem = problem_of_groups(stays, group, groups))
    return std::unexpected(std::move(*problem));
  const auto order = by_time(stays);
  LogRankSums sums(groups);
  for (const std::uint32_t g : group) sums.enters(g);
  for (std::size_t i = 0; i < order.size();) {
    const std::size_t first = i;
    const double time = stays.time[order[first]];
    for (; i < order.size() && stays.time[order[i]] == time; ++i)
      if (stays.ended[order[i]] != 0) sums.ends(group[order[i]]);
    sums.close();
    for (std::size_t k = first; k < i; ++k) sums.leaves(group[order[k]]);
  }
  LogRank result = sums.result();
  if (result.degrees == 0)
    return base::refuse(base::ProblemKind::invalid, "analytics.nothing_to_compare",
                        "Nobody has left while customers of two groups were there, so the groups "
                        "cannot be compared.");
  for (const std::uint32_t g : group) ++result.groups[g].customers;
  result.p = chi_square_tail(result.chi_square, result.degrees);
  return result;
}

}  // namespace rapport::analytics
