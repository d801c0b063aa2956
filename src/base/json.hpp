// JSON, behind one name. Include `base/json_fwd.hpp` in headers: the library costs a second a file.
// Numbers that must stay exact travel as strings.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/json_fwd.hpp"
#include "base/problem.hpp"

namespace rapport::base {

struct JsonLimits {
  std::size_t bytes_max = 8u << 20;
  int depth_max = 64;
};

// Reads one document; refuses trailing text, duplicate keys, invalid UTF-8, and what exceeds
// limits, with the line and column.
[[nodiscard]] Result<Json> parse_json(std::string_view text, const JsonLimits& limits = {});

// Compact; key order as inserted.
[[nodiscard]] std::string to_text(const Json& json);

}  // namespace rapport::base
