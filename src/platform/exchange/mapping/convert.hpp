// Dates as a mapping says they are written.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rapport::platform {

// Reads `text` by a pattern of yyyy yy MM M MMM dd d HH H hh h mm ss SSS a and other characters
// that stand for themselves; M, d, H and h also take two digits. Gives "2011-12-09" where the
// pattern has no time, else "2011-12-09T12:50:00", and with X or Z at its end the zone as it
// stands.
[[nodiscard]] std::optional<std::string> date_by_pattern(std::string_view text,
                                                         std::string_view pattern);
[[nodiscard]] bool is_date_pattern(std::string_view pattern);

}  // namespace rapport::platform
