// Records out, in chunks by keyset: a list of any length in the memory of one page.
#include <algorithm>

#include "base/json_writer.hpp"
#include "entity/road.hpp"
#include "platform/exchange/exchange.hpp"

namespace rapport::platform {

namespace {

using base::Result;
using entity::FieldType;

constexpr int page_rows = 1000;

bool is_number(FieldType type) {
  return type == FieldType::integer || type == FieldType::decimal || type == FieldType::percent;
}

void put_cell(std::string& out, std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

// A spreadsheet takes these for a formula and may act on it.
void put_text(std::string& out, const std::string& text) {
  constexpr std::string_view formula_begins = "=+-@\t\r";
  const bool guarded = !text.empty() && formula_begins.find(text[0]) != std::string_view::npos;
  put_cell(out, guarded ? "'" + text : text);
}

// Money is two columns, so that its number stays one.
void put_value(std::string& out, const entity::Field& field, const base::Value& value) {
  if (field.type == FieldType::money) {
    if (const auto* money = std::get_if<base::Money>(&value)) {
      out += base::to_text(money->amount) + "," + money->currency;
    } else {
      out += ',';
    }
  } else if (is_number(field.type)) {
    out += base::is_empty(value) ? "" : entity::to_text(field, value);
  } else if (!base::is_empty(value)) {
    put_text(out, entity::to_text(field, value));
  }
}

void put_header(std::string& out, const entity::Page& page) {
  out += "id";
  for (const entity::OutputColumn& column : page.columns) {
    if (column.role != entity::OutputColumn::Role::field || column.name == "id") continue;
    out += ',';
    put_text(out, column.name);
    if (column.field->type == FieldType::money) {
      out += ',';
      put_text(out, column.name + "_currency");
    }
  }
  out += "\r\n";
}

void put_record(std::string& out, const entity::Page& page, const entity::Record& record) {
  out += base::to_text(record.id);
  for (std::size_t i = 0; i < page.columns.size(); ++i) {
    const entity::OutputColumn& column = page.columns[i];
    if (column.role != entity::OutputColumn::Role::field || column.name == "id") continue;
    out += ',';
    put_value(out, *column.field, record.values[i]);
  }
  out += "\r\n";
}

}  // namespace

Result<std::int64_t> export_records(entity::Road& road, const entity::Caller& caller,
                                    const entity::List& list, ExportFormat format,
                                    const std::function<bool(std::string_view piece)>& take) {
  entity::List request = list;
  request.limit = page_rows;
  request.offset = 0;
  request.after.clear();
  request.count = entity::Counting::none;
  std::int64_t records = 0;
  bool first = true;
  do {
    auto page = road.list(caller, request);
    if (!page) return std::unexpected(page.error());
    std::string piece;
    if (first && format == ExportFormat::csv) put_header(piece, *page);
    first = false;
    for (const entity::Record& record : page->records) {
      if (format == ExportFormat::csv) {
        put_record(piece, *page, record);
      } else {
        base::JsonWriter writer(piece);
        entity::write_json(writer, *page, record);
        piece += '\n';
      }
    }
    records += static_cast<std::int64_t>(page->records.size());
    if (!piece.empty() && !take(piece)) return records;
    request.after = page->after;
  } while (!request.after.empty());
  return records;
}

}  // namespace rapport::platform
