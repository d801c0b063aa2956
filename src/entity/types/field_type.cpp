#include "entity/types/field_type.hpp"

#include <algorithm>
#include <array>

#include "entity/types/type_row.hpp"

namespace rapport::entity {
namespace {

using Language = expression::Type;

// Sortable text sorts as people expect in any language; keys and codes sort by their bytes, faster.
constexpr std::string_view sorted_text = "text collate \"und-x-icu\"";

constexpr std::array text_columns{ColumnPart{"", sorted_text, "", Language::text}};
constexpr std::array plain_columns{ColumnPart{"", "text", "", Language::text}};
constexpr std::array choice_columns{ColumnPart{"", "text", "", Language::choice}};
constexpr std::array choices_columns{ColumnPart{"", "text[]", "", Language::choices}};
constexpr std::array integer_columns{ColumnPart{"", "bigint", "", Language::integer}};
constexpr std::array decimal_columns{ColumnPart{"", "numeric", "", Language::decimal}};
constexpr std::array percent_columns{ColumnPart{"", "numeric(9,4)", "", Language::percent}};
constexpr std::array money_columns{ColumnPart{"", "numeric(19,4)", "", Language::money},
                                   ColumnPart{"_currency", "text", "currency", Language::text}};
constexpr std::array date_columns{ColumnPart{"", "date", "", Language::date}};
constexpr std::array instant_columns{ColumnPart{"", "timestamptz", "", Language::instant}};
constexpr std::array boolean_columns{ColumnPart{"", "boolean", "", Language::boolean}};
constexpr std::array link_columns{ColumnPart{"_id", "uuid", "", Language::id}};
constexpr std::array id_columns{ColumnPart{"", "uuid", "", Language::id}};
constexpr std::array json_columns{ColumnPart{"", "jsonb", "", Language::json}};
constexpr std::array name_columns{ColumnPart{"", sorted_text, "", Language::text},
                                  ColumnPart{"_given", sorted_text, "given", Language::text},
                                  ColumnPart{"_family", sorted_text, "family", Language::text}};
constexpr std::array address_columns{
    ColumnPart{"_line1", "text", "line1", Language::text},
    ColumnPart{"_line2", "text", "line2", Language::text},
    ColumnPart{"_city", sorted_text, "city", Language::text},
    ColumnPart{"_region", sorted_text, "region", Language::text},
    ColumnPart{"_postal_code", "text", "postal_code", Language::text},
    ColumnPart{"_country", "text", "country", Language::text}};

// clang-format off
constexpr std::array<TypeRow, 20> table{{
  {FieldType::text, "text", text_columns, text_from_json, text_from_text, plain_to_cells, text_from_cells, show_scalar, shown_text},
  {FieldType::long_text, "long_text", plain_columns, text_from_json, text_from_text, plain_to_cells, text_from_cells, show_scalar, shown_text},
  {FieldType::integer, "integer", integer_columns, integer_from_json, integer_from_text, plain_to_cells, integer_from_cells, show_scalar, shown_text},
  {FieldType::decimal, "decimal", decimal_columns, decimal_from_json, decimal_from_text, plain_to_cells, decimal_from_cells, show_scalar, shown_text},
  {FieldType::percent, "percent", percent_columns, decimal_from_json, decimal_from_text, plain_to_cells, decimal_from_cells, show_scalar, shown_text},
  {FieldType::money, "money", money_columns, money_from_json, money_from_text, money_to_cells, money_from_cells, show_money, shown_text},
  {FieldType::date, "date", date_columns, date_from_json, date_from_text, plain_to_cells, date_from_cells, show_scalar, shown_text},
  {FieldType::instant, "instant", instant_columns, instant_from_json, instant_from_text, plain_to_cells, instant_from_cells, show_scalar, shown_text},
  {FieldType::boolean, "boolean", boolean_columns, boolean_from_json, boolean_from_text, plain_to_cells, boolean_from_cells, show_scalar, shown_text},
  {FieldType::choice, "choice", choice_columns, text_from_json, choice_from_text, plain_to_cells, text_from_cells, show_scalar, shown_text},
  {FieldType::choices, "choices", choices_columns, choices_from_json, choices_from_text, choices_to_cells, choices_from_cells, show_choices, shown_text},
  {FieldType::link, "link", link_columns, id_from_json, id_from_text, plain_to_cells, id_from_cells, show_scalar, shown_text},
  {FieldType::email, "email", plain_columns, text_from_json, text_from_text, plain_to_cells, text_from_cells, show_scalar, shown_text},
  {FieldType::phone, "phone", plain_columns, text_from_json, phone_from_text, plain_to_cells, text_from_cells, show_scalar, shown_text},
  {FieldType::url, "url", plain_columns, text_from_json, url_from_text, plain_to_cells, text_from_cells, show_scalar, shown_text},
  {FieldType::address, "address", address_columns, address_from_json, address_from_text, address_to_cells, address_from_cells, show_address, shown_text},
  {FieldType::person_name, "person_name", name_columns, name_from_json, name_from_text, name_to_cells, name_from_cells, show_name, shown_text},
  {FieldType::user, "user", link_columns, id_from_json, id_from_text, plain_to_cells, id_from_cells, show_scalar, shown_text},
  {FieldType::json, "json", json_columns, document_from_json, document_from_text, plain_to_cells, document_from_cells, show_scalar, shown_text},
  {FieldType::id, "id", id_columns, id_from_json, id_from_text, plain_to_cells, id_from_cells, show_scalar, shown_text},
}};
// clang-format on

constexpr bool in_order() {
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (static_cast<std::size_t>(table[i].type) != i) return false;
  }
  return true;
}
static_assert(in_order(), "The table stands in the order of the enumeration.");

const TypeRow& row(FieldType type) {
  return table[static_cast<std::size_t>(type)];
}

}  // namespace

std::string_view name_of(FieldType type) {
  return row(type).name;
}

std::optional<FieldType> field_type_named(std::string_view name) {
  const auto found = std::ranges::find(table, name, &TypeRow::name);
  if (found == table.end()) return std::nullopt;
  return found->type;
}

std::span<const ColumnPart> columns_of(FieldType type) {
  return row(type).columns;
}

std::string column_name(const Field& field, const ColumnPart& part) {
  // System fields such as created_by are named as their columns are.
  if (field.system) return field.name;
  return field.name + std::string(part.suffix);
}

base::Result<base::Value> value_from_json(const Field& field, const base::Json& json) {
  return row(field.type).from_json(field, json);
}

base::Result<base::Value> value_from_text(const Field& field, std::string_view text,
                                          const TextForms& forms) {
  return row(field.type).from_text(field, text, forms);
}

void append_cells(const Field& field, const base::Value& value, std::vector<Cell>& out) {
  if (base::is_empty(value)) {
    out.insert(out.end(), columns_of(field.type).size(), std::nullopt);
    return;
  }
  row(field.type).to_cells(value, out);
}

base::Value value_from_cells(const Field& field, std::span<const CellView> cells) {
  return row(field.type).from_cells(cells);
}

void write_json(base::JsonWriter& out, const Field& field, const base::Value& value) {
  if (base::is_empty(value)) return out.null();
  row(field.type).write_json(out, value);
}

std::string to_text(const Field& field, const base::Value& value) {
  if (base::is_empty(value)) return {};
  return row(field.type).to_text(value);
}

}  // namespace rapport::entity
