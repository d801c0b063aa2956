// What the program tells of itself: its settings, its version, its help.
#include <gtest/gtest.h>

#include <map>

#include "commands/commands.hpp"

namespace rapport::scenarios {
namespace {

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
