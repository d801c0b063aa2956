// The named statements of access.
#pragma once

#include "store/database.hpp"

namespace rapport::platform::statements {

inline constexpr store::Statement kSignInUser{"access.sign_in_user", R"(
  select u.id, u.name, u.role, u.zone, c.password_hash
  from users u join credentials c on c.user_id = u.id
  where lower(u.name) = lower($1) and u.active and u.removed_at is null
  order by (u.name = $1) desc
  limit 1)"};

inline constexpr store::Statement kCountAttempt{"access.count_attempt", R"(
  insert into sign_in_attempts as a (key, failures, at) values ($1::bytea, 1, $2::timestamptz)
  on conflict (key) do update set
    failures = least($3::float8 + 1, 1 + greatest(0,
      a.failures - extract(epoch from $2::timestamptz - a.at)::float8 / $4::float8)),
    at = $2::timestamptz
  returning failures)"};

inline constexpr store::Statement kForgiveAttempt{"access.forgive_attempt", R"(
  update sign_in_attempts set failures = greatest(0, failures - $2::float8)
  where key = $1::bytea)"};

inline constexpr store::Statement kSweepAttempts{"access.sweep_attempts", R"(
  delete from sign_in_attempts where at < $1::timestamptz)"};

inline constexpr store::Statement kInsertSession{"access.insert_session", R"(
  insert into sessions (token_hash, user_id, role, created_at, seen_at, expires_at)
  values ($1::bytea, $2, $3, $4, $4, $5))"};

inline constexpr store::Statement kSession{"access.session", R"(
  select s.user_id, u.name, u.role, u.zone, s.expires_at, s.seen_at,
         coalesce(u.active and u.removed_at is null and u.role = s.role, false)
  from sessions s left join users u on u.id = s.user_id
  where s.token_hash = $1::bytea)"};

inline constexpr store::Statement kSeeSession{"access.see_session", R"(
  update sessions set seen_at = $2::timestamptz where token_hash = $1::bytea)"};

inline constexpr store::Statement kEndSession{"access.end_session", R"(
  delete from sessions where token_hash = $1::bytea returning user_id)"};

inline constexpr store::Statement kEndSessionsOf{"access.end_sessions_of", R"(
  delete from sessions where user_id = $1)"};

// After a change of users: the sessions of those who may no longer have theirs.
inline constexpr store::Statement kEndSessionsOfChanged{"access.end_sessions_of_changed", R"(
  delete from sessions s
  where s.user_id = any($1::uuid[]) and not exists (
    select from users u
    where u.id = s.user_id and u.active and u.removed_at is null and u.role = s.role))"};

inline constexpr store::Statement kSweepSessions{"access.sweep_sessions", R"(
  delete from sessions where expires_at < $1::timestamptz or seen_at < $2::timestamptz)"};

inline constexpr store::Statement kNotifyAccess{"access.notify", "select pg_notify('access', $1)"};

inline constexpr store::Statement kKey{"access.key", R"(
  select k.user_id, u.name, u.role, u.zone, k.expires_at, k.last_used_at,
         coalesce(u.active and u.removed_at is null, false), k.id, array_to_string(k.scopes, ' ')
  from api_keys k left join users u on u.id = k.user_id
  where k.token_hash = $1::bytea)"};

inline constexpr store::Statement kUseKey{"access.use_key", R"(
  update api_keys set last_used_at = $2::timestamptz where id = $1)"};

inline constexpr store::Statement kInsertKey{"access.insert_key", R"(
  insert into api_keys (id, user_id, name, prefix, token_hash, scopes, created_at, expires_at)
  select $1, $2, $3, $4, $5::bytea, $6::text[], $7, $8
  where (select count(*) from api_keys where user_id = $2::uuid) < $9::bigint)"};

inline constexpr store::Statement kKeys{"access.keys", R"(
  select k.id, k.user_id, coalesce(u.name, ''), k.name, k.prefix,
         array_to_string(k.scopes, ' '), k.created_at, k.expires_at, k.last_used_at
  from api_keys k left join users u on u.id = k.user_id
  where $1::uuid is null or k.user_id = $1::uuid
  order by k.created_at desc, k.id)"};

inline constexpr store::Statement kDeleteKey{"access.delete_key", R"(
  delete from api_keys where id = $1 and ($2::uuid is null or user_id = $2::uuid)
  returning user_id, prefix)"};

inline constexpr store::Statement kUser{"access.user", R"(
  select id, name, role, zone, active and removed_at is null from users where id = $1)"};

inline constexpr store::Statement kUserNamed{"access.user_named", R"(
  select id, name, role, zone, active and removed_at is null from users
  where lower(name) = lower($1) and removed_at is null
  order by (name = $1) desc
  limit 1)"};

inline constexpr store::Statement kPassword{"access.password", R"(
  select password_hash from credentials where user_id = $1)"};

inline constexpr store::Statement kSetPassword{"access.set_password", R"(
  insert into credentials (user_id, password_hash, changed_at) values ($1, $2, $3)
  on conflict (user_id) do update
  set password_hash = excluded.password_hash, changed_at = excluded.changed_at)"};

inline constexpr store::Statement kDropPassword{"access.drop_password", R"(
  delete from credentials where user_id = $1)"};

inline constexpr store::Statement kAnyAdministrator{"access.any_administrator", R"(
  select exists (
    select from users u join credentials c on c.user_id = u.id
    where u.role = 'administrator' and u.active and u.removed_at is null))"};

}  // namespace rapport::platform::statements
