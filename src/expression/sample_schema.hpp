// For tests: a few object types with a field of every type.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "expression/schema.hpp"

namespace rapport::expression {

class SampleSchema final : public Schema {
 public:
  SampleSchema() {
    objects_.reserve(3);  // `add` gives references
    Object& person = add("person", "persons");
    of(person, "id", Type::id);
    of(person, "name", Type::text);
    of(person, "country", Type::text);
    of(person, "email", Type::text).ignores_case = true;
    of(person, "visits", Type::integer);
    of(person, "rating", Type::decimal);
    of(person, "discount", Type::percent);
    of(person, "spent", Type::money).currency_column = "spent_currency";
    of(person, "member", Type::boolean);
    of(person, "born_on", Type::date);
    of(person, "seen_at", Type::instant);
    of(person, "lifecycle", Type::choice).choices = {"prospect", "customer", "at_risk", "lapsed"};
    of(person, "interests", Type::choices).choices = {"climbing", "hiking", "ski"};
    of(person, "notes", Type::json);
    of(person, "address.city", Type::text).column = "address_city";
    Field& owner = of(person, "owner", Type::id);
    owner.column = "owner_id";
    owner.link_to = "user";
    owner.is_user = true;
    Field& employer = of(person, "company", Type::id);
    employer.column = "company_id";
    employer.link_to = "company";
    // Kept beside the record.
    Field& worth = of(person, "worth", Type::money);
    worth.currency_column = "worth_currency";
    worth.beside = "persons_beside";
    of(person, "warning", Type::text).beside = "persons_beside";
    Field& favourite = of(person, "favourite", Type::id);
    favourite.column = "favourite_id";
    favourite.link_to = "company";
    favourite.beside = "persons_beside";

    Object& company = add("company", "companies");
    of(company, "id", Type::id);
    of(company, "name", Type::text);
    of(company, "revenue", Type::money).currency_column = "revenue_currency";
    of(company, "address.city", Type::text).column = "address_city";
    Field& parent = of(company, "parent", Type::id);
    parent.column = "parent_id";
    parent.link_to = "company";
    of(company, "score", Type::decimal).beside = "companies_beside";

    Object& user = add("user", "users");
    of(user, "id", Type::id).is_user = true;
    of(user, "name", Type::text);
  }

  [[nodiscard]] const Object* find_object(std::string_view name) const override {
    for (const Object& object : objects_) {
      if (object.name == name) return &object;
    }
    return nullptr;
  }
  [[nodiscard]] const Field* find_field(std::string_view object,
                                        std::string_view name) const override {
    return find(object, [&](const Field& field) { return field.name == name; });
  }
  [[nodiscard]] const Field* find_field_by_id(std::string_view object,
                                              std::string_view id) const override {
    return find(object, [&](const Field& field) { return field.id == id; });
  }

  // As after a rename: ids stay.
  void rename(std::string_view object, std::string_view from, std::string to) {
    for (Object& known : objects_) {
      for (Field& field : known.fields) {
        if (known.name == object && field.name == from) field.name = to;
      }
    }
  }

 private:
  Object& add(std::string name, std::string table) {
    return objects_.emplace_back(Object{std::move(name), std::move(table), {}});
  }
  static Field& of(Object& object, const std::string& name, Type type) {
    Field field;
    field.id = object.name + "." + name;
    field.name = name;
    field.type = type;
    field.column = name;
    return object.fields.emplace_back(std::move(field));
  }
  template <class Wanted>
  const Field* find(std::string_view object, Wanted wanted) const {
    if (const Object* known = find_object(object)) {
      for (const Field& field : known->fields) {
        if (wanted(field)) return &field;
      }
    }
    return nullptr;
  }

  std::vector<Object> objects_;
};

}  // namespace rapport::expression
