// Values as people's files spell them: an import reads millions of these, so that nothing here
// allocates before it must.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/json.hpp"
#include "base/text.hpp"
#include "entity/types/checks.hpp"
#include "entity/types/moments.hpp"
#include "entity/types/numbers.hpp"
#include "entity/types/shapes.hpp"
#include "entity/types/type_row.hpp"

namespace rapport::entity {
namespace {

using base::Result;
using base::trimmed;
using base::Value;

bool same_folded(std::string_view text, std::string_view word) {
  return text.size() == word.size() && base::folded(text) == word;
}

constexpr std::array<std::string_view, 12> yes_words{"true", "t",  "yes", "y",  "1",  "x",
                                                     "on",   "ja", "j",   "si", "sí", "oui"};
constexpr std::array<std::string_view, 9> no_words{"false", "f",    "no",  "n", "0",
                                                   "off",   "nein", "non", "-"};

// By name, else by label; both without regard to case.
const Choice* choice_meant(const Field& field, std::string_view text) {
  for (const auto& choice : field.choices) {
    if (choice.name == text) return &choice;
  }
  const std::string wanted = base::search_form(text);
  for (const auto& choice : field.choices) {
    if (base::search_form(choice.name) == wanted || base::search_form(choice.label) == wanted) {
      return &choice;
    }
  }
  return nullptr;
}

bool has_digit(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// "28001 Madrid (CM)" → postal code, city, region; "London N1 9GU" the other way round is left as a
// city.
void put_city(base::Address& address, std::string_view text) {
  if (const auto open = text.rfind('('); open != std::string_view::npos && text.ends_with(')')) {
    address.region = trimmed(text.substr(open + 1, text.size() - open - 2));
    text = trimmed(text.substr(0, open));
  }
  const auto space = text.find(' ');
  if (space != std::string_view::npos && has_digit(text.substr(0, space))) {
    address.postal_code = text.substr(0, space);
    text = trimmed(text.substr(space));
  }
  address.city = text;
}

}  // namespace

Result<Value> text_from_text(const Field& field, std::string_view text, const TextForms&) {
  return checked_text(field, text, no_region);
}

Result<Value> phone_from_text(const Field& field, std::string_view text, const TextForms& forms) {
  return checked_text(field, text, forms.region);
}

Result<Value> url_from_text(const Field& field, std::string_view text, const TextForms&) {
  return checked_text(field, text, no_region);
}

Result<Value> integer_from_text(const Field& field, std::string_view text, const TextForms& forms) {
  text = trimmed(text);
  if (text.empty()) return Value{};
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc{} && end == text.data() + text.size()) {
    return checked_integer(field, number);
  }
  // "1.234" with a group separator, "5.00" with nothing behind the point.
  const auto decimal = number_form(text, forms.decimal_point);
  if (decimal) {
    const std::string whole = base::to_text(base::rounded(*decimal, 0, base::Rounding::down));
    const auto [last, fault] = std::from_chars(whole.data(), whole.data() + whole.size(), number);
    if (fault == std::errc{} && last == whole.data() + whole.size() &&
        base::Decimal(number) == *decimal) {
      return checked_integer(field, number);
    }
  }
  return wrong("value.not_a_number", fmt::format("{} is not a whole number.", field.label), text);
}

Result<Value> decimal_from_text(const Field& field, std::string_view text, const TextForms& forms) {
  text = trimmed(text);
  if (text.empty()) return Value{};
  if (field.type == FieldType::percent && text.back() == '%') {
    text = trimmed(text.substr(0, text.size() - 1));
  }
  const auto number = number_form(text, forms.decimal_point);
  if (!number) {
    return wrong("value.not_a_number",
                 fmt::format("{} is not a number with “{}” before its decimals.", field.label,
                             forms.decimal_point),
                 text);
  }
  return checked_decimal(field, *number);
}

Result<Value> money_from_text(const Field& field, std::string_view text, const TextForms& forms) {
  text = trimmed(text);
  if (text.empty()) return Value{};
  auto money = money_form(text, forms);
  if (!money) {
    return wrong("value.not_money",
                 fmt::format("{} is not an amount such as 12{}50 {}.", field.label,
                             forms.decimal_point, forms.currency),
                 text);
  }
  return checked_money(field, *std::move(money));
}

Result<Value> date_from_text(const Field& field, std::string_view text, const TextForms& forms) {
  text = trimmed(text);
  if (text.empty()) return Value{};
  const auto date = date_form(text, forms);
  if (!date) {
    return wrong(
        "value.not_a_date",
        fmt::format("{} is not a date in the order {}.", field.label, order_in_words(forms)), text);
  }
  return Value{*date};
}

Result<Value> instant_from_text(const Field& field, std::string_view text, const TextForms& forms) {
  text = trimmed(text);
  if (text.empty()) return Value{};
  const auto instant = instant_form(text, forms);
  if (!instant) {
    return wrong("value.not_a_moment",
                 fmt::format("{} is not a date and time, the date in the order {}.", field.label,
                             order_in_words(forms)),
                 text);
  }
  return Value{*instant};
}

Result<Value> boolean_from_text(const Field& field, std::string_view text, const TextForms&) {
  text = trimmed(text);
  if (text.empty()) return Value{};
  const auto is = [text](std::string_view word) { return same_folded(text, word); };
  if (std::ranges::any_of(yes_words, is)) return Value{true};
  if (std::ranges::any_of(no_words, is)) return Value{false};
  return wrong("value.not_yes_or_no", fmt::format("{} is neither yes nor no.", field.label), text);
}

Result<Value> choice_from_text(const Field& field, std::string_view text, const TextForms&) {
  text = trimmed(text);
  if (text.empty()) return Value{};
  if (const Choice* choice = choice_meant(field, text)) return Value{choice->name};
  return checked_text(field, text, no_region);
}

Result<Value> choices_from_text(const Field& field, std::string_view text, const TextForms&) {
  base::Choices names;
  const char separator = text.find(';') != std::string_view::npos ? ';' : ',';
  for (auto part : base::split(text, separator)) {
    part = trimmed(part);
    if (part.empty()) continue;
    const Choice* choice = choice_meant(field, part);
    names.emplace_back(choice != nullptr ? std::string_view(choice->name) : part);
  }
  return checked_choices(field, std::move(names));
}

Result<Value> id_from_text(const Field& field, std::string_view text, const TextForms&) {
  text = trimmed(text);
  if (text.empty()) return Value{};
  const auto id = base::parse_id(text);
  if (!id) return wrong("value.not_an_id", fmt::format("{} is not an id.", field.label), text);
  return Value{*id};
}

// Lines of an envelope: "Gran Vía 1, 28013 Madrid, Spain", separated by line ends or commas.
Result<Value> address_from_text(const Field& field, std::string_view text, const TextForms&) {
  const char separator = text.find('\n') != std::string_view::npos ? '\n' : ',';
  std::vector<std::string_view> lines;
  for (const auto line : base::split(text, separator)) {
    if (!trimmed(line).empty()) lines.push_back(trimmed(line));
  }
  base::Address address;
  if (lines.size() > 1) {
    if (auto country = country_code(lines.back())) {
      address.country = *std::move(country);
      lines.pop_back();
    }
  }
  if (lines.size() > 1) {
    put_city(address, lines.back());
    lines.pop_back();
  }
  if (!lines.empty()) address.line1 = lines[0];
  for (std::size_t i = 1; i < lines.size(); ++i) {
    address.line2 += (i > 1 ? ", " : "") + std::string(lines[i]);
  }
  return checked_address(field, std::move(address));
}

// "López, Ana María" says which is which. Without a comma the last word is taken for the family
// name; whoever knows better says given and family.
Result<Value> name_from_text(const Field& field, std::string_view text, const TextForms&) {
  text = trimmed(text);
  if (text.empty()) return Value{};
  base::PersonName name;
  if (const auto comma = text.find(','); comma != std::string_view::npos) {
    name.family = trimmed(text.substr(0, comma));
    name.given = trimmed(text.substr(comma + 1));
  } else if (const auto space = text.rfind(' '); space != std::string_view::npos) {
    name.full = text;
    name.given = trimmed(text.substr(0, space));
    name.family = text.substr(space + 1);
  } else {
    name.full = text;
    name.family = text;
  }
  return checked_name(field, std::move(name));
}

Result<Value> document_from_text(const Field& field, std::string_view text, const TextForms&) {
  if (trimmed(text).empty()) return Value{};
  const auto json =
      base::parse_json(text, {.bytes_max = static_cast<std::size_t>(TypeLimits::json_bytes_max),
                              .depth_max = TypeLimits::json_depth_max});
  if (!json) {
    return wrong("value.not_json", fmt::format("{} is not a JSON document.", field.label), text);
  }
  return document_from_json(field, *json);
}

}  // namespace rapport::entity
