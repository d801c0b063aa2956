// What an installation decides about the program itself: where the data lies, where it listens.
// (What the organisation decides, its currency or zone, are settings in the database.)
//
// Each setting is declared once, in one table: name, type, limits, default, sentence. A value comes
// from, first to last wins last: the default, the file (TOML), the environment (RAPPORT_LISTEN),
// the flag (--listen). `rapport config` shows the outcome and where each value came from.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.hpp"

namespace rapport::server {

enum class OptionType { text, path, integer, boolean, choice, address, url, date };

struct OptionDeclaration {
  std::string_view name;  // "log_level": --log-level, RAPPORT_LOG_LEVEL, log_level = … in the file
  OptionType type = OptionType::text;
  std::string_view default_value;
  std::string_view help;
  std::string_view choices = {};  // "none|small|large"
  std::int64_t least = 0, most = 0;
  bool secret = false;  // not shown
};

[[nodiscard]] std::span<const OptionDeclaration> option_declarations();
[[nodiscard]] std::string flag_of(const OptionDeclaration& option);         // "--log-level"
[[nodiscard]] std::string environment_of(const OptionDeclaration& option);  // "RAPPORT_LOG_LEVEL"

struct OptionValue {
  std::string text;
  std::string from = "default";  // "/etc/rapport.toml", "RAPPORT_LISTEN", "--listen"
};

class Configuration {
 public:
  [[nodiscard]] const std::string& text(std::string_view name) const;
  [[nodiscard]] std::int64_t integer(std::string_view name) const;
  [[nodiscard]] bool boolean(std::string_view name) const;
  [[nodiscard]] const OptionValue& value(std::string_view name) const;
  // Checked against the declaration; the problem names where the value came from.
  [[nodiscard]] base::Result<void> set(std::string_view name, std::string text, std::string from);

 private:
  friend Configuration default_configuration();
  std::map<std::string, OptionValue, std::less<>> values_;
};

[[nodiscard]] Configuration default_configuration();

struct ConfigurationSources {
  std::string file;                                // path; empty: none
  std::map<std::string, std::string> environment;  // of the process
  std::map<std::string, std::string> flags;        // by the setting's name
};

// Unknown keys of the file are refused, with a suggestion. Unknown RAPPORT_ names in the
// environment are only told in `warnings`: containers inject such names (RAPPORT_PORT_8080_TCP) on
// their own.
[[nodiscard]] base::Result<Configuration> read_configuration(const ConfigurationSources& sources,
                                                             std::vector<std::string>& warnings);

struct ListenAddress {
  std::string address;
  std::uint16_t port = 0;
};
// "127.0.0.1:8080", "[::1]:8080", ":8080" (all addresses).
[[nodiscard]] std::optional<ListenAddress> parse_listen(std::string_view text);

}  // namespace rapport::server
