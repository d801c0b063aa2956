#include "platform/search/search_keys.hpp"

#include <algorithm>
#include <set>

#include "base/text.hpp"

namespace rapport::platform {
namespace {

using entity::FieldType;

constexpr std::size_t kVocabularyBytesMin = 3, kVocabularyBytesMax = 30;
constexpr std::size_t kPhoneDigitsMin = 3;

// At most `most` bytes, and never half a character.
std::string cut(std::string_view text, std::size_t most) {
  if (text.size() <= most) return std::string(text);
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80) --most;
  return std::string(text.substr(0, most));
}

std::vector<std::string> words_of(std::string_view search_form) {
  std::vector<std::string> words;
  for (const auto word : base::split(search_form, ' ')) {
    if (!word.empty()) words.emplace_back(word);
  }
  return words;
}

std::string joined(const std::vector<std::string>& words, std::size_t from, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) text += ' ';
    text += words[(from + i) % words.size()];
  }
  return text;
}

std::string digits_of(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c >= '0' && c <= '9') digits += c;
  }
  return digits;
}

// Digits of the country code (ITU-T E.164): those of one and two digits are listed, others have
// three.
std::size_t country_code_digits(std::string_view digits) {
  static constexpr std::string_view two =
      "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 "
      "64 65 66 81 82 84 86 90 91 92 93 94 95 98 ";
  if (digits.starts_with('1') || digits.starts_with('7')) return 1;
  return two.find(std::string(digits.substr(0, 2)) + " ") != std::string_view::npos ? 2 : 3;
}

bool is_phone_like(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || std::string_view(" +-()./").find(c) != std::string_view::npos;
  });
}

bool is_letters(std::string_view word) {
  return std::none_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Collects what one class is found by.
class Collector {
 public:
  explicit Collector(const SearchLimits& limits) : limits_(limits) {}

  // A name, a title, a number: found from each of its words on.
  void turned(std::string_view value, bool spelt) {
    const auto form = base::search_form(value);
    const auto words = words_of(form);
    if (words.empty()) return;
    add_text(form);
    const auto turns = std::min(words.size(), limits_.turns);
    for (std::size_t i = 0; i < turns; ++i) key(joined(words, i, words.size()));
    for (std::size_t i = turns; i < words.size() && i < limits_.words; ++i) key(words[i]);
    // A number with marks in it is found without them: "ord-2024/17" as "ord202417".
    if (words.size() > 1 && !is_letters(form)) {
      std::string together;
      for (const auto& word : words) together += word;
      key(together);
    }
    if (spelt) learn(words);
  }

  // A longer text: found by each of its words.
  void each_word(std::string_view value, bool spelt) {
    const auto form = base::search_form(cut(value, 4 * limits_.text_bytes));
    const auto words = words_of(form);
    add_text(form);
    std::size_t count = 0;
    for (const auto& word : words) {
      if (++count > limits_.words) break;
      if (word.size() > 1) key(word);
    }
    if (spelt) learn(words);
  }

  void email(std::string_view value) {
    key(base::folded(value));
    add_text(base::search_form(value));
  }

  // Kept as E.164; found with and without the country code.
  void phone(const std::string& value) {
    const auto digits = digits_of(value);
    if (digits.empty()) return;
    key(digits);
    add_text(digits);
    const auto code = country_code_digits(digits);
    if (digits.size() > code + kPhoneDigitsMin) key(digits.substr(code));
  }

  void address_of_web(std::string_view value) {
    auto host = value;
    if (const auto scheme = host.find("://"); scheme != std::string_view::npos) {
      host.remove_prefix(scheme + 3);
    }
    if (host.starts_with("www.")) host.remove_prefix(4);
    host = host.substr(0, host.find_first_of("/?#"));
    turned(host, false);
  }

  [[nodiscard]] ClassTexts taken() && {
    ClassTexts texts;
    texts.keys.assign(keys_.begin(), keys_.end());
    texts.text = std::move(text_);
    texts.vocabulary.assign(vocabulary_.begin(), vocabulary_.end());
    return texts;
  }

 private:
  void key(std::string_view text) {
    auto cut_text = cut(text, limits_.key_bytes);
    if (!cut_text.empty()) keys_.insert(std::move(cut_text));
  }
  void add_text(std::string_view form) {
    if (form.empty() || text_.size() >= limits_.text_bytes) return;
    if (!text_.empty()) text_ += ' ';
    text_ += cut(form, limits_.text_bytes - std::min(limits_.text_bytes, text_.size()));
  }
  void learn(const std::vector<std::string>& words) {
    for (const auto& word : words) {
      if (word.size() >= kVocabularyBytesMin && word.size() <= kVocabularyBytesMax &&
          is_letters(word) && vocabulary_.size() < limits_.words) {
        vocabulary_.insert(word);
      }
    }
  }

  const SearchLimits& limits_;
  std::set<std::string> keys_, vocabulary_;
  std::string text_;
};

void collect_address(Collector& into, const base::Address& address) {
  into.each_word(address.line1, false);
  into.each_word(address.line2, false);
  into.turned(address.city, true);
  into.turned(address.postal_code, false);
  into.each_word(address.region, false);
}

void collect(Collector& into, FieldType type, const base::Value& value) {
  if (const auto* name = std::get_if<base::PersonName>(&value))
    return into.turned(name->full, true);
  if (const auto* address = std::get_if<base::Address>(&value)) {
    return collect_address(into, *address);
  }
  if (const auto* choices = std::get_if<base::Choices>(&value)) {
    for (const auto& choice : *choices) into.each_word(choice, false);
    return;
  }
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    return into.turned(std::to_string(*number), false);
  }
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr) return;  // Dates, money, links are found by conditions, not by typing.
  switch (type) {
    case FieldType::email:
      return into.email(*text);
    case FieldType::phone:
      return into.phone(*text);
    case FieldType::url:
      return into.address_of_web(*text);
    case FieldType::long_text:
      return into.each_word(*text, false);
    default:
      return into.turned(*text, true);
  }
}

}  // namespace

