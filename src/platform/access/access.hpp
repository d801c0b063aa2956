// Who may come in. A person signs in with name and password and gets a session; a program brings a
// key. Both are opaque random tokens of which only a hash is kept: who reads the database cannot
// sign in with what he finds.
//
//   auto signed_in = access.sign_in({.name = "ana", .password = "…", .address = "10.0.0.7"});
//   auto admitted  = access.admit({.session = signed_in->token});   // each request; no statement
//   road.list(admitted->caller, …)                                  // normally (a short cache)
//
// A session ends with its idle or absolute lifetime, on sign-out, with a new password, and when its
// user is disabled, removed or given another role. Other processes learn of it by NOTIFY `access`.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.hpp"
#include "base/instant.hpp"
#include "base/problem.hpp"
#include "entity/policy.hpp"
#include "platform/access/role.hpp"
#include "store/database.hpp"

namespace rapport::entity {
class Road;
}

namespace rapport::platform {

struct AccessOptions {
  base::Duration session_idle = base::hours(12);
  base::Duration session_absolute = base::days(7);
  base::Duration cache_for = base::seconds(30);    // an admission is believed without asking again
  base::Duration seen_every = base::seconds(300);  // "last used" is written at most this often
  std::size_t cache_max = 10'000;
  int hashes_at_once = 0;  // 0: as many as cores
};

struct UserInfo {
  base::Id id;
  std::string name;  // signs in with it
  Role role = Role::reader;
  std::string zone = "UTC";
};

// What a request brought; both empty: nothing.
struct Credentials {
  std::string_view session;  // of the cookie
  std::string_view key;      // of `Authorization: Bearer`; goes first where both are there
};

struct Admitted {
  entity::Caller caller;
  UserInfo user;
  std::optional<base::Id> key;   // admitted by this key; none: by a session
  std::optional<Scopes> scopes;  // of the key
  // Users, keys of others, settings and the audit: administrators, and their keys that may write
  // all.
  [[nodiscard]] bool may_administer() const;
};

struct SignIn {
  std::string name, password;
  std::string address;  // of the other side, for throttling
};

struct SignedIn {
  std::string token;  // for the cookie; not kept anywhere
  base::Instant expires_at;
  UserInfo user;
};

struct NewKey {
  std::string name;                 // what it is for: "shop connector"
  std::vector<std::string> scopes;  // empty: all its owner may
  std::optional<base::Instant> expires_at;
  std::optional<base::Id> user;  // its owner; none: who makes it
};

struct KeyInfo {
  base::Id id, user;
  std::string user_name, name, prefix;  // "rap_x3Kd90Qa": to recognise it by
  std::vector<std::string> scopes;
  base::Instant created_at;
  std::optional<base::Instant> expires_at, last_used_at;
};

struct CreatedKey {
  KeyInfo info;
  std::string key;  // shown once
};

struct NewUser {
  std::string name;
  Role role = Role::reader;
  std::string password;
  std::string full_name;  // empty: the name
};

struct FirstUser {
  std::string name, password;
};

class Access {
 public:
  static constexpr std::size_t password_characters_min = 8;
  static constexpr std::size_t password_bytes_max = 1024;
  static constexpr std::size_t name_bytes_max = 200;
  static constexpr int keys_per_user_max = 100;

  Access(store::Pool& pool, base::Clock clock, AccessOptions options = {});
  ~Access();
  Access(const Access&) = delete;
  Access& operator=(const Access&) = delete;

  // ---- Sign-in: for the requests that need no admission ----
  // `access.wrong` (401) for a wrong name or password alike; `access.throttled` (429) with
  // {"retry_after": seconds} in `extra`.
  [[nodiscard]] base::Result<SignedIn> sign_in(const SignIn& attempt);
  void sign_out(std::string_view session_token);

  // `access.unauthenticated` (401) where nothing valid was brought. Cheap: call it on each request.
  [[nodiscard]] base::Result<Admitted> admit(const Credentials& credentials);

  // ---- Keys: their owner's business, and administrators' ----
  [[nodiscard]] base::Result<CreatedKey> create_key(const Admitted& by, const NewKey& key);
  [[nodiscard]] base::Result<std::vector<KeyInfo>> keys(const Admitted& by);
  [[nodiscard]] base::Result<void> remove_key(const Admitted& by, const base::Id& key);

  // ---- Passwords ----
  // One's own needs the current one; administrators set others' without it. Ends all sessions.
  [[nodiscard]] base::Result<void> change_password(const Admitted& by, const base::Id& user,
                                                   std::string_view current,
                                                   std::string_view password);

  // ---- For the command line, which acts as the program ----
  [[nodiscard]] base::Result<UserInfo> add_user(entity::Road& road, const NewUser& user);
  [[nodiscard]] base::Result<UserInfo> user_named(std::string_view name);
  [[nodiscard]] base::Result<void> set_password(const base::Id& user, std::string_view password);
  [[nodiscard]] base::Result<CreatedKey> create_key_for(const base::Id& user, const NewKey& key);
  // Makes `admin` with a generated password where there is no user yet; print it once.
  [[nodiscard]] base::Result<std::optional<FirstUser>> ensure_administrator(entity::Road& road);
  // As if this user had signed in: for jobs that act in a user's name (imports).
  [[nodiscard]] base::Result<Admitted> act_as(const base::Id& user);

  // ---- Upkeep ----
  // Forgets what is cached of one user (payload of NOTIFY `access`), or of all ("" or "*").
  void forget(std::string_view user_id);
  // Removes what has expired; a job calls it now and then.
  [[nodiscard]] base::Result<void> sweep();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace rapport::platform
