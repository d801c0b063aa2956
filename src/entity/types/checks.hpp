// What every reader of values ends with: the field's own limits, and the words of a refusal.
#pragma once

#include <string>
#include <string_view>

#include "base/problem.hpp"
#include "base/value.hpp"
#include "entity/catalog/catalog.hpp"

namespace rapport::entity {

// A refusal of one value. The caller knows where it stood and adds the pointer. What was sent is
// kept short and goes to the details, which reach the sender and no log.
[[nodiscard]] std::unexpected<base::Problem> wrong(std::string code, std::string message,
                                                   std::string_view seen = {});

// Texts: normal form, length, the shape that the type asks for (e-mail, URL, phone, choice).
[[nodiscard]] base::Result<base::Value> checked_text(const Field& field, std::string_view text,
                                                     std::string_view region);
// Each text of a composed value.
[[nodiscard]] base::Result<std::string> checked_part(const Field& field, std::string_view text,
                                                     int max);
[[nodiscard]] base::Result<base::Value> checked_integer(const Field& field, std::int64_t number);
[[nodiscard]] base::Result<base::Value> checked_decimal(const Field& field,
                                                        const base::Decimal& number);
[[nodiscard]] base::Result<base::Value> checked_money(const Field& field, base::Money money);
[[nodiscard]] base::Result<base::Value> checked_choices(const Field& field, base::Choices names);
[[nodiscard]] base::Result<base::Value> checked_name(const Field& field, base::PersonName name);
[[nodiscard]] base::Result<base::Value> checked_address(const Field& field, base::Address address);

// Region of phones whose writer did not say one; JSON has no region.
inline constexpr std::string_view no_region = "ZZ";

}  // namespace rapport::entity
