// What all commands share: the settings their flags gave, and how they open the program and fail.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "base/problem.hpp"
#include "server/application.hpp"
#include "server/commands/commands.hpp"
#include "server/configuration/configuration.hpp"

namespace CLI {
class App;
}

namespace rapport::server {

struct CommandLine {
  std::string configuration_file;
  std::map<std::string, std::string> flags;  // of settings, by their names
  bool json = false;
  std::function<int()> run;  // of the command that was chosen
};

// One function a command, each in a file of its own.
void add_serve(CLI::App& program, CommandLine& line);
void add_import(CLI::App& program, CommandLine& line);
void add_export(CLI::App& program, CommandLine& line);
void add_user(CLI::App& program, CommandLine& line);
void add_key(CLI::App& program, CommandLine& line);
void add_migrate(CLI::App& program, CommandLine& line);
void add_verify(CLI::App& program, CommandLine& line);
void add_demo(CLI::App& program, CommandLine& line);
void add_insight(CLI::App& program, CommandLine& line);
void add_version(CLI::App& program, CommandLine& line);
void add_config(CLI::App& program, CommandLine& line);

// All of them, and what is said below their help.
void add_commands(CLI::App& program, CommandLine& line);

// Flags for settings: all of them, or those that say where the data is and how to log.
void add_setting_flags(CLI::App& command, CommandLine& line, bool all);
void add_setting_flag(CLI::App& command, CommandLine& line, std::string_view setting);
void add_json_flag(CLI::App& command, CommandLine& line);

[[nodiscard]] base::Result<Configuration> configuration_of(const CommandLine& line);
// Reads the configuration, enters the data folder (as root: drops to its user), opens the program.
[[nodiscard]] base::Result<std::unique_ptr<Application>> open_application(const CommandLine& line);

// Says what went wrong on standard error; gives the exit code.
int fail(const CommandLine& line, const base::Problem& problem);

// Standard input up to the end, its last line break removed; for passwords.
[[nodiscard]] std::string read_standard_input(std::size_t bytes_max);

}  // namespace rapport::server
