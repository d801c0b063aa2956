#include "server/commands/column_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "platform/exchange/recognise/dialect.hpp"

namespace rapport::server {

namespace {

constexpr std::size_t columns_named_max = 30;  // of a file's columns in a message

// "3" as the place 2, where a row is that wide.
std::optional<std::size_t> place_by_number(std::string_view name, std::size_t width) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
  if (number < 1 || number > width) return std::nullopt;
  return number - 1;
}

// Whether nothing stands in a row's cells from this place on.
bool is_blank(const platform::CsvRow& row, std::size_t from) {
  return std::all_of(row.cells.begin() + static_cast<std::ptrdiff_t>(from), row.cells.end(),
                     [](const auto& cell) { return base::trimmed(cell.text).empty(); });
}

}  // namespace

base::Result<ColumnFile> ColumnFile::open(const std::filesystem::path& path,
                                          std::vector<std::string> columns,
                                          std::optional<char> separator) {
  std::error_code error;
  const bool plain = std::filesystem::is_regular_file(path, error);
  auto source = platform::open_file(path);
  if (!source || !plain) {
    return base::refuse(base::ProblemKind::invalid, "insight.unreadable",
                        "Cannot read " + path.string() + ".",
                        error    ? error.message() + "."
                        : !plain ? "It is no plain file."
                                 : "It may be closed to you.");
  }
  ColumnFile file;
  file.path_ = path;
  file.columns_ = std::move(columns);
  file.source_ = std::move(*source);
  platform::FileSpec stated;
  stated.delimiter = separator;
  const auto recognised = platform::recognise_dialect(*file.source_, stated);
  file.separator_ = recognised.dialect.delimiter;
  file.reader_ = std::make_unique<platform::CsvReader>(*file.source_, recognised.dialect);
  if (file.columns_.empty()) return file;
  if (auto found = file.find_columns(recognised.header); !found)
    return std::unexpected(found.error());
  return file;
}

base::Result<bool> ColumnFile::find_columns(bool header) {
  if (!reader_->next(row_)) {
    return base::refuse(base::ProblemKind::invalid, "insight.unreadable",
                        path_.string() + " has no rows.");
  }
  width_ = row_.cells.size();
  if (auto checked = check_row(); !checked) return std::unexpected(checked.error());
  std::vector<std::string> names;
  names.reserve(row_.cells.size());
  for (const auto& cell : row_.cells) names.emplace_back(base::trimmed(cell.text));
  bool by_name = false;
  for (const std::string& column : columns_) {
    bool by_number = false;
    const auto place = find_column(column, names, header, by_number);
    if (!place) return std::unexpected(place.error());
    places_.push_back(*place);
    by_name |= !by_number;
  }
  first_is_read_ = !by_name && !header;
  return true;
}

base::Result<std::size_t> ColumnFile::find_column(const std::string& column,
                                                  const std::vector<std::string>& names,
                                                  bool header, bool& by_number) const {
  const auto at = std::ranges::find(names, column);
  const auto place = place_by_number(column, names.size());
  by_number = place && (at == names.end() || !header);
  if (by_number) return *place;
  if (at == names.end()) {
    const std::size_t shown = std::min(names.size(), columns_named_max);
    const auto similar = base::nearest(column, names);
    return base::refuse(base::ProblemKind::invalid, "insight.unknown_column",
                        fmt::format("{} has no column \"{}\".", path_.string(), column),
                        fmt::format("Its first row reads: {}{}.",
                                    fmt::join(names.begin(), names.begin() + shown, ", "),
                                    shown < names.size() ? " …" : ""),
                        similar ? fmt::format("Did you mean \"{}\"?", *similar)
                                : "Name one of these, or its number from 1 on.");
  }
  const auto again = std::find(at + 1, names.end(), column);
  if (again == names.end()) return static_cast<std::size_t>(at - names.begin());
  return base::refuse(base::ProblemKind::invalid, "insight.ambiguous_column",
                      fmt::format("{} has more than one column \"{}\".", path_.string(), column),
                      {},
                      fmt::format("Name it by its number: {} or {}.", at - names.begin() + 1,
                                  again - names.begin() + 1));
}

// Cells beyond the first row's mean that the others do not stand where they seem to: a comma within
// a cell that is not quoted, or rows that begin with a number of their own. Empty ones at the end
// are what spreadsheets leave.
base::Result<void> ColumnFile::check_row() const {
  const auto refuse = [&](std::string_view fault, std::string hint = {}) {
    return base::refuse(base::ProblemKind::invalid, "insight.bad_row",
                        fmt::format("{}, row {}: {}", path_.string(), row_.number, fault), {},
                        std::move(hint));
  };
  if (row_.fault != platform::CsvFault::none) return refuse(platform::sentence_of(row_.fault));
  if (columns_.empty() || row_.cells.size() <= width_) return {};
  if (is_blank(row_, width_)) return {};
  return refuse(fmt::format("It has {} cells, and the first row {}.", row_.cells.size(), width_),
                fmt::format("A cell that holds {} must stand in quotes.",
                            separator_ == ',' ? "a comma" : "what separates cells"));
}

base::Result<bool> ColumnFile::next(Cells& cells) {
  do {
    if (!first_is_read_ && !reader_->next(row_)) return false;
    first_is_read_ = false;
  } while (!columns_.empty() && row_.fault == platform::CsvFault::none && is_blank(row_, 0));
  if (auto checked = check_row(); !checked) return std::unexpected(checked.error());
  cells.clear();
  if (columns_.empty()) {
    for (const auto& cell : row_.cells) cells.push_back(base::trimmed(cell.text));
    return true;
  }
  for (const std::size_t place : places_) {
    cells.push_back(place < row_.cells.size() ? base::trimmed(row_.cells[place].text)
                                              : std::string_view());
  }
  return true;
}

base::Problem ColumnFile::bad_cell(std::size_t column, std::string_view text,
                                   std::string_view wanted, std::string hint) const {
  const std::string shown =
      text.empty() ? "it is empty, and not" : fmt::format("\"{}\" is not", text);
  return base::refuse(base::ProblemKind::invalid, "insight.bad_cell",
                      fmt::format("{}, row {}, column \"{}\": {} {}.", path_.string(), row_.number,
                                  column < columns_.size() ? columns_[column] : "", shown, wanted),
                      {}, std::move(hint))
      .error();
}

}  // namespace rapport::server
