// One row of the table of field types: all that the engine asks of a type. Only `types` includes
// it.
#pragma once

#include "base/json_fwd.hpp"
#include "entity/catalog/catalog.hpp"
#include "entity/types/field_type.hpp"

namespace rapport::entity {

using Cell = std::optional<std::string>;
using CellView = std::optional<std::string_view>;

struct TypeRow {
  FieldType type;
  std::string_view name;
  std::span<const ColumnPart> columns;
  base::Result<base::Value> (*from_json)(const Field&, const base::Json&);
  base::Result<base::Value> (*from_text)(const Field&, std::string_view, const TextForms&);
  void (*to_cells)(const base::Value&, std::vector<Cell>&);
  base::Value (*from_cells)(std::span<const CellView>);
  void (*write_json)(base::JsonWriter&, const base::Value&);
  std::string (*to_text)(const base::Value&);
};

// ---- from_json.cpp: one function a shape; the row above names it ----
using JsonReader = base::Result<base::Value>(const Field&, const base::Json&);
JsonReader text_from_json, integer_from_json, decimal_from_json, money_from_json, date_from_json,
    instant_from_json, boolean_from_json, choices_from_json, id_from_json, address_from_json,
    name_from_json, document_from_json;

// ---- from_text.cpp ----
using TextReader = base::Result<base::Value>(const Field&, std::string_view, const TextForms&);
TextReader text_from_text, integer_from_text, decimal_from_text, money_from_text, date_from_text,
    instant_from_text, boolean_from_text, choice_from_text, choices_from_text, id_from_text,
    phone_from_text, url_from_text, address_from_text, name_from_text, document_from_text;

// ---- cells.cpp ----
using CellWriter = void(const base::Value&, std::vector<Cell>&);
CellWriter plain_to_cells, money_to_cells, choices_to_cells, address_to_cells, name_to_cells;
using CellReader = base::Value(std::span<const CellView>);
CellReader text_from_cells, integer_from_cells, decimal_from_cells, money_from_cells,
    date_from_cells, instant_from_cells, boolean_from_cells, choices_from_cells, id_from_cells,
    address_from_cells, name_from_cells, document_from_cells;

// ---- write.cpp ----
using JsonShower = void(base::JsonWriter&, const base::Value&);
JsonShower show_scalar, show_money, show_choices, show_address, show_name;
std::string shown_text(const base::Value& value);

}  // namespace rapport::entity
