// A value is what one field of one record holds. `empty` is a value of every type.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/decimal.hpp"
#include "base/id.hpp"
#include "base/instant.hpp"
#include "base/money.hpp"

namespace rapport::base {

// Values of composed types, in the parts the field's words name.
struct PersonName {
  std::string full;    // as shown: "Ana María López"
  std::string given;   // "Ana María"
  std::string family;  // "López"
  friend bool operator==(const PersonName&, const PersonName&) = default;
};

struct Address {
  std::string line1, line2, city, region, postal_code;
  std::string country;  // ISO 3166-1 alpha-2: "ES"
  friend bool operator==(const Address&, const Address&) = default;
};

struct JsonText {
  std::string text;  // a JSON document
  friend bool operator==(const JsonText&, const JsonText&) = default;
};

using Choices = std::vector<std::string>;

using Value = std::variant<std::monostate,  // empty
                           bool, std::int64_t, Decimal, Money, Date, Instant, Id, std::string,
                           Choices, PersonName, Address, JsonText>;

[[nodiscard]] inline bool is_empty(const Value& value) {
  return std::holds_alternative<std::monostate>(value);
}

}  // namespace rapport::base
