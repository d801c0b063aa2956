// The target of a request line, "/api/v1/persons?where=country+%3D+%27ES%27", taken apart. What is
// not well formed is refused rather than guessed at: two programs that read one target differently
// are how filters are walked around.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/problem.hpp"
#include "server/edge/http.hpp"

namespace rapport::server {

struct Target {
  std::string path;  // decoded, begins with "/", without "." and ".." segments
  Parameters query;  // decoded, "+" read as a space
};

[[nodiscard]] base::Result<Target> parse_target(std::string_view target,
                                                std::size_t parameters_max);

// nullopt where a percent sign is not followed by two hexadecimal digits.
[[nodiscard]] std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_space);

// For links we write: everything but unreserved characters is escaped.
[[nodiscard]] std::string percent_encoded(std::string_view text);

// Cookies of a "Cookie" header, first of a name wins.
[[nodiscard]] std::optional<std::string> cookie_named(std::string_view header,
                                                      std::string_view name);

}  // namespace rapport::server
