#include "entity/types/checks.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "base/text.hpp"
#include "entity/types/shapes.hpp"

namespace rapport::entity {
namespace {

using base::Result;
using base::Value;

bool whole_ascii_line(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7F; });
}

std::string shortened(std::string_view text) {
  constexpr std::size_t seen_max = 80;
  if (text.size() <= seen_max) return base::is_utf8(text) ? std::string(text) : "";
  std::size_t end = seen_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return base::is_utf8(text.substr(0, end)) ? std::string(text.substr(0, end)) + "…" : "";
}

int characters_max(const Field& field) {
  if (field.max > 0) return field.max;
  switch (field.type) {
    case FieldType::long_text:
      return TypeLimits::long_text_max;
    case FieldType::url:
      return TypeLimits::url_max;
    default:
      return TypeLimits::text_max;
  }
}

const Choice* choice_named(const Field& field, std::string_view name) {
  const auto found = std::ranges::find(field.choices, name, &Choice::name);
  return found == field.choices.end() ? nullptr : &*found;
}

std::unexpected<base::Problem> not_a_choice(const Field& field, std::string_view seen) {
  std::string known;
  for (const auto& choice : field.choices) known += (known.empty() ? "" : ", ") + choice.name;
  auto problem =
      wrong("value.not_a_choice",
            fmt::format("“{}” is none of the choices of {}.", shortened(seen), field.label), seen);
  problem.error().hint = "Choices are: " + known + ".";
  return problem;
}

Result<Value> out_of_bounds(const Field& field, std::string_view relation, const Value& bound) {
  return wrong("value.out_of_bounds",
               fmt::format("{} must be {} {}.", field.label, relation, to_text(field, bound)));
}

// Bounds of integers are integers, of all other numbers decimals; money compares by amount.
template <class Number, class Get>
Result<Value> within_bounds(const Field& field, const Number& number, Value value, Get get) {
  if (field.least && number < get(*field.least)) {
    return out_of_bounds(field, "at least", *field.least);
  }
  if (field.most && get(*field.most) < number) return out_of_bounds(field, "at most", *field.most);
  return value;
}

// Digits before the point.
int whole_digits(const base::Decimal& number) {
  auto whole = base::rounded(number, 0, base::Rounding::down).coefficient();
  int digits = 0;
  for (; whole != 0; whole /= 10) ++digits;
  return digits;
}

}  // namespace

std::unexpected<base::Problem> wrong(std::string code, std::string message, std::string_view seen) {
  return base::refuse(base::ProblemKind::invalid, std::move(code), std::move(message),
                      shortened(seen));
}

Result<std::string> checked_part(const Field& field, std::string_view text, int max) {
  text = base::trimmed(text);
  // Most texts are short lines of ASCII: nothing to normalise.
  std::optional<std::string> clean =
      whole_ascii_line(text) ? std::optional<std::string>(text) : base::clean_text(text);
  if (!clean) {
    return wrong("value.not_text",
                 fmt::format("{} holds characters that are not text.", field.label));
  }
  if (clean->size() > static_cast<std::size_t>(max) &&
      base::characters(*clean) > static_cast<std::size_t>(max)) {
    return wrong("value.too_long",
                 fmt::format("{} takes at most {} characters; this has {}.", field.label, max,
                             base::characters(*clean)),
                 text);
  }
  return *std::move(clean);
}

Result<Value> checked_text(const Field& field, std::string_view text, std::string_view region) {
  if (field.type == FieldType::choice) {
    if (base::trimmed(text).empty()) return Value{};
    if (choice_named(field, text) != nullptr) return Value{std::string(text)};
    return not_a_choice(field, text);
  }
  auto clean = checked_part(field, text, characters_max(field));
  if (!clean) return std::unexpected(std::move(clean.error()));
  if (clean->empty()) return Value{};
  std::optional<std::string> form;
  switch (field.type) {
    case FieldType::email:
      form = email_form(*clean);
      if (!form) {
        return wrong(
            "value.not_an_email",
            fmt::format("{} is not an e-mail address such as ana@example.com.", field.label), text);
      }
      return Value{*std::move(form)};
    case FieldType::phone:
      form = phone_form(*clean, region);
      if (!form) {
        return wrong("value.not_a_phone",
                     fmt::format("{} is not a phone number such as +34 911 234 567.", field.label),
                     text);
      }
      return Value{*std::move(form)};
    case FieldType::url:
      form = url_form(*clean);
      if (!form) {
        return wrong(
            "value.not_a_url",
            fmt::format("{} is not a web address such as https://example.com.", field.label), text);
      }
      return Value{*std::move(form)};
    default:
      return Value{*std::move(clean)};
  }
}

