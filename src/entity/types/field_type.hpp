// The types a field may have. Each is one row of one table: its name in object files, the columns
// it is kept in, how it reads from JSON and from the text of an import, how it is written.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_fwd.hpp"
#include "base/json_writer.hpp"
#include "base/problem.hpp"
#include "base/value.hpp"
#include "expression/schema.hpp"

namespace rapport::entity {

enum class FieldType {
  text,
  long_text,
  integer,
  decimal,
  percent,
  money,
  date,
  instant,
  boolean,
  choice,
  choices,
  link,
  email,
  phone,
  url,
  address,
  person_name,
  user,
  json,
  id  // a record's own id, and the batch of a torrent's row: system fields alone
};

[[nodiscard]] std::string_view name_of(FieldType type);
[[nodiscard]] std::optional<FieldType> field_type_named(std::string_view name);

// A column that keeps (a part of) a field: suffix "" for the main one, "_currency", "_given" …
struct ColumnPart {
  std::string_view suffix;
  std::string_view sql_type;  // "numeric(19,4)"
  std::string_view part;      // its name in expressions and JSON: "given"; empty: the whole
  expression::Type language;  // its type in the expression language
};
[[nodiscard]] std::span<const ColumnPart> columns_of(FieldType type);

struct Field;

// The column that keeps a part of a field: "total_currency", "company_id", "created_by".
[[nodiscard]] std::string column_name(const Field& field, const ColumnPart& part);

// How much fits, where the field itself does not say less; in characters unless said otherwise.
struct TypeLimits {
  static constexpr int text_max = 1'000;
  static constexpr int long_text_max = 1'000'000;
  static constexpr int email_max = 254;  // bytes; RFC 5321 §4.5.3.1
  static constexpr int url_max = 2'048;
  static constexpr int name_max = 300;  // of each part of a person's name
  static constexpr int address_line_max = 300;
  static constexpr int choices_max = 100;  // members of one `choices` value
  static constexpr int json_bytes_max = 1'000'000;
  static constexpr int json_depth_max = 32;
};

// Each reads one value for a field, checks it against the field's own limits (max, choices, bounds,
// shape of an e-mail or phone) and normalises it: e-mails folded, phones to E.164, text to NFC.
// JSON null and empty text give the empty value; `required` is the plan's business.
[[nodiscard]] base::Result<base::Value> value_from_json(const Field& field, const base::Json& json);
struct TextForms {                 // how an import's texts are written
  std::string date_order = "ymd";  // or dmy, mdy
  char decimal_point = '.';
  std::string currency = "EUR";  // of money without one
  std::string region = "ES";     // of phones without a country code
  std::string zone = "UTC";      // of instants without one
};
[[nodiscard]] base::Result<base::Value> value_from_text(const Field& field, std::string_view text,
                                                        const TextForms& forms);

// The value as parameters for its columns, in the order of columns_of; nullopt is NULL.
void append_cells(const Field& field, const base::Value& value,
                  std::vector<std::optional<std::string>>& out);
// And back, from the cells of a row.
[[nodiscard]] base::Value value_from_cells(const Field& field,
                                           std::span<const std::optional<std::string_view>> cells);
// As the API shows it: money {"amount","currency"}, links as ids, choices as arrays.
void write_json(base::JsonWriter& out, const Field& field, const base::Value& value);
// As an export and the change log show it: one text.
[[nodiscard]] std::string to_text(const Field& field, const base::Value& value);

}  // namespace rapport::entity
