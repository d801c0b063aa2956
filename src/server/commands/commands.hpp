// The command line: `rapport COMMAND …`. Exit codes, the same for every command:
//
//   0  done
//   1  refused or failed; the reason stands on standard error
//   2  the command line or the configuration is wrong
//   3  the data folder is in use by another `serve`, or the database cannot be reached
#pragma once

namespace rapport::server {

inline constexpr int exit_done = 0;
inline constexpr int exit_failed = 1;
inline constexpr int exit_usage = 2;
inline constexpr int exit_unavailable = 3;

int run_command_line(int argc, char** argv);

}  // namespace rapport::server
