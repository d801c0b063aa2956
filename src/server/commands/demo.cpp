#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "base/json.hpp"
#include "server/commands/command_line.hpp"
#include "server/demo.hpp"

namespace rapport::server {

namespace {

bool show(const crm::DemoProgress& progress) {
  if (::isatty(STDERR_FILENO))
    std::fprintf(stderr, "\r%lld of %lld persons", static_cast<long long>(progress.persons),
                 static_cast<long long>(progress.persons_planned));
  return true;
}

void print(const CommandLine& line, const crm::DemoProgress& done) {
  base::Json json{{"persons", done.persons},
                  {"stand_ins", done.stand_ins},
                  {"companies", done.companies},
                  {"orders", done.orders},
                  {"order_lines", done.order_lines},
                  {"interactions", done.interactions},
                  {"tasks", done.tasks}};
  if (line.json) {
    std::printf("%s\n", base::to_text(json).c_str());
    return;
  }
  for (const auto& [name, count] : json.items())
    std::printf("%-14s %lld\n", name.c_str(), count.get<long long>());
}

int load(const CommandLine& line, crm::DemoSize size) {
  auto configuration = configuration_of(line);
  if (!configuration) return fail(line, configuration.error());
  auto application = open_application(line);
  if (!application) return fail(line, application.error());
  auto options = demo_to_load(**application, *configuration, size);
  if (!options) return fail(line, options.error());
  if (!*options)
    return fail(line, {.kind = base::ProblemKind::conflict,
                       .code = "demo.not_empty",
                       .message = "There are persons in this database already.",
                       .details = {},
                       .hint = "The demo company is for an empty database.",
                       .fields = {},
                       .extra = {}});
  (*options)->progress = show;
  auto done = load_demo_company(**application, **options);
  if (::isatty(STDERR_FILENO)) std::fprintf(stderr, "\n");
  if (!done) return fail(line, done.error());
  print(line, *done);
  return exit_done;
}

}  // namespace

void add_demo(CLI::App& program, CommandLine& line) {
  auto* command = program.add_subcommand("demo", "Loads the demo company into an empty database.");
  auto size = std::make_shared<std::string>("small");
  command->add_option("--size", *size, "How much of it. [small]")
      ->check(CLI::IsMember({"small", "large"}));
  add_setting_flags(*command, line, false);
  add_setting_flag(*command, line, "persons");
  add_setting_flag(*command, line, "demo_date");
  add_json_flag(*command, line);
  command->callback([&line, size] {
    line.run = [&line, size] {
      return load(line, *size == "large" ? crm::DemoSize::large : crm::DemoSize::small);
    };
  });
}

}  // namespace rapport::server
