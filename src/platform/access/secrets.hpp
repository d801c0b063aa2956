// Passwords and tokens, by libsodium: argon2id for what people choose, a plain fast hash for what
// is random already (there is nothing to guess in 256 random bits).
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>

#include "base/problem.hpp"

namespace rapport::platform {

inline constexpr unsigned long long kPasswordPasses = 2;
inline constexpr std::size_t kPasswordMemory = 19u << 20;  // OWASP's least for argon2id
inline constexpr int kHashesWaitingMax = 64;

// Hashes passwords, at most `at_once` together: each takes 19 MiB and a core for some 20 ms, and a
// flood of sign-ins must not take the machine. Who finds too many waiting is refused (503).
class PasswordHasher {
 public:
  explicit PasswordHasher(int at_once);
  [[nodiscard]] base::Result<std::string> hash(std::string_view password);
  // An empty hash (unknown user, none set) is checked against one nobody has, at the same cost.
  [[nodiscard]] base::Result<bool> verify(std::string_view hash, std::string_view password);
  [[nodiscard]] static bool outdated(const std::string& hash);

 private:
  class Turn;
  std::mutex mutex_;
  std::condition_variable free_;
  int running_ = 0, waiting_ = 0;
  const int at_once_;
  std::string nobodys_;
};

// 256 random bits as 43 characters that are safe in cookies and headers.
[[nodiscard]] std::string random_token();
// A password for a person to type once: 20 characters that are not mistaken for each other.
[[nodiscard]] std::string random_password();
// BLAKE2b-256, as PostgreSQL reads a bytea: "\x…".
[[nodiscard]] std::string hash_text(std::string_view token);

}  // namespace rapport::platform
