#include "platform/exchange/recognise/recognise_json.hpp"

#include <algorithm>

#include "base/json.hpp"
#include "base/text.hpp"
#include "platform/exchange/mapping/shape.hpp"
#include "platform/exchange/recognise/dialect.hpp"
#include "platform/exchange/recognise/suggest.hpp"
#include "platform/exchange/run/file.hpp"

namespace rapport::platform {

namespace {

using base::Json;
using base::Result;

constexpr int rows_profiled_max = 1000;
constexpr int rows_shown_max = 20;
constexpr int rows_previewed_max = 50;
constexpr std::size_t cell_shown_max = 500;

// Valid UTF-8 whatever the cell; a damaged one shows what can be shown.
std::string shown(const CsvCell& cell) {
  std::string text(cell.text.substr(0, cell_shown_max));
  if (cell.damaged) {
    for (char& c : text) {
      if (static_cast<unsigned char>(c) >= 0x80 || c == '\0') c = '?';
    }
  }
  while (!text.empty() && !base::is_utf8(text)) text.pop_back();  // a character cut in two
  return text;
}

Json cells_of(const CsvRow& row) {
  Json cells = Json::array();
  for (const CsvCell& cell : row.cells) cells.push_back(shown(cell));
  return cells;
}

// The file's name without folder and ending, as the source of external keys.
std::string source_of(const std::string& name) {
  const std::string stem = std::filesystem::path(name).stem().string();
  std::string source;
  for (const char c : base::search_form(stem)) source += c == ' ' ? '_' : c;
  return source.empty() ? "import" : source.substr(0, 60);
}

std::string delimiter_name(char delimiter) {
  switch (delimiter) {
    case '\t':
      return "tab";
    case Dialect::whitespace:
      return "whitespace";
    default:
      return std::string(1, delimiter);
  }
}

Json column_json(const SeenColumn& column) {
  Json json = {{"name", column.name},
               {"samples", column.profile.samples()},
               {"content", std::string(name_of(column.profile.content()))},
               {"suggestion", nullptr}};
  if (column.suggestion) {
    json["suggestion"] = {{"object", column.suggestion->object},
                          {"field", column.suggestion->field}};
  }
  return json;
}

// What the reader must know to read the file as it was recognised.
Json file_json(const Recognised& recognised) {
  const Dialect& dialect = recognised.dialect;
  return {{"encoding", std::string(name_of(dialect.encoding))},
          {"delimiter", delimiter_name(dialect.delimiter)},
          {"quote", dialect.quote == Dialect::none ? "none" : std::string(1, dialect.quote)},
          {"escape", dialect.escape == Escape::backslash ? "backslash" : "doubled"},
          {"header", recognised.header}};
}

}  // namespace

Result<std::string> recognised_json(const std::filesystem::path& path, const FileFacts& facts,
                                    const entity::Catalog& catalog) {
  auto opened = open_import(path, {});
  if (!opened) return std::unexpected(opened.error());
  const Recognised recognised = recognise_dialect(*opened->source, {});
  std::vector<SeenColumn> columns;
  for (const std::string& name : opened->columns) columns.push_back({name, {}, std::nullopt});
  CsvReader reader(*opened->source, opened->dialect, opened->data);
  CsvRow row;
  Json rows = Json::array();
  std::int64_t seen = 0, last_byte = opened->data.offset;
  while (seen < rows_profiled_max && reader.next(row)) {
    ++seen;
    last_byte = row.offset + row.length;
    for (std::size_t i = 0; i < std::min(columns.size(), row.cells.size()); ++i) {
      if (!row.cells[i].damaged) columns[i].profile.add(row.cells[i].text);
    }
    if (seen <= rows_shown_max) rows.push_back(cells_of(row));
  }
  suggest_fields(catalog, columns);
  const std::int64_t read = last_byte - opened->data.offset;
  const bool whole = seen < rows_profiled_max;
  const double per_row = seen > 0 ? static_cast<double>(read) / static_cast<double>(seen) : 1;
  const auto rest = static_cast<double>(opened->source->size() - opened->data.offset);
  Json json = {{"file", facts.id}, {"name", facts.name}, {"bytes", facts.bytes}};
  const Json file = file_json(recognised);
  for (const auto& [key, value] : file.items()) json[key] = value;
  json["sure"] = {{"encoding", recognised.encoding_sure},
                  {"delimiter", recognised.delimiter_sure},
                  {"header", recognised.header_sure}};
  json["rows_estimated"] = whole ? seen : static_cast<std::int64_t>(rest / per_row);
  json["columns"] = Json::array();
  for (const SeenColumn& column : columns) json["columns"].push_back(column_json(column));
  json["rows"] = std::move(rows);
  Json mapping = suggest_mapping(columns, source_of(facts.name));
  mapping["file"] = file;
  json["suggested_mapping"] = std::move(mapping);
  return base::to_text(json);
}

Result<std::string> preview_json(const std::filesystem::path& path, const Mapping& mapping,
                                 const entity::Catalog& catalog) {
  auto opened = open_import(path, mapping.file);
  if (!opened) return std::unexpected(opened.error());
  auto bound = bind_mapping(mapping, catalog, opened->columns);
  if (!bound) return std::unexpected(bound.error());
  const RowShaper shaper(*bound, catalog);
  CsvReader reader(*opened->source, opened->dialect, opened->data);
  CsvRow row;
  ShapedRow shaped;
  Json json = {{"columns", opened->columns}, {"rows", Json::array()}};
  for (int n = 0; n < rows_previewed_max && reader.next(row); ++n) {
    Json cells = cells_of(row);
    std::vector<RowProblem> problems;
    (void)without_rejection(row);
    if (row.fault != CsvFault::none) {
      problems.push_back({"", std::string(sentence_of(row.fault))});
    } else if (row.cells.size() != opened->columns.size()) {
      problems.push_back({"", "The row has " + std::to_string(row.cells.size()) + " cells; " +
                                  std::to_string(opened->columns.size()) + " are expected."});
    } else {
      shaper.shape(row, {}, shaped);
      problems = shaped.problems;
    }
    Json reasons = Json::array();
    for (const RowProblem& problem : problems) {
      reasons.push_back({{"column", problem.column}, {"reason", problem.reason}});
    }
    json["rows"].push_back({{"row", row.number},
                            {"cells", std::move(cells)},
                            {"problems", std::move(reasons)},
                            {"outcome", problems.empty() ? "accepted" : "rejected"}});
  }
  return base::to_text(json);
}

}  // namespace rapport::platform
