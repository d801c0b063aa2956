// Results as JSON, for stored effects.
#include <array>
#include <utility>

#include "base/json.hpp"
#include "base/json_writer.hpp"
#include "entity/write/write.hpp"

namespace rapport::entity {

namespace {

constexpr std::array<std::pair<Outcome, std::string_view>, 7> outcomes{{
    {Outcome::created, "created"},
    {Outcome::changed, "changed"},
    {Outcome::unchanged, "unchanged"},
    {Outcome::removed, "removed"},
    {Outcome::restored, "restored"},
    {Outcome::purged, "purged"},
    {Outcome::refused, "refused"},
}};

void write_problem(base::JsonWriter& json, const base::Problem& problem) {
  json.begin_object();
  json.key("kind");
  json.number(static_cast<std::int64_t>(problem.kind));
  for (const auto& [name, text] :
       {std::pair{"code", &problem.code}, std::pair{"message", &problem.message},
        std::pair{"details", &problem.details}, std::pair{"hint", &problem.hint},
        std::pair{"extra", &problem.extra}}) {
    json.key(name);
    json.string(*text);
  }
  json.key("fields");
  json.begin_array();
  for (const base::FieldProblem& field : problem.fields) {
    json.begin_array();
    json.string(field.field);
    json.string(field.code);
    json.string(field.message);
    json.end_array();
  }
  json.end_array();
  json.end_object();
}

base::Problem read_problem(const base::Json& json) {
  base::Problem problem;
  problem.kind = static_cast<base::ProblemKind>(json.at("kind").get<int>());
  problem.code = json.at("code").get<std::string>();
  problem.message = json.at("message").get<std::string>();
  problem.details = json.at("details").get<std::string>();
  problem.hint = json.at("hint").get<std::string>();
  problem.extra = json.at("extra").get<std::string>();
  for (const auto& field : json.at("fields")) {
    problem.fields.push_back({field.at(0).get<std::string>(), field.at(1).get<std::string>(),
                              field.at(2).get<std::string>()});
  }
  return problem;
}

ItemResult read_item(const base::Json& json) {
  ItemResult item;
  const auto name = json.at("outcome").get<std::string>();
  for (const auto& [outcome, text] : outcomes) {
    if (text == name) item.outcome = outcome;
  }
  item.id = base::parse_id(json.at("id").get<std::string>()).value_or(base::Id{});
  item.version = json.at("version").get<int>();
  if (json.contains("problem")) item.problem = read_problem(json.at("problem"));
  return item;
}

}  // namespace

std::string to_json(const WorkResult& result) {
  std::string out;
  base::JsonWriter json(out);
  json.begin_array();
  for (const auto& items : result.writes) {
    json.begin_array();
    for (const ItemResult& item : items) {
      json.begin_object();
      json.key("outcome");
      json.string(outcomes[static_cast<std::size_t>(item.outcome)].second);
      json.key("id");
      json.string(base::to_text(item.id));
      json.key("version");
      json.number(item.version);
      if (item.problem) {
        json.key("problem");
        write_problem(json, *item.problem);
      }
      json.end_object();
    }
    json.end_array();
  }
  json.end_array();
  return out;
}

base::Result<WorkResult> result_from_json(std::string_view text) {
  constexpr std::size_t bytes_max = 64u << 20;
  const auto json = base::parse_json(text, {.bytes_max = bytes_max});
  if (!json) return std::unexpected(json.error());
  WorkResult result;
  result.repeated = true;
  try {
    for (const auto& items : *json) {
      auto& write = result.writes.emplace_back();
      for (const auto& item : items) write.push_back(read_item(item));
    }
  } catch (const base::Json::exception& error) {
    return base::refuse(base::ProblemKind::internal, "write.bad_effect",
                        "The stored result of this work cannot be read.", error.what());
  }
  return result;
}

}  // namespace rapport::entity
