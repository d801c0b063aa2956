// The visible list of routes, and how each is served: who may call it, how large its body may be,
// and which pool runs it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "server/edge/http.hpp"
#include "server/handlers/call.hpp"
#include "server/static_files.hpp"

namespace rapport::server {

// `writers` may create records of some type at least.
enum class Who { anyone, users, writers, administrators };

struct Route {
  Method method;
  std::string_view pattern;
  Function function;
  Who who = Who::users;
  enum class Pool { workers, slow_workers } pool = Pool::workers;
  enum class Body { none, small, records, upload } body = Body::none;
  // What an Idempotency-Key does to a POST: the same request is done once; or it only reads, and
  // may come as often as one likes; or the key cannot be honoured, and is refused rather than
  // ignored. The other methods are idempotent by themselves, and PATCH by its version.
  enum class Key { refused, honoured, needless } key = Key::refused;
};

[[nodiscard]] std::span<const Route> routes();

struct SiteOptions {
  std::uint64_t upload_bytes_max = 0;
};

// What the edge asks about each request: the API by the list of routes, everything else a file.
// The services and the files must outlive it.
[[nodiscard]] Site site_of(Services& services, const StaticFiles& files, SiteOptions options);

}  // namespace rapport::server
