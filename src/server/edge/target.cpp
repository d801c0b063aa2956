#include "server/edge/target.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace rapport::server {

namespace {

int hexadecimal(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

auto malformed(std::string_view what) {
  return base::refuse(base::ProblemKind::malformed, "server.target",
                      "The address of the request is malformed.", std::string(what));
}

// Each segment is decoded on its own, so that an encoded slash cannot make a new one.
base::Result<std::string> decoded_path(std::string_view raw) {
  std::string path;
  path.reserve(raw.size());
  for (auto segment : base::split(raw.substr(1), '/')) {
    auto decoded = percent_decoded(segment, false);
    if (!decoded) return malformed("A percent sign is not followed by two hexadecimal digits.");
    if (*decoded == "." || *decoded == "..") return malformed("The path has a dot segment.");
    if (decoded->find_first_of("/\\") != std::string::npos)
      return malformed("The path has an encoded slash.");
    if (std::ranges::any_of(*decoded, is_control) || !base::is_utf8(*decoded))
      return malformed("The path is not clean UTF-8 text.");
    path += '/';
    path += *decoded;
  }
  return path;
}

base::Result<Parameters> decoded_query(std::string_view raw, std::size_t parameters_max) {
  Parameters query;
  if (raw.empty()) return query;
  for (auto pair : base::split(raw, '&')) {
    if (pair.empty()) continue;
    if (query.size() == parameters_max) return malformed("There are too many parameters.");
    auto equals = pair.find('=');
    auto name = percent_decoded(pair.substr(0, equals), true);
    auto value = percent_decoded(
        equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1), true);
    if (!name || !value)
      return malformed("A percent sign is not followed by two hexadecimal digits.");
    if (name->find('\0') != std::string::npos || value->find('\0') != std::string::npos ||
        !base::is_utf8(*name) || !base::is_utf8(*value))
      return malformed("A parameter is not clean UTF-8 text.");
    query.emplace_back(std::move(*name), std::move(*value));
  }
  return query;
}

// "http://host/path", which proxies send, means the same as "/path".
std::string_view without_origin(std::string_view target) {
  for (std::string_view scheme : {"http://", "https://"}) {
    if (!target.starts_with(scheme)) continue;
    auto slash = target.find('/', scheme.size());
    return slash == std::string_view::npos ? std::string_view("/") : target.substr(slash);
  }
  return target;
}

}  // namespace

std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_space) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      int high = hexadecimal(text[i + 1]);
      int low = hexadecimal(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      decoded += static_cast<char>(high * 16 + low);
      i += 2;
    } else if (text[i] == '+' && plus_is_space) {
      decoded += ' ';
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

std::string percent_encoded(std::string_view text) {
  static constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  for (char c : text) {
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                 c == '-' || c == '_' || c == '.' || c == '~';
    if (plain) {
      encoded += c;
    } else {
      auto byte = static_cast<unsigned char>(c);
      encoded += '%';
      encoded += digits[byte >> 4];
      encoded += digits[byte & 15];
    }
  }
  return encoded;
}

base::Result<Target> parse_target(std::string_view target, std::size_t parameters_max) {
  target = without_origin(target);
  if (target.empty() || target[0] != '/') return malformed("It does not begin with a slash.");
  target = target.substr(0, target.find('#'));
  auto question = target.find('?');
  auto path = decoded_path(target.substr(0, question));
  if (!path) return std::unexpected(path.error());
  auto query = decoded_query(
      question == std::string_view::npos ? std::string_view{} : target.substr(question + 1),
      parameters_max);
  if (!query) return std::unexpected(query.error());
  return Target{std::move(*path), std::move(*query)};
}

std::optional<std::string> cookie_named(std::string_view header, std::string_view name) {
  for (auto pair : base::split(header, ';')) {
    pair = base::trimmed(pair);
    auto equals = pair.find('=');
    if (equals != std::string_view::npos && pair.substr(0, equals) == name)
      return std::string(pair.substr(equals + 1));
  }
  return std::nullopt;
}

}  // namespace rapport::server
