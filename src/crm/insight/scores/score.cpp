#include "crm/insight/scores/score.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "base/json.hpp"
#include "crm/insight/churn/churn_warning.hpp"
#include "crm/insight/churn_risk/churn_risk.hpp"
#include "crm/insight/lifetime_value/lifetime_value.hpp"
#include "crm/insight/next_offer/next_offer.hpp"
#include "crm/insight/profitability/profit.hpp"
#include "crm/insight/recency_frequency_money/rfm_cell.hpp"
#include "entity/catalog/yaml_json.hpp"

namespace rapport::crm {
namespace {

using Plain = nlohmann::json;  // what the validator takes

// The scores of the wing: one line each, in the order they are shown.
const std::array kScores{
    Score{"lifetime_value", lifetime_value_codes, lifetime_value_reasons, Learnt::purchases},
    Score{"probability_alive", probability_alive_codes, probability_alive_reasons,
          Learnt::purchases},
    Score{"expected_purchases", expected_purchases_codes, expected_purchases_reasons,
          Learnt::purchases},
    Score{"churn_risk", churn_risk_codes, churn_risk_reasons, Learnt::leaving},
    Score{"churn_warning", churn_warning_codes, churn_warning_reasons, Learnt::purchases},
    Score{"rfm_cell", rfm_cell_codes, rfm_cell_reasons, Learnt::nothing},
    Score{"historic_value", historic_value_codes, historic_value_reasons, Learnt::nothing},
    Score{"profit", profit_codes, profit_reasons, Learnt::nothing},
    Score{"next_offer", next_offer_codes, next_offer_reasons, Learnt::nothing},
};

auto wrong(std::string_view path, std::string what) {
  return base::refuse(base::ProblemKind::internal, "insight.score_file",
                      fmt::format("{}: {}", path, what));
}

const valijson::Schema& schema() {
  static const auto* compiled = [] {
    auto* made = new valijson::Schema();
    for (const auto& file : base::embedded_schemas()) {
      if (!file.path.ends_with("score.schema.json")) continue;
      const Plain json = Plain::parse(file.text);
      valijson::SchemaParser().populateSchema(valijson::adapters::NlohmannJsonAdapter(json), *made);
    }
    return made;
  }();
  return *compiled;
}

base::Result<base::Json> checked_json(const base::EmbeddedFile& file) {
  entity::Lines lines;
  auto json = entity::json_of_yaml(std::string(file.text), lines);
  if (!json) return wrong(file.path, json.error().message);
  const Plain plain = Plain::parse(base::to_text(*json));
  valijson::Validator validator;
  valijson::ValidationResults results;
  if (!validator.validate(schema(), valijson::adapters::NlohmannJsonAdapter(plain), &results)) {
    valijson::ValidationResults::Error error;
    std::string what = "it is not as score.schema.json asks";
    while (results.popError(error)) what = error.description;
    return wrong(file.path, what);
  }
  return *std::move(json);
}

ScoreDefinition definition_of(const base::Json& json) {
  ScoreDefinition definition;
  definition.name = json["score"].get<std::string>();
  definition.label = json["label"].get<std::string>();
  definition.help = json["help"].get<std::string>();
  definition.subject = json["subject"].get<std::string>();
  definition.type = json["type"].get<std::string>();
  definition.schedule = json["schedule"].get<std::string>();
  definition.inputs = json["inputs"].get<std::vector<std::string>>();
  if (const auto range = json.find("range"); range != json.end()) {
    if (range->contains("least")) definition.least = (*range)["least"].get<double>();
    if (range->contains("most")) definition.most = (*range)["most"].get<double>();
  }
  for (const auto& [code, text] : json["reasons"].items()) {
    definition.wording.emplace(code, text.get<std::string>());
  }
  return definition;
}

}  // namespace

std::span<const Score> all_scores() {
  return kScores;
}

base::Result<std::vector<ScoreDefinition>> read_score_files(
    std::span<const base::EmbeddedFile> files) {
  std::map<std::string, ScoreDefinition, std::less<>> found;
  for (const auto& file : files) {
    const auto json = checked_json(file);
    if (!json) return std::unexpected(json.error());
    auto definition = definition_of(*json);
    const auto name = definition.name;
    if (!file.path.ends_with("/" + name + ".score.yaml")) {
      return wrong(file.path, fmt::format("the score is called {}, the file is not.", name));
    }
    if (std::ranges::find(kScores, name, &Score::name) == kScores.end()) {
      return wrong(file.path, "no function gives this score.");
    }
    found.emplace(name, std::move(definition));
  }
  std::vector<ScoreDefinition> definitions;
  for (const auto& score : kScores) {
    const auto at = found.find(score.name);
    if (at == found.end()) return wrong(score.name, "the score has no file.");
    for (const auto code : score.codes) {
      if (!at->second.wording.contains(code)) {
        return wrong(score.name, fmt::format("the reason {} has no wording.", code));
      }
    }
    definitions.push_back(at->second);
  }
  return definitions;
}

const std::vector<ScoreDefinition>& score_definitions() {
  static const auto definitions = [] {
    auto read = read_score_files(base::embedded_score_files());
    if (!read) throw std::logic_error(read.error().message);
    return *std::move(read);
  }();
  return definitions;
}

const ScoreDefinition* score_named(std::string_view name) {
  const auto& all = score_definitions();
  const auto at = std::ranges::find(all, name, &ScoreDefinition::name);
  return at == all.end() ? nullptr : &*at;
}

std::string worded(const ScoreDefinition& definition, const Reason& reason) {
  const auto at = definition.wording.find(reason.code);
  std::string text = at == definition.wording.end() ? std::string(reason.code) : at->second;
  for (const auto& [place, value] : reason.places) {
    const std::string mark = "{" + std::string(place) + "}";
    for (auto from = text.find(mark); from != std::string::npos; from = text.find(mark, from)) {
      text.replace(from, mark.size(), value);
      from += value.size();
    }
  }
  return text;
}

}  // namespace rapport::crm
