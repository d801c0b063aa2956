-- One log of changes is audit, history and queue at once. A change of one record has its id and
-- version; the change of a batch (a set of torrent rows written together) has the batch's id as
-- record_id, version 1, kind 'batch' and the persons it touched in `persons`; its rows carry `batch`.
-- kind: created, changed, removed, restored, purged, batch.
-- fields: {"name": [from, to]}, values as the API writes them.
-- Delivery order is (epoch, xid, ordinal), to be read only below the snapshot's xmin: a late commit
-- is not skipped. A restore from backup raises the epoch, because transaction ids start again.
create table change_epoch (
  epoch integer not null default 1,
  only_row boolean primary key default true check (only_row)
);
insert into change_epoch default values;

create function current_epoch() returns integer language sql stable
  as 'select epoch from change_epoch';

create table changes (
  epoch integer not null default current_epoch(),
  xid xid8 not null default pg_current_xact_id(),
  ordinal bigint generated always as identity,
  object text not null,
  record_id uuid not null,
  version integer not null,
  person_id uuid,
  persons uuid[],
  kind text not null,
  actor uuid not null,
  cause_kind text not null,
  cause_id uuid,
  depth integer not null default 0,
  fields jsonb not null default '{}',
  at timestamptz not null,
  primary key (epoch, xid, ordinal)
);
create index changes_of_record on changes (record_id, version desc);
create index changes_of_cause on changes (cause_id, ordinal) where cause_id is not null;

-- What the outside world calls our records, unique over all of them.
create table external_keys (
  object text not null,
  source text not null,
  value text not null,
  id uuid not null,
  person_id uuid,
  primary key (object, source, value)
);
create index external_keys_of_record on external_keys (id);

-- Work that carries a key is done once; its result is kept and answered again.
create table effects (
  key text primary key,
  result json not null,
  at timestamptz not null default now()
);

-- Ends a transaction whose statement met fewer rows than it was decided on, in the trip it is in.
create function expect_rows(met bigint, expected bigint) returns void language plpgsql as $$
begin
  if met <> expected then
    raise exception 'met % rows where % were expected', met, expected using errcode = 'RS001';
  end if;
end
$$;
