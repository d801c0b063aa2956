#include "base/json_writer.hpp"

#include <gtest/gtest.h>

#include "base/json.hpp"

namespace rapport::base {
namespace {

TEST(JsonWriter, PutsCommasWhereTheyBelong) {
  std::string out;
  JsonWriter w(out);
  w.begin_object();
  w.key("a");
  w.begin_array();
  w.number(1);
  w.begin_object();
  w.end_object();
  w.begin_array();
  w.end_array();
  w.null();
  w.end_array();
  w.key("b");
  w.raw("12.50");
  w.key("c");
  w.boolean(true);
  w.end_object();
  EXPECT_EQ(out, R"({"a":[1,{},[],null],"b":12.50,"c":true})");
}

TEST(JsonWriter, EscapesEveryByteThatMustBe) {
  std::string all;
  for (int c = 1; c < 128; ++c) all += static_cast<char>(c);
  all += "é€😀";
  std::string out;
  append_json_string(out, all);
  EXPECT_EQ(parse_json(out)->get<std::string>(), all);
}

}  // namespace
}  // namespace rapport::base
