// By what a request that may come twice is known, as an Idempotency-Key: done once, the second time
// answered with the first one's result. An empty effect: every request is a new one.
#pragma once

#include <string>

namespace rapport::entity {

struct Once {
  std::string effect{};       // the key
  std::string fingerprint{};  // what was asked under it; another one is `write.key_reused`
};

}  // namespace rapport::entity
