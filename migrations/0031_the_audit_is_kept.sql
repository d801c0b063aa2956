-- Who signed in, who failed to, who made a key, who was refused, who exported.
create table audit (
  number bigint generated always as identity primary key,
  kind text not null,
  user_id uuid,
  name text,
  address text,
  subject text,
  details jsonb,
  at timestamptz not null
);
create index audit_user on audit (user_id, number);
create index audit_kind on audit (kind, number);
