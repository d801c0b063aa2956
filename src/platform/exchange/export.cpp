// Records out, page by page: a list of any length in the memory of one page, a set in that and its
// ids.
#include <algorithm>
#include <utility>
#include <vector>

#include "base/json_writer.hpp"
#include "entity/road.hpp"
#include "entity/road_ids.hpp"
#include "platform/exchange/exchange.hpp"

namespace rapport::platform {

namespace {

using base::Result;
using entity::FieldType;

constexpr std::size_t page_rows = 1000;

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

// What a list asks for, page by page. By keyset; but a set may take seconds to find, and is wanted
// as it was at one moment: its ids are found once, and the records read by them.
class Pages {
 public:
  Pages(entity::Road& road, const entity::Caller& caller, const entity::List& list)
      : road_(road), caller_(caller), list_(list) {
    list_.limit = static_cast<int>(page_rows);
    list_.offset = 0;
    list_.after.clear();
    list_.count = entity::Counting::none;
  }

  Result<entity::Page> next() {
    if (!list_.set) return listed();
    if (ids_.empty() && !ended_) {
      auto ids = entity::ids_of(road_, caller_, list_);
      if (!ids) return std::unexpected(ids.error());
      ids_ = std::move(*ids);
      if (ids_.empty()) list_.limit = 0;  // for its columns
    }
    return ids_.empty() ? listed() : read();
  }
  [[nodiscard]] bool ended() const { return ended_; }

 private:
  Result<entity::Page> listed() {
    auto page = road_.list(caller_, list_);
    if (!page) return page;
    list_.after = page->after;
    ended_ = page->after.empty() || list_.limit == 0;
    return page;
  }

  // Who was removed meanwhile is left out.
  Result<entity::Page> read() {
    const auto from = ids_.begin() + static_cast<std::ptrdiff_t>(at_);
    at_ = std::min(at_ + page_rows, ids_.size());
    ended_ = at_ == ids_.size();
    entity::Get get{.object = list_.object,
                    .ids = {from, ids_.begin() + static_cast<std::ptrdiff_t>(at_)},
                    .fields = list_.fields,
                    .removed = list_.bin != entity::List::Bin::without,
                    .titles = list_.titles};
    auto page = road_.get(caller_, get);
    if (page || page.error().kind != base::ProblemKind::not_found) return page;
    list_.limit = 0;  // the last one, alone on its page, is gone
    return listed();
  }

  entity::Road& road_;
  const entity::Caller& caller_;
  entity::List list_;
  std::vector<base::Id> ids_;  // of a set
  std::size_t at_ = 0;
  bool ended_ = false;
};

}  // namespace

Result<std::int64_t> export_records(entity::Road& road, const entity::Caller& caller,
                                    const entity::List& list, ExportFormat format,
                                    const std::function<bool(std::string_view piece)>& take) {
  Pages pages(road, caller, list);
  std::int64_t records = 0;
  bool first = true;
  do {
    auto page = pages.next();
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
  } while (!pages.ended());
  return records;
}

}  // namespace rapport::platform
