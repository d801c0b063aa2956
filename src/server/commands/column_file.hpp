// A CSV file read by its columns' names, for commands that work on a file alone. Encoding,
// separator and quotes are recognised as the import does.
//
//   auto file = ColumnFile::open("orders.csv", {"customer", "date"});
//   ColumnFile::Cells cells;
//   while (true) {
//     auto more = file->next(cells);                  // a Problem names row and fault
//     if (!more) return fail(line, more.error());
//     if (!*more) break;
//     cells[0] is the customer, cells[1] the date     // valid until the next call
//   }
//
// A column is named as the first row names it, or, in a file without such a row, by its number from
// 1. Files of another shape (a basket a line) are read with `open(path, {})`, which gives each row
// whole, the first one included.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.hpp"
#include "platform/exchange/csv/reader.hpp"

namespace rapport::server {

class ColumnFile {
 public:
  using Cells = std::vector<std::string_view>;

  // Problems: `insight.unreadable` (no such file), `insight.unknown_column` (names those there
  // are), `insight.ambiguous_column` (two have that name). `separator` is what stands between cells
  // where that is known beforehand.
  [[nodiscard]] static base::Result<ColumnFile> open(const std::filesystem::path& path,
                                                     std::vector<std::string> columns,
                                                     std::optional<char> separator = {});

  // The next row's cells, trimmed, in the order of the columns asked for; false at the end. Cells
  // that a short row lacks are empty; a row of nothing but empty cells, as spreadsheets leave below
  // the last one, is passed over where columns were asked for. Problem: `insight.bad_row` (a quote
  // never closed, more cells than the first row has …).
  [[nodiscard]] base::Result<bool> next(Cells& cells);

  // `insight.bad_cell` at the row read last: "Row 7, column "date": "soon" is not …".
  // `wanted` completes the sentence: "a date such as 2024-03-01". `hint` says what to do.
  [[nodiscard]] base::Problem bad_cell(std::size_t column, std::string_view text,
                                       std::string_view wanted, std::string hint = {}) const;
  // The row read last, as a spreadsheet counts.
  [[nodiscard]] std::int64_t row() const { return row_.number; }

 private:
  [[nodiscard]] base::Result<bool> find_columns(bool header);
  // The place of a column among the first row's cells; by its number where `by_number` is set.
  [[nodiscard]] base::Result<std::size_t> find_column(const std::string& column,
                                                      const std::vector<std::string>& names,
                                                      bool header, bool& by_number) const;
  [[nodiscard]] base::Result<void> check_row() const;

  std::filesystem::path path_;
  std::vector<std::string> columns_;
  std::vector<std::size_t> places_;  // of the columns in a row
  std::size_t width_ = 0;            // of the first row
  char separator_ = ',';
  std::unique_ptr<platform::ByteSource> source_;
  std::unique_ptr<platform::CsvReader> reader_;
  platform::CsvRow row_;
  bool first_is_read_ = false;  // the first row is no header: it is given by the first next()
};

}  // namespace rapport::server
