// Cuts the text of an expression into words, values and signs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/problem.hpp"

namespace rapport::expression {

// A part of the text, in code points: where an editor puts its mark.
struct Span {
  std::size_t offset = 0;
  std::size_t length = 0;
};

struct Token {
  enum class Kind { word, text, number, date, instant, sign, end };
  Kind kind = Kind::end;
  std::string spelling;  // as written; of texts without the quotes
  std::string suffix;    // letters right behind a number: the d of 90d
  Span span;
};

// The last token is the end.
[[nodiscard]] base::Result<std::vector<Token>> lex(std::string_view text);

// A problem that points into the text.
[[nodiscard]] base::Problem problem_at(Span span, std::string code, std::string message,
                                       std::string hint = {});

}  // namespace rapport::expression
