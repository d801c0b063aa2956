// What the parts of Access share: the database, the hasher, and the cache of admissions.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "platform/access/access.hpp"
#include "platform/access/secrets.hpp"
#include "platform/audit/audit.hpp"

namespace rapport::platform {

// An admission believed for a short while, by the hash of its token.
struct CachedAdmission {
  std::shared_ptr<const Admitted> admitted;
  base::Instant believed_until;             // then the database is asked again
  std::optional<base::Instant> expires_at;  // of the session or key itself
  base::Instant seen_at;                    // as last written
};

// Thread-safe; holds at most `most`, and then begins anew: simpler than order of use, and a full
// refill costs one statement a client.
class AdmissionCache {
 public:
  explicit AdmissionCache(std::size_t most) : most_(most) {}
  [[nodiscard]] std::optional<CachedAdmission> find(const std::string& hash) const;
  // Refused where something was forgotten since `generation`: what was read may be stale.
  void put(const std::string& hash, CachedAdmission admission, std::uint64_t generation);
  void seen(const std::string& hash, base::Instant at);
  void forget(const std::string& hash);
  void forget_user(const std::optional<base::Id>& user);  // none: everybody
  [[nodiscard]] std::uint64_t generation() const;

 private:
  const std::size_t most_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, CachedAdmission> entries_;
  std::uint64_t generation_ = 0;
};

struct Access::State {
  State(store::Pool& with_pool, base::Clock with_clock, AccessOptions with_options)
      : pool(with_pool),
        clock(with_clock),
        options(with_options),
        hasher(options.hashes_at_once),
        audit(pool, with_clock),
        cache(options.cache_max) {}

  store::Pool& pool;
  base::Clock clock;
  AccessOptions options;
  PasswordHasher hasher;
  Audit audit;
  AdmissionCache cache;

  base::Result<Admitted> admit_session(std::string_view token);
  base::Result<Admitted> admit_key(std::string_view token);
  void end_session(const std::string& hash, std::optional<Audited> as);
  bool may_note_throttled(base::Instant now);
  std::atomic<std::int64_t> throttled_noted_us{0};
  base::Result<CreatedKey> insert_key(const UserInfo& owner, const Scopes& scopes,
                                      const NewKey& key, const std::optional<base::Id>& by);
  base::Result<std::string> checked_hash(std::string_view password);
  base::Result<void> write_password(const base::Id& user, const std::string& hash,
                                    const std::optional<base::Id>& by);
};

// "You are not signed in": the same for whatever was brought.
[[nodiscard]] std::unexpected<base::Problem> unauthenticated();
[[nodiscard]] std::unexpected<base::Problem> database_problem(const store::DatabaseError& error);
[[nodiscard]] entity::Caller caller_of(const UserInfo& user, std::optional<Scopes> scopes);

}  // namespace rapport::platform
