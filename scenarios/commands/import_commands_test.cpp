// `rapport import` through a server that runs elsewhere.
#include <gtest/gtest.h>

#include "commands/commands.hpp"

namespace rapport::scenarios {
namespace {

TEST_F(Commands, an_import_through_a_server_prints_the_same_counts) {
  Serving server({"--data", data});
  (void)answer({"user", "add", "ed", "--password-stdin"}, password);
  auto key = rapport({"key", "create", "--user", "ed", "--name", "import"}).out;
  key.pop_back();
  auto through = [&](Arguments arguments) {
    arguments.insert(arguments.end(), {"--server", server.address(), "--json"});
    auto outcome = run_program({arguments, {}, {{"RAPPORT_KEY", key}}});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return outcome.json();
  };
  auto first = through(import_of(folder.write("people.csv", people)));
  EXPECT_EQ(counts_of(first), counts(4, 2, 0, 1, 1)) << first.dump();
  EXPECT_EQ(first["rejected_file"], folder.path("people.rejected.csv"));
  EXPECT_NE(text_of(folder.path("people.rejected.csv")).find("not an address"), std::string::npos);
  auto again = through(import_of(folder.path("people.csv")));
  EXPECT_EQ(counts_of(again), counts(4, 0, 0, 3, 1)) << again.dump();
  auto undone = through({"import", "undo", first.value("import", "")});
  EXPECT_EQ(undone["state"], "undone") << undone.dump();
}

TEST_F(Commands, an_import_through_a_server_tells_a_reader_what_went_wrong) {
  Serving server({"--data", data});
  (void)answer({"user", "add", "ed", "--password-stdin"}, password);
  auto key = rapport({"key", "create", "--user", "ed", "--name", "import"}).out;
  key.pop_back();
  auto through = [&](Arguments arguments) {
    arguments.insert(arguments.end(), {"--server", server.address()});
    return run_program({arguments, {}, {{"RAPPORT_KEY", key}}});
  };
  auto told = through(import_of(folder.write("people.csv", people)));
  EXPECT_EQ(told.code, 0) << told.err;
  const auto rejected = folder.path("people.rejected.csv");
  EXPECT_NE(told.out.find("Received 4 = created 2 + updated 0 + unchanged 1 + rejected 1."),
            std::string::npos)
      << told.out;
  EXPECT_NE(told.out.find("Rejected rows: " + rejected + "\n"), std::string::npos) << told.out;
  EXPECT_NE(text_of(rejected).find("not an address"), std::string::npos);

  // Where the rejected rows cannot be brought, what lay there stays, and the reader is told.
  std::filesystem::create_directory(folder.path("other.rejected.csv"));
  auto blocked = through(import_of(folder.write("other.csv", people)));
  EXPECT_EQ(blocked.code, 1);
  EXPECT_NE(blocked.out.find("rejected 1."), std::string::npos) << blocked.out;
  EXPECT_EQ(blocked.out.find("Rejected rows:"), std::string::npos) << blocked.out;
  EXPECT_NE(blocked.err.find("Cannot write " + folder.path("other.rejected.csv")),
            std::string::npos)
      << blocked.err;

  auto no_file = through(import_of(folder.path("none.csv")));
  EXPECT_EQ(no_file.code, 1);
  EXPECT_NE(no_file.err.find("No such file or directory"), std::string::npos) << no_file.err;
  std::filesystem::create_directory(folder.path("folder.csv"));
  auto a_folder = through(import_of(folder.path("folder.csv")));
  EXPECT_EQ(a_folder.code, 1);
  EXPECT_NE(a_folder.err.find("Is a directory"), std::string::npos) << a_folder.err;
}

}  // namespace
}  // namespace rapport::scenarios
