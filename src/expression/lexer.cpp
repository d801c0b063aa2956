#include "expression/lexer.hpp"

#include <fmt/core.h>

#include <array>
#include <optional>

#include "base/text.hpp"

namespace rapport::expression {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Field names are ASCII, but whoever writes größe shall hear that there is no field größe.
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         (static_cast<unsigned char>(c) & 0x80U) != 0;
}

std::size_t points(std::string_view bytes) {
  std::size_t n = 0;
  for (const char c : bytes) n += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  return n;
}

constexpr std::string_view kNoBreakSpace = "\u00A0";
constexpr std::array<std::string_view, 8> kOtherQuotes = {"\"", "`", "‘", "’", "“", "”", "«", "»"};

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  base::Result<std::vector<Token>> run() {
    while (true) {
      skip_space();
      if (at_ == text_.size()) break;
      if (auto problem = next()) return std::unexpected(std::move(*problem));
    }
    tokens_.push_back({Token::Kind::end, "", "", {point_, 0}});
    return std::move(tokens_);
  }

 private:
  [[nodiscard]] std::string_view rest() const { return text_.substr(at_); }
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  void advance(std::size_t bytes) {
    point_ += points(text_.substr(at_, bytes));
    at_ += bytes;
  }

  void skip_space() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        advance(1);
      } else if (rest().starts_with(kNoBreakSpace)) {
        advance(kNoBreakSpace.size());
      } else {
        return;
      }
    }
  }

  void push(Token::Kind kind, std::size_t bytes, std::size_t suffix_bytes = 0) {
    const std::string_view all = text_.substr(at_, bytes + suffix_bytes);
    tokens_.push_back({kind,
                       std::string(all.substr(0, bytes)),
                       std::string(all.substr(bytes)),
                       {point_, points(all)}});
    advance(all.size());
  }

  std::optional<base::Problem> next() {
    const char c = peek();
    if (c == '\'') return text_token();
    for (const std::string_view quote : kOtherQuotes) {
      if (rest().starts_with(quote)) {
        return problem_at({point_, 1}, "expression.unexpected",
                          fmt::format("Expected a field, a value or a sign, found {}.", quote),
                          "Texts stand between straight single quotes: 'Ana'.");
      }
    }
    if (is_digit(c) || (c == '.' && is_digit(peek(1)) && !after_word())) return number_or_moment();
    if (is_letter(c)) return word();
    return sign();
  }

  // A point behind a word joins a path: company.2 is no number.
  [[nodiscard]] bool after_word() const {
    return !tokens_.empty() && tokens_.back().kind == Token::Kind::word;
  }

  std::optional<base::Problem> word() {
    std::size_t n = 0;
    while (at_ + n < text_.size() && (is_letter(peek(n)) || is_digit(peek(n))) &&
           !text_.substr(at_ + n).starts_with(kNoBreakSpace)) {
      ++n;
    }
    push(Token::Kind::word, n);
    return std::nullopt;
  }

  std::optional<base::Problem> text_token() {
    std::string content;
    for (std::size_t i = at_ + 1; i < text_.size(); ++i) {
      if (text_[i] != '\'') {
        content += text_[i];
      } else if (i + 1 < text_.size() && text_[i + 1] == '\'') {
        content += '\'';
        ++i;
      } else {
        const std::string_view all = text_.substr(at_, i + 1 - at_);
        const Span span{point_, points(all)};
        auto clean = base::clean_text(content);
        if (!clean) {
          return problem_at(span, "expression.bad_character",
                            "This text has a control character that cannot be kept.");
        }
        tokens_.push_back({Token::Kind::text, std::move(*clean), "", span});
        advance(all.size());
        return std::nullopt;
      }
    }
    return problem_at({point_, points(rest())}, "expression.unclosed_text",
                      "Expected a closing ', found the end.",
                      "A ' within a text is written twice: 'L''Hospitalet'.");
  }

  [[nodiscard]] std::size_t digits(std::size_t from) const {
    std::size_t n = 0;
    while (is_digit(peek(from + n))) ++n;
    return n;
  }

  std::optional<base::Problem> number_or_moment() {
    const std::size_t whole = digits(0);
    if (whole == 4 && peek(4) == '-' && digits(5) == 2 && peek(7) == '-' && digits(8) == 2) {
      if (peek(10) != 'T' && peek(10) != 't') {
        push(Token::Kind::date, 10);
        return std::nullopt;
      }
      std::size_t n = 11;
      while (is_digit(peek(n)) || peek(n) == ':' || peek(n) == '.') ++n;
      if (peek(n) == 'Z' || peek(n) == 'z') {
        ++n;
      } else if ((peek(n) == '+' || peek(n) == '-') && is_digit(peek(n + 1))) {
        ++n;
        while (is_digit(peek(n)) || peek(n) == ':') ++n;
      }
      push(Token::Kind::instant, n);
      return std::nullopt;
    }
    std::size_t n = whole;
    if (peek(n) == '.' && is_digit(peek(n + 1))) n += 1 + digits(n + 1);
    std::size_t letters = 0;
    while (at_ + n + letters < text_.size() && is_letter(peek(n + letters)) &&
           !text_.substr(at_ + n + letters).starts_with(kNoBreakSpace)) {
      ++letters;
    }
    push(Token::Kind::number, n, letters);
    return std::nullopt;
  }

  std::optional<base::Problem> sign() {
    for (const std::string_view two : {"!=", "<=", ">=", "<>", "==", "&&", "||", "=<", "=>"}) {
      if (rest().starts_with(two)) {
        push(Token::Kind::sign, 2);
        return std::nullopt;
      }
    }
    if (std::string_view("=<>(),.+-%!~*/").find(peek()) != std::string_view::npos) {
      push(Token::Kind::sign, 1);
      return std::nullopt;
    }
    return problem_at({point_, 1}, "expression.unexpected",
                      fmt::format("Expected a field, a value or a sign, found “{}”.", peek()));
  }

  std::string_view text_;
  std::size_t at_ = 0;     // bytes
  std::size_t point_ = 0;  // code points
  std::vector<Token> tokens_;
};

}  // namespace

base::Result<std::vector<Token>> lex(std::string_view text) {
  if (!base::is_utf8(text)) {
    return std::unexpected(
        problem_at({0, 0}, "expression.not_utf8", "The condition is not valid UTF-8 text."));
  }
  return Lexer(text).run();
}

base::Problem problem_at(Span span, std::string code, std::string message, std::string hint) {
  return {.kind = base::ProblemKind::malformed,
          .code = std::move(code),
          .message = std::move(message),
          .details = {},
          .hint = std::move(hint),
          .fields = {},
          .extra = fmt::format(R"({{"offset":{},"length":{}}})", span.offset, span.length)};
}

}  // namespace rapport::expression
