// How long the figures of a million customers with contracts take, in CPU time.
//
//   contract_bench [CUSTOMERS]      default 1,000,000, with five covariates and three groups
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <random>

#include "analytics/contract/cox.hpp"
#include "analytics/contract/renewals.hpp"

namespace {

using namespace rapport::analytics;

class Watch {
 public:
  explicit Watch(const char* what) : what_(what), from_(std::clock()) {}
  ~Watch() {
    std::printf("%-14s %6.2f s CPU\n", what_,
                static_cast<double>(std::clock() - from_) / CLOCKS_PER_SEC);
  }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

 private:
  const char* what_;
  std::clock_t from_;
};

}  // namespace

int main(int argc, char** argv) {
  const std::size_t customers = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 1'000'000;
  constexpr std::size_t count = 5;
  std::mt19937_64 random(20261121);
  std::normal_distribution<double> normal;
  std::exponential_distribution<double> pace;
  std::vector<double> time, rows;
  std::vector<std::uint8_t> ended;
  std::vector<std::uint32_t> group;
  std::vector<Renewals> renewals;
  for (std::size_t i = 0; i < customers; ++i) {
    double score = 0;
    for (std::size_t j = 0; j < count; ++j) {
      rows.push_back(normal(random));
      score += rows.back() * 0.1 * static_cast<double>(j);
    }
    // Days of at most six years, half of them cut short.
    const double stay = 700 * pace(random) / std::exp(score);
    const double seen = static_cast<double>(random() % 2190);
    time.push_back(std::ceil(std::min(stay, seen)));
    ended.push_back(stay <= seen ? 1 : 0);
    group.push_back(static_cast<std::uint32_t>(random() % 3));
    const auto periods = static_cast<std::int32_t>(time.back() / 30);
    renewals.push_back({.periods = periods + ended.back(), .ended = ended.back() != 0});
  }
  const Stays stays{.time = time, .ended = ended};
  double check = 0;
  for (int run = 0; run < 3; ++run) {
    {
      const Watch watch("Kaplan-Meier");
      check += kaplan_meier(stays)->survival_at(365);
    }
    {
      const Watch watch("log-rank");
      check += log_rank(stays, group, 3)->chi_square;
    }
    {
      const Watch watch("Cox");
      check += fit_cox(stays, {.values = rows, .count = count})->coefficients[4].value;
    }
    {
      const Watch watch("renewals");
      check += fit_renewals(renewals)->log_likelihood;
    }
  }
  return std::isfinite(check) ? 0 : 1;
}
