#include "platform/exchange/csv/reader.hpp"

#include <algorithm>
#include <cstring>

#include "base/text.hpp"
#include "platform/exchange/csv/encoding.hpp"

namespace rapport::platform {

namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}
bool is_line_end(char c) {
  return c == '\n' || c == '\r';
}

}  // namespace

std::string_view sentence_of(CsvFault fault) {
  switch (fault) {
    case CsvFault::none:
      return "";
    case CsvFault::unclosed_quote:
      return "A quoted cell is not closed.";
    case CsvFault::text_after_quote:
      return "Text follows the closing quote of a cell.";
    case CsvFault::too_long:
      return "The row or one of its cells is too long.";
    case CsvFault::too_many_cells:
      return "The row has too many cells.";
    case CsvFault::encoding:
      return "The row has bytes that are not valid in the file's encoding.";
  }
  return "";
}

CsvReader::CsvReader(ByteSource& source, const Dialect& dialect, Place from, CsvLimits limits)
    : source_(source), dialect_(dialect), limits_(limits), number_(from.number) {
  offset_ = from.offset > 0 ? from.offset : dialect.bom_bytes();
  read_offset_ = offset_;
  stop_[static_cast<unsigned char>('\n')] = stop_[static_cast<unsigned char>('\r')] = true;
  stop_[static_cast<unsigned char>(dialect.delimiter)] = true;
  if (dialect.delimiter == Dialect::whitespace) stop_[static_cast<unsigned char>('\t')] = true;
  if (dialect.escape == Escape::backslash) stop_[static_cast<unsigned char>('\\')] = true;
}

bool CsvReader::next(CsvRow& row) {
  for (;;) {
    if (begin_ == buffer_.size() && !fill(1)) return false;
    Step step = parse();
    while (step == Step::more) {
      // The row goes on beyond what is read: read twice as much and parse it again.
      const std::size_t have = rest().size();
      if (have > static_cast<std::size_t>(limits_.row_bytes_max) + 1) {
        step = broken(CsvFault::too_long);
        break;
      }
      fill(std::max(2 * have, block_bytes()));
      step = parse();
    }
    if (step == Step::fault) take_first_line();
    const bool empty =
        fault_ == CsvFault::none &&
        (pieces_.empty() || (pieces_.size() == 1 && pieces_[0].length == 0 && !pieces_[0].quoted));
    if (empty) {
      consume(row, consumed_);
      continue;
    }
    give(row);
    return true;
  }
}

// Reads on until `least` bytes are there, or the file ends; false where nothing is left.
bool CsvReader::fill(std::size_t least) {
  buffer_.erase(0, begin_);
  begin_ = 0;
  while (!end_ && buffer_.size() < least) {
    const std::size_t want = std::max(block_bytes(), least - buffer_.size());
    std::string& into = dialect_.wide() ? undecoded_ : buffer_;
    const std::size_t had = into.size();
    into.resize(had + want);
    const std::size_t got = source_.read(read_offset_, into.data() + had, want);
    into.resize(had + got);
    read_offset_ += static_cast<std::int64_t>(got);
    end_ = got == 0;
    if (dialect_.wide()) {
      undecoded_.erase(0, append_wide(buffer_, undecoded_, dialect_.encoding, end_));
    }
  }
  return !buffer_.empty();
}

// Looks no further than a row may reach: what is made of it must not depend on where blocks end,
// or a run that goes on elsewhere in the file would see other rows.
CsvReader::Step CsvReader::parse() {
  pieces_.clear();
  scratch_.clear();
  fault_ = CsvFault::none;
  const std::string_view data =
      rest().substr(0, static_cast<std::size_t>(limits_.row_bytes_max) + 1);
  return parse_line(data, end_ && data.size() == rest().size());
}

