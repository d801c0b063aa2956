// Chance that falls the same way everywhere: the standard library's distributions differ from
// maker to maker.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "base/hash.hpp"

namespace rapport::crm {

class Random {
 public:
  // One stream for each thing that is drawn, so that no chunk depends on another.
  Random(std::uint64_t seed, std::uint64_t stream)
      : state_(base::splitmix_mixed(seed * base::splitmix_step + base::splitmix_mixed(stream))) {}

  std::uint64_t next() { return base::splitmix_mixed(state_ += base::splitmix_step); }
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(next() % n); }
  int between(int least, int most) {
    return least + static_cast<int>(
                       below(static_cast<std::size_t>(most) - static_cast<std::size_t>(least) + 1));
  }
  // Neither 0 nor 1.
  double uniform() { return (static_cast<double>(next() >> 11) + 0.5) * 0x1.0p-53; }
  bool chance(double probability) { return uniform() < probability; }
  double exponential(double rate) { return -std::log(uniform()) / rate; }

  // Marsaglia and Tsang; below shape 1 by the boost of a power.
  double gamma(double shape, double scale) {
    if (shape < 1) return gamma(shape + 1, scale) * std::pow(uniform(), 1 / shape);
    const double d = shape - 1.0 / 3.0;
    const double c = 1 / std::sqrt(9 * d);
    for (;;) {
      const double x = normal();
      const double v = (1 + c * x) * (1 + c * x) * (1 + c * x);
      if (v <= 0) continue;
      if (std::log(uniform()) < x * x / 2 + d - d * v + d * std::log(v)) return d * v * scale;
    }
  }
  double beta(double a, double b) {
    const double x = gamma(a, 1);
    return x / (x + gamma(b, 1));
  }
  int poisson(double mean) {
    const double least = std::exp(-mean);
    int n = 0;
    double product = uniform();
    while (product > least) {
      product *= uniform();
      ++n;
    }
    return n;
  }

 private:
  double normal() {
    return std::sqrt(-2 * std::log(uniform())) * std::cos(2 * 3.14159265358979323846 * uniform());
  }

  std::uint64_t state_;
};

// Draws places in a list, each as often as its weight says.
class Weights {
 public:
  void add(double weight) { sums_.push_back((sums_.empty() ? 0 : sums_.back()) + weight); }
  std::size_t draw(Random& random) const {
    const double at = random.uniform() * sums_.back();
    const auto found = std::lower_bound(sums_.begin(), sums_.end(), at);
    return static_cast<std::size_t>(found - sums_.begin());
  }
  [[nodiscard]] bool empty() const { return sums_.empty(); }

  // Of n things in order of how common they are.
  static Weights by_rank(std::size_t n, double flat) {
    Weights weights;
    for (std::size_t i = 0; i < n; ++i) weights.add(1 / (static_cast<double>(i) + flat));
    return weights;
  }

 private:
  std::vector<double> sums_;
};

}  // namespace rapport::crm
