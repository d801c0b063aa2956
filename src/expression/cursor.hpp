// Where the parser stands in the words of a text, and the first problem it met there.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "expression/check.hpp"
#include "expression/lexer.hpp"

namespace rapport::expression {

class Cursor {
 public:
  explicit Cursor(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  [[nodiscard]] const Token& now() const { return tokens_[at_]; }
  [[nodiscard]] const Token& ahead() const;
  [[nodiscard]] std::size_t place() const { return at_; }
  const Token& take() { return tokens_[at_ + 1 < tokens_.size() ? at_++ : at_]; }

  // Words are compared without regard to case.
  [[nodiscard]] bool at_word(std::string_view word) const;
  [[nodiscard]] bool at_sign(std::string_view sign) const;
  [[nodiscard]] bool at_end() const { return now().kind == Token::Kind::end; }
  // Whether a condition may end here.
  [[nodiscard]] bool at_close() const;
  bool take_word(std::string_view word);
  bool take_sign(std::string_view sign);

  // The first problem stays; whoever meets one leaves with nothing.
  std::nullptr_t refuse(Span span, std::string code, std::string message, std::string hint = {});
  std::nullptr_t refuse(Span span, Complaint complaint);
  // "Expected `what`, found …": at the present token.
  std::nullptr_t expected(std::string_view what, std::string hint = {});
  [[nodiscard]] bool refused() const { return problem_.has_value(); }
  [[nodiscard]] base::Problem problem() { return std::move(*problem_); }

  [[nodiscard]] Span all() const { return {0, tokens_.back().span.offset}; }
  // From the token at `place` to the one before the present.
  [[nodiscard]] Span since(std::size_t place) const;

 private:
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  std::optional<base::Problem> problem_;
};

[[nodiscard]] std::string lower_ascii(std::string_view word);
[[nodiscard]] std::string upper_ascii(std::string_view word);
// As it is named in a message: “abc”, 'text', the end.
[[nodiscard]] std::string shown(const Token& token);

// Reads what is written where a value of `field` is expected.
[[nodiscard]] std::optional<Literal> read_literal(Cursor& cursor, const Field& field);

}  // namespace rapport::expression