CsvReader::Step CsvReader::parse_line(std::string_view data, bool end) {
  const bool spaced = dialect_.delimiter == Dialect::whitespace;
  std::size_t at = 0;
  for (;;) {
    if (spaced) {
      while (at < data.size() && is_blank(data[at])) ++at;
    }
    if (at == data.size()) {
      if (!end) return Step::more;
      if (!spaced) pieces_.push_back({at, 0, at, false, false});
      consumed_ = at;
      return Step::complete;
    }
    if (spaced && is_line_end(data[at])) return line_end(data, end, at);
    if (pieces_.size() == static_cast<std::size_t>(limits_.cells_max)) {
      return broken(CsvFault::too_many_cells);
    }
    const bool quoted = dialect_.quote != Dialect::none && data[at] == dialect_.quote;
    const Step step = quoted ? parse_quoted(data, end, at) : parse_bare(data, end, at);
    if (step != Step::complete) return step;
    if (pieces_.back().length > static_cast<std::size_t>(limits_.cell_bytes_max)) {
      return broken(CsvFault::too_long);
    }
    if (at == data.size()) {
      consumed_ = at;
      return Step::complete;
    }
    if (is_line_end(data[at])) return line_end(data, end, at);
    ++at;  // the delimiter
  }
}

// `at` stands on the opening quote; afterwards on what ends the cell.
CsvReader::Step CsvReader::parse_quoted(std::string_view data, bool end, std::size_t& at) {
  const std::size_t opened = at++;
  const bool backslash = dialect_.escape == Escape::backslash;
  std::size_t from = at, scratch_from = scratch_.size();
  bool copied = false;
  for (;;) {
    const char* const start = data.data() + at;
    const auto* hit =
        static_cast<const char*>(std::memchr(start, dialect_.quote, data.size() - at));
    const char* const until = hit != nullptr ? hit : data.data() + data.size();
    if (backslash) {
      const auto* slash = static_cast<const char*>(
          std::memchr(start, '\\', static_cast<std::size_t>(until - start)));
      if (slash != nullptr) hit = slash;
    }
    if (hit == nullptr) {
      if (end || too_many_lines(data.substr(opened))) return broken(CsvFault::unclosed_quote);
      return Step::more;
    }
    at = static_cast<std::size_t>(hit - data.data());
    const bool escaping = backslash && data[at] == '\\';
    if (at + 1 == data.size() && !end) return Step::more;
    const bool doubled = !escaping && at + 1 < data.size() && data[at + 1] == dialect_.quote;
    if (!escaping && !doubled) break;
    if (at + 1 >= data.size()) return broken(CsvFault::unclosed_quote);
    scratch_.append(data.substr(from, at - from));
    scratch_ += data[at + 1];
    copied = true;
    at += 2;
    from = at;
  }
  if (too_many_lines(data.substr(opened, at - opened))) return broken(CsvFault::unclosed_quote);
  if (copied) {
    scratch_.append(data.substr(from, at - from));
    pieces_.push_back({scratch_from, scratch_.size() - scratch_from, opened, true, true});
  } else {
    pieces_.push_back({from, at - from, opened, false, true});
  }
  ++at;
  return finish_quoted(data, end, at);
}

bool CsvReader::too_many_lines(std::string_view quoted) const {
  if (quoted.size() <= static_cast<std::size_t>(limits_.quoted_lines_max)) return false;
  return std::ranges::count(quoted, '\n') > limits_.quoted_lines_max;
}

// After a closing quote only blanks may stand before the delimiter or the line's end.
CsvReader::Step CsvReader::finish_quoted(std::string_view data, bool end, std::size_t& at) {
  while (at < data.size() && data[at] == ' ' && dialect_.delimiter != ' ') ++at;
  if (at == data.size()) return end ? Step::complete : Step::more;
  const bool ends = data[at] == dialect_.delimiter || is_line_end(data[at]) ||
                    (dialect_.delimiter == Dialect::whitespace && data[at] == '\t');
  return ends ? Step::complete : broken(CsvFault::text_after_quote);
}

CsvReader::Step CsvReader::parse_bare(std::string_view data, bool end, std::size_t& at) {
  const std::size_t from = at, scratch_from = scratch_.size();
  std::size_t copied_to = from;
  bool copied = false;
  for (;;) {
    while (at < data.size() && !stop_[static_cast<unsigned char>(data[at])]) ++at;
    if (at == data.size() && !end) return Step::more;
    if (at == data.size() || data[at] != '\\' || dialect_.delimiter == '\\' ||
        dialect_.escape != Escape::backslash) {
      break;
    }
    if (at + 1 == data.size() && !end) return Step::more;
    scratch_.append(data.substr(copied_to, at - copied_to));
    copied = true;
    ++at;
    copied_to = at;
    if (at < data.size()) ++at;  // whatever it is, it is meant as it stands
  }
  if (copied) {
    scratch_.append(data.substr(copied_to, at - copied_to));
    pieces_.push_back({scratch_from, scratch_.size() - scratch_from, from, true, false});
  } else {
    pieces_.push_back({from, at - from, from, false, false});
  }
  return Step::complete;
}

