// What the risk of leaving costs: churn_risk_bench [CUSTOMERS]. CPU seconds of all threads, of
// fitting both kinds on the sample and of scoring everybody.
#include <fmt/core.h>

#include <charconv>
#include <cmath>
#include <ctime>
#include <random>

#include "crm/insight/churn_risk/churn_risk.hpp"

namespace {

using namespace rapport::crm;

constexpr std::int32_t kToday = 20'000;
constexpr std::int32_t kDays = 1'500;

double cpu_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

struct Crowd {
  std::vector<std::uint32_t> customer;
  std::vector<std::int32_t> day;
  std::vector<std::int64_t> amount;

  explicit Crowd(std::uint32_t customers) {
    std::mt19937_64 random(3);  // NOLINT: the same each time
    std::uniform_real_distribution<> uniform(1e-9, 1);
    for (std::uint32_t i = 0; i < customers; ++i) {
      double at = uniform(random) * kDays;
      while (at < kDays) {
        customer.push_back(i);
        day.push_back(kToday - kDays + 1 + static_cast<std::int32_t>(at));
        amount.push_back(static_cast<std::int64_t>(1e5 + 9e5 * uniform(random)));
        if (uniform(random) < .06) break;
        at += std::max(1., -std::log(uniform(random)) * 40);
      }
    }
  }
};

}  // namespace

int main(int argc, char** argv) {
  std::uint32_t customers = 1'000'000;
  if (argc > 1) std::from_chars(argv[1], argv[1] + std::string_view(argv[1]).size(), customers);
  const Crowd crowd(customers);
  const rapport::analytics::Orders orders{
      .customers = customers, .customer = crowd.customer, .day = crowd.day, .amount = crowd.amount};
  const auto histories = histories_of(orders);
  const ChurnSources sources{.histories = histories, .orders = orders, .talks = {}};
  fmt::print("{} customers, {} orders\n", customers, orders.day.size());
  auto began = cpu_seconds();
  const auto made = compare_churn(sources, kToday);
  if (!made) {
    fmt::print("{} {}\n", made.error().message, made.error().details);
    return 1;
  }
  fmt::print("fit and judge both kinds, rival: {:.2f} s of CPU\n", cpu_seconds() - began);
  for (const auto& fit : made->fits) {
    const bool trees = fit.model.model.kind() == rapport::analytics::ModelKind::boosted;
    std::vector<ScoreRow> rows(customers);
    for (std::uint32_t i = 0; i < customers; ++i) rows[i].customer = i;
    began = cpu_seconds();
    if (!put_churn_risk(fit.model, sources, kToday, rows)) return 1;
    fmt::print("{}: area {:.3f}, all scored in {:.2f} s of CPU, ", trees ? "boosted" : "logistic",
               fit.judged.area, cpu_seconds() - began);
    const auto saved = fit.model.save();
    if (!saved) return 1;
    began = cpu_seconds();
    const auto loaded = ChurnModel::load(*saved);
    if (!loaded) return 1;
    fmt::print("{} bytes saved, loaded in {:.1f} ms, ", saved->size(),
               (cpu_seconds() - began) * 1e3);
    began = cpu_seconds();
    if (!churn_reasons_of(*loaded, sources, kToday, 0, "EUR")) return 1;
    fmt::print("reasons of one in {:.1f} ms with a pass over all orders\n",
               (cpu_seconds() - began) * 1e3);
  }
  return 0;
}
