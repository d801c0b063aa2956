// What of a record search keeps, and what a typed text asks for: pure functions.
//
//   name  "Ana María López"   → keys "ana maria lopez", "maria lopez ana", "lopez ana maria"
//   email "Ana.L@shop.es"     → key  "ana.l@shop.es"
//   phone "+34612345678"      → keys "34612345678", "612345678"
//   note  "Asks for boots"    → keys "asks", "for", "boots"
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/value.hpp"
#include "entity/types/field_type.hpp"

namespace rapport::platform {

struct SearchLimits {
  std::size_t key_bytes = 64;     // longer keys are cut
  std::size_t turns = 5;          // words of a name a key begins with
  std::size_t words = 64;         // of the texts of one class
  std::size_t text_bytes = 1000;  // of one class
  std::size_t typed_words = 6;
};

// What one field class of one record is found by.
struct ClassTexts {
  std::vector<std::string> keys;        // sorted, each once
  std::string text;                     // "ana maria lopez ana l shop es"
  std::vector<std::string> vocabulary;  // words that may be misspelt: letters only
};

struct SearchedValue {
  char cls = 'A';
  entity::FieldType type;
  const base::Value* value;
};

[[nodiscard]] std::map<char, ClassTexts> search_texts(const std::vector<SearchedValue>& values,
                                                      const SearchLimits& limits = {});

// What was typed, as search compares it.
struct Typed {
  std::vector<std::string> words;  // of the search form
  std::string phrase;              // the words, joined
  std::vector<std::string>
      prefixes;  // the phrase, and the ways an e-mail, a phone or a number is kept
  std::optional<base::Id> id;
  std::string exact;  // trimmed, as typed: for exact look-ups
};
[[nodiscard]] Typed typed_text(std::string_view text, const SearchLimits& limits = {});

// Whether each word begins some word of the text.
[[nodiscard]] bool begins_words_of(std::string_view text, const std::vector<std::string>& words);

// Letters to change, add, leave out or swap to make `typed` of `word`, or, where `as_prefix`, of
// its beginning; more than `most` is answered by most + 1.
[[nodiscard]] int spelling_distance(std::string_view typed, std::string_view word, bool as_prefix,
                                    int most);

}  // namespace rapport::platform
