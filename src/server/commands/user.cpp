#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "base/json.hpp"
#include "platform/access/access.hpp"
#include "server/commands/command_line.hpp"

namespace rapport::server {

namespace {

struct UserFlags {
  std::string name, full_name, role = "editor";
  bool password_stdin = false;
};

base::Result<std::string> password_from(const UserFlags& flags) {
  if (!flags.password_stdin)
    return base::refuse(base::ProblemKind::invalid, "configuration.password",
                        "The password is read from standard input: add --password-stdin.");
  return read_standard_input(platform::Access::password_bytes_max);
}

void print_user(const CommandLine& line, const platform::UserInfo& user, const char* what) {
  if (line.json) {
    base::Json json{{"id", base::to_text(user.id)},
                    {"name", user.name},
                    {"role", platform::name_of(user.role)}};
    std::printf("%s\n", base::to_text(json).c_str());
  } else {
    std::printf("%s %s (%s).\n", what, user.name.c_str(),
                std::string(platform::name_of(user.role)).c_str());
  }
}

int add(const CommandLine& line, const UserFlags& flags) {
  auto password = password_from(flags);
  if (!password) return fail(line, password.error());
  auto role = platform::role_named(flags.role);
  auto application = open_application(line);
  if (!application) return fail(line, application.error());
  auto user = (*application)
                  ->access()
                  .add_user((*application)->road(), {.name = flags.name,
                                                     .role = *role,
                                                     .password = *password,
                                                     .full_name = flags.full_name});
  if (!user) return fail(line, user.error());
  print_user(line, *user, "Added");
  return exit_done;
}

int set_password(const CommandLine& line, const UserFlags& flags) {
  auto password = password_from(flags);
  if (!password) return fail(line, password.error());
  auto application = open_application(line);
  if (!application) return fail(line, application.error());
  auto& access = (*application)->access();
  auto user = access.user_named(flags.name);
  if (!user) return fail(line, user.error());
  if (auto set = access.set_password(user->id, *password); !set) return fail(line, set.error());
  print_user(line, *user, "New password for");
  return exit_done;
}

}  // namespace

void add_user(CLI::App& program, CommandLine& line) {
  auto* users = program.add_subcommand("user", "Adds users and sets their passwords.");
  users->require_subcommand(1);
  auto flags = std::make_shared<UserFlags>();

  auto* command = users->add_subcommand("add", "Adds a user who may sign in.");
  command->add_option("name", flags->name, "Signs in with it.")->required()->type_name("NAME");
  command->add_option("--role", flags->role, "What the user may do. [editor]")
      ->check(CLI::IsMember({"administrator", "editor", "reader"}));
  command->add_option("--full-name", flags->full_name, "As shown to others.");
  command->add_flag("--password-stdin", flags->password_stdin,
                    "Read the password from standard input.");
  add_setting_flags(*command, line, false);
  add_json_flag(*command, line);
  command->callback([&line, flags] { line.run = [&line, flags] { return add(line, *flags); }; });

  command = users->add_subcommand("password", "Sets a user's password; ends all his sessions.");
  command->add_option("name", flags->name, "Who.")->required()->type_name("NAME");
  command->add_flag("--password-stdin", flags->password_stdin,
                    "Read the password from standard input.");
  add_setting_flags(*command, line, false);
  add_json_flag(*command, line);
  command->callback(
      [&line, flags] { line.run = [&line, flags] { return set_password(line, *flags); }; });
}

}  // namespace rapport::server
