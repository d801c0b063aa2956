// Reads a TOML file of plain settings. (toml++ stands in toml.cpp alone.)
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/problem.hpp"

namespace rapport::server {

[[nodiscard]] base::Result<std::vector<std::pair<std::string, std::string>>> read_toml(
    const std::string& file);

}  // namespace rapport::server
