#include "analytics/purchase/maximise.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

namespace rapport::analytics {

namespace {

using Vector = Eigen::VectorXd;
using Matrix = Eigen::MatrixXd;

constexpr double difference = 1e-5;   // of variables, in measuring curvature
constexpr double enough_rise = 1e-4;  // of what the gradient promises (Armijo)
constexpr int halvings_max = 40;
constexpr double rise_min = 1e-15;  // promised; less is rounding

Matrix matrix_of(const Curvature& curvature, Eigen::Index n) {
  return Eigen::Map<const Matrix>(curvature.data(), n, n);
}

// The inverse of the negative curvature, made positive definite: directions that curve upwards, or
// hardly, are taken with care.
Matrix downward_inverse(const Curvature& curvature, Eigen::Index n) {
  const Eigen::SelfAdjointEigenSolver<Matrix> solver(-matrix_of(curvature, n));
  Vector values = solver.eigenvalues().cwiseAbs();
  const double least = std::max(1e-9, 1e-8 * values.maxCoeff());
  values = values.cwiseMax(least).cwiseInverse();
  return solver.eigenvectors() * values.asDiagonal() * solver.eigenvectors().transpose();
}

// One search: where it is, and how it looks from there.
class Search {
 public:
  Search(const Objective& objective, std::vector<double> start, const SearchOptions& options)
      : objective_(objective), options_(options), n_(static_cast<Eigen::Index>(start.size())) {
    found_.point = std::move(start);
    found_.gradient.resize(found_.point.size());
    found_.value = evaluate(found_.point, found_.gradient);
  }

  Maximum run() {
    if (!std::isfinite(found_.value)) return found_;
    measure(options_.curvature);
    bool fresh = options_.curvature == nullptr;
    while (found_.evaluations < options_.evaluations_max) {
      if (settled()) break;
      if (step()) {
        fresh = false;
      } else if (!fresh) {
        measure(nullptr);
        fresh = true;
      } else {
        break;
      }
    }
    found_.settled = settled();
    return found_;
  }

 private:
  double evaluate(const std::vector<double>& point, std::vector<double>& gradient) {
    ++found_.evaluations;
    return objective_(point, gradient);
  }

  [[nodiscard]] bool settled() const {
    return std::ranges::all_of(
        found_.gradient, [this](double slope) { return std::abs(slope) <= options_.gradient_max; });
  }

  void measure(const Curvature* known) {
    if (known) {
      found_.curvature = *known;
    } else {
      found_.curvature = curvature_at(objective_, found_.point, found_.gradient);
      found_.evaluations += static_cast<int>(n_);
    }
    inverse_ = downward_inverse(found_.curvature, n_);
  }

  // Goes upwards; false where it cannot.
  bool step() {
    const Vector gradient = Eigen::Map<const Vector>(found_.gradient.data(), n_);
    Vector direction = inverse_ * gradient;
    const double longest = direction.cwiseAbs().maxCoeff();
    if (longest > options_.step_max) direction *= options_.step_max / longest;
    const double promised = direction.dot(gradient);
    if (!(promised > rise_min)) return false;
    std::vector<double> point(found_.point.size()), slopes(found_.point.size());
    double part = 1;
    for (int i = 0; i < halvings_max; ++i, part *= 0.5) {
      for (std::size_t k = 0; k < point.size(); ++k)
        point[k] = found_.point[k] + part * direction[static_cast<Eigen::Index>(k)];
      const double value = evaluate(point, slopes);
      // Close to the top the rise drowns in rounding; a gradient that shrinks shows the way still.
      const double rise = value - found_.value;
      const bool higher = rise >= enough_rise * part * promised;
      const bool flat = std::abs(rise) <= 1e-12 * std::abs(found_.value) && shrinks(slopes);
      if (std::isfinite(value) && (higher || flat)) {
        learn(part * direction, slopes);
        found_.point = point;
        found_.gradient = slopes;
        found_.value = value;
        return true;
      }
    }
    return false;
  }

  [[nodiscard]] bool shrinks(const std::vector<double>& slopes) const {
    return Eigen::Map<const Vector>(slopes.data(), n_).norm() <
           Eigen::Map<const Vector>(found_.gradient.data(), n_).norm();
  }

  // The update of the inverse (eq. 6.17), of the negative function.
  void learn(const Vector& moved, const std::vector<double>& slopes) {
    const Vector turned = Eigen::Map<const Vector>(found_.gradient.data(), n_) -
                          Eigen::Map<const Vector>(slopes.data(), n_);
    const double along = moved.dot(turned);
    if (along <= 1e-12 * moved.norm() * turned.norm()) return;
    const Matrix identity = Matrix::Identity(n_, n_);
    const Matrix left = identity - moved * turned.transpose() / along;
    inverse_ = left * inverse_ * left.transpose() + moved * moved.transpose() / along;
  }

  const Objective& objective_;
  const SearchOptions& options_;
  Eigen::Index n_;
  Matrix inverse_;
  Maximum found_;
};

}  // namespace

Maximum maximise(const Objective& objective, std::vector<double> start,
                 const SearchOptions& options) {
  return Search(objective, std::move(start), options).run();
}

Curvature curvature_at(const Objective& objective, const std::vector<double>& point,
                       const std::vector<double>& gradient) {
  const std::size_t n = point.size();
  Curvature curvature(n * n);
  std::vector<double> moved = point, there(n);
  for (std::size_t i = 0; i < n; ++i) {
    moved[i] = point[i] + difference;
    (void)objective(moved, there);
    moved[i] = point[i];
    for (std::size_t j = 0; j < n; ++j)
      curvature[i * n + j] = (there[j] - gradient[j]) / difference;
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < i; ++j)
      curvature[i * n + j] = curvature[j * n + i] =
          (curvature[i * n + j] + curvature[j * n + i]) / 2;
  }
  return curvature;
}

std::vector<double> standard_errors(const Curvature& curvature) {
  const auto n = static_cast<Eigen::Index>(std::lround(std::sqrt(curvature.size())));
  const Eigen::SelfAdjointEigenSolver<Matrix> solver(-matrix_of(curvature, n));
  const Vector& values = solver.eigenvalues();
  if (!(values.minCoeff() > 1e-9 * values.maxCoeff()) || !values.allFinite()) return {};
  const Matrix covariance = solver.eigenvectors() * values.cwiseInverse().asDiagonal() *
                            solver.eigenvectors().transpose();
  std::vector<double> errors;
  for (Eigen::Index i = 0; i < n; ++i) errors.push_back(std::sqrt(covariance(i, i)));
  return errors;
}

}  // namespace rapport::analytics
