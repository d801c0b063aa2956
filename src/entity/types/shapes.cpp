#include "entity/types/shapes.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "entity/types/field_type.hpp"

namespace rapport::entity {
namespace {

constexpr std::size_t local_part_max = 64;  // RFC 5321 §4.5.3.1.1
constexpr std::size_t label_max = 63;       // RFC 1035 §2.3.4
constexpr std::size_t domain_max = 253;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_beyond_ascii(char c) {
  return static_cast<unsigned char>(c) >= 0x80;
}

// Letters, digits, hyphens inside; names in other scripts pass as they are.
bool is_label(std::string_view label) {
  if (label.empty() || label.size() > label_max) return false;
  if (label.front() == '-' || label.back() == '-') return false;
  return std::ranges::all_of(label, [](char c) {
    return is_letter(c) || is_digit(c) || c == '-' || c == '_' || is_beyond_ascii(c);
  });
}

// At least two labels, and the last is no number.
bool is_domain(std::string_view domain) {
  if (domain.size() > domain_max || domain.find('.') == std::string_view::npos) return false;
  const auto labels = base::split(domain, '.');
  if (!std::ranges::all_of(labels, is_label)) return false;
  return !std::ranges::all_of(labels.back(), is_digit);
}

bool is_local_part(std::string_view local) {
  constexpr std::string_view marks = "!#$%&'*+-/=?^_`{|}~.";
  if (local.empty() || local.size() > local_part_max) return false;
  if (local.front() == '.' || local.back() == '.') return false;
  if (local.find("..") != std::string_view::npos) return false;
  return std::ranges::all_of(local, [&](char c) {
    return is_letter(c) || is_digit(c) || is_beyond_ascii(c) ||
           marks.find(c) != std::string_view::npos;
  });
}

}  // namespace

std::optional<std::string> email_form(std::string_view text) {
  text = base::trimmed(text);
  if (text.size() > 7 && base::folded(text.substr(0, 7)) == "mailto:") text.remove_prefix(7);
  // "Ana López <ana@example.com>", as mail programs copy it.
  if (!text.empty() && text.back() == '>') {
    const auto open = text.find('<');
    if (open == std::string_view::npos) return std::nullopt;
    text = base::trimmed(text.substr(open + 1, text.size() - open - 2));
  }
  if (text.size() > TypeLimits::email_max) return std::nullopt;
  const auto at = text.find('@');
  if (at == std::string_view::npos) return std::nullopt;
  if (!is_local_part(text.substr(0, at)) || !is_domain(text.substr(at + 1))) return std::nullopt;
  return base::folded(text);
}

std::optional<std::string> url_form(std::string_view text) {
  text = base::trimmed(text);
  const auto bad = [](char c) {
    return static_cast<unsigned char>(c) <= 0x20 || c == '<' || c == '>' || c == '"' || c == '\\' ||
           c == '`' || c == '{' || c == '}';
  };
  if (text.empty() || std::ranges::any_of(text, bad)) return std::nullopt;
  std::string scheme = "https";
  if (const auto end = text.find("://"); end != std::string_view::npos) {
    scheme = base::folded(text.substr(0, end));
    text.remove_prefix(end + 3);
  }
  if (scheme != "http" && scheme != "https") return std::nullopt;
  const auto host_end = std::min(text.find_first_of("/?#"), text.size());
  const auto authority = text.substr(0, host_end);
  // A name before the host only ever serves to deceive.
  if (authority.find('@') != std::string_view::npos) return std::nullopt;
  auto host = authority;
  if (const auto colon = host.rfind(':'); colon != std::string_view::npos) {
    const auto port = host.substr(colon + 1);
    if (port.empty() || port.size() > 5 || !std::ranges::all_of(port, is_digit)) {
      return std::nullopt;
    }
    host = host.substr(0, colon);
  }
  const auto labels = base::split(host, '.');
  if (labels.size() < 2 || !std::ranges::all_of(labels, is_label)) return std::nullopt;
  return scheme + "://" + base::folded(authority) + std::string(text.substr(host_end));
}

}  // namespace rapport::entity
