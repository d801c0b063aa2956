#include "server/configuration/configuration.hpp"

#include <algorithm>
#include <charconv>

#include "base/instant.hpp"
#include "base/text.hpp"
#include "server/configuration/toml.hpp"

namespace rapport::server {

namespace {

using enum OptionType;

constexpr std::int64_t mebibyte = 1024 * 1024;

constexpr OptionDeclaration declarations[] = {
    {"data", path, "data", "Folder of the private database, kept files and logs."},
    {"listen", address, "127.0.0.1:8080", "Address and port to serve on; port 0 takes a free one."},
    {"database",
     url,
     "",
     "PostgreSQL 15 or newer to use instead of the private one: postgresql://user@host/name.",
     {},
     0,
     0,
     true},
    {"demo", choice, "none", "Demo company to load into an empty database.", "none|small|large"},
    {"persons", integer, "100000", "Persons of the large demo company.", {}, 1, 10'000'000},
    {"demo_date", date, "", "The day on which the demo company's story ends; empty: today."},
    {"web", path, "", "Folder of the built web interface; empty: where it was installed."},
    {"public_url", url, "",
     "Address at which users see this server, where a proxy stands before it."},
    {"run_as", text, "",
     "As root: the user to become; empty: the owner of the data folder, else postgres."},
    {"postgres_bin", path, "", "Folder of initdb and postgres; empty: Debian's newest."},
    {"shared_buffers", text, "",
     "Memory the private database shares between its processes, such as 512MB; empty: an eighth of "
     "the machine's, from 128 MB to 1 GB."},
    {"connections", integer, "10", "Connections to the database.", {}, 3, 200},
    {"workers", integer, "6", "Threads that answer requests.", {}, 1, 200},
    {"slow_workers",
     integer,
     "2",
     "Threads that answer slow requests: exports, uploads.",
     {},
     1,
     50},
    {"queue", integer, "256", "Requests that may wait for a worker; beyond, 503.", {}, 1, 100'000},
    {"upload_bytes",
     integer,
     "4294967296",
     "Largest file that may be uploaded.",
     {},
     mebibyte,
     1'000'000 * mebibyte},
    {"session_idle_hours", integer, "12", "A session unused for so long ends.", {}, 1, 24 * 365},
    {"session_days", integer, "7", "A session ends after so long in any case.", {}, 1, 365},
    {"log_level", choice, "info", "Least important lines that are logged.",
     "debug|info|warning|error"},
    {"log_json", boolean, "false", "Log lines as JSON."},
    {"access_log", boolean, "true", "Log a line for each request."},
};

const OptionDeclaration* declared(std::string_view name) {
  auto found = std::ranges::find(declarations, name, &OptionDeclaration::name);
  return found == std::end(declarations) ? nullptr : found;
}

std::optional<std::int64_t> whole(std::string_view text) {
  std::int64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

// What is wrong with the value, as the end of a sentence; empty: nothing.
std::string fault_of(const OptionDeclaration& option, std::string_view value) {
  switch (option.type) {
    case integer: {
      auto number = whole(value);
      if (number && *number >= option.least && *number <= option.most) return {};
      return "must be a whole number from " + std::to_string(option.least) + " to " +
             std::to_string(option.most);
    }
    case boolean:
      return value == "true" || value == "false" ? "" : "must be true or false";
    case choice: {
      auto choices = base::split(option.choices, '|');
      if (std::ranges::find(choices, value) != choices.end()) return {};
      return "must be one of " + std::string(option.choices);
    }
    case address:
      return parse_listen(value) ? "" : "must be ADDRESS:PORT, such as 127.0.0.1:8080";
    case date:
      return value.empty() || base::parse_date(value) ? "" : "must be a day, such as 2026-03-01";
    case url:
      return value.empty() || value.find("://") != std::string_view::npos ||
                     value.find('=') != std::string_view::npos
                 ? ""
                 : "must be an address with ://";
    case text:
    case path:
      return value.find('\0') == std::string_view::npos ? "" : "must be text";
  }
  return {};
}

std::string suggestion_for(std::string_view name) {
  std::vector<std::string> names;
  for (const auto& option : declarations) names.emplace_back(option.name);
  auto nearest = base::nearest(name, names);
  return nearest ? "Did you mean \"" + *nearest + "\"?" : "`rapport config` shows all there are.";
}

base::Result<void> take_file(Configuration& configuration, const std::string& file) {
  if (file.empty()) return {};
  auto entries = read_toml(file);
  if (!entries) return std::unexpected(entries.error());
  for (auto& [name, value] : *entries) {
    if (!declared(name))
      return base::refuse(base::ProblemKind::invalid, "configuration.unknown",
                          file + ": there is no setting \"" + name + "\".", {},
                          suggestion_for(name));
    if (auto set = configuration.set(name, value, file); !set) return set;
  }
  return {};
}

// Names of the environment that are no settings, and yet ours.
bool is_other_variable(std::string_view name) {
  return name == "RAPPORT_KEY" || name == "RAPPORT_CONFIG";
}

}  // namespace

std::span<const OptionDeclaration> option_declarations() {
  return declarations;
}

std::string flag_of(const OptionDeclaration& option) {
  std::string flag = "--" + std::string(option.name);
  std::ranges::replace(flag, '_', '-');
  return flag;
}

std::string environment_of(const OptionDeclaration& option) {
  std::string name = "RAPPORT_" + std::string(option.name);
  std::ranges::transform(name, name.begin(), [](unsigned char c) {
    return static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  });
  return name;
}

const OptionValue& Configuration::value(std::string_view name) const {
  return values_.find(name)->second;
}

const std::string& Configuration::text(std::string_view name) const {
  return value(name).text;
}

std::int64_t Configuration::integer(std::string_view name) const {
  return whole(value(name).text).value_or(0);
}

bool Configuration::boolean(std::string_view name) const {
  return value(name).text == "true";
}

base::Result<void> Configuration::set(std::string_view name, std::string text, std::string from) {
  const auto* option = declared(name);
  if (!option)
    return base::refuse(base::ProblemKind::invalid, "configuration.unknown",
                        "There is no setting \"" + std::string(name) + "\".", {},
                        suggestion_for(name));
  if (auto fault = fault_of(*option, text); !fault.empty())
    return base::refuse(base::ProblemKind::invalid, "configuration.invalid",
                        from + ": " + std::string(name) + " " + fault + ".",
                        option->secret ? "" : "It is \"" + text + "\".");
  values_[std::string(name)] = {std::move(text), std::move(from)};
  return {};
}

Configuration default_configuration() {
  Configuration configuration;
  for (const auto& option : declarations)
    configuration.values_[std::string(option.name)] = {std::string(option.default_value),
                                                       "default"};
  return configuration;
}

base::Result<Configuration> read_configuration(const ConfigurationSources& sources,
                                               std::vector<std::string>& warnings) {
  auto configuration = default_configuration();
  if (auto taken = take_file(configuration, sources.file); !taken)
    return std::unexpected(taken.error());
  std::map<std::string, std::string_view> by_variable;
  for (const auto& option : declarations) by_variable[environment_of(option)] = option.name;
  for (const auto& [variable, value] : sources.environment) {
    if (!variable.starts_with("RAPPORT_") || is_other_variable(variable)) continue;
    auto known = by_variable.find(variable);
    if (known == by_variable.end()) {
      warnings.push_back("The environment's " + variable + " names no setting and is ignored.");
    } else if (auto set = configuration.set(known->second, value, variable); !set) {
      return std::unexpected(set.error());
    }
  }
  for (const auto& [name, value] : sources.flags) {
    const auto* option = declared(name);
    if (auto set = configuration.set(name, value, option ? flag_of(*option) : name); !set)
      return std::unexpected(set.error());
  }
  return configuration;
}

std::optional<ListenAddress> parse_listen(std::string_view text) {
  auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  auto port = whole(text.substr(colon + 1));
  if (!port || *port < 0 || *port > 65535) return std::nullopt;
  auto host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return std::nullopt;
  }
  if (host == "localhost") host = "127.0.0.1";
  if (host.empty()) host = "0.0.0.0";
  return ListenAddress{std::string(host), static_cast<std::uint16_t>(*port)};
}

}  // namespace rapport::server
