#include "expression/cursor.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

namespace rapport::expression {

using Kind = Token::Kind;

const Token& Cursor::ahead() const {
  return tokens_[std::min(at_ + 1, tokens_.size() - 1)];
}

bool Cursor::at_word(std::string_view word) const {
  return now().kind == Kind::word && lower_ascii(now().spelling) == word;
}

bool Cursor::at_sign(std::string_view sign) const {
  return now().kind == Kind::sign && now().spelling == sign;
}

bool Cursor::at_close() const {
  return at_end() || at_sign(")") || at_word("and") || at_word("or");
}

bool Cursor::take_word(std::string_view word) {
  if (!at_word(word)) return false;
  ++at_;
  return true;
}

bool Cursor::take_sign(std::string_view sign) {
  if (!at_sign(sign)) return false;
  ++at_;
  return true;
}

std::nullptr_t Cursor::refuse(Span span, std::string code, std::string message, std::string hint) {
  if (!problem_) {
    problem_ = problem_at(span, std::move(code), std::move(message), std::move(hint));
  }
  return nullptr;
}

std::nullptr_t Cursor::refuse(Span span, Complaint complaint) {
  return refuse(span, std::move(complaint.code), std::move(complaint.message),
                std::move(complaint.hint));
}

std::nullptr_t Cursor::expected(std::string_view what, std::string hint) {
  return refuse(now().span, "expression.unexpected",
                fmt::format("Expected {}, found {}.", what, shown(now())), std::move(hint));
}

Span Cursor::since(std::size_t place) const {
  const Span first = tokens_[place].span;
  const Span last = tokens_[at_ > place ? at_ - 1 : place].span;
  return {first.offset, last.offset + last.length - first.offset};
}

std::string lower_ascii(std::string_view word) {
  std::string lower(word);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

std::string upper_ascii(std::string_view word) {
  std::string upper(word);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return upper;
}

std::string shown(const Token& token) {
  if (token.kind == Kind::end) return "the end";
  if (token.kind == Kind::text) return "'" + token.spelling + "'";
  return "“" + token.spelling + token.suffix + "”";
}

}  // namespace rapport::expression
