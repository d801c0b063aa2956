#include <CLI/CLI.hpp>
#include <cstdio>

#include "server/commands/command_line.hpp"

namespace rapport::server {

void add_version(CLI::App& program, CommandLine& line) {
  auto* command = program.add_subcommand("version", "Prints the version.");
  add_json_flag(*command, line);
  command->callback([&line] {
    line.run = [&line] {
      std::printf(line.json ? "{\"version\":\"%s\"}\n" : "rapport %s\n", RAPPORT_VERSION);
      return exit_done;
    };
  });
}

}  // namespace rapport::server
