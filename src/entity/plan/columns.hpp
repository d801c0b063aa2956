// Fields as columns: the one place that knows how the table of an object type is laid out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/value.hpp"
#include "entity/catalog/catalog.hpp"

namespace rapport::entity {

struct Column {
  std::string name;           // unquoted: "company_id"
  std::string_view sql_type;  // "uuid"
  std::string_view part;      // "given" of a person's name; empty: the whole
  expression::Type language;
};

// The columns that keep a field, in the order of its cells.
[[nodiscard]] std::vector<Column> table_columns(const Field& field);

// Whether a value is of the kind that a field of this type holds; the empty value always is.
[[nodiscard]] bool fits(FieldType type, const base::Value& value);

[[nodiscard]] std::string quoted_name(std::string_view identifier);

// The object type that a link or user field points at; nullptr where it points at none.
[[nodiscard]] const ObjectType* target_of(const Catalog& catalog, const Field& field);

// The part of a composed value that a path such as "address.city" means; the value itself
// otherwise.
[[nodiscard]] base::Value part_of(const base::Value& value, std::string_view part);

// Whether two values are the same to a user; JSON is compared as a document, not as text.
[[nodiscard]] bool same_value(const base::Value& a, const base::Value& b);

inline constexpr std::string_view user_object = "user";
inline constexpr std::string_view identity_object = "identity";

}  // namespace rapport::entity
