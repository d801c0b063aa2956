// Texts as the language writes them, for conditions that the program itself puts together.
#pragma once

#include <string>
#include <string_view>

namespace rapport::expression {

// Zoë's → 'Zoë''s'
[[nodiscard]] std::string quoted(std::string_view text);

}  // namespace rapport::expression
