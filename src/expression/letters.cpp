#include "expression/letters.hpp"

#include <unicode/coll.h>
#include <unicode/locid.h>
#include <unicode/stringpiece.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <memory>

namespace rapport::expression {
namespace {

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

icu::StringPiece piece(std::string_view text) {
  return {text.data(), static_cast<std::int32_t>(text.size())};
}

// nullptr where ICU's data are missing; then bytes decide alone.
const icu::Collator* root_order() {
  static const std::unique_ptr<const icu::Collator> order = [] {
    UErrorCode status = U_ZERO_ERROR;
    std::unique_ptr<icu::Collator> made(
        icu::Collator::createInstance(icu::Locale::getRoot(), status));
    if (U_FAILURE(status)) made.reset();
    return std::unique_ptr<const icu::Collator>(std::move(made));
  }();
  return order.get();
}

}  // namespace

Lowering lowering_for(std::string_view sought) {
  return is_ascii(sought) ? Lowering::ascii : Lowering::letters;
}

std::string lowered(std::string_view text, Lowering lowering) {
  std::string out;
  if (lowering == Lowering::ascii || is_ascii(text)) {
    out = text;
    for (char& c : out) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
  }
  icu::UnicodeString letters = icu::UnicodeString::fromUTF8(piece(text));
  letters.toLower(icu::Locale::getRoot());
  letters.toUTF8String(out);
  return out;
}

int compare_letters(std::string_view a, std::string_view b) {
  if (a == b) return 0;
  if (const icu::Collator* order = root_order()) {
    UErrorCode status = U_ZERO_ERROR;
    const UCollationResult result = order->compareUTF8(piece(a), piece(b), status);
    if (U_SUCCESS(status) && result != UCOL_EQUAL) return result == UCOL_LESS ? -1 : 1;
  }
  return a.compare(b);
}

}  // namespace rapport::expression
