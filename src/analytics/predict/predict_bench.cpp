// How fast scores are learnt and given: `predict_bench [ROWS]` prints processor seconds. Run it
// from a Release build.
#include <fmt/format.h>

#include <cstdlib>
#include <ctime>
#include <functional>
#include <random>

#include "analytics/predict/score_model.hpp"

namespace rapport::analytics {
namespace {

struct Cases {
  Table table;
  std::vector<std::uint8_t> outcomes;
};

Cases cases(std::size_t count) {
  constexpr std::size_t numbers = 12;
  std::mt19937_64 random(1);  // NOLINT: the same cases each time
  std::normal_distribution<double> value(0, 1);
  Cases made;
  std::vector<double> odds(count, -2);
  for (std::size_t i = 0; i < numbers; ++i) {
    std::vector<double> column(count);
    for (std::size_t row = 0; row < count; ++row) {
      column[row] = value(random);
      odds[row] += column[row] / static_cast<double>(i + 1);
    }
    made.table.features.push_back({fmt::format("number {}", i), KnownAt::prediction});
    made.table.columns.emplace_back(std::move(column));
  }
  for (const std::size_t levels : {3, 8, 20}) {
    std::vector<std::string> column(count);
    for (std::string& text : column) text = fmt::format("level {}", random() % levels);
    made.table.features.push_back({fmt::format("category of {}", levels), KnownAt::before});
    made.table.columns.emplace_back(std::move(column));
  }
  for (const double each : odds) {
    made.outcomes.push_back(static_cast<double>(random() >> 11) * 0x1.0p-53 < logistic(each) ? 1
                                                                                             : 0);
  }
  return made;
}

void measure(const char* what, const std::function<void()>& work) {
  const std::clock_t from = std::clock();
  work();
  fmt::print("{:<32} {:.2f} s\n", what,
             static_cast<double>(std::clock() - from) / static_cast<double>(CLOCKS_PER_SEC));
}

void run(std::size_t rows) {
  const Cases known = cases(rows);
  fmt::print("{} cases of {} features, processor seconds\n", rows, known.table.features.size());
  for (const ModelKind kind : {ModelKind::logistic, ModelKind::boosted}) {
    const bool plain = kind == ModelKind::logistic;
    std::optional<ScoreModel> model;
    measure(plain ? "logistic, fit" : "boosted, fit", [&] {
      auto made = ScoreModel::fit(known.table, known.outcomes, {.kind = kind});
      if (made) model = std::move(*made);
    });
    if (!model) return;
    measure("  probabilities of all",
            [&] { model->probabilities(known.table).value_or(std::vector<double>{}); });
    measure("  three reasons of all", [&] { (void)model->reasons(known.table, 3); });
    measure("  drift", [&] { (void)model->drift(known.table); });
  }
}

}  // namespace
}  // namespace rapport::analytics

int main(int count, char** words) {
  rapport::analytics::run(count > 1 ? std::strtoull(words[1], nullptr, 10) : 100'000);
}
