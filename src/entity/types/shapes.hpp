// The shapes that the outside world gives to addresses and numbers, brought to one form each, so
// that equal things compare equal: e-mail addresses folded, phones in E.164, countries by code.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rapport::entity {

// "Ana@Example.COM" → "ana@example.com"; nullopt where it has not the shape of an address.
[[nodiscard]] std::optional<std::string> email_form(std::string_view text);

// "www.alpina.example/shop" → "https://www.alpina.example/shop". Only http and https: a link that
// runs a script is refused here, once for all places that show it.
[[nodiscard]] std::optional<std::string> url_form(std::string_view text);

// "0664 123 456" in region "AT" → "+43664123456"; an extension stays: "+43512123;ext=7".
// Possible numbers are taken, whether assigned or not.
[[nodiscard]] std::optional<std::string> phone_form(std::string_view text, std::string_view region);

// "ESP", "Spain", "España", "es" → "ES": ISO 3166-1 by alpha-2, alpha-3, or the name in English or
// in the country's own languages.
[[nodiscard]] std::optional<std::string> country_code(std::string_view text);
// "ES" → "Spain"; the code itself where there is no such country.
[[nodiscard]] std::string country_name(std::string_view code);

}  // namespace rapport::entity
