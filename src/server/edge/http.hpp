// A request and its response, as handlers see them: no Asio, no Beast. Handlers are plain synchronous
// functions that run on the worker pool.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rapport::server {

enum class Method { get, head, post, put, patch, remove, options, other };

struct HttpRequest {
  Method method = Method::get;
  std::string target;                                   // as sent
  std::string path;                                     // decoded: "/api/v1/persons"
  std::vector<std::pair<std::string, std::string>> query;    // decoded, in order
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;
  std::string peer;                                     // address of the other side, without port
  std::vector<std::string> captures;                    // of the route's {placeholders}

  [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
  [[nodiscard]] std::optional<std::string_view> parameter(std::string_view name) const;
};

struct HttpResponse {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  // Where set, the body is made piece by piece (exports): appends to its argument, false ends.
  std::function<bool(std::string&)> stream;
};

using Handler = std::function<HttpResponse(const HttpRequest&)>;

}  // namespace rapport::server
