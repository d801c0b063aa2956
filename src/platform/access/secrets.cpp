#include "platform/access/secrets.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <thread>

namespace rapport::platform {
namespace {

void ensure_sodium() {
  static const bool ready = sodium_init() >= 0;
  if (!ready) std::abort();
}

}  // namespace

// A place among those that hash now; none where too many wait already.
class PasswordHasher::Turn {
 public:
  explicit Turn(PasswordHasher& hasher) : hasher_(hasher) {
    std::unique_lock lock(hasher_.mutex_);
    if (hasher_.waiting_ >= kHashesWaitingMax) return;
    ++hasher_.waiting_;
    hasher_.free_.wait(lock, [&] { return hasher_.running_ < hasher_.at_once_; });
    --hasher_.waiting_;
    ++hasher_.running_;
    taken_ = true;
  }
  ~Turn() {
    if (!taken_) return;
    {
      const std::lock_guard lock(hasher_.mutex_);
      --hasher_.running_;
    }
    hasher_.free_.notify_one();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  [[nodiscard]] bool taken() const { return taken_; }
  [[nodiscard]] static std::unexpected<base::Problem> refusal() {
    return base::refuse(base::ProblemKind::unavailable, "access.busy",
                        "Too many people are signing in at this moment.", {},
                        "Try again in a few seconds.");
  }

 private:
  PasswordHasher& hasher_;
  bool taken_ = false;
};

PasswordHasher::PasswordHasher(int at_once)
    : at_once_(at_once > 0 ? at_once : std::max(1u, std::thread::hardware_concurrency())) {
  ensure_sodium();
  nobodys_ = hash(random_token()).value_or("");
}

base::Result<std::string> PasswordHasher::hash(std::string_view password) {
  const Turn turn(*this);
  if (!turn.taken()) return Turn::refusal();
  std::array<char, crypto_pwhash_STRBYTES> out{};
  if (crypto_pwhash_str_alg(out.data(), password.data(), password.size(), kPasswordPasses,
                            kPasswordMemory, crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return base::refuse(base::ProblemKind::unavailable, "access.no_memory",
                        "The server is short of memory.", "argon2id could not take 19 MiB",
                        "Try again in a few seconds.");
  }
  return std::string(out.data());
}

base::Result<bool> PasswordHasher::verify(std::string_view hash, std::string_view password) {
  const Turn turn(*this);
  if (!turn.taken()) return Turn::refusal();
  const std::string against(hash.empty() ? std::string_view(nobodys_) : hash);
  const bool right =
      crypto_pwhash_str_verify(against.c_str(), password.data(), password.size()) == 0;
  return right && !hash.empty();
}

bool PasswordHasher::outdated(const std::string& hash) {
  return crypto_pwhash_str_needs_rehash(hash.c_str(), kPasswordPasses, kPasswordMemory) != 0;
}

std::string random_token() {
  ensure_sodium();
  std::array<unsigned char, 32> bytes{};
  randombytes_buf(bytes.data(), bytes.size());
  std::array<char, 44> text{};  // 43 characters and the NUL
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(),
                    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  return text.data();
}

std::string random_password() {
  ensure_sodium();
  static constexpr std::string_view letters = "abcdefghjkmnpqrstuvwxyz23456789";
  std::string password;
  for (int i = 0; i < 20; ++i) {
    password += letters[randombytes_uniform(static_cast<std::uint32_t>(letters.size()))];
  }
  return password;
}

std::string hash_text(std::string_view token) {
  ensure_sodium();
  std::array<unsigned char, 32> hash{};
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(token.data()),
                     token.size(), nullptr, 0);
  std::array<char, 65> hex{};
  sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
  return "\\x" + std::string(hex.data());
}

}  // namespace rapport::platform
