#include "analytics/predict/boosted.hpp"

#include <fmt/format.h>
#include <xgboost/c_api.h>

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <utility>

namespace rapport::analytics {
namespace {

constexpr float missing_cell = std::numeric_limits<float>::quiet_NaN();

// What the library's functions give: nought, or its last error has a sentence.
base::Result<void> check(int code) {
  if (code == 0) return {};
  return base::refuse(base::ProblemKind::internal, "analytics.boosting_failed",
                      "The boosted trees failed.", XGBGetLastError());
}

class Matrix {
 public:
  explicit Matrix(int threads) : threads_(threads) {}
  Matrix(const Matrix&) = delete;
  Matrix& operator=(const Matrix&) = delete;
  ~Matrix() {
    if (handle_ != nullptr) XGDMatrixFree(handle_);
  }
  base::Result<void> fill(const DenseRows& rows) {
    return check(XGDMatrixCreateFromMat_omp(rows.cells.data(), rows.rows(), rows.columns,
                                            missing_cell, &handle_, threads_));
  }
  base::Result<void> label(std::span<const std::uint8_t> outcomes) {
    const std::vector<float> labels(outcomes.begin(), outcomes.end());
    return check(XGDMatrixSetFloatInfo(handle_, "label", labels.data(), labels.size()));
  }
  [[nodiscard]] DMatrixHandle handle() const { return handle_; }

 private:
  DMatrixHandle handle_ = nullptr;
  int threads_;
};

constexpr int threads_of_predictions = 2;

// Threads that fit wait for each other at every node of every tree: on few rows, and on a busy
// machine, that costs ten times what it saves. Those that predict share rows out once.
constexpr std::size_t rows_worth_threads_fitting = 500'000;
constexpr std::size_t rows_worth_threads_predicting = 10'000;

std::vector<std::pair<std::string, std::string>> parameters(const BoostOptions& options,
                                                            int threads) {
  return {{"objective", "binary:logistic"},
          {"tree_method", "hist"},
          {"max_depth", std::to_string(options.depth)},
          {"eta", fmt::format("{}", options.learning_rate)},
          {"subsample", fmt::format("{}", options.row_share)},
          {"colsample_bytree", fmt::format("{}", options.column_share)},
          {"min_child_weight", fmt::format("{}", options.weight_min)},
          {"seed", std::to_string(options.seed)},
          {"nthread", std::to_string(threads)},
          {"verbosity", "0"}};
}

base::Result<void> check_input(const DenseRows& rows, std::span<const std::uint8_t> outcomes,
                               const BoostOptions& options) {
  if (rows.rows() != outcomes.size() || rows.rows() * rows.columns != rows.cells.size()) {
    return base::refuse(base::ProblemKind::internal, "analytics.uneven_columns",
                        "There are not as many rows as outcomes.");
  }
  const auto happened = std::ranges::count(outcomes, 1);
  if (happened == 0 || static_cast<std::size_t>(happened) == outcomes.size()) {
    return base::refuse(base::ProblemKind::invalid, "analytics.one_outcome",
                        "All cases ended alike, so there is nothing to learn.");
  }
  const auto share = [](double value) { return value > 0 && value <= 1; };
  if (options.rounds < 1 || options.rounds > boost_rounds_max || options.depth < 1 ||
      options.depth > 12 || !share(options.learning_rate) || !share(options.row_share) ||
      !share(options.column_share) || !(options.weight_min >= 0) || options.threads < 1) {
    return base::refuse(base::ProblemKind::invalid, "analytics.bad_option",
                        "An option of the boosted trees is out of range.");
  }
  return {};
}

}  // namespace

struct Boosted::Model {
  BoosterHandle handle = nullptr;

  Model() = default;
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;
  ~Model() {
    if (handle != nullptr) XGBoosterFree(handle);
  }

