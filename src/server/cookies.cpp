#include "server/cookies.hpp"

#include <fmt/core.h>

#include "base/text.hpp"
#include "server/edge/target.hpp"

namespace rapport::server {

namespace {

std::string_view cookie_name(bool secure) {
  return secure ? "__Host-rapport" : "rapport";
}

std::string_view without_port(std::string_view authority) {
  if (authority.starts_with('[')) return authority.substr(0, authority.find(']') + 1);
  return authority.substr(0, authority.find(':'));
}

bool is_loopback(std::string_view host) {
  return host == "localhost" || host.ends_with(".localhost") || host == "[::1]" ||
         host == "127.0.0.1";
}

std::string cookie(std::string_view value, std::int64_t seconds, bool secure) {
  return fmt::format("{}={}; Path=/; Max-Age={}; HttpOnly; SameSite=Lax{}", cookie_name(secure),
                     value, seconds, secure ? "; Secure" : "");
}

}  // namespace

std::string_view authority_of(std::string_view url) {
  auto start = url.find("://");
  if (start == std::string_view::npos) return {};
  url.remove_prefix(start + 3);
  return url.substr(0, url.find_first_of("/?#"));
}

bool is_secure(const HttpRequest& request, std::string_view public_url) {
  auto host = request.header("host").value_or("");
  if (public_url.starts_with("https://") && base::folded(host) == authority_of(public_url))
    return true;
  return is_loopback(without_port(base::folded(host)));
}

std::string session_cookie(std::string_view token, base::Duration lifetime, bool secure) {
  return cookie(token, lifetime.us / 1'000'000, secure);
}

std::string ended_session_cookie(bool secure) {
  return cookie("", 0, secure);
}

std::optional<std::string> session_of(const HttpRequest& request, bool secure) {
  auto header = request.header("cookie");
  if (!header) return std::nullopt;
  return cookie_named(*header, cookie_name(secure));
}

bool from_own_page(const HttpRequest& request, std::string_view public_url) {
  if (auto site = request.header("sec-fetch-site"))
    return *site == "same-origin" || *site == "none";
  auto origin = request.header("origin");
  if (!origin) return true;
  auto authority = base::folded(authority_of(*origin));
  if (authority.empty()) return false;  // "null"
  return authority == base::folded(request.header("host").value_or("")) ||
         (!public_url.empty() && authority == authority_of(public_url));
}

}  // namespace rapport::server
