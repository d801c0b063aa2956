// Requests that may come twice.
#pragma once

#include "base/problem.hpp"
#include "entity/request/once.hpp"
#include "server/handlers/call.hpp"

namespace rapport::server {

// The Idempotency-Key: the same key from the same user for the same address is the same request,
// done once; what was asked is kept with it, so that another request under that key is not answered
// with the first one's result. Without one, every request is a new one.
[[nodiscard]] base::Result<entity::Once> once_of(const Call& call);

}  // namespace rapport::server
