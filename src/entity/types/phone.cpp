#include <phonenumbers/phonenumberutil.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/text.hpp"
#include "entity/types/shapes.hpp"

namespace rapport::entity {
namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

constexpr std::size_t phone_text_max = 60;

struct CallingCodes {
  std::array<bool, 1000> known{};
  CallingCodes() {
    std::set<int> codes;
    PhoneNumberUtil::GetInstance()->GetSupportedCallingCodes(&codes);
    for (const int code : codes) known[static_cast<std::size_t>(code)] = true;
  }
};

// The library takes some 50 µs a number; an import has millions, most of them international
// already. Those whose digits can be nothing else are taken as they stand.
std::optional<std::string> international(std::string_view text) {
  static const CallingCodes codes;
  constexpr std::size_t digits_min = 10;
  constexpr std::size_t digits_max = 13;
  if (text.empty() || text[0] != '+') return std::nullopt;
  std::string out = "+";
  for (const char c : text.substr(1)) {
    if (c >= '0' && c <= '9') {
      out += c;
    } else if (c != ' ' && c != '-' && c != '.' && c != '/') {
      return std::nullopt;
    }
  }
  const std::size_t digits = out.size() - 1;
  if (digits < digits_min || digits > digits_max) return std::nullopt;
  std::size_t code = 0;
  for (std::size_t length = 1; length <= 3; ++length) {
    code = code * 10 + static_cast<std::size_t>(out[length] - '0');
    if (!codes.known[code]) continue;
    // A zero after the code may be a trunk prefix or belong to the number: the library knows.
    if (out[length + 1] == '0') return std::nullopt;
    return out;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> phone_form(std::string_view text, std::string_view region) {
  text = base::trimmed(text);
  if (text.empty() || text.size() > phone_text_max) return std::nullopt;
  if (auto plain = international(text)) return plain;
  const PhoneNumberUtil& library = *PhoneNumberUtil::GetInstance();
  PhoneNumber number;
  const auto error = library.Parse(std::string(text), std::string(region), &number);
  if (error != PhoneNumberUtil::NO_PARSING_ERROR || !library.IsPossibleNumber(number)) {
    return std::nullopt;
  }
  const std::string extension = number.extension();
  std::string out;
  library.Format(number, PhoneNumberUtil::E164, &out);
  if (!extension.empty()) out += ";ext=" + extension;
  return out;
}

}  // namespace rapport::entity
