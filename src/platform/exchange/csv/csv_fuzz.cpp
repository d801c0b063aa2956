// Whatever the bytes, the reader ends, its rows cover the file without gap or overlap, and reading
// again from any row, in blocks that end elsewhere, gives the same row.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "platform/exchange/csv/reader.hpp"

using namespace rapport::platform;

namespace {

Dialect dialect_of(std::uint8_t a, std::uint8_t b) {
  constexpr char delimiters[] = {',', ';', '\t', '|', ' '};
  constexpr char quotes[] = {'"', '\'', Dialect::none};
  Dialect dialect;
  dialect.encoding = static_cast<Encoding>(a % 5);
  dialect.bom = (a & 0x80) != 0 && dialect.encoding != Encoding::cp1252;
  dialect.delimiter = delimiters[b % 5];
  dialect.quote = quotes[(b >> 4) % 3];
  dialect.escape = (b & 0x80) != 0 ? Escape::backslash : Escape::doubled;
  return dialect;
}

void insist(bool truth) {
  if (!truth) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const Dialect dialect = dialect_of(data[0], data[1]);
  const std::string_view text(reinterpret_cast<const char*>(data) + 2, size - 2);
  const auto source = from_memory(text);
  const CsvLimits limits{.cells_max = 20,
                         .cell_bytes_max = 200,
                         .row_bytes_max = 1000,
                         .quoted_lines_max = 5,
                         .block_bytes = 1 + data[1] % 61};
  CsvLimits large = limits;
  large.block_bytes = 1 << 10;
  CsvReader reader(*source, dialect, {}, limits);
  CsvRow row, again;
  std::int64_t reached = dialect.bom_bytes();
  while (reader.next(row)) {
    insist(row.length > 0 && row.offset >= reached);
    reached = row.offset + row.length;
    insist(reached <= static_cast<std::int64_t>(text.size()));
    if (row.offset == 0) continue;
    CsvReader from_here(*source, dialect, {row.offset, row.number}, large);
    insist(from_here.next(again) && again.offset == row.offset && again.length == row.length &&
           again.fault == row.fault && again.cells.size() == row.cells.size());
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      insist(row.cells[i].text == again.cells[i].text &&
             row.cells[i].offset == again.cells[i].offset);
    }
  }
  return 0;
}
