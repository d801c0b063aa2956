// A request and its response, as handlers see them: no Asio, no Beast. Handlers are plain
// synchronous functions that run on the worker pool.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rapport::server {

enum class Method { get, head, post, put, patch, remove, options, other };

[[nodiscard]] std::string_view name_of(Method method);

using Parameters = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  Method method = Method::get;
  std::string target;  // as sent
  std::string path;    // decoded: "/api/v1/persons"
  Parameters query;    // decoded, in order
  Parameters headers;  // names in lower case
  std::string body;
  std::string body_file;  // of upload routes: where the body lies; removed if left there
  std::uint64_t body_bytes = 0;
  std::string peer;                   // address of the other side, without port
  std::vector<std::string> captures;  // of the route's {placeholders}
  std::string id;                     // of this request, in the answer and the log

  [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
  [[nodiscard]] std::optional<std::string_view> parameter(std::string_view name) const;
};

// Which changes a live stream carries: asked with the name of an object type.
using EventFilter = std::function<bool(std::string_view object)>;

struct HttpResponse {
  int status = 200;
  Parameters headers;
  std::string body;
  // Where set, the body is made piece by piece (exports): appends to its argument, false ends.
  std::function<bool(std::string&)> stream;
  // Where set, the answer is an endless stream of live events.
  EventFilter events;

  HttpResponse& header(std::string name, std::string value) {
    headers.emplace_back(std::move(name), std::move(value));
    return *this;
  }
};

using Handler = std::function<HttpResponse(const HttpRequest&)>;

// What is to be done with a request, decided when its head has been read and before its body is.
struct Dispatch {
  enum class Where { here, workers, slow_workers };
  Where where = Where::workers;  // `here` is the edge's own thread: only what never waits
  Handler handle;
  Handler admit;  // asked before a large body is read; a status ≥ 400 refuses it
  std::uint64_t body_bytes_max = 0;
  bool to_file = false;  // the body goes to a file
  std::string label;     // the route's pattern, for the log
};

using Site = std::function<Dispatch(HttpRequest&)>;

}  // namespace rapport::server