// The line ends at `at` with LF, CR or CRLF.
CsvReader::Step CsvReader::line_end(std::string_view data, bool end, std::size_t at) {
  if (data[at] == '\r') {
    if (at + 1 == data.size() && !end) return Step::more;
    if (at + 1 < data.size() && data[at + 1] == '\n') ++at;
  }
  consumed_ = at + 1;
  return Step::complete;
}

CsvReader::Step CsvReader::broken(CsvFault fault) {
  fault_ = fault;
  return Step::fault;
}

// A broken row is its first line alone: what a wrong quote swallowed is read again as rows.
void CsvReader::take_first_line() {
  pieces_.clear();
  std::size_t searched = 0;
  for (;;) {
    const std::string_view data = rest();
    const std::size_t found = data.find_first_of("\r\n", searched);
    if (found != std::string_view::npos) {
      if (line_end(data, end_, found) == Step::complete) return;
    } else if (end_) {
      consumed_ = data.size();
      return;
    } else if (data.size() > static_cast<std::size_t>(limits_.row_bytes_max)) {
      // Longer than we keep: let go of it piece by piece, its length still counts.
      skipped_ += file_bytes(data);
      begin_ = buffer_.size();
    }
    const std::size_t have = rest().size();
    searched = have > 0 ? have - 1 : 0;
    fill(have + block_bytes());
  }
}

std::int64_t CsvReader::file_bytes(std::string_view utf8) const {
  return dialect_.wide() ? wide_bytes(utf8) : static_cast<std::int64_t>(utf8.size());
}

void CsvReader::consume(CsvRow& row, std::size_t bytes) {
  row.offset = offset_;
  row.length = skipped_ + file_bytes(rest().substr(0, bytes));
  row.number = number_++;
  offset_ += row.length;
  begin_ += bytes;
  skipped_ = 0;
}

void CsvReader::give(CsvRow& row) {
  const std::string_view raw = rest().substr(0, consumed_);
  consume(row, consumed_);
  row.fault = fault_;
  row.cells.clear();
  if (fault_ != CsvFault::none) return;
  std::int64_t offset = row.offset;
  std::size_t counted = 0;
  for (const Piece& piece : pieces_) {
    const std::string_view from = piece.in_scratch ? std::string_view(scratch_) : raw;
    offset += file_bytes(raw.substr(counted, piece.at - counted));
    counted = piece.at;
    row.cells.push_back({.text = from.substr(piece.begin, piece.length),
                         .offset = offset,
                         .quoted = piece.quoted,
                         .damaged = false});
  }
  convert(row, raw);
}

// Makes cells UTF-8 where the row is not plain ASCII, and finds those that are damaged.
void CsvReader::convert(CsvRow& row, std::string_view raw) {
  if (is_ascii(raw) && raw.find('\0') == std::string_view::npos) return;
  const bool narrow =
      dialect_.encoding == Encoding::cp1252 || dialect_.encoding == Encoding::latin1;
  decoded_.clear();
  // Three bytes of UTF-8 at most for one of a narrow encoding: no reallocation moves the views.
  if (narrow) decoded_.reserve(3 * (raw.size() + scratch_.size()));
  for (CsvCell& cell : row.cells) {
    if (narrow) {
      const std::size_t from = decoded_.size();
      cell.damaged = !append_narrow(decoded_, cell.text, dialect_.encoding);
      if (!cell.damaged) cell.text = std::string_view(decoded_).substr(from);
    } else {
      cell.damaged = !base::is_utf8(cell.text);
    }
    if (cell.text.find('\0') != std::string_view::npos) cell.damaged = true;
    if (cell.damaged) row.fault = CsvFault::encoding;
  }
}

}  // namespace rapport::platform
