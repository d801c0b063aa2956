#include "server/commands/insight.hpp"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <cmath>

namespace rapport::server {

void add_insight(CLI::App& program, CommandLine& line) {
  auto* insight = program.add_subcommand(
      "insight", "What customers are worth, how long they stay, what they buy together.");
  insight->require_subcommand(1);
  // One line a subcommand.
  add_insight_fit(*insight, line);
  add_insight_report(*insight, line);
  add_insight_rules(*insight, line);
  add_insight_score(*insight, line);
  add_insight_survival(*insight, line);
}

std::string json_number(std::optional<double> value) {
  return value && std::isfinite(*value) ? fmt::format("{}", *value) : "null";
}

}  // namespace rapport::server
