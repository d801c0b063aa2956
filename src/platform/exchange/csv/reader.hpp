// Reads rows of cells from a file of any size in constant memory, at more than 100 MB/s.
//
//   CsvReader reader(*source, dialect);
//   CsvRow row;
//   while (reader.next(row)) { row.cells[0].text … }        // valid until the next call
//
// Every row knows where it stands in the file, in bytes of the file's own encoding, so that a run
// can go on there, and rejected rows are copied as they were. A row that cannot be read right is
// given with its fault; after a quote gone wrong the reading goes on with the next line.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "platform/exchange/csv/dialect.hpp"
#include "platform/exchange/csv/source.hpp"

namespace rapport::platform {

enum class CsvFault { none, unclosed_quote, text_after_quote, too_long, too_many_cells, encoding };
// A sentence for the user.
[[nodiscard]] std::string_view sentence_of(CsvFault fault);

struct CsvCell {
  std::string_view text;    // unquoted, UTF-8
  std::int64_t offset = 0;  // in the file
  bool quoted = false;
  bool damaged = false;  // not valid in the file's encoding; `text` holds its bytes
};

struct CsvRow {
  std::int64_t number = 0;  // as a spreadsheet counts: the file's first row is 1, empty ones count
  std::int64_t offset = 0;  // of its first byte in the file
  std::int64_t length = 0;  // with its line end
  std::vector<CsvCell> cells;
  CsvFault fault = CsvFault::none;
};

class CsvReader {
 public:
  struct Place {
    std::int64_t offset = 0;  // 0: after the byte order mark, if any
    std::int64_t number = 1;
  };
  CsvReader(ByteSource& source, const Dialect& dialect, Place from, CsvLimits limits = {});
  CsvReader(ByteSource& source, const Dialect& dialect) : CsvReader(source, dialect, Place{}) {}

  // The next row that is not empty; false at the end.
  [[nodiscard]] bool next(CsvRow& row);
  // Where the row after the last one given begins.
  [[nodiscard]] Place place() const { return {offset_, number_}; }

 private:
  enum class Step { complete, more, fault };
  struct Piece {  // a cell within the row's bytes or, unescaped, within scratch_
    std::size_t begin, length;
    std::size_t at;  // of its first byte in the row, for its offset
    bool in_scratch, quoted;
  };

  [[nodiscard]] std::string_view rest() const { return std::string_view(buffer_).substr(begin_); }
  bool fill(std::size_t least);
  Step parse();
  Step parse_quoted(std::string_view data, bool end, std::size_t& at);
  Step finish_quoted(std::string_view data, bool end, std::size_t& at);
  Step parse_bare(std::string_view data, bool end, std::size_t& at);
  [[nodiscard]] Step line_end(std::string_view data, bool end, std::size_t at);
  Step broken(CsvFault fault);
  [[nodiscard]] bool too_many_lines(std::string_view quoted) const;
  [[nodiscard]] std::size_t block_bytes() const {
    return static_cast<std::size_t>(limits_.block_bytes);
  }
  Step parse_line(std::string_view data, bool end);
  void take_first_line();
  void give(CsvRow& row);
  void convert(CsvRow& row, std::string_view raw);
  void consume(CsvRow& row, std::size_t bytes);
  [[nodiscard]] std::int64_t file_bytes(std::string_view utf8) const;

  ByteSource& source_;
  Dialect dialect_;
  CsvLimits limits_;
  std::string buffer_;     // what is read and not yet given, from begin_
  std::string undecoded_;  // UTF-16: bytes of a character not yet whole
  std::size_t begin_ = 0;
  std::int64_t offset_ = 0;       // in the file, of buffer_[begin_]
  std::int64_t read_offset_ = 0;  // in the file, of the next block
  std::int64_t skipped_ = 0;      // bytes of an overlong line let go of
  bool end_ = false;
  std::int64_t number_ = 1;
  std::vector<Piece> pieces_;
  std::string scratch_, decoded_;
  std::size_t consumed_ = 0;  // bytes of the row just parsed, line end included
  CsvFault fault_ = CsvFault::none;
  bool stop_[256] = {};  // bytes that end a bare cell
};

}  // namespace rapport::platform
