// What a million customers cost: CPU seconds of fits and scores, and the memory they add.
//
//   ninja -C build purchase_bench && build/purchase_bench [CUSTOMERS]
#include <sys/resource.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <random>
#include <string>

#include "analytics/purchase/spending.hpp"

namespace {

using namespace rapport::analytics;

struct Crowd {
  std::vector<std::int32_t> x;
  std::vector<double> recency, age, amount;
  [[nodiscard]] Customers customers() const { return {x, recency, age}; }
};

// As BG/NBD makes them, come over two years; in whole days, or at any moment.
Crowd crowd(std::size_t count, bool whole_days) {
  std::mt19937_64 random(1);
  std::uniform_real_distribution<> uniform;
  const auto gamma = [&](double shape) { return std::gamma_distribution(shape)(random); };
  Crowd all;
  for (std::size_t i = 0; i < count; ++i) {
    const double rate = gamma(0.6) / 42, one = gamma(0.8), other = gamma(2.4);
    const double leave = one / (one + other);
    double age = uniform(random) * 730, t = 0, last = 0;
    if (whole_days) age = std::floor(age);
    std::int32_t x = 0;
    for (bool there = true; there; there = uniform(random) >= leave) {
      t += std::exponential_distribution(rate)(random);
      if (whole_days) t = std::ceil(t);
      if (t > age) break;
      last = t;
      ++x;
    }
    all.x.push_back(x);
    all.recency.push_back(last / 7);
    all.age.push_back(age / 7);
    all.amount.push_back(x > 0 ? gamma(6.0 * x) / x * 15 / gamma(3.7) : 0);
  }
  return all;
}

double cpu() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

double peak_mb() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

template <typename Work>
void measure(const std::string& what, Work work) {
  const double from = cpu();
  const auto wall = std::chrono::steady_clock::now();
  const std::string said = work();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - wall;
  std::printf("%-34s %7.3f s CPU %7.3f s wall  peak %4.0f MB  %s\n", what.c_str(), cpu() - from,
              took.count(), peak_mb(), said.c_str());
  std::fflush(stdout);
}

void measure_all(const Crowd& all, const char* kind) {
  const Horizon year{.length = 52.14, .periods = 12, .discount = 0.01};
  std::vector<double> alive(all.x.size()), expected(alive), discounted(alive);
  std::printf("%zu customers, %s; %.0f MB before\n", all.x.size(), kind, peak_mb());
  for (const auto model :
       {PurchaseModel::bg_nbd, PurchaseModel::mbg_nbd, PurchaseModel::pareto_nbd}) {
    const std::string name(name_of(model));
    PurchaseFit fit;
    measure(name + " fit", [&] {
      fit = *fit_purchases(model, all.customers());
      return std::to_string(fit.rows) + " rows, " + std::to_string(fit.evaluations) +
             " evaluations, " + std::to_string(fit.log_likelihood) + fit.note;
    });
    measure(name + " alive and 12-month value", [&] {
      const bool done =
          score_purchases(fit, all.customers(), year, {alive, expected, discounted}).has_value();
      double sum = 0;
      for (const double one : discounted) sum += one;
      return done ? std::to_string(sum) : "failed";
    });
  }
  SpendingFit spending;
  measure("gamma_gamma fit", [&] {
    spending = *fit_spending({all.x, all.amount});
    return std::to_string(spending.log_likelihood) + spending.note;
  });
  measure("gamma_gamma expected amounts", [&] {
    return expected_spending(spending, {all.x, all.amount}, expected) ? "done" : "failed";
  });
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t count = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 1'000'000;
  measure_all(crowd(count, true), "in whole days");
  measure_all(crowd(count, false), "no two alike");
}
