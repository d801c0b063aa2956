#include "entity/plan/sets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/decimal.hpp"
#include "base/id.hpp"
#include "base/instant.hpp"
#include "base/text.hpp"
#include "entity/plan/cursor.hpp"

namespace rapport::entity {

namespace {

constexpr std::size_t token_bytes_max = 4096;
constexpr std::size_t parameters_max = 16;
constexpr char between = '~';

auto bad_set(std::string details) {
  return base::refuse(base::ProblemKind::malformed, "plan.bad_set",
                      "This is no token of a set of these records.", std::move(details),
                      "Take the token from the figure once more.");
}

bool is_of(SetParameter type, const std::string& text) {
  switch (type) {
    case SetParameter::integer:
    case SetParameter::count: {
      std::int64_t number = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (error != std::errc{} || end != text.data() + text.size()) return false;
      return number >= 0 || type == SetParameter::integer;
    }
    case SetParameter::boolean:
      return text == "true" || text == "false";
    case SetParameter::decimal:
      return base::parse_decimal(text).has_value();
    case SetParameter::date:
      return base::parse_date(text).has_value();
    case SetParameter::instant:
      return base::parse_instant(text).has_value();
    case SetParameter::id:
      return base::parse_id(text).has_value();
    case SetParameter::text:
      break;
  }
  return base::is_utf8(text) && text.find('\0') == std::string::npos;
}

bool is_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

}  // namespace

void Sets::add(SetSource source) {
  std::string name = source.name;
  by_name_.insert_or_assign(std::move(name), std::move(source));
}

const SetSource* Sets::find(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : &found->second;
}

base::Result<const SetSource*> Sets::source_of(const SetMark& mark, std::string_view object) const {
  const SetSource* source = find(mark.name);
  if (source == nullptr) {
    return base::refuse(base::ProblemKind::malformed, "plan.unknown_set",
                        fmt::format("There is no set “{}”.", mark.name));
  }
  if (source->object != object) {
    return bad_set(fmt::format("The set “{}” is one of {} records.", mark.name, source->object));
  }
  if (mark.parameters.size() != source->parameters.size()) {
    return bad_set(
        fmt::format("The set “{}” takes {} parameters.", mark.name, source->parameters.size()));
  }
  for (std::size_t i = 0; i < mark.parameters.size(); ++i) {
    if (is_of(source->parameters[i], mark.parameters[i])) continue;
    return bad_set(
        fmt::format("Parameter {} of the set “{}” is not of its type.", i + 1, mark.name));
  }
  return source;
}

std::string to_token(const SetMark& mark) {
  std::string token = mark.name;
  for (const std::string& parameter : mark.parameters) token += between + to_base64url(parameter);
  return token;
}

base::Result<SetMark> set_of_token(std::string_view token) {
  if (token.size() > token_bytes_max) return bad_set("The token of this set is too long.");
  const auto parts = base::split(token, between);
  if (parts.empty() || !is_name(parts[0]) || parts.size() > parameters_max + 1) {
    return bad_set("It is not as a figure writes it.");
  }
  SetMark mark{std::string(parts[0]), {}};
  for (std::size_t i = 1; i < parts.size(); ++i) {
    auto parameter = from_base64url(parts[i]);
    if (!parameter || to_base64url(*parameter) != parts[i]) {
      return bad_set("It is not as a figure writes it.");
    }
    mark.parameters.push_back(std::move(*parameter));
  }
  return mark;
}

namespace {

// Where that ends which begins at `begin` and is closed by `close`: behind it, or at the end.
std::size_t behind(std::string_view sql, std::size_t begin, std::string_view close) {
  const auto at = sql.find(close, begin);
  return at == std::string_view::npos ? sql.size() : at + close.size();
}

// "$$" or "$tag$" at this place; empty where none begins here.
std::string_view dollar_quote(std::string_view sql, std::size_t at) {
  const auto is_tag = [](char c) {
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  auto end = at + 1;
  while (end < sql.size() && is_tag(sql[end])) ++end;
  return end < sql.size() && sql[end] == '$' ? sql.substr(at, end + 1 - at) : std::string_view{};
}

// Behind the quoted text or the comment that begins here; `at` where none does.
std::size_t behind_quoted(std::string_view sql, std::size_t at) {
  const std::string_view two = sql.substr(at, 2);
  if (two == "--") return behind(sql, at, "\n");
  if (two == "/*") return behind(sql, at + 2, "*/");
  if (sql[at] == '\'' || sql[at] == '"') return behind(sql, at + 1, sql.substr(at, 1));
  if (sql[at] != '$') return at;
  const std::string_view quote = dollar_quote(sql, at);
  return quote.empty() ? at : behind(sql, at + quote.size(), quote);
}

}  // namespace

std::string renumbered(std::string_view sql, std::size_t before) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  std::string out;
  for (std::size_t i = 0; i < sql.size();) {
    std::size_t end = i + 1;
    if (sql[i] == '$' && end < sql.size() && is_digit(sql[end])) {
      std::size_t number = 0;
      for (; end < sql.size() && is_digit(sql[end]); ++end) {
        number = number * 10 + static_cast<std::size_t>(sql[end] - '0');
      }
      out += fmt::format("${}", number + before);
    } else {
      end = std::max(end, behind_quoted(sql, i));
      out += sql.substr(i, end - i);
    }
    i = end;
  }
  return out;
}

}  // namespace rapport::entity
