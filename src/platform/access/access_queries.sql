-- The named statements of access.

-- name: sign_in_user
select u.id, u.name, u.role, u.zone, c.password_hash
from users u join credentials c on c.user_id = u.id
where lower(u.name) = lower($1) and u.active and u.removed_at is null
order by (u.name = $1) desc
limit 1;

-- name: count_attempt
insert into sign_in_attempts as a (key, failures, at) values ($1::bytea, 1, $2::timestamptz)
on conflict (key) do update set
  failures = least($3::float8 + 1, 1 + greatest(0,
    a.failures - extract(epoch from $2::timestamptz - a.at)::float8 / $4::float8)),
  at = $2::timestamptz
returning failures;

-- name: forgive_attempt
update sign_in_attempts set failures = greatest(0, failures - $2::float8)
where key = $1::bytea;

-- name: sweep_attempts
delete from sign_in_attempts where at < $1::timestamptz;

-- name: insert_session
insert into sessions (token_hash, user_id, role, created_at, seen_at, expires_at)
values ($1::bytea, $2, $3, $4, $4, $5);

-- name: session
select s.user_id, u.name, u.role, u.zone, s.expires_at, s.seen_at,
       coalesce(u.active and u.removed_at is null and u.role = s.role, false)
from sessions s left join users u on u.id = s.user_id
where s.token_hash = $1::bytea;

-- name: see_session
update sessions set seen_at = $2::timestamptz where token_hash = $1::bytea;

-- name: end_session
delete from sessions where token_hash = $1::bytea returning user_id;

-- name: end_sessions_of
delete from sessions where user_id = $1;

-- name: end_sessions_of_changed
-- After a change of users: the sessions of those who may no longer have theirs.
delete from sessions s
where s.user_id = any($1::uuid[]) and not exists (
  select from users u
  where u.id = s.user_id and u.active and u.removed_at is null and u.role = s.role);

-- name: sweep_sessions
delete from sessions where expires_at < $1::timestamptz or seen_at < $2::timestamptz;

-- name: notify
select pg_notify('access', $1);

-- name: key
select k.user_id, u.name, u.role, u.zone, k.expires_at, k.last_used_at,
       coalesce(u.active and u.removed_at is null, false), k.id, array_to_string(k.scopes, ' ')
from api_keys k left join users u on u.id = k.user_id
where k.token_hash = $1::bytea;

-- name: use_key
update api_keys set last_used_at = $2::timestamptz where id = $1;

-- name: insert_key
insert into api_keys (id, user_id, name, prefix, token_hash, scopes, created_at, expires_at)
select $1, $2, $3, $4, $5::bytea, $6::text[], $7, $8
where (select count(*) from api_keys where user_id = $2::uuid) < $9::bigint;

-- name: keys
select k.id, k.user_id, coalesce(u.name, ''), k.name, k.prefix,
       array_to_string(k.scopes, ' '), k.created_at, k.expires_at, k.last_used_at
from api_keys k left join users u on u.id = k.user_id
where $1::uuid is null or k.user_id = $1::uuid
order by k.created_at desc, k.id;

-- name: delete_key
delete from api_keys where id = $1 and ($2::uuid is null or user_id = $2::uuid)
returning user_id, prefix;

-- name: user
select id, name, role, zone, active and removed_at is null from users where id = $1;

-- name: user_named
select id, name, role, zone, active and removed_at is null from users
where lower(name) = lower($1) and removed_at is null
order by (name = $1) desc
limit 1;

-- name: password
select password_hash from credentials where user_id = $1;

-- name: set_password
insert into credentials (user_id, password_hash, changed_at) values ($1, $2, $3)
on conflict (user_id) do update
set password_hash = excluded.password_hash, changed_at = excluded.changed_at;

-- name: drop_password
delete from credentials where user_id = $1;

-- name: any_administrator
select exists (
  select from users u join credentials c on c.user_id = u.id
  where u.role = 'administrator' and u.active and u.removed_at is null);
