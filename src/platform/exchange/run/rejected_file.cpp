#include "platform/exchange/run/rejected_file.hpp"

#include <algorithm>
#include <cstdio>
#include <memory>

#include "platform/exchange/csv/encoding.hpp"
#include "platform/exchange/run/file.hpp"

namespace rapport::platform {

namespace {

using base::Result;

constexpr int rows_at_once = 1000;

struct Closer {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

class RejectedWriter {
 public:
  RejectedWriter(OpenedFile& file, std::FILE* out) : file_(file), out_(out) {}

  void head();
  void row(const base::Id& import, const RejectedRow& rejected);
  [[nodiscard]] bool written() const { return ok_; }

 private:
  struct Ends {
    std::string row, line_end;
  };
  [[nodiscard]] std::string bytes(std::int64_t offset, std::int64_t length);
  [[nodiscard]] Ends parted(std::string raw) const;
  // Gives the old mark; "" where there is none.
  std::string take_old_mark(std::int64_t offset, std::int64_t number, std::string& raw);
  [[nodiscard]] std::string cell(std::string text) const;
  void write(const std::string& row, const std::vector<std::string>& cells,
             const std::string& line_end);
  void put(std::string_view text) {
    ok_ = ok_ && std::fwrite(text.data(), 1, text.size(), out_) == text.size();
  }

  OpenedFile& file_;
  std::FILE* out_;
  bool ok_ = true;
};

std::string RejectedWriter::bytes(std::int64_t offset, std::int64_t length) {
  std::string raw(static_cast<std::size_t>(length), '\0');
  raw.resize(file_.source->read(offset, raw.data(), raw.size()));
  return raw;
}

RejectedWriter::Ends RejectedWriter::parted(std::string raw) const {
  for (const char* end : {"\r\n", "\n", "\r"}) {
    const std::string line_end = encoded(end, file_.dialect.encoding);
    if (!raw.ends_with(line_end)) continue;
    raw.resize(raw.size() - line_end.size());
    return {std::move(raw), line_end};
  }
  return {std::move(raw), encoded("\n", file_.dialect.encoding)};
}

// A row rejected once more brings the columns of last time: they go, but the mark stays, which
// names the row of the file it first came from.
std::string RejectedWriter::take_old_mark(std::int64_t offset, std::int64_t number,
                                          std::string& raw) {
  CsvReader reader(*file_.source, file_.dialect, {offset, number});
  CsvRow row;
  if (!reader.next(row) || row.fault != CsvFault::none) return {};
  for (const CsvCell& one : row.cells) {
    if (!one.text.starts_with(RejectedColumns::mark)) continue;
    const auto to = static_cast<std::size_t>(one.offset - row.offset);
    const std::size_t delimiter = file_.dialect.wide() ? 2 : 1;
    raw.resize(std::min(raw.size(), to > delimiter ? to - delimiter : 0));
    return std::string(one.text);
  }
  return {};
}

// As this dialect writes a cell; where it knows no quotes, what would part the cell is replaced.
std::string RejectedWriter::cell(std::string text) const {
  const Dialect& dialect = file_.dialect;
  const std::string special = std::string("\r\n\t") + dialect.delimiter + '\\';
  std::replace(text.begin(), text.end(), '\n', ' ');
  std::replace(text.begin(), text.end(), '\r', ' ');
  if (dialect.quote == Dialect::none) {
    for (char& c : text) {
      if (c == dialect.delimiter || c == '\t' || c == '\\') c = '_';
    }
    return text;
  }
  std::replace(text.begin(), text.end(), dialect.quote, dialect.quote == '\'' ? '"' : '\'');
  if (dialect.escape == Escape::backslash) std::replace(text.begin(), text.end(), '\\', '/');
  if (text.empty() || text.find_first_of(special) != std::string::npos) {
    return dialect.quote + text + dialect.quote;
  }
  return text;
}

void RejectedWriter::write(const std::string& row, const std::vector<std::string>& cells,
                           const std::string& line_end) {
  put(row);
  for (const std::string& text : cells) {
    put(encoded(std::string(1, file_.dialect.delimiter) + cell(text), file_.dialect.encoding));
  }
  put(line_end);
}

void RejectedWriter::head() {
  put(bytes(0, file_.dialect.bom_bytes()));
  if (!file_.header) return;
  const CsvRow& header = file_.header_row;
  Ends ends = parted(bytes(header.offset, header.length));
  (void)take_old_mark(header.offset, header.number, ends.row);
  write(ends.row,
        {std::string(RejectedColumns::mark), std::string(RejectedColumns::column),
         std::string(RejectedColumns::reason)},
        ends.line_end);
}

void RejectedWriter::row(const base::Id& import, const RejectedRow& rejected) {
  Ends ends = parted(bytes(rejected.offset, rejected.length));
  std::string mark = take_old_mark(rejected.offset, rejected.number, ends.row);
  if (mark.empty()) {
    mark = std::string(RejectedColumns::mark) + ":" + base::to_text(import) + ":" +
           std::to_string(rejected.number);
  }
  std::string columns, reasons;
  for (const RowProblem& problem : rejected.problems) {
    if (!problem.column.empty()) columns += (columns.empty() ? "" : "; ") + problem.column;
    reasons += (reasons.empty() ? "" : " ") + problem.reason;
  }
  write(ends.row, {std::move(mark), columns, reasons}, ends.line_end);
}

}  // namespace

Result<void> write_rejected_file(ImportStore& store, const ImportRecord& import,
                                 const std::filesystem::path& kept,
                                 const std::filesystem::path& to) {
  auto mapping = parse_mapping(import.mapping);
  if (!mapping) return std::unexpected(mapping.error());
  auto file = open_import(kept, mapping->file);
  if (!file) return std::unexpected(file.error());
  const std::filesystem::path draft = to.string() + ".part";
  const auto failed = [&] {
    return base::refuse(base::ProblemKind::internal, "exchange.cannot_write",
                        "The file of rejected rows cannot be written.", draft.string());
  };
  std::unique_ptr<std::FILE, Closer> out(std::fopen(draft.c_str(), "wb"));
  if (out == nullptr) return failed();
  RejectedWriter writer(*file, out.get());
  writer.head();
  std::int64_t after = 0;
  for (;;) {
    auto rows = store.rejections(import.id, after, rows_at_once);
    if (!rows) return std::unexpected(rows.error());
    for (const RejectedRow& row : *rows) writer.row(import.id, row);
    if (rows->empty()) break;
    after = rows->back().number;
  }
  if (!writer.written() || std::fflush(out.get()) != 0) return failed();
  out.reset();
  std::filesystem::rename(draft, to);
  return {};
}

}  // namespace rapport::platform
