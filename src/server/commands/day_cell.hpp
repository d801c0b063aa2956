// A cell of a file that names a day.
#pragma once

#include <optional>
#include <string_view>

#include "base/instant.hpp"

namespace rapport::server {

// "1997-09-30" or "19970930". Behind the first a time may stand, which is passed over: "T" or a
// blank, hours and minutes, then as one likes seconds with a fraction, "AM" or "PM", and a zone
// ("Z", "+01", "+0100", "+01:00"). None for all else, so that a cell of two dates, or of a date and
// a remark, is seen.
[[nodiscard]] std::optional<base::Date> day_of_cell(std::string_view text);

}  // namespace rapport::server
