#include <unicode/locid.h>
#include <unicode/uloc.h>
#include <unicode/unistr.h>

#include <array>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/text.hpp"
#include "entity/types/shapes.hpp"

namespace rapport::entity {
namespace {

// Names people write that are nobody's official one.
constexpr std::array<std::pair<std::string_view, std::string_view>, 16> other_names{{
    {"uk", "GB"},
    {"great britain", "GB"},
    {"england", "GB"},
    {"scotland", "GB"},
    {"wales", "GB"},
    {"northern ireland", "GB"},
    {"eire", "IE"},
    {"republic of ireland", "IE"},
    {"usa", "US"},
    {"u s a", "US"},
    {"united states of america", "US"},
    {"holland", "NL"},
    {"czech republic", "CZ"},
    {"rsa", "ZA"},
    {"russian federation", "RU"},
    {"korea", "KR"},
}};

// The languages whose names for all countries are known; others are known for their own country.
constexpr std::array languages{"en", "de", "es", "fr", "it", "pt", "nl", "pl"};

using Index = std::unordered_map<std::string, std::string>;

std::string shown(const icu::Locale& country, const icu::Locale& language) {
  icu::UnicodeString name;
  country.getDisplayCountry(language, name);
  std::string text;
  name.toUTF8String(text);
  return text;
}

Index all_countries() {
  Index index;
  for (const char* const* code = icu::Locale::getISOCountries(); *code != nullptr; ++code) {
    const icu::Locale country("", *code);
    index.emplace(base::search_form(*code), *code);
    index.emplace(base::search_form(country.getISO3Country()), *code);
    for (const char* language : languages) {
      index.emplace(base::search_form(shown(country, icu::Locale(language))), *code);
    }
  }
  int32_t count = 0;
  const icu::Locale* locales = icu::Locale::getAvailableLocales(count);
  for (int32_t i = 0; i < count; ++i) {
    const std::string code = locales[i].getCountry();
    if (code.size() == 2) index.emplace(base::search_form(shown(locales[i], locales[i])), code);
  }
  for (const auto& [name, code] : other_names) index[std::string(name)] = code;
  return index;
}

}  // namespace

std::optional<std::string> country_code(std::string_view text) {
  static const Index index = all_countries();
  const auto found = index.find(base::search_form(text));
  if (found == index.end()) return std::nullopt;
  return found->second;
}

std::string country_name(std::string_view code) {
  return shown(icu::Locale("", std::string(code).c_str()), icu::Locale::getEnglish());
}

}  // namespace rapport::entity
