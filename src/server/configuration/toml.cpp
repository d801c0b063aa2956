#include "server/configuration/toml.hpp"

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include <sstream>

namespace rapport::server {

namespace {

// Tables are only another way to write a longer name: [log] level is log_level.
void flatten(const toml::table& table, const std::string& prefix,
             std::vector<std::pair<std::string, std::string>>& out) {
  for (const auto& [key, node] : table) {
    auto name = prefix + std::string(key.str());
    if (const auto* inner = node.as_table()) {
      flatten(*inner, name + "_", out);
    } else if (const auto* text = node.as_string()) {
      out.emplace_back(name, text->get());
    } else {
      std::ostringstream value;
      node.visit([&](const auto& typed) { value << typed; });
      out.emplace_back(name, value.str());
    }
  }
}

}  // namespace

base::Result<std::vector<std::pair<std::string, std::string>>> read_toml(const std::string& file) {
  auto parsed = toml::parse_file(file);
  if (!parsed) {
    const auto& error = parsed.error();
    auto line = error.source().begin.line;
    return base::refuse(base::ProblemKind::invalid, "configuration.unreadable",
                        file + (line ? ":" + std::to_string(line) : "") + ": " +
                            std::string(error.description()) + ".");
  }
  std::vector<std::pair<std::string, std::string>> entries;
  flatten(parsed.table(), "", entries);
  return entries;
}

}  // namespace rapport::server
