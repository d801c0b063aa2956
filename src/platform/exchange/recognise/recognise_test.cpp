#include <gtest/gtest.h>

#include "platform/exchange/csv/encoding.hpp"
#include "platform/exchange/recognise/content.hpp"
#include "platform/exchange/recognise/dialect.hpp"

namespace rapport::platform {
namespace {

Recognised recognised(std::string_view text) {
  const auto source = from_memory(text);
  return recognise_dialect(*source, {});
}

TEST(RecogniseDialect, FindsDelimiterQuoteAndHeader) {
  const struct {
    std::string_view name, text;
    char delimiter, quote;
    bool header;
  } cases[] = {
      {"commas", "name,age\nAna,31\nBen,44\n", ',', '"', true},
      {"decimal commas under semicolons", "item;price\nBoot;90,50\nRope;120,00\nWax;5,25\n", ';',
       '"', true},
      {"tabs", "name\tcity\tage\nAna, M.\tGraz\t3\nBen\tLinz, Ost\t4\n", '\t', '"', true},
      {"bars", "id|name\n1|Ana, Graz\n2|Ben; Linz\n", '|', '"', true},
      {"runs of blanks, no header",
       " 00004 0001 19970101  2   29.33\r\n 00021 0002 19970113  1   11.77\r\n", ' ', '"', false},
      {"runs of blanks, header",
       " customer_id  date cds  dollars\r\n 00001 19970101  1   11.77\r\n", ' ', '"', true},
      {"quoted delimiters and newlines", "a,b\n\"x, y\",1\n\"z\n;;;\",2\n", ',', '"', true},
      {"single quotes", "name,n\n'Huber, Ben',1\n'Lopez, Ana',2\n", ',', '\'', true},
      {"a quote as inches", "item,size\n12\" disc,12\n7\" disc,7\n", ',', '"', true},
      {"no header: the first row is data",
       "1,ana@example.com,2024-05-01\n2,ben@example.com,2024-05-02\n", ',', '"', false},
  };
  for (const auto& c : cases) {
    const Recognised found = recognised(c.text);
    EXPECT_EQ(found.dialect.delimiter, c.delimiter) << c.name;
    EXPECT_EQ(found.dialect.quote, c.quote) << c.name;
    EXPECT_EQ(found.header, c.header) << c.name;
    EXPECT_GT(found.delimiter_sure, 0.4) << c.name;
  }
}

TEST(RecogniseDialect, FindsTheEncoding) {
  const std::string text = "name,city\nZoë,Köln\nJosé,Málaga\n";
  const struct {
    std::string bytes;
    Encoding encoding;
    bool bom;
    double least_sure;
  } cases[] = {
      {text, Encoding::utf8, false, 0.99},
      {"\xEF\xBB\xBF" + text, Encoding::utf8, true, 1},
      {encoded("\xEF\xBB\xBF" + text, Encoding::utf16le), Encoding::utf16le, true, 1},
      {encoded("\xEF\xBB\xBF" + text, Encoding::utf16be), Encoding::utf16be, true, 1},
      {encoded(text, Encoding::utf16le), Encoding::utf16le, false, 0.9},
      {encoded(text, Encoding::utf16be), Encoding::utf16be, false, 0.9},
      {encoded(text, Encoding::cp1252), Encoding::cp1252, false, 0.8},
      {"plain,ascii\na,b\n", Encoding::utf8, false, 1},
  };
  for (const auto& c : cases) {
    const Recognised found = recognised(c.bytes);
    EXPECT_EQ(name_of(found.dialect.encoding), name_of(c.encoding));
    EXPECT_EQ(found.dialect.bom, c.bom);
    EXPECT_GE(found.encoding_sure, c.least_sure);
    EXPECT_TRUE(found.header);
  }
}

TEST(RecogniseDialect, BelievesWhatIsStated) {
  const auto source = from_memory("a;b\n1;2\n");
  FileSpec stated;
  stated.delimiter = ',';
  stated.header = false;
  const Recognised found = recognise_dialect(*source, stated);
  EXPECT_EQ(found.dialect.delimiter, ',');
  EXPECT_FALSE(found.header);
}

TEST(RecogniseDialect, EndsOnAnything) {
  for (const std::string_view text :
       {"", "\n", "x", "\"", "\xFF\xFE", "\xEF\xBB\xBF", "\"a", ",,,"}) {
    (void)recognised(text);
  }
}

TEST(Content, OfOneCell) {
  const struct {
    std::string_view text, content;
  } cases[] = {
      {"", "empty"},
      {"  ", "empty"},
      {"42", "integer"},
      {"-7", "integer"},
      {"00042", "code"},
      {"3.14", "decimal"},
      {"1.234,50", "decimal"},
      {"2024-05-01", "date"},
      {"1.5.2024", "date"},
      {"05/31/24", "date"},
      {"31/31/2024", "code"},
      {"19970101", "date"},
      {"19971301", "integer"},
      {"2024-05-01 10:30", "instant"},
      {"2010-12-01T08:26:00Z", "instant"},
      {"ana@example.com", "email"},
      {"ana@", "text"},
      {"+34 600 123 456", "phone"},
      {"0664/1234567", "phone"},
      {"https://a.example", "url"},
      {"Spain", "country"},
      {"Österreich", "country"},
      {"yes", "boolean"},
      {"85123A", "code"},
      {"Ana López", "text"},
  };
  for (const auto& c : cases) EXPECT_EQ(name_of(content_of(c.text)), c.content) << c.text;
}

TEST(ColumnProfile, AddsUpACell) {
  ColumnProfile days;
  for (const char* text : {"1.2.2024", "24.12.2024", "", "3.4.2024"}) days.add(text);
  EXPECT_EQ(days.content(), Content::date);
  EXPECT_EQ(days.date_order(), "dmy");
  ColumnProfile american;
  for (const char* text : {"02/01/2024", "12/24/2024"}) american.add(text);
  EXPECT_EQ(american.date_order(), "mdy");
  ColumnProfile prices;
  for (const char* text : {"1,50", "2", "1.000,00"}) prices.add(text);
  EXPECT_EQ(prices.content(), Content::decimal);
  EXPECT_EQ(prices.decimal_point(), ',');
  ColumnProfile codes;
  for (const char* text : {"00001", "00002", "12345"}) codes.add(text);
  EXPECT_EQ(codes.content(), Content::code);
}

}  // namespace
}  // namespace rapport::platform
