#include "server/commands/commands.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "server/commands/command_line.hpp"

namespace rapport::server {

namespace {

constexpr const char* exit_codes =
    "Exit codes: 0 done; 1 refused or failed (the reason is on standard error);\n"
    "2 the command line or the configuration is wrong;\n"
    "3 the data folder is in use by another serve, or the database cannot be reached.\n"
    "\n"
    "Settings come from the defaults, the file (--config, RAPPORT_CONFIG or\n"
    "/etc/rapport/rapport.toml), the environment (RAPPORT_LISTEN) and flags (--listen), the later\n"
    "going before the earlier. `rapport config` shows them all.";

// A sentence where a word is no command: the library only says that one is missing.
std::string unknown_command(const CLI::App& program, int argc, char** argv) {
  const CLI::App* app = &program;
  std::string path;  // of the commands named so far: "insight "
  for (int i = 1; i < argc && *argv[i] != '-'; ++i) {
    const std::string word = argv[i];
    std::vector<std::string> names;
    const CLI::App* next = nullptr;
    for (const auto* command : app->get_subcommands(nullptr)) {
      names.push_back(command->get_name());
      if (names.back() == word) next = command;
    }
    if (next == nullptr) {
      // Where no command must follow, the word is an argument.
      if (app->get_require_subcommand_min() == 0) return {};
      const auto near = base::nearest(word, names);
      return near ? fmt::format("There is no command \"{}{}\". Did you mean \"{}{}\"?", path, word,
                                path, *near)
                  : fmt::format(
                        "There is no command \"{}{}\". `rapport {}--help` shows all there "
                        "are.",
                        path, word, path);
    }
    path.append(word).append(" ");
    app = next;
  }
  return {};
}

}  // namespace

void add_commands(CLI::App& program, CommandLine& line) {
  program.footer(exit_codes);
  program.require_subcommand(1);
  program.fallthrough(false);
  add_serve(program, line);
  add_import(program, line);
  add_export(program, line);
  add_user(program, line);
  add_key(program, line);
  add_migrate(program, line);
  add_verify(program, line);
  add_insight(program, line);
  add_demo(program, line);
  add_config(program, line);
  add_version(program, line);
}

int run_command_line(int argc, char** argv) {
  CLI::App program("Rapport: customers, and everything between them and the firm.", "rapport");
  CommandLine line;
  add_commands(program, line);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (auto unknown = unknown_command(program, argc, argv); !unknown.empty()) {
      std::fprintf(stderr, "rapport: %s\n", unknown.c_str());
      return exit_usage;
    }
    return program.exit(error) == 0 ? exit_done : exit_usage;
  }
  try {
    return line.run ? line.run() : exit_usage;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "rapport: %s\n", error.what());
    return exit_failed;
  }
}

}  // namespace rapport::server
