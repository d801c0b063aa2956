#include "platform/exchange/recognise/dialect.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "base/text.hpp"
#include "platform/exchange/csv/encoding.hpp"
#include "platform/exchange/recognise/content.hpp"

namespace rapport::platform {

namespace {

constexpr std::size_t encoding_block_bytes = 1 << 20;
constexpr int encoding_blocks_max = 64;  // spread over the file
constexpr std::int64_t rows_tried_max = 200;
constexpr std::array delimiters = {',', ';', '\t', '|', Dialect::whitespace};

// Characters beyond ASCII, and bytes that belong to none. What stands at a block's ends may be cut
// in two, which counts a few bytes as wrong at most.
struct Utf8Count {
  std::int64_t characters = 0, wrong = 0;
};

void count_utf8(std::string_view block, Utf8Count& count) {
  for (std::size_t i = 0; i < block.size();) {
    const auto lead = static_cast<unsigned char>(block[i]);
    if (lead < 0x80) {
      ++i;
      continue;
    }
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 0;
    const bool cut = length > 0 && i + length > block.size();
    if (cut || (i < 3 && lead < 0xC0)) {
      ++i;
    } else if (length > 0 && base::is_utf8(block.substr(i, length))) {
      ++count.characters;
      i += length;
    } else {
      ++count.wrong;
      ++i;
    }
  }
}

// Text in UTF-16 has a zero byte beside each letter of a Western language.
std::optional<Encoding> wide_without_mark(std::string_view block) {
  std::array<std::size_t, 2> zeros{};
  for (std::size_t i = 0; i < block.size(); ++i) zeros[i % 2] += block[i] == '\0' ? 1 : 0;
  const std::size_t half = block.size() / 2;
  if (half < 2) return std::nullopt;
  if (zeros[1] > half * 6 / 10 && zeros[0] < half / 10) return Encoding::utf16le;
  if (zeros[0] > half * 6 / 10 && zeros[1] < half / 10) return Encoding::utf16be;
  return std::nullopt;
}

void recognise_encoding(ByteSource& source, Recognised& found) {
  std::string block(encoding_block_bytes, '\0');
  block.resize(source.read(0, block.data(), block.size()));
  found.encoding_sure = 1;
  found.dialect.bom = true;
  if (block.starts_with("\xEF\xBB\xBF")) return;
  if (block.starts_with("\xFF\xFE") || block.starts_with("\xFE\xFF")) {
    found.dialect.encoding = block[0] == '\xFF' ? Encoding::utf16le : Encoding::utf16be;
    return;
  }
  found.dialect.bom = false;
  if (const auto wide = wide_without_mark(block)) {
    found.dialect.encoding = *wide;
    found.encoding_sure = 0.95;
    return;
  }
  Utf8Count count;
  const std::int64_t size = source.size();
  const std::int64_t step =
      std::max<std::int64_t>(encoding_block_bytes, size / encoding_blocks_max);
  for (std::int64_t at = 0; at < size; at += step) {
    block.resize(encoding_block_bytes);
    block.resize(source.read(at, block.data(), block.size()));
    if (!is_ascii(block)) count_utf8(block, count);
  }
  // Text in CP1252 is hardly ever valid UTF-8 by chance: a file with more characters than wrong
  // bytes is UTF-8 with damaged rows, which are rejected.
  if (count.wrong > count.characters) {
    found.dialect.encoding = Encoding::cp1252;
    found.encoding_sure = 0.8;
  } else if (count.wrong > 0) {
    found.encoding_sure = 0.6;
  } else {
    const bool whole = step == static_cast<std::int64_t>(encoding_block_bytes);
    found.encoding_sure = whole ? 1 : count.characters == 0 ? 0.9 : 0.99;
  }
}

struct Trial {
  Dialect dialect;
  double score = 0, agreeing = 0;
  std::size_t columns = 0;
};

bool holds_other_delimiter(std::string_view text, char delimiter) {
  for (const char other : {';', '\t', '|'}) {
    if (other != delimiter && text.find(other) != std::string_view::npos) return true;
  }
  return false;
}

// How well a dialect explains the first rows: rows agree on their number of cells, no row has a
// fault, and no cell still holds what looks like a delimiter.
Trial tried(ByteSource& source, const Dialect& dialect) {
  CsvReader reader(source, dialect);
  CsvRow row;
  std::map<std::size_t, std::int64_t> widths;
  std::int64_t rows = 0, faults = 0, cells = 0, odd = 0, quoted = 0;
  while (rows < rows_tried_max && reader.next(row)) {
    ++rows;
    if (row.fault != CsvFault::none && row.fault != CsvFault::encoding) {
      ++faults;
      continue;
    }
    ++widths[row.cells.size()];
    for (const CsvCell& cell : row.cells) {
      ++cells;
      quoted += cell.quoted ? 1 : 0;
      const bool bare_quotes = !cell.quoted && cell.text.size() > 1 &&
                               (cell.text[0] == '"' || cell.text[0] == '\'') &&
                               cell.text.back() == cell.text[0];
      if (bare_quotes || (!cell.quoted && holds_other_delimiter(cell.text, dialect.delimiter))) {
        ++odd;
      }
    }
  }
  Trial trial{.dialect = dialect};
  if (rows == 0 || cells == 0) return trial;
  for (const auto& [width, count] : widths) {
    const double share = static_cast<double>(count) / static_cast<double>(rows);
    if (share <= trial.agreeing) continue;
    trial.agreeing = share;
    trial.columns = width;
  }
  if (trial.columns < 2) trial.agreeing *= 0.1;
  const double clean = 1 - static_cast<double>(odd) / static_cast<double>(cells);
  const double whole = 1 - static_cast<double>(faults) / static_cast<double>(rows);
  trial.score = trial.agreeing * trial.agreeing * clean * clean * whole *
                (1 + 0.1 * std::log2(static_cast<double>(std::max<std::size_t>(trial.columns, 1))));
  // Blanks separate words, too; single quotes are apostrophes mostly: only where they win clearly.
  if (dialect.delimiter == Dialect::whitespace) trial.score *= 0.6;
  if (dialect.quote == '\'') trial.score *= quoted > 0 ? 0.97 : 0.5;
  if (dialect.quote == Dialect::none) trial.score *= 0.95;
  if (dialect.escape == Escape::backslash) trial.score *= 0.97;
  return trial;
}

void recognise_delimiter(ByteSource& source, const FileSpec& stated, Recognised& found) {
  Trial best, second;
  for (const char delimiter : delimiters) {
    if (stated.delimiter && delimiter != delimiters[0]) break;
    Trial of_delimiter;
    for (const char quote : {'"', '\'', Dialect::none}) {
      for (const Escape escape : {Escape::doubled, Escape::backslash}) {
        Dialect dialect = found.dialect;
        dialect.delimiter = stated.delimiter.value_or(delimiter);
        dialect.quote = stated.quote.value_or(quote);
        dialect.escape = stated.escape.value_or(escape);
        const Trial trial = tried(source, dialect);
        if (trial.score > of_delimiter.score) of_delimiter = trial;
      }
    }
    if (of_delimiter.score > best.score) {
      second = best;
      best = of_delimiter;
    } else if (of_delimiter.score > second.score) {
      second = of_delimiter;
    }
  }
  if (best.score > 0) {
    found.dialect = best.dialect;
  } else {  // no row at all
    found.dialect.delimiter = stated.delimiter.value_or(',');
    found.dialect.quote = stated.quote.value_or('"');
    found.dialect.escape = stated.escape.value_or(Escape::doubled);
  }
  found.delimiter_sure =
      stated.delimiter ? 1
      : best.columns < 2
          ? 0.5
          : std::clamp(best.agreeing * (1 - 0.5 * second.score / best.score), 0., 1.);
}

bool is_value(Content content) {
  switch (content) {
    case Content::integer:
    case Content::decimal:
    case Content::date:
    case Content::instant:
    case Content::email:
    case Content::url:
    case Content::phone:
      return true;
    default:
      return false;
  }
}

// A header's cells are names: filled, different, no values; below it stand values.
void recognise_header(ByteSource& source, Recognised& found) {
  CsvReader reader(source, found.dialect);
  CsvRow row;
  if (!reader.next(row) || row.cells.empty()) return;
  std::vector<std::string> first;
  for (const CsvCell& cell : row.cells) first.emplace_back(base::trimmed(cell.text));
  std::vector<ColumnProfile> below(first.size());
  std::int64_t rows = 0, repeated = 0;
  while (rows < rows_tried_max && reader.next(row)) {
    ++rows;
    for (std::size_t i = 0; i < std::min(below.size(), row.cells.size()); ++i) {
      below[i].add(row.cells[i].text);
      repeated += base::trimmed(row.cells[i].text) == first[i] && !first[i].empty() ? 1 : 0;
    }
  }
  int values = 0, named = 0, codes = 0;
  for (std::size_t i = 0; i < first.size(); ++i) {
    const Content content = content_of(first[i]);
    if (is_value(content)) ++values;
    if (content == Content::code && below[i].content() == Content::code) ++codes;
    if (!is_value(content) && is_value(below[i].content())) ++named;
  }
  std::vector<std::string> sorted = first;
  std::sort(sorted.begin(), sorted.end());
  const bool distinct = std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end();
  if (values > 0 || codes > 0) {
    found.header = false;
    found.header_sure = named > 0 ? 0.6 : 0.95;
  } else if (named > 0 && distinct) {
    found.header = true;
    found.header_sure = 0.98;
  } else {
    found.header = distinct && repeated == 0;
    found.header_sure = 0.6;
  }
}

}  // namespace

Recognised recognise_dialect(ByteSource& source, const FileSpec& stated) {
  Recognised found;
  recognise_encoding(source, found);
  if (stated.encoding && *stated.encoding != found.dialect.encoding) {
    found.dialect.encoding = *stated.encoding;
    found.dialect.bom = false;
  }
  if (stated.encoding) found.encoding_sure = 1;
  recognise_delimiter(source, stated, found);
  recognise_header(source, found);
  if (stated.header) {
    found.header = *stated.header;
    found.header_sure = 1;
  }
  return found;
}

}  // namespace rapport::platform
