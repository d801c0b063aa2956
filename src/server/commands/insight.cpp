#include "server/commands/insight.hpp"

#include <CLI/CLI.hpp>

namespace rapport::server {

void add_insight(CLI::App& program, CommandLine& line) {
  auto* insight = program.add_subcommand(
      "insight", "What customers are worth, how long they stay, what they buy together.");
  insight->require_subcommand(1);
  // One line a subcommand.
  add_insight_fit(*insight, line);
}

}  // namespace rapport::server
