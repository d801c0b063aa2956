// `rapport insight …`: the mathematics of customers for analysts and scripts, on a file alone or on
// the program's own records. One file a subcommand; they are listed in insight.cpp.
#pragma once

#include <optional>
#include <string>

#include "server/commands/command_line.hpp"

namespace rapport::server {

// One function a subcommand.
void add_insight_fit(CLI::App& insight, CommandLine& line);
void add_insight_report(CLI::App& insight, CommandLine& line);
void add_insight_rules(CLI::App& insight, CommandLine& line);
void add_insight_score(CLI::App& insight, CommandLine& line);
void add_insight_survival(CLI::App& insight, CommandLine& line);

// Fits a model to the program's own records and prints it; gives the exit code.
[[nodiscard]] int fit_records(const CommandLine& line, const std::string& model);

// A number for JSON in as few digits as give it back exactly; null where there is none.
[[nodiscard]] std::string json_number(std::optional<double> value);

}  // namespace rapport::server
