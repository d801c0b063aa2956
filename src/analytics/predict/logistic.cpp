#include "analytics/predict/logistic.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <optional>

namespace rapport::analytics {
namespace {

constexpr double step_tolerance = 1e-9;
constexpr double odds_tolerance = 1e-4;
constexpr int halvings_max = 30;
constexpr double separated_odds = 25;      // |log odds|; a chance of 1e-11
constexpr double pivot_tolerance = 1e-10;  // of the information, scaled to a diagonal of 1
constexpr double weight_min = 1e-300;

// ln(1 + e^x)
double log1p_exp(double x) {
  return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x));
}

struct State {
  std::vector<double> coefficients;
  double log_likelihood = 0;
  double penalised = 0;
  double odds_max = 0;  // greatest |log odds|
};

class Fit {
 public:
  Fit(const SparseRows& rows, std::span<const std::uint8_t> outcomes, double ridge)
      : rows_(rows), outcomes_(outcomes), ridge_(ridge), size_(rows.columns + 1) {}

  base::Result<LogisticFit> run() {
    State now = at(std::vector<double>(size_, 0.0));
    LogisticFit made;
    for (int i = 1; i <= logistic_iterations_max; ++i) {
      accumulate(now.coefficients);
      const auto step = solve();
      if (!step) return collinear();
      const auto next = improve(now, *step);
      const double gain = next.penalised - now.penalised;
      // Where some rows are separated, the likelihood settles long before their odds do.
      const bool moving = std::abs(next.odds_max - now.odds_max) > odds_tolerance;
      now = next;
      made.iterations = i;
      if (ridge_ == 0 && now.odds_max > separated_odds) return separated();
      if (!moving && gain <= step_tolerance * (std::abs(now.penalised) + 1)) return done(now, made);
    }
    return base::refuse(base::ProblemKind::invalid, "analytics.not_converged",
                        "The regression did not settle.", {}, "Leave features out.");
  }

 private:
  static std::unexpected<base::Problem> separated() {
    return base::refuse(base::ProblemKind::invalid, "analytics.separated",
                        "The features tell the outcomes apart without exception, so their weights "
                        "have no bounds.",
                        {}, "Use a penalty, or leave out the feature that gives the outcome away.");
  }
  static std::unexpected<base::Problem> collinear() {
    return base::refuse(
        base::ProblemKind::invalid, "analytics.collinear",
        "Some features repeat what others say, so their weights are not determined.", {},
        "Use a penalty, or leave one of them out.");
  }

  [[nodiscard]] double odds(const std::vector<double>& coefficients, std::size_t row) const {
    double sum = coefficients[0];
    for (std::size_t i = rows_.starts[row]; i < rows_.starts[row + 1]; ++i) {
      sum += rows_.value[i] * coefficients[rows_.column[i] + 1];
    }
    return sum;
  }

  [[nodiscard]] State at(std::vector<double> coefficients) const {
    State made{.coefficients = std::move(coefficients)};
    for (std::size_t row = 0; row < rows_.rows(); ++row) {
      const double log_odds = odds(made.coefficients, row);
      made.log_likelihood -= log1p_exp(outcomes_[row] != 0 ? -log_odds : log_odds);
      made.odds_max = std::max(made.odds_max, std::abs(log_odds));
    }
    double squares = 0;
    for (std::size_t i = 1; i < size_; ++i) squares += made.coefficients[i] * made.coefficients[i];
    made.penalised = made.log_likelihood - ridge_ / 2 * squares;
    return made;
  }

  // Gradient and information at the coefficients.
  void accumulate(const std::vector<double>& coefficients) {
    gradient_.assign(size_, 0.0);
    information_.assign(size_ * size_, 0.0);
    for (std::size_t row = 0; row < rows_.rows(); ++row) {
      const double chance = logistic(odds(coefficients, row));
      const double rest = outcomes_[row] - chance;
      const double weight = std::max(chance * (1 - chance), weight_min);
      gradient_[0] += rest;
      information_[0] += weight;
      for (std::size_t i = rows_.starts[row]; i < rows_.starts[row + 1]; ++i) {
        const std::size_t a = rows_.column[i] + 1;
        const double weighted = weight * rows_.value[i];
        gradient_[a] += rest * rows_.value[i];
        information_[a] += weighted;
        double* const line = &information_[a * size_];
        for (std::size_t j = i; j < rows_.starts[row + 1]; ++j) {
          line[rows_.column[j] + 1] += weighted * rows_.value[j];
        }
      }
    }
    for (std::size_t i = 1; i < size_; ++i) gradient_[i] -= ridge_ * coefficients[i];
  }