std::map<char, ClassTexts> search_texts(const std::vector<SearchedValue>& values,
                                        const SearchLimits& limits) {
  std::map<char, Collector> collectors;
  for (const auto& searched : values) {
    auto& collector = collectors.try_emplace(searched.cls, limits).first->second;
    collect(collector, searched.type, *searched.value);
  }
  std::map<char, ClassTexts> texts;
  for (auto& [cls, collector] : collectors) {
    auto taken = std::move(collector).taken();
    if (!taken.keys.empty()) texts.emplace(cls, std::move(taken));
  }
  return texts;
}

Typed typed_text(std::string_view text, const SearchLimits& limits) {
  Typed typed;
  typed.exact = base::trimmed(text);
  typed.id = base::parse_id(typed.exact);
  typed.words = words_of(base::search_form(typed.exact));
  if (typed.words.size() > limits.typed_words) typed.words.resize(limits.typed_words);
  if (!typed.words.empty()) typed.phrase = joined(typed.words, 0, typed.words.size());
  const auto prefix = [&](std::string_view form) {
    auto key = cut(form, limits.key_bytes);
    if (!key.empty() &&
        std::find(typed.prefixes.begin(), typed.prefixes.end(), key) == typed.prefixes.end()) {
      typed.prefixes.push_back(std::move(key));
    }
  };
  prefix(typed.phrase);
  if (typed.exact.find_first_of("@.") != std::string::npos &&
      typed.exact.find(' ') == std::string::npos) {
    prefix(base::folded(typed.exact));
  }
  auto digits = digits_of(typed.exact);
  if (digits.size() >= kPhoneDigitsMin && is_phone_like(typed.exact)) {
    if (digits.starts_with("00")) digits.erase(0, 2);
    prefix(digits);
    if (digits.starts_with("0")) prefix(std::string_view(digits).substr(1));
  }
  return typed;
}

bool begins_words_of(std::string_view text, const std::vector<std::string>& words) {
  return std::all_of(words.begin(), words.end(), [&](const std::string& word) {
    for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
      if (at == 0 || text[at - 1] == ' ') return true;
    }
    return false;
  });
}

int spelling_distance(std::string_view typed, std::string_view word, bool as_prefix, int most) {
  const auto n = typed.size(), m = word.size();
  // Three rows of the table of optimal string alignment; bytes stand for letters, which search form
  // makes true for most.
  std::vector<int> before(m + 1), last(m + 1), row(m + 1);
  for (std::size_t j = 0; j <= m; ++j) last[j] = static_cast<int>(j);
  int best = static_cast<int>(m);
  for (std::size_t i = 1; i <= n; ++i) {
    row[0] = static_cast<int>(i);
    int least = row[0];
    for (std::size_t j = 1; j <= m; ++j) {
      const int cost = typed[i - 1] == word[j - 1] ? 0 : 1;
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + cost});
      if (i > 1 && j > 1 && typed[i - 1] == word[j - 2] && typed[i - 2] == word[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
      least = std::min(least, row[j]);
    }
    if (least > most) return most + 1;
    std::swap(before, last);
    std::swap(last, row);
  }
  best = as_prefix ? *std::min_element(last.begin(), last.end()) : last[m];
  return std::min(best, most + 1);
}

}  // namespace rapport::platform
