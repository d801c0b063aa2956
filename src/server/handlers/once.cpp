#include "server/handlers/once.hpp"

#include <fmt/format.h>

#include "platform/access/secrets.hpp"

namespace rapport::server {

namespace {

constexpr std::size_t idempotency_key_bytes_max = 255;

}  // namespace

base::Result<entity::Once> once_of(const Call& call) {
  auto key = call.request.header("idempotency-key");
  if (!key) return entity::Once{};
  if (key->empty() || key->size() > idempotency_key_bytes_max)
    return base::refuse(
        base::ProblemKind::malformed, "server.idempotency_key",
        fmt::format("An Idempotency-Key has 1 to {} bytes.", idempotency_key_bytes_max));
  return entity::Once{.effect = fmt::format("http {} {} {}", base::to_text(call.caller().user),
                                            call.request.path, *key),
                      .fingerprint = platform::hash_text(fmt::format(
                          "{} {}\n{}", server::name_of(call.request.method),
                          call.request.header("if-match").value_or(""), call.request.body))};
}

}  // namespace rapport::server
