#include "server/edge/http.hpp"

#include <algorithm>

namespace rapport::server {

namespace {

std::optional<std::string_view> first_named(const Parameters& all, std::string_view name) {
  auto found = std::ranges::find(all, name,
                                 [](const auto& pair) -> const std::string& { return pair.first; });
  if (found == all.end()) return std::nullopt;
  return found->second;
}

}  // namespace

std::optional<std::string_view> HttpRequest::header(std::string_view name) const {
  return first_named(headers, name);
}

std::optional<std::string_view> HttpRequest::parameter(std::string_view name) const {
  return first_named(query, name);
}

std::string_view name_of(Method method) {
  switch (method) {
    case Method::get:
      return "GET";
    case Method::head:
      return "HEAD";
    case Method::post:
      return "POST";
    case Method::put:
      return "PUT";
    case Method::patch:
      return "PATCH";
    case Method::remove:
      return "DELETE";
    case Method::options:
      return "OPTIONS";
    case Method::other:
      return "OTHER";
  }
  return "OTHER";
}

}  // namespace rapport::server
