#include "server/cookies.hpp"

#include <gtest/gtest.h>

namespace rapport::server {
namespace {

HttpRequest with(Parameters headers) {
  HttpRequest request;
  request.headers = std::move(headers);
  return request;
}

TEST(Cookies, the_prefix_is_used_where_browsers_take_it) {
  const std::string none;
  const std::string url = "https://crm.example.com";
  struct Case {
    std::string host, public_url;
    bool secure;
  };
  const Case cases[] = {
      {"localhost:8080", none, true},      {"127.0.0.1:8080", none, true},
      {"[::1]:8080", none, true},          {"LOCALHOST", none, true},
      {"192.168.1.5:8080", none, false},   {"crm.example.com", none, false},
      {"crm.example.com", url, true},      {"other.example.com", url, false},
      {"localhost.evil.com", none, false},
  };
  for (const auto& one : cases)
    EXPECT_EQ(is_secure(with({{"host", one.host}}), one.public_url), one.secure) << one.host;
  EXPECT_EQ(session_cookie("t0k", base::hours(1), true),
            "__Host-rapport=t0k; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax; Secure");
  EXPECT_EQ(session_cookie("t0k", base::hours(1), false),
            "rapport=t0k; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax");
}

TEST(Cookies, a_plain_cookie_does_not_count_where_the_prefixed_one_is_due) {
  auto request = with({{"cookie", "rapport=planted; __Host-rapport=real; other=1"}});
  EXPECT_EQ(session_of(request, true), "real");
  EXPECT_EQ(session_of(request, false), "planted");
  EXPECT_EQ(session_of(with({{"cookie", "rapport=planted"}}), true), std::nullopt);
}

TEST(Cookies, only_our_own_pages_write_with_them) {
  const std::string host = "crm.example.com";
  struct Case {
    Parameters headers;
    bool own;
  };
  const Case cases[] = {
      {{{"sec-fetch-site", "same-origin"}}, true},
      {{{"sec-fetch-site", "none"}}, true},
      {{{"sec-fetch-site", "same-site"}}, false},
      {{{"sec-fetch-site", "cross-site"}, {"origin", "https://crm.example.com"}}, false},
      {{{"origin", "https://crm.example.com"}}, true},
      {{{"origin", "https://evil.example"}}, false},
      {{{"origin", "null"}}, false},
      {{{"origin", "https://crm.example.com.evil.example"}}, false},
      {{}, true},
  };
  for (const auto& one : cases) {
    auto request = with(one.headers);
    request.headers.emplace_back("host", host);
    EXPECT_EQ(from_own_page(request, ""), one.own);
  }
}

}  // namespace
}  // namespace rapport::server