Result<Value> checked_integer(const Field& field, std::int64_t number) {
  return within_bounds(field, number, Value{number},
                       [](const Value& bound) { return std::get<std::int64_t>(bound); });
}

Result<Value> checked_decimal(const Field& field, const base::Decimal& number) {
  constexpr int percent_whole_digits_max = 5;  // numeric(9,4)
  constexpr int percent_scale_max = 4;
  if (field.type == FieldType::percent &&
      (number.scale() > percent_scale_max || whole_digits(number) > percent_whole_digits_max)) {
    return wrong("value.too_precise",
                 fmt::format("{} takes at most {} digits before and {} after the point.",
                             field.label, percent_whole_digits_max, percent_scale_max),
                 base::to_text(number));
  }
  return within_bounds(field, number, Value{number},
                       [](const Value& bound) { return std::get<base::Decimal>(bound); });
}

Result<Value> checked_money(const Field& field, base::Money money) {
  constexpr int whole_digits_max = 15;  // numeric(19,4)
  if (!base::is_currency(money.currency)) {
    return wrong(
        "value.not_a_currency",
        fmt::format("{} has a currency that is no ISO 4217 code such as EUR.", field.label),
        money.currency);
  }
  if (money.amount.scale() > base::Money::scale_max) {
    // Zeros beyond what is kept change nothing.
    const auto kept =
        base::rounded(money.amount, base::Money::scale_max, base::Rounding::half_even);
    if (kept != money.amount) {
      return wrong("value.too_precise",
                   fmt::format("{} takes at most {} digits after the point.", field.label,
                               base::Money::scale_max),
                   base::to_text(money));
    }
    money.amount = kept;
  }
  if (whole_digits(money.amount) > whole_digits_max) {
    return wrong("value.too_large", fmt::format("{} is too large an amount.", field.label),
                 base::to_text(money));
  }
  const base::Decimal amount = money.amount;
  return within_bounds(field, amount, Value{std::move(money)},
                       [](const Value& bound) { return std::get<base::Decimal>(bound); });
}

Result<Value> checked_choices(const Field& field, base::Choices names) {
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  if (names.empty()) return Value{};
  if (names.size() > static_cast<std::size_t>(TypeLimits::choices_max)) {
    return wrong("value.too_many_choices",
                 fmt::format("{} takes at most {} choices.", field.label, TypeLimits::choices_max));
  }
  for (const auto& name : names) {
    if (choice_named(field, name) == nullptr) return not_a_choice(field, name);
  }
  return Value{std::move(names)};
}

Result<Value> checked_name(const Field& field, base::PersonName name) {
  for (std::string* part : {&name.full, &name.given, &name.family}) {
    auto clean = checked_part(field, *part, TypeLimits::name_max);
    if (!clean) return std::unexpected(std::move(clean.error()));
    *part = *std::move(clean);
  }
  if (name.full.empty()) {
    name.full = name.given;
    if (!name.given.empty() && !name.family.empty()) name.full += ' ';
    name.full += name.family;
  }
  if (name.full.empty()) return Value{};
  if (base::characters(name.full) > static_cast<std::size_t>(TypeLimits::name_max)) {
    return wrong("value.too_long",
                 fmt::format("{} takes at most {} characters.", field.label, TypeLimits::name_max));
  }
  return Value{std::move(name)};
}

Result<Value> checked_address(const Field& field, base::Address address) {
  for (std::string* part : {&address.line1, &address.line2, &address.city, &address.region,
                            &address.postal_code, &address.country}) {
    auto clean = checked_part(field, *part, TypeLimits::address_line_max);
    if (!clean) return std::unexpected(std::move(clean.error()));
    *part = *std::move(clean);
  }
  if (!address.country.empty()) {
    auto code = country_code(address.country);
    if (!code) {
      return wrong("value.not_a_country",
                   fmt::format("{} names a country that is not known; use its name or its code, "
                               "such as ES.",
                               field.label),
                   address.country);
    }
    address.country = *std::move(code);
  }
  if (address == base::Address{}) return Value{};
  return Value{std::move(address)};
}

}  // namespace rapport::entity
