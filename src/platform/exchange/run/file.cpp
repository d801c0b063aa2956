#include "platform/exchange/run/file.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "platform/exchange/recognise/dialect.hpp"

namespace rapport::platform {

namespace {

// Names of columns are told apart: a second "date" becomes "date 2", one without a name "column 7".
void name_columns(std::vector<std::string>& columns) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].empty()) columns[i] = "column " + std::to_string(i + 1);
    const std::string name = columns[i];
    for (int n = 2; std::find(columns.begin(), columns.begin() + static_cast<std::ptrdiff_t>(i),
                              columns[i]) != columns.begin() + static_cast<std::ptrdiff_t>(i);
         ++n) {
      columns[i] = name + " " + std::to_string(n);
    }
  }
}

// The layout of as many columns as the file has; with a header the file's own names stand unless a
// layout says otherwise.
base::Result<void> take_layout(const FileSpec& spec, std::vector<std::string>& columns) {
  if (spec.layouts.empty()) return {};
  std::string expected;
  for (const auto& layout : spec.layouts) {
    if (layout.size() == columns.size()) {
      columns = layout;
      return {};
    }
    expected += (expected.empty() ? "" : " or ") + std::to_string(layout.size());
  }
  return base::refuse(base::ProblemKind::invalid, "exchange.other_columns",
                      "The file has " + std::to_string(columns.size()) +
                          " columns; the mapping expects " + expected + ".");
}

}  // namespace

std::string without_rejection(CsvRow& row) {
  for (std::size_t i = 0; i < row.cells.size(); ++i) {
    const std::string_view text = row.cells[i].text;
    if (!text.starts_with(RejectedColumns::mark)) continue;
    const std::string mark(text.substr(RejectedColumns::mark.size()));
    row.cells.resize(i);
    return mark.empty() ? ":" : mark;
  }
  return {};
}

base::Result<OpenedFile> open_import(const std::filesystem::path& path, const FileSpec& spec) {
  auto source = open_file(path);
  if (!source) return std::unexpected(source.error());
  OpenedFile file;
  file.source = std::move(*source);
  const Recognised recognised = recognise_dialect(*file.source, spec);
  file.dialect = recognised.dialect;
  file.header = recognised.header;
  CsvReader reader(*file.source, file.dialect);
  CsvRow row;
  if (!reader.next(row)) {
    return base::refuse(base::ProblemKind::invalid, "exchange.empty_file", "The file has no rows.");
  }
  if (row.fault != CsvFault::none) {
    return base::refuse(base::ProblemKind::invalid, "exchange.bad_first_row",
                        "The first row cannot be read: " + std::string(sentence_of(row.fault)));
  }
  (void)without_rejection(row);
  for (const CsvCell& cell : row.cells) {
    file.columns.emplace_back(file.header ? base::trimmed(cell.text) : std::string_view());
  }
  if (auto taken = take_layout(spec, file.columns); !taken) return std::unexpected(taken.error());
  name_columns(file.columns);
  file.data = file.header ? reader.place() : CsvReader::Place{};
  row.cells.clear();
  file.header_row = std::move(row);
  return file;
}

}  // namespace rapport::platform
