#include <CLI/CLI.hpp>
#include <cstdio>

#include "base/json.hpp"
#include "entity/road.hpp"
#include "server/commands/command_line.hpp"

namespace rapport::server {

namespace {

int migrate(const CommandLine& line) {
  // Opening the program is what applies migrations and the catalog's additions.
  auto application = open_application(line);
  if (!application) return fail(line, application.error());
  const auto& applied = (*application)->applied_migrations();
  auto version = (*application)->road().catalog()->version();
  if (line.json) {
    std::printf("%s\n",
                base::to_text(base::Json{{"applied", applied}, {"catalog", version}}).c_str());
  } else if (applied.empty()) {
    std::printf("Nothing was to be applied; the catalog is at version %lld.\n",
                static_cast<long long>(version));
  } else {
    std::printf("Applied migrations %d to %d; the catalog is at version %lld.\n", applied.front(),
                applied.back(), static_cast<long long>(version));
  }
  return exit_done;
}

}  // namespace

void add_migrate(CLI::App& program, CommandLine& line) {
  auto* command = program.add_subcommand(
      "migrate", "Applies missing migrations and what the object files add, without serving.");
  add_setting_flags(*command, line, false);
  add_json_flag(*command, line);
  command->callback([&line] { line.run = [&line] { return migrate(line); }; });
}

}  // namespace rapport::server
