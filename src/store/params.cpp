#include <algorithm>
#include <charconv>

#include "store/database.hpp"

namespace rapport::store {

Params& Params::text(std::string_view value) {
  begin_value();
  // PostgreSQL has no NUL in text, and libpq would cut the value there without a word.
  if (value.find('\0') == std::string_view::npos) {
    buffer_.append(value);
  } else {
    std::ranges::copy_if(value, std::back_inserter(buffer_), [](char c) { return c != '\0'; });
  }
  return end_value();
}

Params& Params::integer(std::int64_t value) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  begin_value();
  buffer_.append(digits, end);
  return end_value();
}

Params& Params::boolean(bool value) {
  begin_value();
  buffer_.push_back(value ? 't' : 'f');
  return end_value();
}

Params& Params::decimal(const base::Decimal& value) {
  return text(base::to_text(value));
}

Params& Params::id(const base::Id& value) {
  begin_value();
  base::append_text(buffer_, value);
  return end_value();
}

Params& Params::instant(base::Instant value) {
  return text(base::to_text(value));
}

Params& Params::date(base::Date value) {
  return text(base::to_text(value));
}

Params& Params::null() {
  starts_.push_back(kNull);
  return *this;
}

Params& Params::array(std::span<const std::optional<std::string>> values) {
  begin_value();
  buffer_.push_back('{');
  bool first = true;
  for (const auto& value : values) {
    if (!first) buffer_.push_back(',');
    first = false;
    if (!value) {
      buffer_.append("NULL");
      continue;
    }
    buffer_.push_back('"');
    for (const char c : *value) {
      if (c == '"' || c == '\\') buffer_.push_back('\\');
      if (c != '\0') buffer_.push_back(c);
    }
    buffer_.push_back('"');
  }
  buffer_.push_back('}');
  return end_value();
}

Params& Params::ids(std::span<const base::Id> values) {
  begin_value();
  buffer_.push_back('{');
  bool first = true;
  for (const base::Id& value : values) {
    if (!first) buffer_.push_back(',');
    first = false;
    base::append_text(buffer_, value);
  }
  buffer_.push_back('}');
  return end_value();
}

Params& Params::append(const Params& others) {
  const std::size_t shift = buffer_.size();
  buffer_.append(others.buffer_);
  for (const std::size_t start : others.starts_) {
    starts_.push_back(start == kNull ? kNull : start + shift);
  }
  return *this;
}

std::optional<std::string_view> Params::value(std::size_t n) const {
  if (starts_[n] == kNull) return std::nullopt;
  return std::string_view(buffer_.c_str() + starts_[n]);
}

std::vector<std::optional<std::string>> Params::values() const {
  std::vector<std::optional<std::string>> all;
  all.reserve(size());
  for (std::size_t n = 0; n < size(); ++n) {
    const auto one = value(n);
    all.push_back(one ? std::optional<std::string>(*one) : std::nullopt);
  }
  return all;
}

void Params::clear() {
  buffer_.clear();
  starts_.clear();
}

}  // namespace rapport::store
