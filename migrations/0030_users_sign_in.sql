-- Passwords, sessions and keys of users. They reference `users` by id without a foreign key: that
-- table is made from its object file, after the migrations.
create table credentials (
  user_id uuid primary key,
  password_hash text not null,              -- argon2id, with its salt and cost
  changed_at timestamptz not null
);

create table sessions (
  token_hash bytea primary key,             -- BLAKE2b-256 of the token
  user_id uuid not null,
  role text not null,                       -- the user's at sign-in: with another one it ends
  created_at timestamptz not null,
  seen_at timestamptz not null,             -- written every few minutes, not at each request
  expires_at timestamptz not null
);
create index sessions_user on sessions (user_id);
create index sessions_expires on sessions (expires_at);

create table api_keys (
  id uuid primary key,
  user_id uuid not null,
  name text not null,
  prefix text not null,                     -- shown, to recognise a key by
  token_hash bytea not null,
  scopes text[] not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  last_used_at timestamptz,                 -- written every few minutes
  constraint api_keys_token_unique unique (token_hash),
  constraint api_keys_name_given check (name <> '')
);
create index api_keys_user on api_keys (user_id);

-- Failed attempts leak away with time; each row is one account, one address, or one of both.
create table sign_in_attempts (
  key bytea primary key,                    -- a hash: names as typed are not kept
  failures double precision not null,
  at timestamptz not null
);
