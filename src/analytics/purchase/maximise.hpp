// The maximum of a smooth function of a few variables: quasi-Newton (BFGS; Nocedal & Wright 2006,
// algorithm 6.1) that begins from the curvature measured at the start, so that a second search from
// a good start needs a handful of evaluations.
#pragma once

#include <functional>
#include <vector>

namespace rapport::analytics {

// Gives the value at a point and writes its gradient. A value that is not finite turns the search
// back.
using Objective =
    std::function<double(const std::vector<double>& point, std::vector<double>& gradient)>;

// Second derivatives, row by row.
using Curvature = std::vector<double>;

struct Maximum {
  std::vector<double> point;
  double value = 0;
  std::vector<double> gradient;
  Curvature curvature;  // as the search knew it at its start, or measured
  int evaluations = 0;
  bool settled = false;  // the gradient vanished
};

struct SearchOptions {
  double gradient_max = 1e-9;  // of each component, for settled; the objective is of order 1
  int evaluations_max = 300;
  double step_max = 2;                   // of each variable in one step
  const Curvature* curvature = nullptr;  // at the start, where known; else measured
};

[[nodiscard]] Maximum maximise(const Objective& objective, std::vector<double> start,
                               const SearchOptions& options = {});

// By differences of the gradient; an evaluation for each variable.
[[nodiscard]] Curvature curvature_at(const Objective& objective, const std::vector<double>& point,
                                     const std::vector<double>& gradient);

// Of parameters whose log-likelihood has this curvature at its maximum: the square roots of the
// diagonal of the negative inverse. Empty where the curvature is not that of a maximum.
[[nodiscard]] std::vector<double> standard_errors(const Curvature& curvature);

}  // namespace rapport::analytics