  // The upper half mirrored, as columns of a row ascend.
  [[nodiscard]] Eigen::MatrixXd information() const {
    const auto n = static_cast<Eigen::Index>(size_);
    Eigen::MatrixXd made(n, n);
    for (Eigen::Index i = 0; i < n; ++i) {
      for (Eigen::Index j = i; j < n; ++j) {
        made(i, j) = made(j, i) = information_[static_cast<std::size_t>(i * n + j)];
      }
    }
    return made;
  }
  [[nodiscard]] Eigen::MatrixXd hessian() const {
    Eigen::MatrixXd made = information();
    made.diagonal().tail(made.rows() - 1).array() += ridge_;
    return made;
  }

  std::optional<std::vector<double>> solve() {
    const Eigen::MatrixXd matrix = hessian();
    if (matrix.diagonal().minCoeff() <= 0) return std::nullopt;
    const Eigen::VectorXd scale = matrix.diagonal().cwiseSqrt().cwiseInverse();
    const Eigen::MatrixXd scaled = scale.asDiagonal() * matrix * scale.asDiagonal();
    const Eigen::LDLT<Eigen::MatrixXd> parts(scaled);
    if (parts.info() != Eigen::Success || parts.vectorD().minCoeff() <= pivot_tolerance) {
      return std::nullopt;
    }
    const auto n = static_cast<Eigen::Index>(size_);
    const Eigen::Map<const Eigen::VectorXd> gradient(gradient_.data(), n);
    const Eigen::VectorXd step =
        scale.cwiseProduct(parts.solve(scale.cwiseProduct(gradient)).eval());
    return std::vector<double>(step.begin(), step.end());
  }

  // A step of Newton's, halved until it does not make things worse.
  [[nodiscard]] State improve(const State& now, const std::vector<double>& step) const {
    double length = 1;
    for (int i = 0; i < halvings_max; ++i, length /= 2) {
      std::vector<double> moved = now.coefficients;
      for (std::size_t k = 0; k < size_; ++k) moved[k] += length * step[k];
      State next = at(std::move(moved));
      if (next.penalised >= now.penalised) return next;
    }
    return now;
  }

  base::Result<LogisticFit> done(const State& now, LogisticFit made) {
    accumulate(now.coefficients);
    const Eigen::MatrixXd inverse = hessian().inverse();
    const Eigen::MatrixXd variance = inverse * information() * inverse;
    made.coefficients = now.coefficients;
    made.log_likelihood = now.log_likelihood;
    for (const double square : variance.diagonal()) made.errors.push_back(std::sqrt(square));
    return made;
  }

  const SparseRows& rows_;
  std::span<const std::uint8_t> outcomes_;
  double ridge_;
  std::size_t size_;
  std::vector<double> gradient_;
  std::vector<double> information_;  // upper half, row by row
};

}  // namespace

double logistic(double log_odds) {
  if (log_odds >= 0) return 1 / (1 + std::exp(-log_odds));
  const double power = std::exp(log_odds);
  return power / (1 + power);
}

base::Result<LogisticFit> fit_logistic(const SparseRows& rows,
                                       std::span<const std::uint8_t> outcomes, double ridge) {
  if (rows.rows() != outcomes.size()) {
    return base::refuse(base::ProblemKind::internal, "analytics.uneven_columns",
                        "There are not as many rows as outcomes.");
  }
  const auto happened = std::ranges::count(outcomes, 1);
  if (happened == 0 || static_cast<std::size_t>(happened) == outcomes.size()) {
    return base::refuse(base::ProblemKind::invalid, "analytics.one_outcome",
                        "All cases ended alike, so there is nothing to learn.");
  }
  if (rows.rows() < rows.columns + 2) {
    return base::refuse(base::ProblemKind::invalid, "analytics.too_few_rows",
                        "There are fewer cases than features.");
  }
  return Fit(rows, outcomes, ridge).run();
}

}  // namespace rapport::analytics
