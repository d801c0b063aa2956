#include "expression/check.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"

namespace rapport::expression {
namespace {

using base::Value;
using Coerced = std::expected<Operand, Complaint>;

struct TypeRow {
  Type type;
  std::string_view is;        // "which is …"
  std::string_view expected;  // "expected …"
  std::string_view fits;      // the operators, for the hint
  bool equality, order, text_search, between, in;
};

constexpr std::string_view kOrdered = "=, !=, <, <=, >, >=, between, in, is empty";

constexpr std::array<TypeRow, 12> kTypes = {{
    {Type::text, "a text", "a text such as 'Ana'",
     "=, !=, <, <=, >, >=, contains, starts with, between, in, is empty", true, true, true, true,
     true},
    {Type::integer, "a whole number", "a whole number", kOrdered, true, true, false, true, true},
    {Type::decimal, "a number", "a number", kOrdered, true, true, false, true, true},
    {Type::percent, "a percentage", "a percentage such as 20%", kOrdered, true, true, false, true,
     true},
    {Type::money, "an amount of money", "an amount such as 500 EUR", kOrdered, true, true, false,
     true, true},
    {Type::boolean, "either true or false", "true or false", "=, !=, is empty", true, false, false,
     false, false},
    {Type::date, "a date", "a date such as 2026-03-01, today or -90d", kOrdered, true, true, false,
     true, true},
    {Type::instant, "a moment", "a moment such as 2026-03-01, today or -90d", kOrdered, true, true,
     false, true, true},
    {Type::choice, "a choice", "a choice in quotes", "=, !=, in, is empty", true, false, false,
     false, true},
    {Type::choices, "a set of choices", "a choice in quotes", "contains, is empty", false, false,
     false, false, false},
    {Type::id, "a link or id", "an id in quotes", "=, !=, in, is empty", true, false, false, false,
     true},
    {Type::json, "free-form data", "nothing", "is empty", false, false, false, false, false},
}};

const TypeRow& row_of(Type type) {
  return kTypes[static_cast<std::size_t>(type)];
}

constexpr std::array<std::pair<Comparison, std::string_view>, 8> kSpellings = {{
    {Comparison::equal, "="},
    {Comparison::not_equal, "!="},
    {Comparison::less, "<"},
    {Comparison::less_or_equal, "<="},
    {Comparison::greater, ">"},
    {Comparison::greater_or_equal, ">="},
    {Comparison::contains, "contains"},
    {Comparison::starts_with, "starts with"},
}};

std::unexpected<Complaint> complain(std::string code, std::string message, std::string hint = {}) {
  return std::unexpected(Complaint{std::move(code), std::move(message), std::move(hint)});
}

std::unexpected<Complaint> wrong(const Literal& literal, const Field& field,
                                 std::string hint = {}) {
  return complain("expression.wrong_value",
                  fmt::format("Expected {} for {}, found {}.", row_of(field.type).expected,
                              field.name, literal.spelling),
                  std::move(hint));
}

Coerced text_value(const Literal& literal, const Field& field) {
  if (literal.kind != Literal::Kind::text) {
    return wrong(literal, field, fmt::format("Put it in single quotes: '{}'.", literal.spelling));
  }
  if (literal.text.empty()) {
    return complain("expression.empty_text", "Expected a text, found ''.",
                    fmt::format("A field without a value: {} is empty.", field.name));
  }
  return Value(field.ignores_case ? base::folded(literal.text) : literal.text);
}

std::string known_choices(const Field& field, std::string_view word) {
  if (const auto near = base::nearest(word, field.choices)) {
    return fmt::format("Did you mean '{}'?", *near);
  }
  constexpr std::size_t shown_max = 12;
  std::string all;
  for (std::size_t i = 0; i < field.choices.size() && i < shown_max; ++i) {
    all += fmt::format("{}'{}'", i == 0 ? "" : ", ", field.choices[i]);
  }
  if (field.choices.size() > shown_max) all += ", …";
  return fmt::format("Known are {}.", all);
}

Coerced choice_value(const Literal& literal, const Field& field) {
  if (literal.kind != Literal::Kind::text) {
    return wrong(literal, field, known_choices(field, literal.spelling));
  }
  if (std::find(field.choices.begin(), field.choices.end(), literal.text) == field.choices.end()) {
    return complain("expression.unknown_choice",
                    fmt::format("'{}' is no choice of {}.", literal.text, field.name),
                    known_choices(field, literal.text));
  }
  return Value(literal.text);
}

Coerced integer_value(const Literal& literal, const Field& field) {
  if (literal.kind != Literal::Kind::number || !literal.currency.empty() || literal.is_percent) {
    return wrong(literal, field);
  }
  const base::Decimal whole = base::rounded(literal.number, 0, base::Rounding::down);
  if (whole != literal.number) return wrong(literal, field);
  const auto n = whole.coefficient();
  if (n > INT64_MAX || n < INT64_MIN) {
    return wrong(literal, field, "Whole numbers have 18 digits at most.");
  }
  return Value(static_cast<std::int64_t>(n));
}

Coerced decimal_value(const Literal& literal, const Field& field) {
  if (literal.kind != Literal::Kind::number || !literal.currency.empty()) {
    return wrong(literal, field);
  }
  if (literal.is_percent && field.type != Type::percent) return wrong(literal, field);
  return Value(literal.number);
}

// Nothing is nothing in every currency, so `total < 0` is understood; `total < 100` is not.
Coerced money_value(const Literal& literal, const Field& field) {
  if (literal.kind != Literal::Kind::number || literal.is_percent) return wrong(literal, field);
  if (literal.currency.empty()) {
    if (literal.number == base::Decimal(0)) return Value(base::Money{base::Decimal(0), ""});
    return complain("expression.currency_missing",
                    fmt::format("Expected an amount with its currency for {}, found {}.",
                                field.name, literal.spelling),
                    fmt::format("Write the currency behind it: {} EUR.", literal.spelling));
  }
  if (!base::is_currency(literal.currency)) {
    return complain("expression.unknown_currency",
                    fmt::format("“{}” is no currency.", literal.currency),
                    "Currencies are written as EUR, USD, GBP.");
  }
  return Value(base::Money{literal.number, literal.currency});
}

// -90d counts from today where days are kept, and from this very moment where moments are.
Coerced offset_value(const Literal& literal, const Field& field) {
  Relative relative = literal.relative;
  relative.anchor = field.type == Type::date ? Relative::Anchor::today : Relative::Anchor::now;
  if (field.type == Type::date && relative.unit == Relative::Unit::hours) {
    return wrong(literal, field, "A date has no hours; count in d, w, m or y.");
  }
  if (relative.amount == 0) relative.unit = Relative::Unit::days;
  return relative;
}

Coerced moment_value(const Literal& literal, const Field& field) {
  switch (literal.kind) {
    case Literal::Kind::date:
      return Value(literal.date);
    case Literal::Kind::instant:
      if (field.type == Type::date) return wrong(literal, field, "A date has no time of day.");
      return Value(literal.instant);
    case Literal::Kind::offset:
      return offset_value(literal, field);
    case Literal::Kind::relative:
      if (field.type == Type::date && literal.relative.anchor == Relative::Anchor::now) {
        return wrong(literal, field, "A date has no time of day; write today.");
      }
      return literal.relative;
    case Literal::Kind::text:
      if (const auto date = base::parse_date(literal.text)) return Value(*date);
      if (const auto instant = base::parse_instant(literal.text)) {
        if (field.type == Type::date) return wrong(literal, field, "A date has no time of day.");
        return Value(*instant);
      }
      return wrong(literal, field, "Dates are written year-month-day: 2026-03-01.");
    default:
      return wrong(literal, field);
  }
}

Coerced id_value(const Literal& literal, const Field& field) {
  if (literal.kind == Literal::Kind::me) {
    if (field.is_user) return Me{};
    return complain("expression.me_is_a_user",
                    fmt::format("“me” is a user, and {} is not.", field.name));
  }
  if (literal.kind == Literal::Kind::text) {
    if (const auto id = base::parse_id(literal.text)) return Value(*id);
  }
  if (field.link_to.empty()) return wrong(literal, field);
  return wrong(
      literal, field,
      fmt::format("To compare a field of the {0}, write {1}.FIELD.", field.link_to, field.name));
}

std::string article_of(std::string_view noun) {
  return std::string_view("aeiou").find(noun.empty() ? 'x' : noun[0]) != std::string_view::npos
             ? "An"
             : "A";
}

Complaint unknown_field(const Schema& schema, std::string_view object, const std::string& name) {
  std::vector<std::string> names;
  if (const Object* type = schema.find_object(object)) {
    for (const Field& field : type->fields) names.push_back(field.name);
  }
  const auto near = base::nearest(name, names);
  return {"expression.unknown_field",
          fmt::format("{} {} has no field “{}”.", article_of(object), object, name),
          near ? fmt::format("Did you mean {}?", *near) : std::string()};
}

// Of a composed field only the parts are known: address.city. `part` is empty where none was named.
std::optional<Complaint> unknown_part(const Schema& schema, std::string_view object,
                                      const std::string& field, const std::string& part) {
  const Object* type = schema.find_object(object);
  if (type == nullptr) return std::nullopt;
  std::string known;
  for (const Field& candidate : type->fields) {
    if (!candidate.name.starts_with(field + ".")) continue;
    known += (known.empty() ? "" : ", ") + candidate.name;
  }
  if (known.empty()) return std::nullopt;
  return Complaint{"expression.unknown_field",
                   part.empty() ? fmt::format("{} has parts; name the one you mean.", field)
                                : fmt::format("{} has no part “{}”.", field, part),
                   fmt::format("Known are {}.", known)};
}

}  // namespace

Use use_of(Comparison comparison) {
  switch (comparison) {
    case Comparison::equal:
    case Comparison::not_equal:
      return Use::equality;
    case Comparison::contains:
      return Use::contains;
    case Comparison::starts_with:
      return Use::starts_with;
    default:
      return Use::order;
  }
}

std::string_view spelling_of(Comparison comparison) {
  return kSpellings[static_cast<std::size_t>(comparison)].second;
}

std::optional<Comparison> comparison_spelled(std::string_view spelling) {
  for (const auto& [comparison, spelled] : kSpellings) {
    if (spelled == spelling) return comparison;
  }
  return std::nullopt;
}

std::optional<Complaint> refuse_use(const Field& field, Use use, std::string_view spelling) {
  const TypeRow& row = row_of(field.type);
  bool fits = true;
  switch (use) {
    case Use::equality:
      fits = row.equality;
      break;
    case Use::order:
      fits = row.order;
      break;
    case Use::contains:
      fits = row.text_search || field.type == Type::choices;
      break;
    case Use::starts_with:
      fits = row.text_search;
      break;
    case Use::between:
      fits = row.between;
      break;
    case Use::in:
      fits = row.in;
      break;
    case Use::empty:
      break;
  }
  if (fits) return std::nullopt;
  return Complaint{"expression.operator_does_not_fit",
                   fmt::format("“{}” does not fit {}, which is {}.", spelling, field.name, row.is),
                   fmt::format("What fits: {}.", row.fits)};
}

Coerced coerce(const Literal& literal, const Field& field) {
  if (literal.kind == Literal::Kind::me && field.type != Type::id) {
    return complain("expression.me_is_a_user",
                    fmt::format("“me” is a user, and {} is not.", field.name));
  }
  switch (field.type) {
    case Type::text:
      return text_value(literal, field);
    case Type::integer:
      return integer_value(literal, field);
    case Type::decimal:
    case Type::percent:
      return decimal_value(literal, field);
    case Type::money:
      return money_value(literal, field);
    case Type::boolean:
      if (literal.kind != Literal::Kind::truth) return wrong(literal, field);
      return Value(literal.truth);
    case Type::date:
    case Type::instant:
      return moment_value(literal, field);
    case Type::choice:
    case Type::choices:
      return choice_value(literal, field);
    case Type::id:
      return id_value(literal, field);
    case Type::json:
      break;
  }
  return wrong(literal, field);
}

std::optional<Complaint> refuse_range(const Operand& low, const Operand& high) {
  const auto* a = std::get_if<Value>(&low);
  const auto* b = std::get_if<Value>(&high);
  const auto* from = a ? std::get_if<base::Money>(a) : nullptr;
  const auto* to = b ? std::get_if<base::Money>(b) : nullptr;
  if (from == nullptr || to == nullptr || from->currency.empty() || to->currency.empty() ||
      from->currency == to->currency) {
    return std::nullopt;
  }
  return Complaint{"expression.currencies_differ",
                   fmt::format("Expected both ends in one currency, found {} and {}.",
                               from->currency, to->currency),
                   {}};
}

std::expected<Path, PathProblem> resolve_path(const Schema& schema, std::string_view object,
                                              std::span<const std::string> segments,
                                              const Limits& limits) {
  Path path{std::string(object), {}, {}};
  std::string here(object);
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const std::size_t left = segments.size() - i;
    if (left == 2) {
      if (const Field* part = schema.find_field(here, segments[i] + "." + segments[i + 1])) {
        path.field = *part;
        return path;
      }
    }
    const Field* field = schema.find_field(here, segments[i]);
    if (field == nullptr) {
      const std::string part = left > 1 ? segments[i + 1] : std::string();
      if (auto complaint = unknown_part(schema, here, segments[i], part)) {
        return std::unexpected(PathProblem{left > 1 ? i + 1 : i, std::move(*complaint)});
      }
      return std::unexpected(PathProblem{i, unknown_field(schema, here, segments[i])});
    }
    if (left == 1) {
      path.field = *field;
      return path;
    }
    if (field->link_to.empty()) {
      return std::unexpected(
          PathProblem{i + 1,
                      {"expression.unknown_field",
                       fmt::format("{} has no part “{}”.", field->name, segments[i + 1]),
                       fmt::format("{} is {}.", field->name, row_of(field->type).is)}});
    }
    if (static_cast<int>(path.links.size()) >= limits.links_max) {
      return std::unexpected(
          PathProblem{i + 1,
                      {"expression.too_many_links",
                       fmt::format("A path follows {} links at most.", limits.links_max),
                       {}}});
    }
    path.links.push_back(*field);
    here = field->link_to;
  }
  return std::unexpected(
      PathProblem{0, {"expression.unknown_field", "Expected the name of a field.", {}}});
}

bool same_field(const Path& a, const Path& b) {
  const auto same_id = [](const Field& x, const Field& y) { return x.id == y.id; };
  return a.object == b.object && a.field.id == b.field.id &&
         std::equal(a.links.begin(), a.links.end(), b.links.begin(), b.links.end(), same_id);
}

}  // namespace rapport::expression