  // type: 1 log odds, 2 contributions; see XGBoosterPredictFromDMatrix.
  [[nodiscard]] base::Result<std::vector<double>> predict(const DenseRows& rows, int type) const {
    bst_ulong columns = 0;
    if (auto got = check(XGBoosterGetNumFeature(handle, &columns)); !got) {
      return std::unexpected(got.error());
    }
    if (rows.columns != columns || rows.rows() * rows.columns != rows.cells.size()) {
      return base::refuse(base::ProblemKind::internal, "analytics.other_features",
                          "The features are not those that the model was fitted on.");
    }
    if (rows.cells.empty()) return std::vector<double>{};
    const int threads = rows.rows() < rows_worth_threads_predicting ? 1 : threads_of_predictions;
    const std::string stated = std::to_string(threads);
    if (auto set = check(XGBoosterSetParam(handle, "nthread", stated.c_str())); !set) {
      return std::unexpected(set.error());
    }
    Matrix matrix(threads);
    if (auto filled = matrix.fill(rows); !filled) return std::unexpected(filled.error());
    const std::string config = fmt::format(
        R"({{"type":{},"training":false,"iteration_begin":0,"iteration_end":0,"strict_shape":true}})",
        type);
    const bst_ulong* shape = nullptr;
    bst_ulong dimensions = 0;
    const float* result = nullptr;
    const auto made = check(XGBoosterPredictFromDMatrix(handle, matrix.handle(), config.c_str(),
                                                        &shape, &dimensions, &result));
    if (!made) return std::unexpected(made.error());
    std::size_t size = 1;
    for (bst_ulong i = 0; i < dimensions; ++i) size *= shape[i];
    return std::vector<double>(result, result + size);
  }
};

Boosted::Boosted(std::unique_ptr<Model> model) : model_(std::move(model)) {}
Boosted::Boosted(Boosted&&) noexcept = default;
Boosted& Boosted::operator=(Boosted&&) noexcept = default;
Boosted::~Boosted() = default;

base::Result<Boosted> Boosted::fit(const DenseRows& rows, std::span<const std::uint8_t> outcomes,
                                   const BoostOptions& options) {
  auto done = check_input(rows, outcomes, options);
  const int threads = rows.rows() < rows_worth_threads_fitting ? 1 : options.threads;
  Matrix matrix(threads);
  if (done) done = matrix.fill(rows);
  if (done) done = matrix.label(outcomes);
  auto model = std::make_unique<Model>();
  if (done) {
    const DMatrixHandle handle = matrix.handle();
    done = check(XGBoosterCreate(&handle, 1, &model->handle));
  }
  for (const auto& [name, value] : parameters(options, threads)) {
    if (done) done = check(XGBoosterSetParam(model->handle, name.c_str(), value.c_str()));
  }
  for (int round = 0; done && round < options.rounds; ++round) {
    done = check(XGBoosterUpdateOneIter(model->handle, round, matrix.handle()));
  }
  if (!done) return std::unexpected(done.error());
  return Boosted(std::move(model));
}

base::Result<std::vector<double>> Boosted::log_odds(const DenseRows& rows) const {
  return model_->predict(rows, 1);
}

base::Result<std::vector<double>> Boosted::contributions(const DenseRows& rows) const {
  return model_->predict(rows, 2);
}

base::Result<std::vector<double>> Boosted::gains() const {
  bst_ulong columns = 0, count = 0, dimensions = 0;
  const char** names = nullptr;
  const bst_ulong* shape = nullptr;
  const float* gains = nullptr;
  auto done = check(XGBoosterGetNumFeature(model_->handle, &columns));
  if (done) {
    done = check(XGBoosterFeatureScore(model_->handle, R"({"importance_type":"total_gain"})",
                                       &count, &names, &dimensions, &shape, &gains));
  }
  if (!done) return std::unexpected(done.error());
  std::vector<double> made(columns);
  double sum = 0;
  for (bst_ulong i = 0; i < count; ++i) {
    // Columns without names are called f0, f1 … by the library.
    const auto column = std::strtoul(names[i] + 1, nullptr, 10);
    if (column >= columns) continue;
    made[column] = static_cast<double>(gains[i]);
    sum += made[column];
  }
  if (sum > 0) {
    for (double& gain : made) gain /= sum;
  }
  return made;
}

base::Result<std::string> Boosted::save() const {
  bst_ulong length = 0;
  const char* bytes = nullptr;
  const auto saved =
      check(XGBoosterSaveModelToBuffer(model_->handle, R"({"format":"json"})", &length, &bytes));
  if (!saved) return std::unexpected(saved.error());
  return std::string(bytes, length);
}

base::Result<Boosted> Boosted::load(std::string_view bytes) {
  auto model = std::make_unique<Model>();
  auto done = check(XGBoosterCreate(nullptr, 0, &model->handle));
  if (done) done = check(XGBoosterLoadModelFromBuffer(model->handle, bytes.data(), bytes.size()));
  if (!done) {
    return base::refuse(base::ProblemKind::malformed, "analytics.malformed_model",
                        "The saved model cannot be read.", done.error().details);
  }
  return Boosted(std::move(model));
}

}  // namespace rapport::analytics
