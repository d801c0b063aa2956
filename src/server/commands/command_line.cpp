#include "server/commands/command_line.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "base/log.hpp"
#include "server/data_folder.hpp"
#include "server/problems.hpp"

extern char** environ;

namespace rapport::server {

namespace {

constexpr const char* installed_configuration = "/etc/rapport/rapport.toml";

std::map<std::string, std::string> environment() {
  std::map<std::string, std::string> all;
  for (char** entry = environ; *entry; ++entry) {
    std::string_view text(*entry);
    auto equals = text.find('=');
    if (equals != std::string_view::npos)
      all[std::string(text.substr(0, equals))] = std::string(text.substr(equals + 1));
  }
  return all;
}

std::string configuration_file(const CommandLine& line) {
  if (!line.configuration_file.empty()) return line.configuration_file;
  if (const char* named = std::getenv("RAPPORT_CONFIG")) return named;
  std::error_code error;
  return std::filesystem::exists(installed_configuration, error) ? installed_configuration : "";
}

base::LogLevel level_named(std::string_view name) {
  if (name == "debug") return base::LogLevel::debug;
  if (name == "warning") return base::LogLevel::warning;
  if (name == "error") return base::LogLevel::error;
  return base::LogLevel::info;
}

// Settings that every command understands: where the data is, and how to log.
bool is_common(std::string_view name) {
  return name == "data" || name == "database" || name == "run_as" || name == "postgres_bin" ||
         name == "log_level" || name == "log_json";
}

int exit_code_of(const base::Problem& problem) {
  if (problem.code.starts_with("configuration.") || problem.code == "store.bad_conninfo")
    return exit_usage;
  if (problem.kind == base::ProblemKind::unavailable || problem.code == "store.already_serving")
    return exit_unavailable;
  return exit_failed;
}

}  // namespace

void add_setting_flags(CLI::App& command, CommandLine& line, bool all) {
  command.add_option("--config", line.configuration_file, "Configuration file (TOML).")
      ->type_name("FILE");
  for (const auto& option : option_declarations())
    if (all || is_common(option.name)) add_setting_flag(command, line, option.name);
}

void add_setting_flag(CLI::App& command, CommandLine& line, std::string_view setting) {
  const auto all = option_declarations();
  const auto& option = *std::ranges::find(all, setting, &OptionDeclaration::name);
  auto name = std::string(option.name);
  auto take = [&line, name](const std::string& value) { line.flags[name] = value; };
  auto help = std::string(option.help);
  if (!option.default_value.empty()) help += " [" + std::string(option.default_value) + "]";
  auto* flag = command.add_option_function<std::string>(flag_of(option), take, help);
  flag->type_name(option.choices.empty() ? "" : std::string(option.choices));
}

void add_json_flag(CLI::App& command, CommandLine& line) {
  command.add_flag("--json", line.json, "Print the outcome as JSON.");
}

base::Result<Configuration> configuration_of(const CommandLine& line) {
  std::vector<std::string> warnings;
  auto configuration = read_configuration(
      {.file = configuration_file(line), .environment = environment(), .flags = line.flags},
      warnings);
  for (const auto& warning : warnings) std::fprintf(stderr, "rapport: %s\n", warning.c_str());
  if (configuration)
    base::configure_log(level_named(configuration->text("log_level")),
                        configuration->boolean("log_json"));
  return configuration;
}

base::Result<std::unique_ptr<Application>> open_application(const CommandLine& line) {
  auto configuration = configuration_of(line);
  if (!configuration) return std::unexpected(configuration.error());
  auto folder = enter_data_folder(*configuration);
  if (!folder) return std::unexpected(folder.error());
  if (!folder->notice.empty()) std::fprintf(stderr, "rapport: %s\n", folder->notice.c_str());
  return Application::open(*configuration);
}

int fail(const CommandLine& line, const base::Problem& problem) {
  if (line.json) {
    std::string document;
    append_problem(document, problem, status_of(problem.kind));
    std::fprintf(stderr, "%s\n", document.c_str());
  } else {
    std::fprintf(stderr, "rapport: %s\n", problem.message.c_str());
    if (!problem.details.empty()) std::fprintf(stderr, "  %s\n", problem.details.c_str());
    for (const auto& field : problem.fields)
      if (field.message != problem.message)
        std::fprintf(stderr, "  %s: %s\n", field.field.c_str(), field.message.c_str());
    if (!problem.hint.empty()) std::fprintf(stderr, "  %s\n", problem.hint.c_str());
  }
  return exit_code_of(problem);
}

std::string read_standard_input(std::size_t bytes_max) {
  std::string text;
  char piece[1024];
  while (text.size() <= bytes_max) {
    auto n = ::read(STDIN_FILENO, piece, sizeof piece);
    if (n <= 0) break;
    text.append(piece, static_cast<std::size_t>(n));
  }
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

}  // namespace rapport::server
