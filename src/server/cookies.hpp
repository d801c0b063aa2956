// The session's cookie, and whose page may write with it.
//
// On HTTPS and on localhost it is `__Host-rapport`: Secure, of this host alone, never overwritten
// from a neighbouring domain. Over plain HTTP elsewhere browsers drop such a cookie silently, so
// there it is `rapport`, unprefixed, and the program warns at start.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/instant.hpp"
#include "server/edge/http.hpp"

namespace rapport::server {

// Whether the browser takes the connection for a secure one. `public_url` is the address users
// see, where it is configured ("https://crm.example.com"), else empty.
[[nodiscard]] bool is_secure(const HttpRequest& request, std::string_view public_url);

[[nodiscard]] std::string session_cookie(std::string_view token, base::Duration lifetime,
                                         bool secure);
[[nodiscard]] std::string ended_session_cookie(bool secure);
[[nodiscard]] std::optional<std::string> session_of(const HttpRequest& request, bool secure);

// Whether a write may use the cookie: only our own pages may, never another site's. Programs send
// neither header.
[[nodiscard]] bool from_own_page(const HttpRequest& request, std::string_view public_url);

// The host of "https://host:port/…", with its port.
[[nodiscard]] std::string_view authority_of(std::string_view url);

}  // namespace rapport::server
