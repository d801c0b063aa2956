// Each command as a script calls it: what it prints, its exit code, while the server runs and while
// it does not.
#include "commands/commands.hpp"

#include <gtest/gtest.h>
#include <signal.h>

namespace rapport::scenarios {

using base::Json;

std::string Commands::first_day() const {
  auto user = answer(
      {"user", "add", "ed", "--role", "editor", "--full-name", "Ed Itor", "--password-stdin"},
      password + "\n");
  EXPECT_EQ(user["name"], "ed");
  EXPECT_EQ(user["role"], "editor");
  auto again = rapport({"user", "add", "ed", "--role", "reader", "--password-stdin"}, password);
  EXPECT_EQ(again.code, 1) << "there is one already";
  EXPECT_EQ(again.out, "");
  EXPECT_NE(again.err, "");

  auto key = rapport({"key", "create", "--user", "ed", "--name", "nightly"});
  EXPECT_EQ(key.code, 0) << key.err;
  EXPECT_EQ(lines_of(key.out), 1u) << "the key alone";
  EXPECT_EQ(key.out.find_first_of(" :\t"), std::string::npos) << key.out;
  EXPECT_GE(key.out.size(), 30u) << key.out;
  auto told =
      answer({"key", "create", "--user", "ed", "--name", "reads", "--scope", "read:person"});
  EXPECT_EQ(told["scopes"], Json({"read:person"}));

  import_and_take_back();

  auto migrated = answer({"migrate"});
  EXPECT_EQ(migrated["applied"], Json::array()) << "the first command applied them";
  EXPECT_GE(migrated["catalog"], 1);
  auto verified = answer({"verify"});
  EXPECT_EQ(verified["ok"], true) << verified.dump();
  EXPECT_EQ(verified["objects"]["persons"]["records"], 1) << verified.dump();
  EXPECT_EQ(verified["objects"]["persons"]["in_bin"], 0) << "what is taken back is gone";
  return key.out.substr(0, key.out.size() - 1);
}

void Commands::import_and_take_back() const {
  auto first = answer(import_of(folder.write("people.csv", people)));
  EXPECT_EQ(counts_of(first), counts(4, 2, 0, 1, 1)) << first.dump();
  auto again = answer(import_of(folder.path("people.csv")));
  EXPECT_EQ(counts_of(again), counts(4, 0, 0, 3, 1)) << again.dump();

  // The rejected rows import clean once mended.
  auto rejected = text_of(first.value("rejected_file", ""));
  auto at = rejected.find("not an address");
  ASSERT_NE(at, std::string::npos) << rejected;
  rejected.replace(at, std::string("not an address").size(), "cid@shop.example");
  auto mended = answer(import_of(folder.write("mended.csv", rejected)));
  EXPECT_EQ(counts_of(mended), counts(1, 1, 0, 0, 0)) << mended.dump();

  auto exported = rapport({"export", "persons", "--fields", "name,email", "--order", "email",
                           "--where", "email contains '@shop.example'"});
  EXPECT_EQ(exported.code, 0) << exported.err;
  EXPECT_EQ(lines_of(exported.out), 4u) << exported.out;
  EXPECT_NE(exported.out.find("Ana López,ana@shop.example"), std::string::npos) << exported.out;
  EXPECT_NE(exported.err.find("3 records"), std::string::npos) << exported.err;
  const auto file = folder.path("persons.jsonl");
  auto to_file = rapport({"export", "persons", "--output", file, "--json"});
  EXPECT_EQ(to_file.code, 0) << to_file.err;
  EXPECT_EQ(lines_of(text_of(file)), 3u);
  // What was exported stays until all that is to replace it is there.
  auto refused = rapport({"export", "persons", "--output", file, "--where", "nonsense ="});
  EXPECT_EQ(refused.code, 1);
  EXPECT_EQ(lines_of(text_of(file)), 3u) << refused.err;
  auto nowhere = rapport({"export", "persons", "--output", folder.path("none/persons.csv")});
  EXPECT_EQ(nowhere.code, 1);
  EXPECT_NE(nowhere.err.find("No such file or directory"), std::string::npos) << nowhere.err;
  auto full = rapport({"export", "persons", "--output", "/dev/full"});
  EXPECT_EQ(full.code, 1);
  EXPECT_NE(full.err.find("No space left"), std::string::npos) << full.err;

  auto undone = answer({"import", "undo", first.value("import", "")});
  EXPECT_EQ(undone["state"], "undone") << undone.dump();
  auto left = rapport({"export", "persons", "--fields", "email"});
  EXPECT_TRUE(left.out.starts_with("id,email\r\n")) << left.out;
  EXPECT_TRUE(left.out.ends_with(",cid@shop.example\r\n")) << left.out;
  EXPECT_EQ(lines_of(left.out), 2u) << left.out;
}

namespace {

TEST_F(Commands, without_a_server_a_command_starts_the_database_and_stops_it_again) {
  (void)first_day();
  EXPECT_FALSE(database_runs());
}

TEST_F(Commands, beside_a_server_a_command_joins_its_database) {
  Serving server({"--data", data});
  auto key = first_day();
  EXPECT_TRUE(database_runs());
  auto program = server.browser();
  EXPECT_EQ(program.get("/api/v1/persons").status, 401);
  program.use_key(key);
  auto list = program.get("/api/v1/persons?count=exact");
  ASSERT_EQ(list.status, 200) << list.body;
  EXPECT_EQ(list.json()["page"]["count"]["value"], 1);
  // The running server knows at once what a command changed.
  auto ed = server.browser_of("ed", password);
  const std::string other = "another long password";
  auto set = rapport({"user", "password", "ed", "--password-stdin"}, other);
  EXPECT_EQ(set.code, 0) << set.err;
  EXPECT_EQ(ed.get("/api/v1/session").status, 401);
  EXPECT_EQ(server.browser_of("ed", other).get("/api/v1/session").status, 200);
  EXPECT_EQ(server.stop(SIGTERM), 0);
  EXPECT_FALSE(database_runs());
}

TEST_F(Commands, only_one_serve_runs_on_a_data_folder) {
  Serving server({"--data", data});
  auto second = rapport({"serve", "--listen", "127.0.0.1:0"});
  EXPECT_EQ(second.code, 3);
  EXPECT_NE(second.err.find(std::to_string(server.process())), std::string::npos)
      << "names the other: " << second.err;
  EXPECT_EQ(server.browser().get("/readyz").status, 200) << "no harm";
  EXPECT_EQ(server.stop(SIGINT), 0) << "Ctrl-C";
  EXPECT_FALSE(database_runs());
}

TEST_F(Commands, after_a_killed_server_the_next_command_and_the_next_serve_work) {
  {
    Serving server({"--data", data});
    EXPECT_NE(server.said().find("Sign in as \"admin\""), std::string::npos) << server.said();
    (void)answer({"user", "add", "ed", "--password-stdin"}, password);
    EXPECT_EQ(server.stop(SIGKILL), 128 + SIGKILL);
  }
  EXPECT_EQ(answer({"verify"})["ok"], true);
  Serving again({"--data", data});
  EXPECT_EQ(again.said().find("Sign in as"), std::string::npos) << "shown once: " << again.said();
  EXPECT_EQ(again.browser_of("ed", password).get("/api/v1/persons").status, 200);
}

TEST_F(Commands, the_demo_company_is_for_an_empty_database) {
  auto made = answer({"demo", "--size", "small", "--demo-date", "2026-03-01"});
  EXPECT_GT(made["persons"], 100) << made.dump();
  auto objects = answer({"verify"})["objects"];
  EXPECT_EQ(objects["orders"]["records"], made["orders"]);
  EXPECT_EQ(objects["companies"]["records"], made["companies"]);
  auto exported = rapport({"export", "persons", "--fields", "name"});
  EXPECT_EQ(lines_of(exported.out), made["persons"].get<std::size_t>() + 1);
  auto again = rapport({"demo"});
  EXPECT_EQ(again.code, 1);
  EXPECT_NE(again.err.find("persons in this database already"), std::string::npos) << again.err;
}

}  // namespace
}  // namespace rapport::scenarios
