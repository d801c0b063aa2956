#include "entity/plan/columns.hpp"

#include <algorithm>

#include "base/json.hpp"

namespace rapport::entity {

namespace {

// "text collate …" as a type to cast to: "text".
std::string_view bare_type(std::string_view sql_type) {
  return sql_type.substr(0, sql_type.find(" collate"));
}

}  // namespace

std::vector<Column> table_columns(const Field& field) {
  std::vector<Column> columns;
  for (const ColumnPart& part : columns_of(field.type)) {
    columns.push_back(
        {column_name(field, part), bare_type(part.sql_type), part.part, part.language});
  }
  return columns;
}

bool fits(FieldType type, const base::Value& value) {
  if (base::is_empty(value)) return true;
  switch (type) {
    case FieldType::integer:
      return std::holds_alternative<std::int64_t>(value);
    case FieldType::decimal:
    case FieldType::percent:
      return std::holds_alternative<base::Decimal>(value);
    case FieldType::money:
      return std::holds_alternative<base::Money>(value);
    case FieldType::date:
      return std::holds_alternative<base::Date>(value);
    case FieldType::instant:
      return std::holds_alternative<base::Instant>(value);
    case FieldType::boolean:
      return std::holds_alternative<bool>(value);
    case FieldType::choices:
      return std::holds_alternative<base::Choices>(value);
    case FieldType::link:
    case FieldType::user:
    case FieldType::id:
      return std::holds_alternative<base::Id>(value);
    case FieldType::address:
      return std::holds_alternative<base::Address>(value);
    case FieldType::person_name:
      return std::holds_alternative<base::PersonName>(value);
    case FieldType::json:
      return std::holds_alternative<base::JsonText>(value);
    default:
      return std::holds_alternative<std::string>(value);
  }
}

std::string quoted_name(std::string_view identifier) {
  std::string out = "\"";
  for (const char c : identifier) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
  return out;
}

const ObjectType* target_of(const Catalog& catalog, const Field& field) {
  if (field.type == FieldType::link) return catalog.find(field.link_to);
  if (field.type == FieldType::user) return catalog.find(user_object);
  return nullptr;
}

namespace {

base::Value text_or_empty(const std::string& text) {
  return text.empty() ? base::Value{} : base::Value{text};
}

base::Value part_of_address(const base::Address& address, std::string_view part) {
  if (part == "line1") return text_or_empty(address.line1);
  if (part == "line2") return text_or_empty(address.line2);
  if (part == "city") return text_or_empty(address.city);
  if (part == "region") return text_or_empty(address.region);
  if (part == "postal_code") return text_or_empty(address.postal_code);
  if (part == "country") return text_or_empty(address.country);
  return {};
}

}  // namespace

base::Value part_of(const base::Value& value, std::string_view part) {
  if (const auto* name = std::get_if<base::PersonName>(&value)) {
    if (part == "given") return text_or_empty(name->given);
    if (part == "family") return text_or_empty(name->family);
    return text_or_empty(name->full);
  }
  if (part.empty()) return value;
  if (const auto* address = std::get_if<base::Address>(&value)) {
    return part_of_address(*address, part);
  }
  if (const auto* money = std::get_if<base::Money>(&value)) {
    if (part == "currency") return text_or_empty(money->currency);
    if (part == "amount") return money->amount;
  }
  return value;
}

bool same_value(const base::Value& a, const base::Value& b) {
  const auto* left = std::get_if<base::JsonText>(&a);
  const auto* right = std::get_if<base::JsonText>(&b);
  if (left == nullptr || right == nullptr) return a == b;
  if (left->text == right->text) return true;
  const auto one = base::parse_json(left->text);
  const auto other = base::parse_json(right->text);
  if (!one || !other) return false;
  // PostgreSQL reorders keys; the unordered type compares without regard to their order.
  return nlohmann::json::parse(left->text) == nlohmann::json::parse(right->text);
}

}  // namespace rapport::entity
