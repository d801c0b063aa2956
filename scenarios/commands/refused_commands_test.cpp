// What is refused on the command line, by which exit code and in which words.
#include <gtest/gtest.h>

#include "commands/commands.hpp"

namespace rapport::scenarios {
namespace {

using base::Json;

struct Refused {
  const char* claim;
  Call call;
  int code;
  const char* says;  // on standard error
};

void PrintTo(const Refused& refused, std::ostream* out) {
  *out << refused.claim;
}

class CommandLine : public testing::TestWithParam<Refused> {};

TEST_P(CommandLine, is_refused_with_its_exit_code_and_a_sentence) {
  auto call = GetParam().call;
  Folder folder;
  for (auto& argument : call.arguments) {
    if (argument == "FOLDER") argument = folder.path("data");
    if (argument == "MAPPING") argument = folder.write("mapping.yaml", people_mapping);
    if (argument == "UNKNOWN.toml") argument = folder.write("rapport.toml", "lissten = ':80'\n");
  }
  auto outcome = run_program(call);
  EXPECT_EQ(outcome.code, GetParam().code) << outcome.err;
  EXPECT_NE(outcome.err.find(GetParam().says), std::string::npos) << outcome.err;
  EXPECT_EQ(outcome.out, "") << "standard output is for answers";
}

const std::string nobody = "postgresql://nobody@127.0.0.1:1/none";

INSTANTIATE_TEST_SUITE_P(
    Wrong, CommandLine,
    testing::Values(
        Refused{"no command", {{}}, 2, "subcommand"},
        Refused{"an unknown command", {{"imports"}}, 2, "Did you mean \"import\"?"},
        Refused{"an unknown flag", {{"serve", "--prot", "80"}}, 2, "--prot"},
        Refused{"an unknown role", {{"user", "add", "x", "--role", "king"}}, 2, "king"},
        Refused{"no password", {{"user", "add", "x"}}, 2, "--password-stdin"},
        Refused{"an unknown key in the file",
                {{"serve", "--config", "UNKNOWN.toml"}},
                2,
                "Did you mean \"listen\"?"},
        Refused{
            "an unknown key, any command", {{"verify", "--config", "UNKNOWN.toml"}}, 2, "lissten"},
        Refused{
            "a missing file of settings", {{"config", "--config", "/none.toml"}}, 2, "/none.toml"},
        Refused{"a bad value in the environment",
                {{"config"}, {}, {{"RAPPORT_WORKERS", "many"}}},
                2,
                "RAPPORT_WORKERS"},
        Refused{"a bad value of a flag", {{"serve", "--listen", "80"}}, 2, "ADDRESS:PORT"},
        Refused{"no file to import", {{"import"}}, 2, "--mapping"},
        Refused{
            "a missing mapping", {{"import", "a.csv", "--mapping", "/none.yaml"}}, 1, "/none.yaml"},
        Refused{"a missing file",
                {{"import", "/none.csv", "--mapping", "MAPPING", "--data", "FOLDER"}},
                1,
                "/none.csv"},
        Refused{"a mapping that is a folder",
                {{"import", "a.csv", "--mapping", "/tmp"}},
                1,
                "It is a folder."},
        Refused{"a file to write in no folder",
                {{"export", "persons", "--output", "/none/persons.csv", "--data", "FOLDER"}},
                1,
                "Cannot write /none/persons.csv"},
        Refused{"an unknown subcommand", {{"insight", "fits"}}, 2, "Did you mean \"insight fit\"?"},
        Refused{"an unknown subcommand of keys",
                {{"key", "invent"}},
                2,
                "`rapport key --help` shows all there are."},
        Refused{"an argument that is no command", {{"export", "persons", "now"}}, 2, "now"},
        Refused{"no id of an import", {{"import", "undo", "x"}}, 2, "\"x\""},
        Refused{
            "no key for the server",
            {{"import", "/etc/hostname", "--mapping", "MAPPING", "--server", "http://127.0.0.1:1"}},
            2,
            "RAPPORT_KEY"},
        Refused{
            "a server that does not answer",
            {{"import", "/etc/hostname", "--mapping", "MAPPING", "--server", "http://127.0.0.1:1"},
             {},
             {{"RAPPORT_KEY", "x"}}},
            3,
            "does not answer"},
        Refused{"a database that does not answer",
                {{"verify", "--data", "FOLDER", "--database", nobody}},
                3,
                "reached"},
        Refused{"a database that is no address",
                {{"verify", "--data", "FOLDER", "--database", "here"}},
                2,
                "database"}));

TEST_F(Commands, what_is_refused_inside_has_exit_code_one_and_with_json_a_problem_document) {
  const std::pair<Arguments, std::string> cases[] = {
      {{"key", "create", "--user", "nobody", "--name", "x"}, "nobody"},
      {{"user", "password", "nobody", "--password-stdin"}, "nobody"},
      {{"export", "personz"}, "personz"},
      {{"export", "persons", "--where", "nonsense ="}, "nonsense"},
      {{"import", "undo", "0190b5e0-7c1e-7000-8000-000000000000"}, "import"},
  };
  for (auto [arguments, says] : cases) {
    auto outcome = rapport(arguments, password);
    EXPECT_EQ(outcome.code, 1) << arguments[0] << " " << arguments[1];
    EXPECT_NE(outcome.err.find(says), std::string::npos) << outcome.err;
    EXPECT_EQ(outcome.out, "");
    arguments.emplace_back("--json");
    auto problem = Json::parse(rapport(arguments, password).err, nullptr, false);
    EXPECT_TRUE(problem.is_object() && problem.contains("code") && problem.contains("status"))
        << arguments[0] << ": " << problem.dump();
  }
}

}  // namespace
}  // namespace rapport::scenarios
