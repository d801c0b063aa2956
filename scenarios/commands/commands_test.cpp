// Each command as a script calls it: what it prints, its exit code, while the server runs and while
// it does not.
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>

#include "commands/program.hpp"

namespace rapport::scenarios {
namespace {

using base::Json;

const std::string password = "a long enough password";

const std::string people =
    "given,family,email\n"
    "Ana,López,ana@shop.example\n"
    "Ben,Stone,ben@shop.example\n"
    "Cid,Roe,not an address\n"
    "Ana,López,ana@shop.example\n";

const std::string people_mapping = R"(
file: {header: true}
objects:
  - object: person
    key: {identity: email, of: email}
    mode: upsert
    fields:
      name.given: {column: given}
      name.family: {column: family}
      email: {column: email}
)";

Json counts(int received, int created, int updated, int unchanged, int rejected) {
  return {{"received", received},
          {"created", created},
          {"updated", updated},
          {"unchanged", unchanged},
          {"rejected", rejected}};
}

Json counts_of(const Json& import) {
  Json counted;
  for (auto name : {"received", "created", "updated", "unchanged", "rejected"})
    counted[name] = import.value(name, Json());
  return counted;
}

std::size_t lines_of(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

class Commands : public testing::Test {
 protected:
  Folder folder;
  const std::string data = folder.path("data");

  // On the data folder.
  [[nodiscard]] Outcome rapport(Arguments arguments, std::string input = {}) const {
    arguments.insert(arguments.end(), {"--data", data});
    return run_program({std::move(arguments), std::move(input), {}});
  }
  [[nodiscard]] Json answer(Arguments arguments, std::string input = {}) const {
    arguments.emplace_back("--json");
    auto outcome = rapport(arguments, std::move(input));
    EXPECT_EQ(outcome.code, 0) << arguments[0] << ": " << outcome.err;
    auto json = outcome.json();
    EXPECT_TRUE(json.is_object() || json.is_array()) << arguments[0] << ": " << outcome.out;
    return json.is_discarded() ? Json() : json;
  }
  [[nodiscard]] Arguments import_of(const std::string& file) const {
    return {"import", file, "--mapping", folder.write("people.mapping.yaml", people_mapping)};
  }
  // Whether a database runs on the data folder.
  [[nodiscard]] bool database_runs() const {
    return std::filesystem::exists(data + "/postgres/postmaster.pid");
  }
  // Each command once, in the order of a first day; gives the key that was made.
  [[nodiscard]] std::string first_day() const;
  void import_and_take_back() const;
};

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

TEST_F(Commands, insight_scores_everybody_and_reports_each_figure) {
  auto nobody = answer({"insight", "score"});
  EXPECT_EQ(nobody["persons"], 0) << nobody.dump();
  auto made = answer({"demo", "--size", "small", "--demo-date", "2026-03-01"});
  auto scored = answer({"insight", "score"});
  EXPECT_GT(scored["persons"], 100) << scored.dump();
  EXPECT_LE(scored["persons"], made["persons"]);
  auto again = rapport({"insight", "score", "--keep-models"});
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_TRUE(again.out.starts_with(scored["persons"].dump() + " customers scored in "))
      << again.out;

  struct Figure {
    Arguments arguments;
    const char* rows;    // the member of the figure as JSON
    const char* column;  // of its heading as CSV
  };
  const Figure figures[] = {
      {{"value", "--measure", "expected"}, "bins", "from"},
      {{"whale"}, "points", "share"},
      {{"rfm"}, "cells", "recency"},
      {{"alive"}, "cells", "alive_from"},
      {{"two_by_two"}, "cells", "current"},
      {{"cohorts", "--period", "quarter"}, "cohorts", "period"},
      {{"retention"}, "periods", "retained"},
      {{"profitability", "--by", "customer_country"}, "rows", "revenue"},
      {{"profitability", "--by", "rfm_cell"}, "rows", "revenue"},
      {{"next_offers"}, "products", "title"},
  };
  for (const auto& [arguments, rows, column] : figures) {
    Arguments report{"insight", "report"};
    report.insert(report.end(), arguments.begin(), arguments.end());
    auto figure = answer(report);
    ASSERT_TRUE(figure.contains(rows)) << arguments[0] << ": " << figure.dump();
    auto csv = rapport(report);
    EXPECT_EQ(csv.code, 0) << csv.err;
    const auto heading = csv.out.substr(0, csv.out.find_first_of("\r\n"));
    EXPECT_NE(heading.find(column), std::string::npos) << arguments[0] << ": " << heading;
    EXPECT_FALSE(figure[rows].empty()) << arguments[0];
    EXPECT_GT(lines_of(csv.out), figure[rows].size() - 1) << csv.out;
  }
  auto value = answer({"insight", "report", "value"});
  EXPECT_GT(value["count"], 0);
  std::int64_t in_bins = 0;
  for (const auto& bin : value["bins"]) in_bins += bin["count"].get<std::int64_t>();
  EXPECT_EQ(value["count"], in_bins);
  auto later = answer({"insight", "report", "value", "--from", "2040-01-01"});
  EXPECT_EQ(later["count"], 0) << later.dump();

  auto no_day = rapport({"insight", "report", "value", "--from", "soon"});
  EXPECT_EQ(no_day.code, 1);
  EXPECT_NE(no_day.err.find("\"soon\" is no day"), std::string::npos) << no_day.err;
  auto offers = answer({"insight", "report", "next_offers"});
  const auto product = offers["products"][0]["product"].get<std::string>();
  auto of_product = answer({"insight", "report", "value", "--product", product});
  EXPECT_GT(of_product["count"], 0);
  EXPECT_LT(of_product["count"], value["count"]);
  for (const auto& [option, wrong] : {std::pair{"--product", "rope"}, {"--country", "Spain"}}) {
    auto refused = rapport({"insight", "report", "value", option, wrong});
    EXPECT_EQ(refused.code, 1) << option;
    EXPECT_NE(refused.err.find("\"" + std::string(wrong) + "\" is no"), std::string::npos)
        << refused.err;
  }
  auto no_figure = rapport({"insight", "report", "worth"});
  EXPECT_EQ(no_figure.code, 2);
  EXPECT_NE(no_figure.err.find("worth"), std::string::npos) << no_figure.err;
  auto persons_only = rapport({"insight", "report", "rfm", "--subject", "company"});
  EXPECT_EQ(persons_only.code, 1);
  EXPECT_NE(persons_only.err.find("persons"), std::string::npos) << persons_only.err;
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

TEST_F(Commands, config_tells_each_setting_and_where_it_came_from) {
  const auto file = folder.write("rapport.toml", "workers = 3\nqueue = 17\nlisten = ':1'\n");
  auto outcome = run_program({{"config", "--config", file, "--queue", "18", "--json"},
                              {},
                              {{"RAPPORT_LISTEN", "127.0.0.1:2"},
                               {"RAPPORT_DATABASE", "postgresql://crm:s3cret@db.example/crm"},
                               {"RAPPORT_PORT_8080_TCP", "tcp://10.0.0.1:8080"}}});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  std::map<std::string, std::pair<std::string, std::string>> seen;
  for (const auto& setting : outcome.json())
    seen[setting["name"]] = {setting["value"], setting["from"]};
  using Value = std::pair<std::string, std::string>;
  EXPECT_EQ(seen["workers"], Value("3", file));
  EXPECT_EQ(seen["queue"], Value("18", "--queue"));
  EXPECT_EQ(seen["listen"], Value("127.0.0.1:2", "RAPPORT_LISTEN"));
  EXPECT_EQ(seen["log_level"], Value("info", "default"));
  EXPECT_EQ(seen["database"].second, "RAPPORT_DATABASE");
  EXPECT_EQ(outcome.out.find("s3cret"), std::string::npos);
  EXPECT_NE(outcome.err.find("RAPPORT_PORT_8080_TCP"), std::string::npos) << "told, not refused";
  auto plain = run_program({{"config"}, {}, {{"RAPPORT_CONFIG", file}}});
  EXPECT_NE(plain.out.find("from " + file), std::string::npos) << plain.out;
}

TEST(Program, tells_its_version_and_helps_everywhere) {
  auto version = run_program({{"version"}});
  EXPECT_EQ(version.code, 0);
  EXPECT_TRUE(version.out.starts_with("rapport ")) << version.out;
  auto number = run_program({{"version", "--json"}}).json().value("version", "");
  EXPECT_EQ(version.out, "rapport " + number + "\n");
  const Arguments commands[] = {{},
                                {"serve"},
                                {"import"},
                                {"import", "undo"},
                                {"export"},
                                {"user"},
                                {"user", "add"},
                                {"user", "password"},
                                {"key"},
                                {"key", "create"},
                                {"migrate"},
                                {"verify"},
                                {"demo"},
                                {"config"},
                                {"version"},
                                {"insight"},
                                {"insight", "fit"},
                                {"insight", "report"},
                                {"insight", "rules"},
                                {"insight", "score"},
                                {"insight", "survival"}};
  for (auto command : commands) {
    command.emplace_back("--help");
    auto help = run_program({command});
    EXPECT_EQ(help.code, 0) << command[0];
    EXPECT_NE(help.out.find("--help"), std::string::npos) << command[0] << help.err;
  }
}

}  // namespace
}  // namespace rapport::scenarios
