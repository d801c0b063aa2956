// `rapport insight …`: the mathematics of customers for analysts and scripts, on a file alone or on
// the program's own records. One file a subcommand; they are listed in insight.cpp.
#pragma once

#include "server/commands/command_line.hpp"

namespace rapport::server {

// One function a subcommand.
void add_insight_fit(CLI::App& insight, CommandLine& line);

}  // namespace rapport::server
