// The manual's pages about the program itself, from what the program says of itself: its commands
// and flags, and its settings.
#pragma once

#include "server/generate/reference.hpp"

namespace rapport::server {

// docs/reference/command-line.md
[[nodiscard]] GeneratedFile command_line_page();
// docs/reference/configuration.md
[[nodiscard]] GeneratedFile configuration_page();

}  // namespace rapport::server
