// The audit: who signed in, who failed to, who made a key, who was refused, who exported. What was
// changed in records stands in the change log instead. Readable by administrators.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.hpp"
#include "base/instant.hpp"
#include "base/problem.hpp"
#include "store/database.hpp"

namespace rapport::platform {

struct Admitted;

enum class Audited {
  sign_in,
  sign_in_failed,
  sign_in_throttled,
  sign_out,
  password_changed,
  user_added,
  key_created,
  key_removed,
  refused,
  exported,
  imported,
  setting_changed
};
[[nodiscard]] std::string_view name_of(Audited kind);
[[nodiscard]] std::optional<Audited> audited_named(std::string_view name);

struct AuditEntry {
  Audited kind = Audited::refused;
  std::optional<base::Id> user = {};  // who did it, where known
  std::string name = {};              // the sign-in name as given, where no user is known
  std::string address = {};           // of the other side
  std::string subject = {};  // what it was about: "person", "key rap_x3Kd90Qa", "GET /api/v1/users"
  std::string details = {};  // JSON object text, or empty
  base::Instant at = {};     // set by the audit
};

struct AuditQuery {
  static constexpr int limit_max = 500;
  std::optional<Audited> kind;
  std::optional<base::Id> user;
  std::int64_t before = 0;  // entries older than this number; 0: from the newest
  int limit = 50;
};

struct AuditRow {
  std::int64_t number = 0;
  AuditEntry entry;
  std::string user_name;
};

class Audit {
 public:
  Audit(store::Pool& pool, base::Clock clock) : pool_(pool), clock_(std::move(clock)) {}

  // In a transaction of its own. A failure is logged, not told: the audited thing has happened.
  void note(const AuditEntry& entry);
  // Within the transaction of what it tells of.
  static void note(store::Transaction& transaction, const AuditEntry& entry, base::Instant now);

  // Newest first; administrators only.
  [[nodiscard]] base::Result<std::vector<AuditRow>> read(const Admitted& by,
                                                         const AuditQuery& query);

 private:
  store::Pool& pool_;
  base::Clock clock_;
};

}  // namespace rapport::platform
