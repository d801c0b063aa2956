#include "platform/exchange/mapping/mapping.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "entity/catalog/object_file.hpp"
#include "platform/exchange/mapping/convert.hpp"
#include "platform/exchange/mapping/shape.hpp"

namespace rapport::platform {
namespace {

std::string problem_of(std::string_view text) {
  const auto mapping = parse_mapping(text);
  return mapping ? "" : mapping.error().message;
}

TEST(ParseMapping, NamesTheLineAndWhatWasExpected) {
  const struct {
    std::string_view text, says;
  } cases[] = {
      {"objects:\n  - object: person\n    key: {external: a}\n",
       "Line 3 of the mapping: a key needs `of`"},
      {"objects:\n  - object: person\n    key: {external: a, identity: b, of: c}\n",
       "one of external, identity and field"},
      {"objects:\n  - object: person\n    mode: creat\n", "create, update or upsert"},
      {"objects: []\n", "a mapping needs `objects`"},
      {"name: x\nname: y\n", "“name” stands here twice"},
      {"forms: {currency: XXZ}\nobjects: [{object: a, mode: create}]\n", "code of a currency"},
      {"file: {delimiter: colon}\nobjects: [{object: a, mode: create}]\n",
       "one character or its name"},
      {"objects:\n  - object: a\n    mode: create\n    fields:\n      f: {column: x, constant: "
       "y}\n",
       "Line 5 of the mapping: a value comes from one of"},
      {"objects:\n  - object: a\n    mode: create\n    when: {column: x, empty: true, equals: 1}\n",
       "a condition asks one thing"},
      {"objects:\n  - object: a\n    mode: create\n    fields: {f: {text: \"{x\"}}\n", "{braces}"},
      {"{\"objects\": [{\"object\": \"a\", \"mode\": \"create\", \"when\": {\"col\": \"x\"}}]}",
       "no option “col”"},
      {"[[[[", "Line"},
      {"just text", "a map of options"},
  };
  for (const auto& c : cases) {
    EXPECT_NE(problem_of(c.text).find(c.says), std::string::npos)
        << c.text << "\n→ " << problem_of(c.text);
  }
}

TEST(ParseMapping, HasLimits) {
  EXPECT_FALSE(parse_mapping(std::string(300 << 10, 'x')));
  std::string deep = "{column: x, empty: true}";
  for (int i = 0; i < 20; ++i) deep = "{not: " + deep + "}";
  EXPECT_NE(problem_of("objects: [{object: a, mode: create, when: " + deep + "}]").find("too deep"),
            std::string::npos);
}

TEST(DateByPattern, ReadsDatesAndTimes) {
  const struct {
    std::string_view text, pattern, result;
  } cases[] = {
      {"19970101", "yyyyMMdd", "1997-01-01"},
      {"1.2.2024", "d.M.yyyy", "2024-02-01"},
      {"01.02.24", "dd.MM.yy", "2024-02-01"},
      {"31.02.2024", "dd.MM.yyyy", "-"},
      {"5 Mar 2024", "d MMM yyyy", "2024-03-05"},
      {"12/1/2010 8:26", "M/d/yyyy H:mm", "2010-12-01T08:26:00"},
      {"2024-05-01 12:05:07 PM", "yyyy-MM-dd hh:mm:ss a", "2024-05-01T12:05:07"},
      {"2024-05-01 12:05 am", "yyyy-MM-dd hh:mm a", "2024-05-01T00:05:00"},
      {"2024-05-01T10:00:00.250Z", "yyyy-MM-dd'T'HH:mm:ss.SSSX", "2024-05-01T10:00:00.250Z"},
      {"1997010", "yyyyMMdd", "-"},
      {"19970101x", "yyyyMMdd", "-"},
      {"2024-05-01 25:00", "yyyy-MM-dd HH:mm", "-"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(date_by_pattern(c.text, c.pattern).value_or("-"), c.result) << c.text;
  }
}

TEST(RowShaper, MakesTheRecordsOfARow) {
  std::ifstream file("docs/examples/online_retail.mapping.yaml");
  std::ostringstream text;
  text << file.rdbuf();
  auto mapping = parse_mapping(text.str());
  ASSERT_TRUE(mapping) << mapping.error().message;
  const auto catalog = entity::catalog_of_files(entity::embedded_object_types());
  ASSERT_TRUE(catalog) << catalog.error().message;
  const std::vector<std::string> columns = {"InvoiceNo",   "StockCode", "Description", "Quantity",
                                            "InvoiceDate", "UnitPrice", "CustomerID",  "Country"};
  const auto bound = bind_mapping(*mapping, **catalog, columns);
  ASSERT_TRUE(bound) << bound.error().message;
  const RowShaper shaper(*bound, **catalog);
  const auto source = from_memory(
      "C536391,22556,\"PLASTERS \"\"X\"\"\",-12,2010-12-01T10:24:00Z,1.655,17548,EIRE\n"
      "536414,22139,,56,2010-12-01T11:52:00Z,0,,United Kingdom\n"
      "536414,22139,,lots,2010-12-01T11:52:00Z,0,,Atlantis\n");
  CsvReader reader(*source, {});
  CsvRow row;
  ShapedRow shaped;
  ASSERT_TRUE(reader.next(row));
  shaper.shape(row, {1, 1, 1, 1, 2}, shaped);
  ASSERT_TRUE(shaped.problems.empty()) << shaped.problems[0].reason;
  EXPECT_TRUE(shaped.records[0].made);
  EXPECT_FALSE(shaped.records[1].made);
  const auto value = [&](std::size_t object, std::string_view field) -> base::Value {
    for (const auto& one : shaped.records[object].item.fields) {
      if (one.field == field && std::holds_alternative<base::Value>(one.input)) {
        return std::get<base::Value>(one.input);
      }
    }
    return {};
  };
  EXPECT_EQ(std::get<base::Address>(value(0, "address")).country, "IE");
  EXPECT_EQ(std::get<std::string>(value(3, "kind")), "return");
  EXPECT_EQ(std::get<base::Money>(value(4, "total")),
            (base::Money{*base::parse_decimal("-19.860"), "GBP"}));
  EXPECT_EQ(shaped.records[4].item.keys[0].value, "C536391|22556|-12|1.655#2");
  ASSERT_TRUE(reader.next(row));
  shaper.shape(row, {}, shaped);
  ASSERT_TRUE(shaped.problems.empty());
  EXPECT_FALSE(shaped.records[0].made);
  EXPECT_TRUE(shaped.records[1].made);
  EXPECT_EQ(std::get<std::string>(value(2, "name")), "22139") << "the code, without a description";
  ASSERT_TRUE(reader.next(row));
  shaper.shape(row, {}, shaped);
  ASSERT_FALSE(shaped.problems.empty());
  EXPECT_EQ(shaped.problems[0].column, "Quantity");
}

}  // namespace
}  // namespace rapport::platform
