// Values as they are written: 'Ana', 500 EUR, 20%, 2026-03-01, -90d, today + 7d, this month, me.
#include <fmt/core.h>

#include "base/text.hpp"
#include "expression/cursor.hpp"
#include "expression/nodes.hpp"

namespace rapport::expression {
namespace {

using Kind = Token::Kind;
using Read = std::optional<Literal>;

constexpr std::string_view kLengths = "Lengths are written 12h, 90d, 6w, 3m (months), 1y.";

class Reader {
 public:
  Reader(Cursor& cursor, const Field& field) : cursor_(cursor), field_(field) {}

  Read read() {
    Literal literal;
    const Token& token = cursor_.now();
    literal.spelling = token.kind == Kind::text ? shown(token) : token.spelling;
    switch (token.kind) {
      case Kind::text:
        literal.text = cursor_.take().spelling;
        return literal;
      case Kind::date:
      case Kind::instant:
        return moment(std::move(literal));
      case Kind::number:
        return number(std::move(literal), 0);
      case Kind::word:
        return word(std::move(literal));
      case Kind::sign:
        if (!cursor_.at_sign("+") && !cursor_.at_sign("-")) return none();
        return signed_number(std::move(literal), cursor_.take().spelling == "-" ? -1 : 1);
      case Kind::end:
        break;
    }
    return none();
  }

 private:
  Read none() {
    std::string hint;
    if (cursor_.now().kind == Kind::word) {
      hint = fmt::format("Texts stand in single quotes: '{}'.", cursor_.now().spelling);
    }
    cursor_.expected(fmt::format("a value for {}", field_.name), std::move(hint));
    return std::nullopt;
  }

  Read wrong(Span span, std::string message, std::string hint = {}) {
    cursor_.refuse(span, "expression.wrong_value", std::move(message), std::move(hint));
    return std::nullopt;
  }

  Read moment(Literal literal) {
    const Token& token = cursor_.take();
    if (token.kind == Kind::date) {
      if (const auto date = base::parse_date(token.spelling)) {
        literal.kind = Literal::Kind::date;
        literal.date = *date;
        return literal;
      }
    } else if (const auto instant = base::parse_instant(token.spelling)) {
      literal.kind = Literal::Kind::instant;
      literal.instant = *instant;
      return literal;
    }
    return wrong(token.span, fmt::format("There is no such day or time: {}.", token.spelling),
                 "Written as 2026-03-01 or 2026-03-01T12:00:00Z.");
  }

  Read signed_number(Literal literal, int sign) {
    if (cursor_.now().kind == Kind::number) return number(std::move(literal), sign);
    cursor_.expected("a number");
    return std::nullopt;
  }

  // `sign` is 0 where none was written.
  Read number(Literal literal, int sign) {
    const Token& token = cursor_.take();
    literal.spelling = fmt::format("{}{}{}",
                                   sign < 0   ? "-"
                                   : sign > 0 ? "+"
                                              : "",
                                   token.spelling, token.suffix);
    if (!token.suffix.empty() && field_.type != Type::money) {
      if (!length(token, sign == 0 ? 1 : sign, literal.relative)) return std::nullopt;
      if (sign == 0) {
        return wrong(token.span, fmt::format("Expected a direction before {}.", literal.spelling),
                     fmt::format("Back in time: -{0}; ahead: +{0}.", literal.spelling));
      }
      literal.kind = Literal::Kind::offset;
      return literal;
    }
    const auto number = base::parse_decimal((sign < 0 ? "-" : "") + token.spelling);
    if (!number) {
      return wrong(token.span, fmt::format("The number {} has too many digits.", token.spelling));
    }
    literal.kind = Literal::Kind::number;
    literal.number = *number;
    literal.currency = upper_ascii(token.suffix);
    if (cursor_.take_sign("%")) literal.is_percent = true;
    if (field_.type == Type::money && literal.currency.empty() &&
        cursor_.now().kind == Kind::word && !cursor_.at_close()) {
      literal.currency = upper_ascii(cursor_.take().spelling);
    }
    return literal;
  }

