#include "server/configuration/configuration.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace rapport::server {
namespace {

class ConfigurationTest : public testing::Test {
 protected:
  std::string file =
      std::filesystem::temp_directory_path() / ("rapport-" + std::to_string(::getpid()) + ".toml");
  std::vector<std::string> warnings;
  void TearDown() override { std::filesystem::remove(file); }
  base::Result<Configuration> read(const std::string& toml, ConfigurationSources sources = {}) {
    std::ofstream(file) << toml;
    sources.file = file;
    return read_configuration(sources, warnings);
  }
};

TEST_F(ConfigurationTest, flags_go_before_the_environment_before_the_file_before_defaults) {
  auto got = read("listen = '127.0.0.1:1'\nworkers = 3\nlog_json = true\n[log]\nlevel = 'debug'",
                  {.file = {},
                   .environment = {{"RAPPORT_LISTEN", "127.0.0.1:2"}, {"RAPPORT_WORKERS", "4"}},
                   .flags = {{"listen", "127.0.0.1:3"}}});
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->text("listen"), "127.0.0.1:3");
  EXPECT_EQ(got->value("listen").from, "--listen");
  EXPECT_EQ(got->integer("workers"), 4);
  EXPECT_EQ(got->value("workers").from, "RAPPORT_WORKERS");
  EXPECT_TRUE(got->boolean("log_json"));
  EXPECT_EQ(got->value("log_json").from, file);
  EXPECT_EQ(got->text("log_level"), "debug");
  EXPECT_EQ(got->value("queue").from, "default");
}

TEST_F(ConfigurationTest, what_is_unknown_or_out_of_bounds_is_refused_by_name) {
  struct Case {
    std::string toml, code, says;
  };
  const Case cases[] = {
      {"lissten = 'x'", "configuration.unknown", "lissten"},
      {"workers = 0", "configuration.invalid", "from 1 to 200"},
      {"workers = 'many'", "configuration.invalid", "whole number"},
      {"listen = '80'", "configuration.invalid", "ADDRESS:PORT"},
      {"demo = 'huge'", "configuration.invalid", "none|small|large"},
      {"demo_date = 'tomorrow'", "configuration.invalid", "day"},
      {"workers = ", "configuration.unreadable", ":1"},
  };
  for (const auto& one : cases) {
    auto got = read(one.toml);
    ASSERT_FALSE(got) << one.toml;
    EXPECT_EQ(got.error().code, one.code) << one.toml;
    EXPECT_NE(got.error().message.find(one.says), std::string::npos) << got.error().message;
  }
  EXPECT_EQ(read("lissten = 'x'").error().hint, "Did you mean \"listen\"?");
}

TEST_F(ConfigurationTest, what_containers_put_into_the_environment_is_told_and_ignored) {
  auto got = read("", {.file = {},
                       .environment = {{"RAPPORT_PORT_80_TCP", "x"}, {"RAPPORT_KEY", "k"}},
                       .flags = {}});
  ASSERT_TRUE(got);
  EXPECT_EQ(warnings.size(), 1u);
}

TEST(Listen, an_address_has_a_port) {
  struct Case {
    std::string text, address;
    int port;
  };
  const Case cases[] = {{"127.0.0.1:8080", "127.0.0.1", 8080},
                        {"[::1]:1", "::1", 1},
                        {":80", "0.0.0.0", 80},
                        {"localhost:0", "127.0.0.1", 0},
                        {"8080", "", -1},
                        {"a:b", "", -1},
                        {"::1:80", "", -1},
                        {"x:70000", "", -1}};
  for (const auto& one : cases) {
    auto got = parse_listen(one.text);
    EXPECT_EQ(got.has_value(), one.port >= 0) << one.text;
    if (!got) continue;
    EXPECT_EQ(got->address, one.address);
    EXPECT_EQ(got->port, one.port);
  }
}

}  // namespace
}  // namespace rapport::server
