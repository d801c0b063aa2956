#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "base/text.hpp"
#include "entity/plan/sets.hpp"
#include "entity/road.hpp"
#include "platform/exchange/exchange.hpp"
#include "server/commands/command_line.hpp"

namespace rapport::server {

namespace {

struct ExportFlags {
  std::string plural, where, set, order, fields, output;
  bool stand_ins = false;
};

int export_to(const CommandLine& line, const ExportFlags& flags) {
  // Opened with the rights the command was started with.
  std::FILE* out = flags.output.empty() ? stdout : std::fopen(flags.output.c_str(), "wb");
  auto problem = [](std::string code, std::string message) {
    return base::refuse(base::ProblemKind::invalid, std::move(code), std::move(message)).error();
  };
  if (!out) return fail(line, problem("export.unwritable", "Cannot write " + flags.output + "."));
  auto application = open_application(line);
  if (!application) return fail(line, application.error());
  auto& road = (*application)->road();
  const auto* object = road.catalog()->find_plural(flags.plural);
  if (!object)
    return fail(line, problem("export.no_such_object", "There are no \"" + flags.plural + "\"."));
  entity::List list;
  list.object = object->name;
  list.where = flags.where;
  if (!flags.set.empty()) {
    auto mark = entity::set_of_token(flags.set);
    if (!mark) return fail(line, mark.error());
    list.set = std::move(*mark);
  }
  list.stand_ins = flags.stand_ins;
  for (auto name : base::split(flags.order, ','))
    if (!name.empty()) list.order.emplace_back(name);
  for (auto name : base::split(flags.fields, ','))
    if (!name.empty()) list.fields.emplace_back(name);
  auto format = line.json ? platform::ExportFormat::jsonl : platform::ExportFormat::csv;
  auto done = platform::export_records(
      road, entity::program({.kind = "export", .id = {}, .depth = 0}), list, format,
      [&](std::string_view piece) {
        return std::fwrite(piece.data(), 1, piece.size(), out) == piece.size();
      });
  bool written = std::fflush(out) == 0;
  if (out != stdout) written = std::fclose(out) == 0 && written;
  if (!done) return fail(line, done.error());
  if (!written) return fail(line, problem("export.unwritable", "The disk may be full."));
  std::fprintf(stderr, "%lld records.\n", static_cast<long long>(*done));
  return exit_done;
}

}  // namespace

void add_export(CLI::App& program, CommandLine& line) {
  auto flags = std::make_shared<ExportFlags>();
  auto* command = program.add_subcommand(
      "export", "Writes records as CSV (with --json: a JSON object a line).");
  command->add_option("plural", flags->plural, "Which: persons, orders …")->required();
  command->add_option("--where", flags->where, "A condition, as in lists.");
  command->add_option("--set", flags->set, "The token of a figure's mark.");
  command->add_option("--order", flags->order, "Fields, separated by commas; -name descends.");
  command->add_option("--fields", flags->fields, "Fields, separated by commas.");
  command->add_option("--output", flags->output, "File to write; else standard output.")
      ->type_name("FILE");
  command->add_flag("--stand-ins", flags->stand_ins, "Persons that are stand-ins, too.");
  add_setting_flags(*command, line, false);
  add_json_flag(*command, line);
  command->callback(
      [&line, flags] { line.run = [&line, flags] { return export_to(line, *flags); }; });
}

}  // namespace rapport::server
