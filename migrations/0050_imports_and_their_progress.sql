-- Files that came in, what their columns mean, and how far each import has come. The chunk counter
-- moves with the counts and the rejections in one transaction; what a chunk did stands with its
-- keyed effect (`effects`), so that a run goes on exactly where it was killed.
create table import_files (
  id uuid primary key,
  name text not null,
  bytes bigint not null,
  kept_at timestamptz not null
);

create table imports (
  id uuid primary key,
  file_id uuid not null references import_files,
  mapping text not null,
  state text not null default 'waiting'
    constraint imports_state_known
    check (state in ('waiting', 'running', 'done', 'failed', 'undoing', 'undone')),
  created_by uuid not null,
  created_at timestamptz not null,
  finished_at timestamptz,
  chunks_done bigint not null default 0,
  next_offset bigint not null default 0,
  next_number bigint not null default 1,
  counts json not null default '{}',
  problem text not null default '',
  undo_ordinal bigint
);
create index imports_newest on imports (created_at desc);

create table import_rejections (
  import_id uuid not null references imports on delete cascade,
  number bigint not null,
  at_offset bigint not null,
  length bigint not null,
  problems json not null,
  primary key (import_id, number)
);

-- Records whose sum over the rows must be looked at once more when all rows are in.
create table import_sums (
  import_id uuid not null references imports on delete cascade,
  object_index integer not null,
  record_id uuid not null,
  primary key (import_id, object_index, record_id)
);

create table import_not_undone (
  import_id uuid not null references imports on delete cascade,
  object text not null,
  record_id uuid not null,
  reason text not null,
  primary key (import_id, object, record_id)
);

create table import_mappings (
  id uuid primary key,
  name text not null constraint import_mappings_name_free unique,
  text text not null,
  changed_at timestamptz not null,
  changed_by uuid not null
);
