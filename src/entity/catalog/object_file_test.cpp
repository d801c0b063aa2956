#include "entity/catalog/object_file.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/json.hpp"
#include "entity/catalog/object_json.hpp"
#include "expression/expression.hpp"

namespace rapport::entity {
namespace {

// The first fault of a file, or "ok".
std::string outcome_of(const std::string& yaml) {
  const std::vector<ObjectFile> files{{"a.object.yaml", yaml}};
  const auto catalog = catalog_of_files(files);
  return catalog ? "ok" : catalog.error().message;
}

std::string with_fields(const std::string& fields) {
  return "object: thing\nlabel: {one: Thing, many: Things}\nfields:\n" + fields;
}

TEST(ObjectFiles, OfTheProgramMakeACatalog) {
  const auto files = embedded_object_types();
  const auto catalog = catalog_of_files(files);
  ASSERT_TRUE(catalog) << catalog.error().details;
  for (const char* name : {"person", "company", "identity", "product", "order", "order_line",
                           "interaction", "task", "user", "team"}) {
    EXPECT_NE((*catalog)->find(name), nullptr) << name;
  }
  const ObjectType* person = (*catalog)->find_plural("persons");
  ASSERT_NE(person, nullptr);
  EXPECT_EQ(person->wing, "customers");
  EXPECT_EQ((*catalog)->find("user")->wing, "platform");
  EXPECT_EQ(person->find("company")->link_to, "company");
  EXPECT_EQ(person->find("email")->identity, "email");
  EXPECT_TRUE(person->find("created_at")->system);
  EXPECT_TRUE((*catalog)->find("order")->torrent);
  EXPECT_EQ((*catalog)->find("order")->find("batch")->type, FieldType::id);
}

TEST(ObjectFiles, TellEditorsWhereTheSchemaIs) {
  for (const ObjectFile& file : embedded_object_types()) {
    constexpr std::string_view says = "# yaml-language-server: $schema=";
    ASSERT_TRUE(file.text.starts_with(says)) << file.path;
    const auto schema = file.text.substr(says.size(), file.text.find('\n') - says.size());
    const auto folder = std::filesystem::path(file.path).parent_path();
    EXPECT_EQ((folder / schema).lexically_normal(), "src/entity/catalog/object.schema.json")
        << file.path;
  }
}

TEST(ObjectFiles, OfTheProgramSpeakTheLanguageOfConditions) {
  const auto catalog = catalog_of_files(embedded_object_types());
  ASSERT_TRUE(catalog);
  for (const char* where :
       {"email is not empty and company.name starts with 'Al'", "address.country = 'ES'",
        "lifecycle in ('customer', 'at_risk') and owner = me", "name.family = 'López'"}) {
    EXPECT_TRUE(expression::parse(where, "person", **catalog)) << where;
  }
  EXPECT_TRUE(expression::parse("total >= 500 EUR and placed_at >= -90d", "order", **catalog));
}

TEST(ObjectFiles, AreRefusedWithLineAndSuggestion) {
  struct Case {
    std::string yaml, outcome;
  };
  const std::vector<Case> cases{
      {with_fields("  name: {type: text}\n"), "ok"},
      {with_fields("  name: {type: txt}\n"),
       "a.object.yaml:4: “txt” is not known here. Did you mean “text”?"},
      {with_fields("  name: {type: text, requird: true}\n"),
       "a.object.yaml:4: There is no key “requird”. Did you mean “required”?"},
      {with_fields("  name: {type: text}\n  name: {type: text}\n"),
       "a.object.yaml:5: “name” stands here twice."},
      {with_fields("  a:\n    type: text\n") + "title: b\n",
       "a.object.yaml:6: There is no field “b”. Did you mean “a”?"},
      {with_fields("  other: {type: link, to: thin}\n"),
       "a.object.yaml:4: There is no object type “thin”. Did you mean “thing”?"},
      {with_fields("  state: {type: choice}\n"), "a.object.yaml:4: It needs at least one choice."},
      {with_fields("  state: {type: choice, choices: [a, b], default: c}\n"),
       "a.object.yaml:4: “c” is none of the choices of State."},
      {with_fields("  id: {type: text}\n"),
       "a.object.yaml:4: Two fields have this name, or it is the name of a system field."},
      {with_fields("  total: {type: money}\n  total_currency: {type: text}\n"),
       "a.object.yaml:5: Its column total_currency is also the column of “total”."},
      {with_fields("  mail: {type: email}\n"),
       "a.object.yaml:4: It holds personal data; say how sensitive: `personal: ordinary`."},
      {with_fields("  mail: {type: email, personal: ordinary}\n"),
       "a.object.yaml:1: It holds personal data; declare `personal: {purpose: …, basis: …, "
       "keep: …}`."},
      {with_fields("  x_own: {type: text}\n"),
       "a.object.yaml:4: Names of custom fields, and only theirs, begin with x_."},
      {with_fields("  Name: {type: text}\n"),
       "a.object.yaml:4: “Name” is no name: small letters, digits and _, at most 40."},
      {with_fields("  name: {type: text}\n") + "torrent: true\n",
       "a.object.yaml:1: Every row of a torrent belongs to a person: say by which link."},
      {with_fields("  name: {type: text}\n") + "checks:\n  a: {is: \"nam = 'x'\", says: No.}\n",
       "a.object.yaml:6: "},
      {"object: [\n", "a.object.yaml:2: It is not YAML: "},
      {"object: query\nplural: query\nlabel: {one: a, many: b}\nfields: {a: {type: text}}\n",
       "a.object.yaml:2: “query” cannot be a plural: it is reserved or no name."},
  };
  for (const auto& c : cases) {
    const std::string outcome = outcome_of(c.yaml);
    EXPECT_TRUE(outcome.starts_with(c.outcome)) << outcome << "\nexpected\n" << c.outcome;
  }
}

TEST(ObjectFiles, AreRefusedWhenTheyBreakTheSchemaInOtherWays) {
  EXPECT_TRUE(
      outcome_of(with_fields("  name: {type: text, max: 0}\n")).starts_with("a.object.yaml:4: "));
  EXPECT_TRUE(
      outcome_of("object: thing\nfields: {a: {type: text}}\n").starts_with("a.object.yaml:1: "));
  EXPECT_TRUE(outcome_of(with_fields("  name: text\n")).starts_with("a.object.yaml:4: "));
}

// A fuzzer's find: a key that is not UTF-8 passed, and ended the program where it was shown.
TEST(ObjectFiles, AreTextInTheirKeysToo) {
  EXPECT_EQ(outcome_of("object: thing\nt\xD7le: name\n"),
            "a.object.yaml:2: A key holds characters that are not text.");
  EXPECT_EQ(outcome_of("object: thing\n\"\\0\": name\n"),
            "a.object.yaml:2: A key holds characters that are not text.");
  EXPECT_EQ(outcome_of("object: t\xD7ng\n"),
            "a.object.yaml:1: It holds characters that are not text.");
}

TEST(ObjectFiles, HaveLimits) {
  std::string deep = "a";
  for (int i = 0; i < 20; ++i) deep = "[" + deep + "]";
  EXPECT_NE(outcome_of("object: " + deep).find("nested too deeply"), std::string::npos);
  // Each alias doubles what the file says.
  std::string bomb = "a: &a0 [x, x]\n";
  for (int i = 1; i < 20; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += "b" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before + ", " + before +
            "]\n";
  }
  EXPECT_NE(outcome_of(bomb).find("a.object.yaml"), std::string::npos);
  EXPECT_NE(outcome_of(std::string(ObjectFileLimits::bytes_max + 1, ' ')).find("larger than"),
            std::string::npos);
}

TEST(ObjectTypes, ComeBackFromTheirJson) {
  const auto catalog = catalog_of_files(embedded_object_types());
  ASSERT_TRUE(catalog);
  for (const ObjectType& object : (*catalog)->objects()) {
    const base::Json json = json_of(object);
    std::vector<base::FieldProblem> faults;
    ObjectType again = object_from_json(json, faults);
    complete(again);
    EXPECT_TRUE(faults.empty()) << object.name << ": " << faults[0].message;
    EXPECT_EQ(json_of(again), json) << object.name;
    EXPECT_EQ(again.fields.size(), object.fields.size());
  }
}

}  // namespace
}  // namespace rapport::entity
