#include "entity/catalog/catalog.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "entity/catalog/check_catalog.hpp"

namespace rapport::entity {
namespace {

expression::Object language_of(const ObjectType& object) {
  expression::Object language{object.name, object.plural, {}};
  for (const Field& field : object.fields) {
    for (const ColumnPart& part : columns_of(field.type)) {
      expression::Field word;
      const std::string dotted = part.part.empty() ? "" : "." + std::string(part.part);
      word.id = field.id + dotted;
      word.name = field.name + dotted;
      word.type = part.language;
      word.column = column_name(field, part);
      if (field.type == FieldType::money && part.part.empty()) {
        word.currency_column = word.column + "_currency";
      }
      for (const Choice& choice : field.choices) word.choices.push_back(choice.name);
      word.link_to = field.link_to;
      word.is_user = field.link_to == "user" || (object.name == "user" && field.name == "id");
      if (field.beside) word.beside = beside_table(object.plural);
      word.ignores_case = field.type == FieldType::email;
      language.fields.push_back(std::move(word));
    }
  }
  return language;
}

base::Problem problem_of(std::vector<base::FieldProblem> faults) {
  base::Problem problem{.kind = base::ProblemKind::invalid,
                        .code = "catalog.invalid",
                        .message = faults.front().message,
                        .details = {},
                        .hint = {},
                        .fields = {},
                        .extra = {}};
  for (const auto& fault : faults) problem.details += fault.field + ": " + fault.message + "\n";
  problem.fields = std::move(faults);
  return problem;
}

}  // namespace

const Field* ObjectType::find(std::string_view field_name) const {
  const auto found = std::ranges::find(fields, field_name, &Field::name);
  return found == fields.end() ? nullptr : &*found;
}

bool has_stand_ins(const ObjectType& object) {
  if (object.name != person_object) return false;
  const Field* kind = object.find(person_kind_field);
  return kind != nullptr && std::ranges::any_of(kind->choices, [](const Choice& choice) {
           return choice.name == stand_in_kind;
         });
}

bool ObjectType::has_beside() const {
  return std::ranges::any_of(fields, &Field::beside);
}

std::string beside_table(std::string_view plural) {
  return std::string(plural) + std::string(beside_ending);
}

base::Result<std::shared_ptr<const Catalog>> Catalog::of(std::vector<ObjectType> objects,
                                                         std::int64_t version) {
  auto catalog = std::make_shared<Catalog>();
  catalog->version_ = version;
  catalog->objects_ = std::move(objects);
  for (ObjectType& object : catalog->objects_) complete(object);
  for (std::size_t i = 0; i < catalog->objects_.size(); ++i) {
    const ObjectType& object = catalog->objects_[i];
    catalog->by_name_.emplace(object.name, i);
    catalog->by_plural_.emplace(object.plural, i);
    catalog->language_.emplace(object.name, language_of(object));
  }
  auto faults = faults_of(*catalog);
  if (!faults.empty()) return std::unexpected(problem_of(std::move(faults)));
  return catalog;
}

const ObjectType* Catalog::find(std::string_view object_name) const {
  const auto found = by_name_.find(std::string(object_name));
  return found == by_name_.end() ? nullptr : &objects_[found->second];
}

const ObjectType* Catalog::find_plural(std::string_view plural) const {
  const auto found = by_plural_.find(std::string(plural));
  return found == by_plural_.end() ? nullptr : &objects_[found->second];
}

std::vector<std::pair<const ObjectType*, const Field*>> Catalog::links_to(
    std::string_view object_name) const {
  std::vector<std::pair<const ObjectType*, const Field*>> links;
  for (const ObjectType& object : objects_) {
    for (const Field& field : object.fields) {
      if (!field.system && field.link_to == object_name) links.emplace_back(&object, &field);
    }
  }
  return links;
}

const expression::Object* Catalog::find_object(std::string_view name) const {
  const auto found = language_.find(std::string(name));
  return found == language_.end() ? nullptr : &found->second;
}

const expression::Field* Catalog::find_field(std::string_view object,
                                             std::string_view field_name) const {
  const expression::Object* language = find_object(object);
  if (language == nullptr) return nullptr;
  const auto found = std::ranges::find(language->fields, field_name, &expression::Field::name);
  return found == language->fields.end() ? nullptr : &*found;
}

const expression::Field* Catalog::find_field_by_id(std::string_view object,
                                                   std::string_view field_id) const {
  const expression::Object* language = find_object(object);
  if (language == nullptr) return nullptr;
  const auto found = std::ranges::find(language->fields, field_id, &expression::Field::id);
  return found == language->fields.end() ? nullptr : &*found;
}

}  // namespace rapport::entity
