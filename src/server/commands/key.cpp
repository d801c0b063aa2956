#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "base/json.hpp"
#include "platform/access/access.hpp"
#include "server/commands/command_line.hpp"

namespace rapport::server {

namespace {

struct KeyFlags {
  std::string user, name;
  std::vector<std::string> scopes;
};

int create(const CommandLine& line, const KeyFlags& flags) {
  auto application = open_application(line);
  if (!application) return fail(line, application.error());
  auto& access = (*application)->access();
  auto user = access.user_named(flags.user);
  if (!user) return fail(line, user.error());
  auto created = access.create_key_for(
      user->id, {.name = flags.name, .scopes = flags.scopes, .expires_at = {}, .user = user->id});
  if (!created) return fail(line, created.error());
  if (line.json) {
    base::Json json{{"id", base::to_text(created->info.id)},
                    {"name", created->info.name},
                    {"user", user->name},
                    {"scopes", created->info.scopes},
                    {"key", created->key}};
    std::printf("%s\n", base::to_text(json).c_str());
  } else {
    // Alone on its line, for scripts.
    std::printf("%s\n", created->key.c_str());
  }
  return exit_done;
}

}  // namespace

void add_key(CLI::App& program, CommandLine& line) {
  auto* keys = program.add_subcommand("key", "Makes keys with which programs use the API.");
  keys->require_subcommand(1);
  auto flags = std::make_shared<KeyFlags>();
  auto* command = keys->add_subcommand(
      "create", "Prints a new key, sent as `Authorization: Bearer …`; it is shown this once.");
  command->add_option("--user", flags->user, "Whose rights it has.")->required();
  command->add_option("--name", flags->name, "What it is for.")->required();
  command->add_option("--scope", flags->scopes,
                      "Narrows it: read, write, read:person, write:order … (may be repeated).");
  add_setting_flags(*command, line, false);
  add_json_flag(*command, line);
  command->callback([&line, flags] { line.run = [&line, flags] { return create(line, *flags); }; });
}

}  // namespace rapport::server
