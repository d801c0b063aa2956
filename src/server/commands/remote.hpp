// Commands that work through a running server, as any other program would: with a key, over its
// API.
#pragma once

#include <string>

#include "server/commands/command_line.hpp"

namespace rapport::server {

int import_remotely(const CommandLine& line, const std::string& server, const std::string& file,
                    const std::string& mapping);
int undo_remotely(const CommandLine& line, const std::string& server, const std::string& import);

}  // namespace rapport::server
