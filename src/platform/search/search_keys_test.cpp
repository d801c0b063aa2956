#include "platform/search/search_keys.hpp"

#include <gtest/gtest.h>

namespace rapport::platform {
namespace {

using entity::FieldType;
using Keys = std::vector<std::string>;

struct KeyCase {
  FieldType type;
  base::Value value;
  Keys keys;
};

base::PersonName named(std::string full) {
  return {.full = std::move(full), .given = {}, .family = {}};
}

TEST(SearchKeys, EachTypeIsFoundInItsWay) {
  const KeyCase cases[] = {
      {FieldType::person_name,
       named("Ana María López"),
       {"ana maria lopez", "lopez ana maria", "maria lopez ana"}},
      {FieldType::person_name, named("Ødegård"), {"ødegard"}},
      {FieldType::text,
       std::string("ORD-2024/17"),
       {"17 ord 2024", "2024 17 ord", "ord 2024 17", "ord202417"}},
      {FieldType::email, std::string("Ana.L@shop.es"), {"ana.l@shop.es"}},
      {FieldType::phone, std::string("+34612345678"), {"34612345678", "612345678"}},
      {FieldType::url,
       std::string("https://www.alpina.example/shop?x=1"),
       {"alpina example", "example alpina"}},
      {FieldType::long_text, std::string("Asks for a boot; a Boot!"), {"asks", "boot", "for"}},
      {FieldType::integer, std::int64_t{42}, {"42"}},
      {FieldType::text, base::Value{}, {}},
      {FieldType::text, std::string("…"), {}},
  };
  for (const auto& c : cases) {
    const auto texts = search_texts({{'A', c.type, &c.value}});
    const auto keys = texts.contains('A') ? texts.at('A').keys : Keys{};
    if (c.type == FieldType::person_name && c.keys.size() == 1) {
      EXPECT_EQ(keys.size(), 1u);  // How ø is folded is the base's business.
      continue;
    }
    EXPECT_EQ(keys, c.keys);
  }
}

TEST(SearchKeys, ClassesAreKeptApart) {
  const base::Value name = named("Ana"), note = std::string("secret");
  const auto texts =
      search_texts({{'A', FieldType::person_name, &name}, {'D', FieldType::long_text, &note}});
  EXPECT_EQ(texts.at('A').keys, Keys{"ana"});
  EXPECT_EQ(texts.at('D').keys, Keys{"secret"});
  EXPECT_EQ(texts.at('A').text, "ana");
}

TEST(SearchKeys, LongTextsAreCutBetweenCharacters) {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "ü" + std::to_string(i) + " ";
  const base::Value value = text;
  const auto texts = search_texts({{'D', FieldType::long_text, &value}});
  EXPECT_LE(texts.at('D').keys.size(), SearchLimits{}.words);
  EXPECT_LE(texts.at('D').text.size(), SearchLimits{}.text_bytes);
  const base::Value one_word = std::string(500, 'x') + "ü";
  EXPECT_EQ(search_texts({{'A', FieldType::text, &one_word}}).at('A').keys[0].size(),
            SearchLimits{}.key_bytes);
}

TEST(SearchKeys, OnlyWordsOfLettersAreLearntForSpelling) {
  const base::Value name = named("Ana de Rocamadour 3rd");
  EXPECT_EQ(search_texts({{'A', FieldType::person_name, &name}}).at('A').vocabulary,
            (Keys{"ana", "rocamadour"}));
}

struct TypedCase {
  std::string typed;
  Keys prefixes;
};

TEST(Typed, IsComparedInTheWaysItMayBeKept) {
  const TypedCase cases[] = {
      {"Lóp", {"lop"}},
      {"  ana   lo ", {"ana lo"}},
      {"ana.l@sh", {"ana l sh", "ana.l@sh"}},
      {"+34 612 345", {"34 612 345", "34612345"}},
      {"0034 612", {"0034 612", "34612"}},
      {"0171 123", {"0171 123", "0171123", "171123"}},
      {"ord-2024", {"ord 2024"}},
      {"", {}},
      {"!?", {}},
  };
  for (const auto& c : cases) EXPECT_EQ(typed_text(c.typed).prefixes, c.prefixes) << c.typed;
  EXPECT_TRUE(typed_text("0190b5e0-7c1e-7000-8000-000000000000").id);
}

TEST(Typed, WordsBeginWordsOfAText) {
  EXPECT_TRUE(begins_words_of("lopez ana maria", {"ma", "lop"}));
  EXPECT_FALSE(begins_words_of("lopez ana maria", {"ria"}));
  EXPECT_TRUE(begins_words_of("maria", {}));
}

struct SpellingCase {
  std::string_view typed, word;
  bool as_prefix;
  int distance;
};

TEST(Spelling, DistanceCountsLettersChangedAddedLeftOutAndSwapped) {
  const SpellingCase cases[] = {
      {"lopez", "lopez", false, 0},  {"lopes", "lopez", false, 1},   {"lpoez", "lopez", false, 1},
      {"lopz", "lopez", false, 1},   {"loopez", "lopez", false, 1},  {"gonzl", "gonzalez", true, 1},
      {"gonz", "gonzalez", true, 0}, {"gonz", "gonzalez", false, 3}, {"ana", "bruno", false, 3},
      {"jhon", "john", false, 1},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(spelling_distance(c.typed, c.word, c.as_prefix, 2), c.distance)
        << c.typed << " " << c.word;
  }
}

}  // namespace
}  // namespace rapport::platform
