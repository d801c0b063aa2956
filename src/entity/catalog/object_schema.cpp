#include "entity/catalog/object_schema.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <set>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "base/embedded.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

namespace rapport::entity {
namespace {

using base::FieldProblem;
using base::Json;
using Plain = nlohmann::json;  // what the validator takes

struct Loaded {
  Plain json;
  valijson::Schema compiled;
  Loaded() {
    for (const auto& file : base::embedded_schemas()) {
      if (file.path.ends_with("object.schema.json")) json = Plain::parse(file.text);
    }
    const valijson::adapters::NlohmannJsonAdapter adapter(json);
    valijson::SchemaParser().populateSchema(adapter, compiled);
  }
};

const Loaded& loaded() {
  static const Loaded schema;
  return schema;
}

const Plain& resolved(const Plain& schema) {
  const auto reference = schema.find("$ref");
  if (reference == schema.end()) return schema;
  constexpr std::string_view local = "#";
  return loaded().json.at(Plain::json_pointer(reference->get<std::string>().substr(local.size())));
}

std::string suggestion(const std::string& word, const std::vector<std::string>& known) {
  const auto near = base::nearest(word, known);
  return near ? fmt::format(" Did you mean “{}”?", *near) : "";
}

// Misspelt keys and words of fixed lists, said better than a general validator can.
void spelling_faults(const Json& json, const Plain& given, const std::string& pointer,
                     std::vector<FieldProblem>& faults) {
  const Plain& schema = resolved(given);
  if (const auto list = schema.find("enum"); list != schema.end() && json.is_string()) {
    const auto known = list->get<std::vector<std::string>>();
    const auto word = json.get<std::string>();
    if (std::ranges::find(known, word) == known.end()) {
      faults.push_back({pointer, "catalog.invalid",
                        fmt::format("“{}” is not known here.{}", word, suggestion(word, known))});
    }
  }
  if (json.is_array()) {
    const auto items = schema.find("items");
    if (items == schema.end()) return;
    for (std::size_t i = 0; i < json.size(); ++i) {
      spelling_faults(json[i], *items, pointer + "/" + std::to_string(i), faults);
    }
  }
  if (!json.is_object()) return;
  const auto properties = schema.find("properties");
  const auto others = schema.find("additionalProperties");
  for (const auto& [key, value] : json.items()) {
    const std::string below = pointer + "/" + key;
    if (properties != schema.end() && properties->contains(key)) {
      spelling_faults(value, (*properties)[key], below, faults);
    } else if (others != schema.end() && others->is_object()) {
      spelling_faults(value, *others, below, faults);
    } else if (others != schema.end() && others->is_boolean() && !others->get<bool>()) {
      std::vector<std::string> known;
      if (properties != schema.end()) {
        for (const auto& [name, _] : properties->items()) known.push_back(name);
      }
      faults.push_back({below, "catalog.invalid",
                        fmt::format("There is no key “{}”.{}", key, suggestion(key, known))});
    }
  }
}

// "<root>", "[fields]", "[0]" → "/fields/0"
std::string pointer_of(const std::vector<std::string>& context) {
  std::string pointer;
  for (const auto& step : context) {
    if (step.size() < 2 || step.front() != '[') continue;
    pointer += "/" + step.substr(1, step.size() - 2);
  }
  return pointer;
}

}  // namespace

std::vector<FieldProblem> schema_faults(const Json& json) {
  std::vector<FieldProblem> faults;
  spelling_faults(json, loaded().json, "", faults);
  const Plain plain = Plain::parse(json.dump());
  valijson::ValidationResults results;
  valijson::Validator validator;
  if (validator.validate(loaded().compiled, valijson::adapters::NlohmannJsonAdapter(plain),
                         &results)) {
    return faults;
  }
  // The validator reports a fault again at every level around it: the innermost says it best.
  std::vector<FieldProblem> general;
  for (const auto& error : results) {
    general.push_back({pointer_of(error.context), "catalog.invalid", error.description});
  }
  std::ranges::sort(general, std::ranges::greater{},
                    [](const FieldProblem& fault) { return fault.field.size(); });
  for (auto& fault : general) {
    const bool said = std::ranges::any_of(
        faults, [&](const FieldProblem& other) { return other.field.starts_with(fault.field); });
    if (!said) faults.push_back(std::move(fault));
  }
  return faults;
}

}  // namespace rapport::entity
