#include "platform/exchange/csv/reader.hpp"

#include <gtest/gtest.h>

#include "platform/exchange/csv/encoding.hpp"

namespace rapport::platform {
namespace {

using namespace std::literals;

// Rows as text: cells between bars, a fault in words.
std::string read_all(std::string_view text, const Dialect& dialect, CsvLimits limits = {}) {
  const auto source = from_memory(text);
  CsvReader reader(*source, dialect, {}, limits);
  CsvRow row;
  std::string out;
  while (reader.next(row)) {
    if (!out.empty()) out += '\n';
    if (row.fault != CsvFault::none && row.fault != CsvFault::encoding) {
      out += std::to_string(row.number) + "!" + std::to_string(static_cast<int>(row.fault));
      continue;
    }
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      if (i > 0) out += '|';
      out += row.cells[i].damaged ? "?!" : std::string(row.cells[i].text);
    }
  }
  return out;
}

struct Case {
  std::string_view name, text;
  Dialect dialect;
  std::string_view rows;
};

constexpr Dialect spaces{.delimiter = Dialect::whitespace};
constexpr Dialect bare{.quote = Dialect::none};
constexpr Dialect backslash{.escape = Escape::backslash};

TEST(CsvReader, ReadsEveryCommonMake) {
  const Case cases[] = {
      {"plain", "a,b\n1,2\n", {}, "a|b\n1|2"},
      {"no line end at the end", "a,b\n1,2", {}, "a|b\n1|2"},
      {"CRLF", "a,b\r\n1,2\r\n", {}, "a|b\n1|2"},
      {"CR alone", "a,b\r1,2\r", {}, "a|b\n1|2"},
      {"mixed line ends", "a\n\rb\r\nc", {}, "a\nb\nc"},
      {"empty lines", "\n\na,b\n\n1,2\n\n", {}, "a|b\n1|2"},
      {"empty cells", ",\n,,\n", {}, "|\n||"},
      {"empty last cell at the end", "a,", {}, "a|"},
      {"quoted delimiter", "\"a,b\",c\n", {}, "a,b|c"},
      {"quoted newline", "\"a\nb\",c\n\"d\r\ne\",f", {}, "a\nb|c\nd\r\ne|f"},
      {"doubled quotes", "\"a \"\"b\"\"\",\"\"\"\"\n", {}, "a \"b\"|\""},
      {"empty quoted row is no empty row", "a\n\"\"\nx\n", {}, "a\n\nx"},
      {"quote inside a bare cell", "12\" screen,x\n", {}, "12\" screen|x"},
      {"blanks after the closing quote", "\"a\"  ,\"b\" \n", {}, "a|b"},
      {"semicolon", "a;b,c\n", {.delimiter = ';'}, "a|b,c"},
      {"tab", "a\tb c\n", {.delimiter = '\t'}, "a|b c"},
      {"bar", "a|b\n", {.delimiter = '|'}, "a|b"},
      {"single quotes", "'a,b','it''s'\n", {.quote = '\''}, "a,b|it's"},
      {"no quotes", "\"a,b\"\n", bare, "\"a|b\""},
      {"backslash escapes", "\"a\\\"b\\\\\",c\\,d\n", backslash, "a\"b\\|c,d"},
      {"runs of blanks", "  a \t b   c  \r\n 1  2\t3\r\n", spaces, "a|b|c\n1|2|3"},
      {"blanks and quotes", " \"a b\"  c\n", spaces, "a b|c"},
      {"blank lines of blanks", " a\n   \n b\n", spaces, "a\nb"},
      {"text after the closing quote", "\"a\"b,c\nd,e\n", {}, "1!2\nd|e"},
      {"quote never closed", "x,\"a\nb,c\nd,e\n", {}, "1!1\nb|c\nd|e"},
      {"byte order mark",
       "\xEF\xBB\xBF"
       "a,b\n",
       {.bom = true},
       "a|b"},
      {"CP1252",
       "caf\xE9,\x80"
       "5,\x81\n",
       {.encoding = Encoding::cp1252},
       "café|€5|?!"},
      {"Latin-1", "caf\xE9\n", {.encoding = Encoding::latin1}, "café"},
      {"invalid UTF-8", "caf\xE9,ok\n\xED\xA0\x80\n", {}, "?!|ok\n?!"},
      {"a NUL", "a\0b,c\n"sv, {}, "?!|c"},
  };
  for (const Case& c : cases) EXPECT_EQ(read_all(c.text, c.dialect), c.rows) << c.name;
}

TEST(CsvReader, ReadsUtf16OfBothOrders) {
  for (const Encoding encoding : {Encoding::utf16le, Encoding::utf16be}) {
    const std::string text = encoded("name,city\nZoë,Köln\n😀,\"a\nb\"\n", encoding);
    EXPECT_EQ(read_all(text, {.encoding = encoding}), "name|city\nZoë|Köln\n😀|a\nb");
    EXPECT_EQ(read_all(text + "x", {.encoding = encoding}), "name|city\nZoë|Köln\n😀|a\nb\n?!");
  }
  // A lone surrogate damages its own cell only.
  EXPECT_EQ(read_all("a\0,\0\0\xD8,\0b\0\n\0"sv, {.encoding = Encoding::utf16le}), "a|?!|b");
}

TEST(CsvReader, KnowsWhereEachRowAndCellStands) {
  const std::string_view rows = "a,bä\n\n\"x\"\"y\",z\n";
  for (const Encoding encoding : {Encoding::utf8, Encoding::utf16le, Encoding::cp1252}) {
    const std::string text = encoded(rows, encoding);
    const auto source = from_memory(text);
    CsvReader reader(*source, {.encoding = encoding});
    CsvRow row;
    while (reader.next(row)) {
      const auto bytes = std::string_view(text).substr(row.offset, row.length);
      EXPECT_EQ(bytes, encoded(row.number == 1 ? "a,bä\n" : "\"x\"\"y\",z\n", encoding));
      const auto cell = std::string_view(text).substr(row.cells[1].offset);
      EXPECT_TRUE(cell.starts_with(encoded(row.number == 1 ? "bä\n" : "z\n", encoding)));
    }
    EXPECT_EQ(row.number, 3);
  }
}

TEST(CsvReader, GoesOnFromAnyRow) {
  std::string text = "n,text\n";
  for (int i = 0; i < 50'000; ++i) {
    text += std::to_string(i) + (i % 7 == 0 ? ",\"two\nlines \"\"é\"\"\"\n" : ",one\r\n");
  }
  for (const Encoding encoding : {Encoding::utf8, Encoding::utf16be}) {
    const std::string bytes = encoded(text, encoding);
    const auto source = from_memory(bytes);
    CsvReader whole(*source, {.encoding = encoding});
    CsvRow row, again;
    while (whole.next(row)) {
      if (row.number % 997 != 0) continue;
      CsvReader part(*source, {.encoding = encoding}, whole.place());
      CsvReader same(*source, {.encoding = encoding}, {row.offset, row.number});
      ASSERT_TRUE(same.next(again));
      EXPECT_EQ(again.number, row.number);
      EXPECT_EQ(again.cells[0].text, row.cells[0].text);
      ASSERT_TRUE(part.next(again));
      EXPECT_EQ(again.cells[0].text, std::to_string(row.number - 1));
    }
    EXPECT_EQ(row.number, 50'001);
  }
}

TEST(CsvReader, KeepsItsLimits) {
  CsvLimits limits{
      .cells_max = 3, .cell_bytes_max = 5, .row_bytes_max = 100, .quoted_lines_max = 2};
  EXPECT_EQ(read_all("1,2,3\n1,2,3,4\nx\n", {}, limits), "1|2|3\n2!4\nx");
  EXPECT_EQ(read_all("12345\n123456\nx\n", {}, limits), "12345\n2!3\nx");
  const std::string swallowing = "\"a" + std::string(300'000, '\n') + "b\"\nc\n";
  EXPECT_EQ(read_all(swallowing, {}, limits), "1!1\nb\"\nc")
      << "what the broken cell held is read as rows";
  // A line far beyond what is kept is let go of, and its length still known.
  const std::string text = std::string(20 << 20, 'x') + "\nnext\n";
  const auto source = from_memory(text);
  CsvReader reader(*source, {});
  CsvRow row;
  ASSERT_TRUE(reader.next(row));
  EXPECT_EQ(row.fault, CsvFault::too_long);
  EXPECT_EQ(row.length, (20 << 20) + 1);
  ASSERT_TRUE(reader.next(row));
  EXPECT_EQ(row.cells[0].text, "next");
  EXPECT_EQ(row.offset, (20 << 20) + 1);
}

// Once a row near its limits was whole where one block held it and broken where two did.
TEST(CsvReader, ReadsTheSameRowsWhereverItsBlocksEnd) {
  const CsvLimits limits{.cells_max = 5,
                         .cell_bytes_max = 30,
                         .row_bytes_max = 40,
                         .quoted_lines_max = 3,
                         .block_bytes = 1 << 10};
  const std::string_view texts[] = {
      "x\n\"1\n2\n3\n4\",y\nz\n",     // as many lines as may be
      "x\n\"1\n2\n3\n4\n5\",y\nz\n",  // one more
      "x\n\"1\n2\n3\n4\n5\n\"\"6\",y\nz\n",
      "x\n12345678901234567890,1234567890123456789\nz\n",   // 40 bytes, and the line end
      "x\n12345678901234567890,123456789012345678\r\nz\n",  // 39
      "x\n\"12345678901234567890\",\"123456789012345678901234567890\"\r\nz\n",
      "x\n12345678901234567890,12345678901234567890",
      "\"a\"  ,\"b\"\"c\"\r\n\"d\r\n\r\ne\"\r\r\nf,\"\"",
  };
  for (const std::string_view text : texts) {
    const std::string whole = read_all(text, {}, limits);
    for (int bytes = 1; bytes < 50; ++bytes) {
      CsvLimits small = limits;
      small.block_bytes = bytes;
      EXPECT_EQ(read_all(text, {}, small), whole) << text << "\nin blocks of " << bytes;
    }
  }
}

TEST(Encodings, GoThereAndBack) {
  EXPECT_EQ(encoded("é€", Encoding::cp1252), "\xE9\x80");
  EXPECT_EQ(encoded("é€", Encoding::latin1), "\xE9?");
  EXPECT_EQ(encoded("a😀", Encoding::utf16be), "\0a\xD8\x3D\xDE\x00"sv);
  EXPECT_EQ(wide_bytes("a😀é"), 8);
  EXPECT_EQ(encoding_named(name_of(Encoding::utf16be)), Encoding::utf16be);
}

}  // namespace
}  // namespace rapport::platform
