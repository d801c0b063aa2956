#include "analytics/contract/cox.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <numeric>

namespace rapport::analytics {

namespace {

constexpr int iterations_max = 50;
constexpr int halvings_max = 30;
constexpr double step_small = 1e-9;      // of a standardised coefficient: settled
constexpr double coefficient_wild = 25;  // of a standardised covariate: e^25 is no ratio
constexpr double pivot_small = 1e-10;    // of the correlation of covariates: one follows

using base::ProblemKind;

// Rows in order of time, the last first, so that who is at risk is all that was passed; covariates
// standardised, so that Newton's steps are of one size whatever the units.
struct Table {
  std::vector<double> time;
  std::vector<std::uint8_t> ended;
  Eigen::MatrixXd x;  // a column a customer
  Eigen::VectorXd mean, deviation;
};

Table standardised(const Stays& stays, const CoxCovariates& covariates) {
  std::vector<std::uint32_t> order(stays.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, std::ranges::greater{},
                           [&](std::uint32_t i) { return stays.time[i]; });
  const auto rows = static_cast<Eigen::Index>(stays.size());
  const auto count = static_cast<Eigen::Index>(covariates.count);
  const Eigen::Map<const Eigen::MatrixXd> given(covariates.values.data(), count, rows);
  Table table;
  table.mean = given.rowwise().mean();
  table.deviation =
      ((given.colwise() - table.mean).rowwise().squaredNorm() / static_cast<double>(rows))
          .cwiseSqrt();
  table.x.resize(count, rows);
  for (Eigen::Index i = 0; i < rows; ++i) {
    const std::uint32_t from = order[static_cast<std::size_t>(i)];
    table.time.push_back(stays.time[from]);
    table.ended.push_back(stays.ended[from]);
    table.x.col(i) = (given.col(from) - table.mean).cwiseQuotient(table.deviation);
  }
  return table;
}

// Sums of exp(b'x), of it times x, and of it times xx', over a set of customers.
struct Moments {
  explicit Moments(Eigen::Index count)
      : s1(Eigen::VectorXd::Zero(count)), s2(Eigen::MatrixXd::Zero(count, count)) {}
  void add(double weight, const Eigen::Ref<const Eigen::VectorXd>& x) {
    s0 += weight;
    s1.noalias() += weight * x;
    s2.selfadjointView<Eigen::Lower>().rankUpdate(x, weight);
  }
  void clear() {
    s0 = 0;
    s1.setZero();
    s2.setZero();
  }
  double s0 = 0;
  Eigen::VectorXd s1;
  Eigen::MatrixXd s2;  // the lower half
};

struct Likelihood {
  explicit Likelihood(Eigen::Index count)
      : gradient(Eigen::VectorXd::Zero(count)), information(Eigen::MatrixXd::Zero(count, count)) {}
  double log = 0;
  Eigen::VectorXd gradient;
  Eigen::MatrixXd information;
  std::vector<CoxFit::Hazard> steps;  // of the baseline, the last first
};

// Efron 1977: of d who leave together, the k-th leaves from a risk set in which each of the d
// counts for 1 - k/d.
void close_time(Likelihood& sum, const Moments& risk, const Moments& leaving, int d, double time) {
  double hazard = 0;
  for (int k = 0; k < d; ++k) {
    const double gone = static_cast<double>(k) / d;
    const double s0 = risk.s0 - gone * leaving.s0;
    const Eigen::VectorXd mean = (risk.s1 - gone * leaving.s1) / s0;
    sum.log -= std::log(s0);
    sum.gradient -= mean;
    sum.information.triangularView<Eigen::Lower>() += (risk.s2 - gone * leaving.s2) / s0;
    sum.information.selfadjointView<Eigen::Lower>().rankUpdate(mean, -1);
    hazard += 1 / s0;
  }
  sum.steps.push_back({.time = time, .cumulative = hazard});
}

Likelihood likelihood(const Table& table, const Eigen::VectorXd& b) {
  const Eigen::Index count = table.x.rows();
  const Eigen::VectorXd score = table.x.transpose() * b;
  Likelihood sum(count);
  Moments risk(count), leaving(count);
  for (std::size_t i = 0; i < table.time.size();) {
    const double time = table.time[i];
    int d = 0;
    for (; i < table.time.size() && table.time[i] == time; ++i) {
      const auto at = static_cast<Eigen::Index>(i);
      const double weight = std::exp(score[at]);
      risk.add(weight, table.x.col(at));
      if (table.ended[i] == 0) continue;
      leaving.add(weight, table.x.col(at));
      sum.log += score[at];
      sum.gradient += table.x.col(at);
      ++d;
    }
    if (d > 0) close_time(sum, risk, leaving, d, time);
    if (d > 0) leaving.clear();
  }
  sum.information = sum.information.selfadjointView<Eigen::Lower>();
  return sum;
}

std::unexpected<base::Problem> covariate_problem(ProblemKind kind, std::string code,
                                                 std::string message, Eigen::Index at) {
  return base::refuse(kind, std::move(code), std::move(message),
                      "It is covariate " + std::to_string(at + 1) + ".", "Leave it out.");
}

base::Result<Eigen::Index> check(const Stays& stays, const CoxCovariates& covariates) {
  if (auto problem = problem_of(stays)) return std::unexpected(std::move(*problem));
  if (covariates.count == 0 || covariates.count > cox_covariates_max ||
      covariates.values.size() != covariates.count * stays.size() ||
      std::ranges::any_of(covariates.values, [](double x) { return !std::isfinite(x); }))
    return base::refuse(ProblemKind::invalid, "analytics.bad_covariate",
                        "Covariates must be numbers, as many for each customer, and at most " +
                            std::to_string(cox_covariates_max) + ".");
  if (std::ranges::none_of(stays.ended, [](std::uint8_t ended) { return ended != 0; }))
    return base::refuse(ProblemKind::invalid, "analytics.no_ends",
                        "Nobody has left yet, so nothing tells what makes customers leave.");
  return static_cast<Eigen::Index>(covariates.count);
}

// A covariate that is constant, or follows from those before it.
base::Result<bool> check_shape(const Table& table) {
  for (Eigen::Index j = 0; j < table.deviation.size(); ++j)
    if (table.deviation[j] <= 1e-12 * std::abs(table.mean[j]) || table.deviation[j] == 0)
      return covariate_problem(ProblemKind::invalid, "analytics.constant_covariate",
                               "A covariate is the same for all customers.", j);
  const Eigen::MatrixXd correlation =
      table.x * table.x.transpose() / static_cast<double>(table.x.cols());
  // The pivots of Cholesky's decomposition in the given order: what each has of its own.
  Eigen::MatrixXd left = correlation;
  for (Eigen::Index j = 0; j < left.rows(); ++j) {
    if (left(j, j) < pivot_small)
      return covariate_problem(ProblemKind::invalid, "analytics.collinear",
                               "A covariate follows from the others.", j);
    const Eigen::Index rest = left.rows() - j - 1;
    const Eigen::VectorXd column = left.col(j).tail(rest);
    left.bottomRightCorner(rest, rest).noalias() -= column * column.transpose() / left(j, j);
  }
  return true;
}

std::unexpected<base::Problem> no_maximum(const Eigen::VectorXd& b) {
  Eigen::Index at = 0;
  b.cwiseAbs().maxCoeff(&at);
  return covariate_problem(ProblemKind::invalid, "analytics.no_maximum",
                           "A covariate tells without fail who leaves first, so its hazard ratio "
                           "has no bound.",
                           at);
}

// Newton's method with halved steps; the likelihood is concave, so it either settles or runs away.
base::Result<Likelihood> maximise(const Table& table, Eigen::VectorXd& b, int& iterations) {
  Likelihood here = likelihood(table, b);
  for (iterations = 0; iterations < iterations_max; ++iterations) {
    const Eigen::LDLT<Eigen::MatrixXd> decomposition(here.information);
    const Eigen::VectorXd step = decomposition.solve(here.gradient);
    if (!step.allFinite() || decomposition.vectorD().minCoeff() <= 0) return no_maximum(b);
    if (step.cwiseAbs().maxCoeff() < step_small) return here;
    double length = 1;
    for (int halving = 0; halving < halvings_max; ++halving, length /= 2) {
      const Eigen::VectorXd tried = b + length * step;
      Likelihood there = likelihood(table, tried);
      if (!std::isfinite(there.log) || there.log < here.log - 1e-12 * std::abs(here.log)) continue;
      b = tried;
      here = std::move(there);
      break;
    }
    if (b.cwiseAbs().maxCoeff() > coefficient_wild) break;
  }
  return no_maximum(b);
}

void describe(CoxFit& fit, const Table& table, const Eigen::VectorXd& b, const Likelihood& at,
              double confidence) {
  const double bound = normal_bound(confidence);
  const Eigen::MatrixXd variance = at.information.inverse();
  for (Eigen::Index j = 0; j < b.size(); ++j) {
    CoxCoefficient coefficient;
    coefficient.value = b[j] / table.deviation[j];
    coefficient.error = std::sqrt(variance(j, j)) / table.deviation[j];
    coefficient.hazard_ratio = std::exp(coefficient.value);
    coefficient.low = std::exp(coefficient.value - bound * coefficient.error);
    coefficient.high = std::exp(coefficient.value + bound * coefficient.error);
    coefficient.z = coefficient.value / coefficient.error;
    coefficient.p = normal_tails(coefficient.z);
    fit.coefficients.push_back(coefficient);
  }
  fit.means.assign(table.mean.begin(), table.mean.end());
  fit.baseline.assign(at.steps.rbegin(), at.steps.rend());
  double cumulative = 0;
  for (CoxFit::Hazard& hazard : fit.baseline) hazard.cumulative = cumulative += hazard.cumulative;
}

}  // namespace

base::Result<CoxFit> fit_cox(const Stays& stays, const CoxCovariates& covariates,
                             double confidence) {
  const auto count = check(stays, covariates);
  if (!count) return std::unexpected(count.error());
  const Table table = standardised(stays, covariates);
  if (const auto shape = check_shape(table); !shape) return std::unexpected(shape.error());
  CoxFit fit;
  Eigen::VectorXd b = Eigen::VectorXd::Zero(*count);
  fit.log_likelihood_null = likelihood(table, b).log;
  const auto best = maximise(table, b, fit.iterations);
  if (!best) return std::unexpected(best.error());
  fit.customers = stays.size();
  fit.ended = static_cast<std::size_t>(
      std::ranges::count_if(stays.ended, [](std::uint8_t ended) { return ended != 0; }));
  fit.log_likelihood = best->log;
  fit.likelihood_ratio = std::max(0.0, 2 * (best->log - fit.log_likelihood_null));
  fit.p = chi_square_tail(fit.likelihood_ratio, static_cast<double>(covariates.count));
  describe(fit, table, b, *best, confidence);
  return fit;
}

double survival_of(const CoxFit& fit, std::span<const double> covariates, double time) {
  const auto after = std::ranges::upper_bound(fit.baseline, time, {}, &CoxFit::Hazard::time);
  if (after == fit.baseline.begin()) return 1;
  double score = 0;
  for (std::size_t j = 0; j < fit.coefficients.size(); ++j)
    score += fit.coefficients[j].value * (covariates[j] - fit.means[j]);
  return std::exp(-std::prev(after)->cumulative * std::exp(score));
}

}  // namespace rapport::analytics
