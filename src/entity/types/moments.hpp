// Dates and moments as people's files spell them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/instant.hpp"
#include "entity/types/field_type.hpp"

namespace rapport::entity {

// "31.12.2025", "12/31/25", "20251231", "31 Dec 2025", in the order the forms say; four digits at
// the front are a year in any order. Two digits of a year mean 1969–2068. A time of day beside it
// must be midnight: a date takes no other.
[[nodiscard]] std::optional<base::Date> date_form(std::string_view text, const TextForms& forms);

// A date, a time ("14:05", "2:05:09 PM") and a zone; without a zone the forms' one, without a time
// the start of the day. A local time that a clock change skips is taken after the change, one that
// comes twice the first time.
[[nodiscard]] std::optional<base::Instant> instant_form(std::string_view text,
                                                        const TextForms& forms);

// "year, month, day"
[[nodiscard]] std::string order_in_words(const TextForms& forms);

}  // namespace rapport::entity
