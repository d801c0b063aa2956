// Guessing passwords is made slow: each attempt is counted before the password is looked at (so
// that many at once are no way around it) and leaks away with time. Three buckets are counted:
//
//   account + address   few attempts: who forgot a password waits, others sign in meanwhile
//   account             more: a guess spread over many addresses
//   address             more: one address that tries many accounts
//
// Counts stand in the database, shared by all processes; names that do not exist count alike.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "base/instant.hpp"
#include "base/problem.hpp"
#include "store/database.hpp"

namespace rapport::platform {

struct Bucket {
  std::string key;      // hashed
  double most;          // attempts it holds
  double leak_seconds;  // until one has leaked away
};

using Buckets = std::array<Bucket, 3>;
[[nodiscard]] Buckets sign_in_buckets(std::string_view name, std::string_view address);

// Counts one attempt; `access.throttled` where a bucket ran over.
[[nodiscard]] base::Result<void> count_attempt(store::Transaction& transaction,
                                               std::span<const Bucket> buckets, base::Instant now);
// It was the right password: the attempt is taken back, the forgetful one's bucket emptied.
void forgive_attempt(store::Transaction& transaction, const Buckets& buckets);

// The answer of a throttled attempt.
[[nodiscard]] std::unexpected<base::Problem> throttled(int retry_after_seconds);

}  // namespace rapport::platform
