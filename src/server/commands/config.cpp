#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "base/json.hpp"
#include "server/commands/command_line.hpp"

namespace rapport::server {

namespace {

// A secret's value is not shown, only whether there is one.
std::string shown(const OptionDeclaration& option, const OptionValue& value) {
  return option.secret && !value.text.empty() ? "(hidden)" : value.text;
}

int show(const CommandLine& line) {
  auto configuration = configuration_of(line);
  if (!configuration) return fail(line, configuration.error());
  auto json = base::Json::array();
  for (const auto& option : option_declarations()) {
    const auto& value = configuration->value(option.name);
    if (line.json) {
      json.push_back({{"name", option.name},
                      {"value", shown(option, value)},
                      {"from", value.from},
                      {"help", option.help}});
    } else {
      std::fputs(fmt::format("{:<20} {:<24} from {:<24} {}\n", option.name,
                             fmt::format("\"{}\"", shown(option, value)), value.from, option.help)
                     .c_str(),
                 stdout);
    }
  }
  if (line.json) std::printf("%s\n", base::to_text(json).c_str());
  return exit_done;
}

}  // namespace

void add_config(CLI::App& program, CommandLine& line) {
  auto* command = program.add_subcommand(
      "config", "Prints the effective settings and where each came from; secrets are hidden.");
  add_setting_flags(*command, line, true);
  add_json_flag(*command, line);
  command->callback([&line] { line.run = [&line] { return show(line); }; });
}

}  // namespace rapport::server