  // 90d
  bool length(const Token& token, int sign, Relative& relative) {
    const auto unit = unit_lettered(token.suffix);
    if (!unit) {
      wrong(token.span,
            fmt::format("Expected a number or a length of time, found {}{}.", token.spelling,
                        token.suffix),
            std::string(kLengths));
      return false;
    }
    const auto amount = base::parse_decimal(token.spelling);
    if (!amount || amount->scale() != 0 || *amount > base::Decimal(Limits::offset_max)) {
      wrong(token.span, fmt::format("Expected a whole number up to {} before “{}”.",
                                    Limits::offset_max, token.suffix));
      return false;
    }
    relative.amount = sign * static_cast<int>(amount->coefficient());
    relative.unit = relative.amount == 0 ? Relative::Unit::days : *unit;
    return true;
  }

  Read word(Literal literal) {
    const std::string word = lower_ascii(cursor_.now().spelling);
    if (word == "true" || word == "false" || word == "me") {
      literal.kind = word == "me" ? Literal::Kind::me : Literal::Kind::truth;
      literal.truth = word == "true";
      cursor_.take();
      return literal;
    }
    if (field_.type == Type::money && cursor_.ahead().kind == Kind::number && !cursor_.at_close()) {
      const std::string currency = upper_ascii(cursor_.take().spelling);
      auto amount = number(std::move(literal), 0);
      if (amount) amount->currency = currency;
      return amount;
    }
    if (word == "this" || word == "last" || word == "next") return period(std::move(literal), word);
    if (const auto anchor = anchor_spelled(word)) {
      cursor_.take();
      literal.kind = Literal::Kind::relative;
      literal.relative.anchor = *anchor;
      if (cursor_.at_sign("+") || cursor_.at_sign("-")) return counted_from(std::move(literal));
      return literal;
    }
    return none();
  }

  Read period(Literal literal, const std::string& which) {
    cursor_.take();
    const auto anchor = cursor_.now().kind == Kind::word
                            ? anchor_spelled(which + " " + lower_ascii(cursor_.now().spelling))
                            : std::nullopt;
    if (!anchor) {
      cursor_.expected(fmt::format("“week”, “month”, “quarter” or “year” behind “{}”", which));
      return std::nullopt;
    }
    cursor_.take();
    literal.spelling = anchor_spelling(*anchor);
    literal.kind = Literal::Kind::relative;
    literal.relative.anchor = *anchor;
    return literal;
  }

  // today + 7d, now - 12h
  Read counted_from(Literal literal) {
    Relative& relative = literal.relative;
    if (relative.anchor != Relative::Anchor::now && relative.anchor != Relative::Anchor::today) {
      cursor_.expected("“and”, “or” or the end", "Only today and now can be counted from.");
      return std::nullopt;
    }
    const int sign = cursor_.take().spelling == "-" ? -1 : 1;
    if (cursor_.now().kind != Kind::number || cursor_.now().suffix.empty()) {
      cursor_.expected("a length of time such as 7d", std::string(kLengths));
      return std::nullopt;
    }
    const Token& token = cursor_.take();
    if (!length(token, sign, relative)) return std::nullopt;
    if (relative.unit == Relative::Unit::hours && relative.anchor == Relative::Anchor::today) {
      return wrong(token.span, "Today is a day and has no hours.",
                   "Count hours from now: now - 12h.");
    }
    return literal;
  }

  Cursor& cursor_;
  const Field& field_;
};

}  // namespace

std::optional<Literal> read_literal(Cursor& cursor, const Field& field) {
  return Reader(cursor, field).read();
}

std::expected<Literal, Complaint> literal_spelled(std::string_view text, const Field& field) {
  const auto complaint = [](const base::Problem& problem) {
    return std::unexpected(Complaint{problem.code, problem.message, problem.hint});
  };
  auto tokens = lex(text);
  if (!tokens) return complaint(tokens.error());
  Cursor cursor(std::move(*tokens));
  auto literal = read_literal(cursor, field);
  if (literal && !cursor.at_end()) cursor.expected("the end");
  if (cursor.refused()) return complaint(cursor.problem());
  return std::move(*literal);
}

}  // namespace rapport::expression
