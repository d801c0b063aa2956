// What fits what: which comparisons a field's type allows, and what a literal means to it. The text
// parser and the tree reader both ask here, so that the two spellings cannot drift apart.
#pragma once

#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "expression/expression.hpp"

namespace rapport::expression {

// What is wrong, before it is known where it stands.
struct Complaint {
  std::string code;
  std::string message;
  std::string hint;
};

// A value as written, before the field's type says what it is.
struct Literal {
  enum class Kind { text, number, truth, date, instant, relative, offset, me };
  Kind kind = Kind::text;
  std::string spelling;  // as written, for messages
  std::string text;      // content of a text
  base::Decimal number;
  std::string currency;     // 500 EUR
  bool is_percent = false;  // 20%
  bool truth = false;
  base::Date date;
  base::Instant instant;
  Relative relative;  // of an offset (-90d) amount and unit alone
};

// Reads one value from its text: "-90d", "this month".
[[nodiscard]] std::expected<Literal, Complaint> literal_spelled(std::string_view text,
                                                                const Field& field);

enum class Use { equality, order, contains, starts_with, between, in, empty };

[[nodiscard]] Use use_of(Comparison comparison);

// Operators and their spellings, for texts and trees alike.
[[nodiscard]] std::string_view spelling_of(Comparison comparison);
[[nodiscard]] std::optional<Comparison> comparison_spelled(std::string_view spelling);

[[nodiscard]] std::optional<Complaint> refuse_use(const Field& field, Use use,
                                                  std::string_view spelling);

[[nodiscard]] std::expected<Operand, Complaint> coerce(const Literal& literal, const Field& field);

// Whether two ends can stand in one `between`.
[[nodiscard]] std::optional<Complaint> refuse_range(const Operand& low, const Operand& high);

struct PathProblem {
  std::size_t segment;  // the one at fault
  Complaint complaint;
};

// Follows links from segment to segment; composed parts (address.city) are one field.
[[nodiscard]] std::expected<Path, PathProblem> resolve_path(const Schema& schema,
                                                            std::string_view object,
                                                            std::span<const std::string> segments,
                                                            const Limits& limits);

[[nodiscard]] bool same_field(const Path& a, const Path& b);

}  // namespace rapport::expression
