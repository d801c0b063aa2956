create table jobs (
  id uuid primary key,
  kind text not null,
  key text,
  payload jsonb not null default '{}',
  state text not null default 'ready',
  run_at timestamptz not null,
  attempts integer not null default 0,      -- runs that failed or were broken off by a crash
  lease_until timestamptz,
  lease uuid,                               -- of the run that holds it
  reason text,                              -- why it failed last, or is parked
  created_at timestamptz not null,
  finished_at timestamptz,
  constraint jobs_state_known check (state in ('ready', 'running', 'done', 'parked')),
  constraint jobs_running_leased check ((state = 'running') = (lease_until is not null))
);
create unique index jobs_key_open on jobs (key) where state in ('ready', 'running', 'parked');
create index jobs_due on jobs (run_at) where state = 'ready';
create index jobs_leased on jobs (lease_until) where state = 'running';
create index jobs_finished on jobs (finished_at) where state = 'done';
create index jobs_key on jobs (key);

-- How far each change listener has read the change log.
create table listener_cursors (
  listener text primary key,
  epoch bigint not null,
  xid xid8 not null,
  ordinal bigint not null,
  moved_at timestamptz not null
);
