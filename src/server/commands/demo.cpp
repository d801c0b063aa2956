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

struct Flags {
  std::string size = "small";
  double orders_each = crm::DemoOptions{}.orders_each;
};

int load(const CommandLine& line, const Flags& flags) {
  const auto size = flags.size == "large" ? crm::DemoSize::large : crm::DemoSize::small;
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
  (*options)->orders_each = flags.orders_each;
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
  auto flags = std::make_shared<Flags>();
  command->add_option("--size", flags->size, "How much of it. [small]")
      ->check(CLI::IsMember({"small", "large"}));
  command
      ->add_option("--orders-each", flags->orders_each,
                   "Orders of a person of the large one, on average. [4]")
      ->check(CLI::Range(0.1, 100.0));
  add_setting_flags(*command, line, false);
  add_setting_flag(*command, line, "persons");
  add_setting_flag(*command, line, "demo_date");
  add_json_flag(*command, line);
  command->callback([&line, flags] { line.run = [&line, flags] { return load(line, *flags); }; });
}

}  // namespace rapport::server
