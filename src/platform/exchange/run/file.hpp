// A kept file as a run sees it: its dialect and its columns, stated by the mapping or recognised.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/problem.hpp"
#include "platform/exchange/csv/reader.hpp"
#include "platform/exchange/mapping/mapping.hpp"

namespace rapport::platform {

// The columns a rejected file has besides the original's; a run leaves them out.
struct RejectedColumns {
  static constexpr std::string_view mark = "rapport_rejected";  // header and prefix of its cells
  static constexpr std::string_view column = "rapport_column";
  static constexpr std::string_view reason = "rapport_reason";
};

struct OpenedFile {
  std::unique_ptr<ByteSource> source;
  Dialect dialect;
  bool header = false;
  CsvRow header_row;  // its cells are gone; offset and length stand
  std::vector<std::string> columns;
  CsvReader::Place data;  // where the first row of data begins
};

[[nodiscard]] base::Result<OpenedFile> open_import(const std::filesystem::path& path,
                                                   const FileSpec& spec);

// Takes the columns of a rejected file off a row; the mark's text where there was one ("" else).
std::string without_rejection(CsvRow& row);

}  // namespace rapport::platform
