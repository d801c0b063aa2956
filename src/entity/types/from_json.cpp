// Values as the API's JSON spells them. Exact numbers may come as strings ("12.50"), which lose
// nothing, or as JSON numbers; a number that a double cannot say exactly is refused.
#include <fmt/core.h>

#include <array>
#include <limits>

#include "base/json.hpp"
#include "base/text.hpp"
#include "entity/types/checks.hpp"
#include "entity/types/type_row.hpp"

namespace rapport::entity {
namespace {

using base::Json;
using base::Result;
using base::Value;

std::unexpected<base::Problem> wrong_type(const Field& field, std::string_view expected) {
  return wrong("value.wrong_type", fmt::format("{} must be {}.", field.label, expected));
}

bool is_nothing(const Json& json) {
  return json.is_null() ||
         (json.is_string() && base::trimmed(json.get_ref<const std::string&>()).empty());
}

std::optional<base::Decimal> decimal_of(const Json& json) {
  if (json.is_string())
    return base::parse_decimal(base::trimmed(json.get_ref<const std::string&>()));
  // A JSON number beyond 15 digits may have lost some already.
  constexpr std::size_t exact_digits_max = 15;
  if (json.is_number_integer()) return base::parse_decimal(json.dump());
  if (!json.is_number_float()) return std::nullopt;
  const std::string text = json.dump();
  std::size_t digits = 0;
  for (const char c : text) digits += (c >= '0' && c <= '9') ? 1 : 0;
  return digits <= exact_digits_max + 1 ? base::parse_decimal(text) : std::nullopt;
}

// The named members of an object as texts; anything else in it is refused.
template <std::size_t N>
std::optional<base::Problem> read_parts(
    const Field& field, const Json& json,
    const std::array<std::pair<std::string_view, std::string*>, N>& parts) {
  for (const auto& [key, value] : json.items()) {
    std::string* target = nullptr;
    std::vector<std::string> known;
    for (const auto& [name, part] : parts) {
      known.emplace_back(name);
      if (name == key) target = part;
    }
    if (target == nullptr) {
      auto problem =
          wrong("value.unknown_part", fmt::format("{} has no part “{}”.", field.label, key));
      if (const auto near = base::nearest(key, known)) {
        problem.error().hint = fmt::format("Did you mean “{}”?", *near);
      }
      return problem.error();
    }
    if (value.is_null()) continue;
    if (!value.is_string()) {
      return wrong_type(field, fmt::format("an object whose “{}” is a text", key)).error();
    }
    *target = value.template get<std::string>();
  }
  return std::nullopt;
}

}  // namespace

Result<Value> text_from_json(const Field& field, const Json& json) {
  if (json.is_null()) return Value{};
  if (!json.is_string()) return wrong_type(field, "a text");
  return checked_text(field, json.get_ref<const std::string&>(), no_region);
}

Result<Value> integer_from_json(const Field& field, const Json& json) {
  if (is_nothing(json)) return Value{};
  constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (json.is_number_unsigned() && json.get<std::uint64_t>() <= most) {
    return checked_integer(field, json.get<std::int64_t>());
  }
  if (json.is_number_integer() && !json.is_number_unsigned()) {
    return checked_integer(field, json.get<std::int64_t>());
  }
  return wrong_type(field, "a whole number");
}

Result<Value> decimal_from_json(const Field& field, const Json& json) {
  if (is_nothing(json)) return Value{};
  const auto number = decimal_of(json);
  if (!number) return wrong_type(field, "a number, best as a string such as \"12.50\"");
  return checked_decimal(field, *number);
}

Result<Value> money_from_json(const Field& field, const Json& json) {
  if (is_nothing(json)) return Value{};
  constexpr std::string_view form =
      "an amount such as {\"amount\": \"12.50\", \"currency\": \"EUR\"}";
  if (!json.is_object() || json.size() != 2 || !json.contains("amount") ||
      !json.contains("currency")) {
    return wrong_type(field, form);
  }
  const Json& currency = json["currency"];
  if (is_nothing(json["amount"]) && is_nothing(currency)) return Value{};
  const auto amount = decimal_of(json["amount"]);
  if (!amount || !currency.is_string()) return wrong_type(field, form);
  return checked_money(field, {*amount, currency.get<std::string>()});
}

Result<Value> date_from_json(const Field& field, const Json& json) {
  if (is_nothing(json)) return Value{};
  const auto date =
      json.is_string() ? base::parse_date(json.get_ref<const std::string&>()) : std::nullopt;
  if (!date) return wrong_type(field, "a date such as 2026-03-01");
  return Value{*date};
}

Result<Value> instant_from_json(const Field& field, const Json& json) {
  if (is_nothing(json)) return Value{};
  const auto instant =
      json.is_string() ? base::parse_instant(json.get_ref<const std::string&>()) : std::nullopt;
  if (!instant) return wrong_type(field, "a moment with its zone, such as 2026-03-01T12:00:00Z");
  return Value{*instant};
}

Result<Value> boolean_from_json(const Field& field, const Json& json) {
  if (is_nothing(json)) return Value{};
  if (!json.is_boolean()) return wrong_type(field, "true or false");
  return Value{json.get<bool>()};
}

Result<Value> choices_from_json(const Field& field, const Json& json) {
  if (is_nothing(json)) return Value{};
  if (!json.is_array()) return wrong_type(field, "a list of choices");
  base::Choices names;
  for (const auto& name : json) {
    if (!name.is_string()) return wrong_type(field, "a list of choices");
    names.push_back(name.get<std::string>());
  }
  return checked_choices(field, std::move(names));
}

Result<Value> id_from_json(const Field& field, const Json& json) {
  if (is_nothing(json)) return Value{};
  const auto id =
      json.is_string() ? base::parse_id(json.get_ref<const std::string&>()) : std::nullopt;
  if (!id) return wrong_type(field, "the id of a record");
  return Value{*id};
}

Result<Value> address_from_json(const Field& field, const Json& json) {
  if (is_nothing(json)) return Value{};
  if (!json.is_object()) return wrong_type(field, "an address as an object");
  base::Address address;
  const std::array<std::pair<std::string_view, std::string*>, 6> parts{
      {{"line1", &address.line1},
       {"line2", &address.line2},
       {"city", &address.city},
       {"region", &address.region},
       {"postal_code", &address.postal_code},
       {"country", &address.country}}};
  if (auto problem = read_parts(field, json, parts)) return std::unexpected(*std::move(problem));
  return checked_address(field, std::move(address));
}

Result<Value> name_from_json(const Field& field, const Json& json) {
  if (is_nothing(json)) return Value{};
  if (json.is_string()) return name_from_text(field, json.get_ref<const std::string&>(), {});
  if (!json.is_object()) return wrong_type(field, "a name: a text, or full, given and family");
  base::PersonName name;
  const std::array<std::pair<std::string_view, std::string*>, 3> parts{
      {{"full", &name.full}, {"given", &name.given}, {"family", &name.family}}};
  if (auto problem = read_parts(field, json, parts)) return std::unexpected(*std::move(problem));
  if (!name.full.empty() && name.given.empty() && name.family.empty()) {
    return name_from_text(field, name.full, {});
  }
  return checked_name(field, std::move(name));
}

Result<Value> document_from_json(const Field& field, const Json& json) {
  if (json.is_null()) return Value{};
  std::string text = json.dump();
  if (text.size() > static_cast<std::size_t>(TypeLimits::json_bytes_max)) {
    return wrong("value.too_long", fmt::format("{} takes at most {} bytes of JSON.", field.label,
                                               TypeLimits::json_bytes_max));
  }
  // PostgreSQL cannot keep it: a NUL inside a text.
  if (text.find("\\u0000") != std::string::npos) {
    return wrong("value.not_text",
                 fmt::format("{} holds characters that are not text.", field.label));
  }
  return Value{base::JsonText{std::move(text)}};
}

}  // namespace rapport::entity
