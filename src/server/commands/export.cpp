#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <optional>
#include <system_error>
#include <vector>

#include "base/text.hpp"
#include "entity/plan/sets.hpp"
#include "entity/road.hpp"
#include "platform/exchange/exchange.hpp"
#include "server/commands/command_line.hpp"
#include "server/commands/output_file.hpp"

namespace rapport::server {

namespace {

struct ExportFlags {
  std::string plural, where, set, order, fields, output;
  bool stand_ins = false;
};

base::Result<entity::List> list_of(const entity::Road& road, const ExportFlags& flags) {
  const auto catalog = road.catalog();
  const auto* object = catalog->find_plural(flags.plural);
  if (!object) {
    std::vector<std::string> plurals;
    plurals.reserve(catalog->objects().size());
    for (const auto& one : catalog->objects()) plurals.push_back(one.plural);
    const auto near = base::nearest(flags.plural, plurals);
    return base::refuse(base::ProblemKind::invalid, "export.no_such_object",
                        "There are no \"" + flags.plural + "\".", {},
                        near ? "Did you mean \"" + *near + "\"?" : "");
  }
  entity::List list;
  list.object = object->name;
  list.where = flags.where;
  if (!flags.set.empty()) {
    auto mark = entity::set_of_token(flags.set);
    if (!mark) return std::unexpected(mark.error());
    list.set = std::move(*mark);
  }
  list.stand_ins = flags.stand_ins;
  for (auto name : base::split(flags.order, ','))
    if (!name.empty()) list.order.emplace_back(name);
  for (auto name : base::split(flags.fields, ','))
    if (!name.empty()) list.fields.emplace_back(name);
  return list;
}

// Writes all to the file, or to standard output; gives how many records.
base::Result<std::int64_t> write_records(const CommandLine& line, const ExportFlags& flags,
                                         std::optional<OutputFile>& file) {
  auto application = open_application(line);
  if (!application) return std::unexpected(application.error());
  auto& road = (*application)->road();
  const auto list = list_of(road, flags);
  if (!list) return std::unexpected(list.error());
  bool written = true;
  const auto write = [&](std::string_view piece) {
    written = file ? file->write(piece)
                   : std::fwrite(piece.data(), 1, piece.size(), stdout) == piece.size();
    return written;
  };
  const auto format = line.json ? platform::ExportFormat::jsonl : platform::ExportFormat::csv;
  auto done = platform::export_records(
      road, entity::program({.kind = "export", .id = {}, .depth = 0}), *list, format, write);
  if (!done) return std::unexpected(done.error());
  if (file) {
    if (auto kept = file->keep(); !kept) return std::unexpected(kept.error());
  } else if (std::fflush(stdout) != 0 || !written) {
    return base::refuse(base::ProblemKind::invalid, "export.unwritable",
                        "Cannot write to standard output.",
                        std::generic_category().message(errno) + ".");
  }
  return done;
}

int export_to(const CommandLine& line, const ExportFlags& flags) {
  std::optional<OutputFile> file;
  if (!flags.output.empty()) {
    auto created = OutputFile::create(flags.output);
    if (!created) return fail(line, created.error());
    file.emplace(std::move(*created));
  }
  const auto count = write_records(line, flags, file);
  if (!count) return fail(line, count.error());
  std::fprintf(stderr, *count == 1 ? "%lld record.\n" : "%lld records.\n",
               static_cast<long long>(*count));
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
