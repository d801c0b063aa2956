#include "base/json.hpp"

#include <gtest/gtest.h>

namespace rapport::base {
namespace {

TEST(Json, KeepsTheOrderOfKeys) {
  EXPECT_EQ(to_text(*parse_json(R"({"b": 1, "a": [true, null, "é"]})")),
            R"({"b":1,"a":[true,null,"é"]})");
}

TEST(Json, RefusesWhatIsWrongAndSaysWhere) {
  struct Case {
    std::string text;
    const char* code;
    const char* details;
  };
  const std::string deep(65, '[');
  for (const auto& [text, code, details] :
       {Case{"", "json.malformed", "line 1, column 1"},
        Case{"{\n  \"a\": 1,\n  }", "json.malformed", "line 3, column 3"},
        Case{"{} x", "json.malformed", "line 1, column 4"},
        Case{R"({"a":1,"a":2})", "json.repeated_key", "“a”"},
        Case{"\"\xFF\"", "json.malformed", "line 1"}, Case{deep, "json.too_deep", "64"},
        Case{"1e712", "json.number_too_large", ""}}) {
    const auto result = parse_json(text);
    ASSERT_FALSE(result) << text;
    EXPECT_EQ(result.error().code, code) << text;
    EXPECT_NE(result.error().details.find(details), std::string::npos) << result.error().details;
  }
}

TEST(Json, RefusesOnePastTheLimitOfBytes) {
  EXPECT_TRUE(parse_json("1234", {.bytes_max = 4}));
  EXPECT_EQ(parse_json("12345", {.bytes_max = 4}).error().code, "json.too_large");
}

TEST(Json, AllowsTheSameKeyInDifferentObjects) {
  EXPECT_TRUE(parse_json(R"([{"a":{"a":1}},{"a":2}])"));
}

}  // namespace
}  // namespace rapport::base
