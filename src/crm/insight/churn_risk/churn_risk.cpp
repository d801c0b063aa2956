#include "crm/insight/churn_risk/churn_risk.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace rapport::crm {
namespace {

constexpr std::size_t kChunk = 50'000;  // rows encoded at once
constexpr double kPercent = 100;

bool has_bought(const Histories& histories, std::uint32_t customer, std::int32_t today) {
  const auto days = histories.days_of(customer);
  return !days.empty() && days.front() <= today;
}

// A customer's features in words.
class Words {
 public:
  Words(const analytics::Table& table, std::span<const std::int32_t> days, std::int32_t today,
        std::string_view currency)
      : table_(table), currency_(currency) {
    first_ = day_text(days.front());
    const auto known = std::ranges::upper_bound(days, today) - days.begin();
    last_ = day_text(days[static_cast<std::size_t>(known) - 1]);
  }

  // The reason that a feature is part of; of what is missing another one is told.
  [[nodiscard]] std::string_view code(std::size_t feature) const {
    const auto name = churn_features[feature];
    if (name == "silence" || name == "patience" || name == "recent" || name == "rhythm") {
      return std::isnan(value(churn_rhythm)) ? "once" : "silence";
    }
    if (name == "spend" || name == "latest") {
      return std::isnan(value(churn_latest)) ? "spend_once" : "spend";
    }
    if (name == "returned") return std::isnan(value(feature)) ? "nothing" : "returned";
    return name == "interactions" ? "interactions" : "frequency";
  }

  [[nodiscard]] Reason reason(std::string_view code, double weight) const {
    Reason made{.code = code, .weight = weight, .places = {}};
    made.places.emplace_back("side", weight > 0 ? "leaving" : "staying");
    made.places.emplace_back("first", first_);
    made.places.emplace_back("last", last_);
    for (std::size_t i = 0; i < table_.features.size(); ++i) {
      made.places.emplace_back(churn_features[i], text(i));
    }
    return made;
  }

 private:
  [[nodiscard]] double value(std::size_t feature) const {
    return std::get<std::vector<double>>(table_.columns[feature])[0];
  }
  [[nodiscard]] std::string text(std::size_t feature) const {
    const auto name = churn_features[feature];
    const double number = value(feature);
    if (std::isnan(number)) return "";
    if (name == "spend") {
      const double unit = static_cast<double>(analytics::amount_unit);
      return money_text(std::llround(number * unit), currency_);
    }
    if (name == "patience") return fmt::format("{:.1f}", number);
    if (name == "latest" || name == "returned") return fmt::format("{:.0f}", number * kPercent);
    return fmt::format("{:.0f}", number);
  }

  const analytics::Table& table_;
  std::string_view currency_;
  std::string first_, last_;
};

}  // namespace

base::Result<void> put_churn_risk(const ChurnModel& model, const ChurnSources& sources,
                                  std::int32_t today, std::span<ScoreRow> rows) {
  const ChurnFeatures features(sources, today, model.interactions);
  for (std::size_t from = 0; from < rows.size(); from += kChunk) {
    const auto chunk = rows.subspan(from, std::min(kChunk, rows.size() - from));
    std::vector<std::uint32_t> customers;
    std::vector<ScoreRow*> of;
    for (auto& row : chunk) {
      row.risk.reset();
      if (!has_bought(sources.histories, row.customer, today)) continue;
      customers.push_back(row.customer);
      of.push_back(&row);
    }
    if (customers.empty()) continue;
    const auto told = model.model.probabilities(features.of(customers));
    if (!told) return std::unexpected(told.error());
    for (std::size_t i = 0; i < of.size(); ++i) {
      of[i]->risk =
          std::clamp(std::round((*told)[i] / risk_step) * risk_step, risk_least, risk_most);
    }
  }
  return {};
}

base::Result<std::vector<Reason>> churn_reasons_of(const ChurnModel& model,
                                                   const ChurnSources& sources, std::int32_t today,
                                                   std::uint32_t customer,
                                                   std::string_view currency) {
  if (!has_bought(sources.histories, customer, today)) return std::vector<Reason>{};
  const std::uint32_t one[] = {customer};
  const auto table = ChurnFeatures(sources, today, model.interactions).of(one);
  const auto found = model.model.reasons(table, churn_features.size());
  if (!found) return std::unexpected(found.error());
  const Words words(table, sources.histories.days_of(customer), today, currency);
  std::map<std::string_view, double> weights;
  for (const auto& reason : found->front()) weights[words.code(reason.feature)] += reason.weight;
  std::vector<Reason> reasons;
  reasons.reserve(weights.size());
  for (const auto& [code, weight] : weights) reasons.push_back(words.reason(code, weight));
  std::ranges::stable_sort(reasons, std::greater{},
                           [](const Reason& reason) { return std::abs(reason.weight); });
  return reasons;
}

std::vector<Reason> churn_risk_reasons(const ScoreRow& row, const ReasonContext& context) {
  return row.risk ? context.churn_risk : std::vector<Reason>{};
}

}  // namespace rapport::crm
