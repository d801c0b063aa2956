#include "platform/access/access.hpp"

#include <utility>

#include "base/text.hpp"
#include "platform/access/access_state.hpp"
#include "platform/access/access_statements.hpp"
#include "platform/access/throttle.hpp"

namespace rapport::platform {
namespace {

constexpr std::size_t kTokenBytesMax = 200;
// A flood of attempts must not become a flood of rows.
constexpr base::Duration kThrottledNotedEvery = base::seconds(10);

// One answer and one cost for all who may not come in.
std::unexpected<base::Problem> wrong() {
  return base::refuse(base::ProblemKind::unauthenticated, "access.wrong",
                      "The name or the password is wrong.");
}

UserInfo user_of(const store::Rows& rows, std::size_t row, Role role) {
  UserInfo user{.id = rows.id(row, 0), .name = std::string(rows.text(row, 1)), .role = role};
  if (!rows.text(row, 3).empty()) user.zone = rows.text(row, 3);
  return user;
}

struct Candidate {
  std::optional<UserInfo> user;
  std::string password_hash;
};

// Counts the attempt and looks the user up, in one trip; known and unknown names alike.
base::Result<Candidate> begin_attempt(store::Pool& pool, const std::string& name,
                                      const Buckets& buckets, base::Instant now) {
  auto transaction = pool.begin(store::Mode::read_write);
  if (!transaction) return std::unexpected(transaction.error());
  const auto found =
      transaction->send(statements::kSignInUser, store::Params().text(base::trimmed(name)));
  const auto counted = count_attempt(*transaction, buckets, now);
  if (!counted && counted.error().kind != base::ProblemKind::too_many) {
    return std::unexpected(counted.error());
  }
  const auto rows = transaction->take(found);
  if (!rows) return database_problem(rows.error());
  if (const auto done = transaction->commit(); !done) return database_problem(done.error());
  if (!counted) return std::unexpected(counted.error());
  Candidate candidate;
  if (rows->size() == 1) {
    const auto role = role_named(rows->text(0, 2));
    if (role) {
      candidate.user = user_of(*rows, 0, *role);
      candidate.password_hash = rows->text(0, 4);
    }
  }
  return candidate;
}

}  // namespace

std::unexpected<base::Problem> unauthenticated() {
  return base::refuse(base::ProblemKind::unauthenticated, "access.unauthenticated",
                      "You are not signed in.", {}, "Sign in, or send a valid key.");
}

std::unexpected<base::Problem> database_problem(const store::DatabaseError& error) {
  return std::unexpected(store::as_problem(error));
}

entity::Caller caller_of(const UserInfo& user, std::optional<Scopes> scopes) {
  return {.user = user.id,
          .zone = user.zone,
          .policy = policy_of(user.role, std::move(scopes)),
          .cause = {}};
}

bool Admitted::may_administer() const {
  return user.role == Role::administrator && (!scopes || scopes->may_write_all());
}

Access::Access(store::Pool& pool, base::Clock clock, AccessOptions options)
    : state_(std::make_unique<State>(pool, std::move(clock), options)) {}
Access::~Access() = default;

base::Result<SignedIn> Access::sign_in(const SignIn& attempt) {
  auto& s = *state_;
  if (attempt.name.empty() || attempt.name.size() > name_bytes_max ||
      attempt.password.size() > password_bytes_max || !base::clean_text(attempt.name)) {
    return wrong();
  }
  const auto now = s.clock();
  const auto buckets = sign_in_buckets(attempt.name, attempt.address);
  auto candidate = begin_attempt(s.pool, attempt.name, buckets, now);
  if (!candidate) {
    if (candidate.error().kind == base::ProblemKind::too_many && s.may_note_throttled(now)) {
      s.audit.note(
          {.kind = Audited::sign_in_throttled, .name = attempt.name, .address = attempt.address});
    }
    return std::unexpected(candidate.error());
  }
  const auto right = s.hasher.verify(candidate->password_hash, attempt.password);
  if (!right) return std::unexpected(right.error());
  if (!*right || !candidate->user) {
    s.audit.note({.kind = Audited::sign_in_failed,
                  .user = candidate->user ? std::optional(candidate->user->id) : std::nullopt,
                  .name = attempt.name,
                  .address = attempt.address});
    return wrong();
  }
  const auto& user = *candidate->user;
  std::string renewed;
  if (PasswordHasher::outdated(candidate->password_hash)) {
    renewed = s.hasher.hash(attempt.password).value_or("");
  }
  SignedIn signed_in{
      .token = random_token(), .expires_at = now + s.options.session_absolute, .user = user};
  auto transaction = s.pool.begin(store::Mode::read_write);
  if (!transaction) return std::unexpected(transaction.error());
  forgive_attempt(*transaction, buckets);
  (void)transaction->send(statements::kInsertSession, store::Params()
                                                          .text(hash_text(signed_in.token))
                                                          .id(user.id)
                                                          .text(name_of(user.role))
                                                          .instant(now)
                                                          .instant(signed_in.expires_at));
  if (!renewed.empty()) {
    (void)transaction->send(statements::kSetPassword,
                            store::Params().id(user.id).text(renewed).instant(now));
  }
  Audit::note(*transaction, {.kind = Audited::sign_in, .user = user.id, .address = attempt.address},
              now);
  if (const auto done = transaction->commit(); !done) return database_problem(done.error());
  return signed_in;
}

void Access::sign_out(std::string_view session_token) {
  if (session_token.empty() || session_token.size() > kTokenBytesMax) return;
  state_->end_session(hash_text(session_token), Audited::sign_out);
}

base::Result<Admitted> Access::admit(const Credentials& credentials) {
  const auto& token = credentials.key.empty() ? credentials.session : credentials.key;
  if (token.empty() || token.size() > kTokenBytesMax) return unauthenticated();
  return credentials.key.empty() ? state_->admit_session(token) : state_->admit_key(token);
}

base::Result<Admitted> Access::State::admit_session(std::string_view token) {
  const auto hash = hash_text(token);
  const auto now = clock();
  auto cached = cache.find(hash);
  const bool believed = cached && now < cached->believed_until;
  if (!believed) {
    const auto generation = cache.generation();
    auto transaction = pool.begin(store::Mode::read_only);
    if (!transaction) return std::unexpected(transaction.error());
    const auto rows = transaction->run(statements::kSession, store::Params().text(hash));
    if (!rows) return database_problem(rows.error());
    (void)transaction->commit();
    if (rows->size() == 0) {
      cache.forget(hash);
      return unauthenticated();
    }
    const auto role = role_named(rows->text(0, 2));
    if (!role || !rows->boolean(0, 6)) {  // Disabled, removed, or of another role by now.
      end_session(hash, std::nullopt);
      return unauthenticated();
    }
    const auto user = user_of(*rows, 0, *role);
    cached = CachedAdmission{
        .admitted = std::make_shared<const Admitted>(Admitted{
            .caller = caller_of(user, std::nullopt), .user = user, .key = {}, .scopes = {}}),
        .believed_until = now + options.cache_for,
        .expires_at = rows->instant(0, 4),
        .seen_at = rows->instant(0, 5)};
    cache.put(hash, *cached, generation);
  }
  if (now >= *cached->expires_at || now - cached->seen_at >= options.session_idle) {
    end_session(hash, std::nullopt);
    return unauthenticated();
  }
  if (now - cached->seen_at >= options.seen_every) {
    cache.seen(hash, now);
    if (auto transaction = pool.begin(store::Mode::read_write)) {
      (void)transaction->send(statements::kSeeSession, store::Params().text(hash).instant(now));
      (void)transaction->commit();
    }
  }
  return *cached->admitted;
}

bool Access::State::may_note_throttled(base::Instant now) {
  auto last = throttled_noted_us.load();
  return now.us - last >= kThrottledNotedEvery.us &&
         throttled_noted_us.compare_exchange_strong(last, now.us);
}

void Access::State::end_session(const std::string& hash, std::optional<Audited> as) {
  cache.forget(hash);
  auto transaction = pool.begin(store::Mode::read_write);
  if (!transaction) return;
  const auto ended = transaction->run(statements::kEndSession, store::Params().text(hash));
  if (!ended || ended->size() == 0) return;
  const auto user = ended->id(0, 0);
  (void)transaction->send(statements::kNotifyAccess, store::Params().text(base::to_text(user)));
  if (as) Audit::note(*transaction, {.kind = *as, .user = user}, clock());
  (void)transaction->commit();
}

base::Result<Admitted> Access::act_as(const base::Id& user) {
  auto transaction = state_->pool.begin(store::Mode::read_only);
  if (!transaction) return std::unexpected(transaction.error());
  const auto rows = transaction->run(statements::kUser, store::Params().id(user));
  if (!rows) return database_problem(rows.error());
  const auto role = rows->size() == 1 ? role_named(rows->text(0, 2)) : std::nullopt;
  if (!role || !rows->boolean(0, 4)) {
    return base::refuse(base::ProblemKind::forbidden, "access.user_disabled",
                        "The user who asked for this may no longer sign in.");
  }
  const auto info = user_of(*rows, 0, *role);
  return Admitted{.caller = caller_of(info, std::nullopt), .user = info, .key = {}, .scopes = {}};
}

void Access::forget(std::string_view user_id) {
  state_->cache.forget_user(base::parse_id(user_id));
}

base::Result<void> Access::sweep() {
  const auto now = state_->clock();
  auto transaction = state_->pool.begin(store::Mode::read_write);
  if (!transaction) return std::unexpected(transaction.error());
  (void)transaction->send(statements::kSweepSessions,
                          store::Params().instant(now).instant(now - state_->options.session_idle));
  (void)transaction->send(statements::kSweepAttempts,
                          store::Params().instant(now - base::hours(24)));
  if (const auto done = transaction->commit(); !done) return database_problem(done.error());
  return {};
}

// ---- The cache -----------------------------------------------------------------------------

std::optional<CachedAdmission> AdmissionCache::find(const std::string& hash) const {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(hash);
  if (found == entries_.end()) return std::nullopt;
  return found->second;
}

void AdmissionCache::put(const std::string& hash, CachedAdmission admission,
                         std::uint64_t generation) {
  const std::lock_guard lock(mutex_);
  if (generation != generation_) return;
  if (entries_.size() >= most_) entries_.clear();
  entries_.insert_or_assign(hash, std::move(admission));
}

void AdmissionCache::seen(const std::string& hash, base::Instant at) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(hash);
  if (found != entries_.end()) found->second.seen_at = at;
}

void AdmissionCache::forget(const std::string& hash) {
  const std::lock_guard lock(mutex_);
  ++generation_;
  entries_.erase(hash);
}

void AdmissionCache::forget_user(const std::optional<base::Id>& user) {
  const std::lock_guard lock(mutex_);
  ++generation_;
  if (!user) return entries_.clear();
  std::erase_if(entries_,
                [&](const auto& entry) { return entry.second.admitted->user.id == *user; });
}

std::uint64_t AdmissionCache::generation() const {
  const std::lock_guard lock(mutex_);
  return generation_;
}

}  // namespace rapport::platform
