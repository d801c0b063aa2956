-- The named statements of exchange.

-- name: keep_file
insert into import_files (id, name, bytes, kept_at, created_by) values ($1, $2, $3, $4, $5);

-- name: find_file
select name, bytes, created_by from import_files where id = $1;

-- name: add_import
insert into imports (id, file_id, mapping, created_by, created_at) values ($1, $2, $3, $4, $5);

-- name: find_import
select i.id, i.file_id, f.name, f.bytes, i.mapping, i.state, i.created_by, i.created_at,
       i.finished_at, i.chunks_done, i.next_offset, i.next_number, i.counts, i.problem,
       coalesce(i.undo_ordinal, 0)
from imports i join import_files f on f.id = i.file_id
where i.id = $1;

-- name: recent_imports
select i.id, i.file_id, f.name, f.bytes, i.mapping, i.state, i.created_by, i.created_at,
       i.finished_at, i.chunks_done, i.next_offset, i.next_number, i.counts, i.problem,
       coalesce(i.undo_ordinal, 0)
from imports i join import_files f on f.id = i.file_id
where $2::boolean or i.created_by = $3
order by i.created_at desc, i.id desc
limit $1::bigint;

-- name: take_import
-- One runner at a time; held as long as the transaction, also by one that was killed: not longer.
select pg_try_advisory_xact_lock(hashtextextended('import ' || $1::uuid, 0)),
       set_config('idle_in_transaction_session_timeout', '0', true);

-- name: unfinished_imports
select id, state from imports where state in ('waiting', 'running', 'undoing') order by created_at;

-- name: begin_import
update imports set state = 'running', next_offset = $2, next_number = $3
where id = $1 and state = 'waiting';

-- name: advance_import
-- No row where another runner has taken this step already.
update imports set chunks_done = chunks_done + 1, next_offset = $3, next_number = $4, counts = $5
where id = $1 and chunks_done = $2 and state = 'running';

-- name: end_import
update imports set state = $2, problem = $3, finished_at = $4
where id = $1 and state in ('waiting', 'running', 'undoing');

-- name: add_rejections
insert into import_rejections (import_id, number, at_offset, length, problems)
select $1, r.number, r.at_offset, r.length, r.problems
from unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::text[]::json[])
  as r(number, at_offset, length, problems)
on conflict do nothing;

-- name: rejections
select number, at_offset, length, problems from import_rejections
where import_id = $1 and number > $2 order by number limit $3::bigint;

-- name: add_sums
insert into import_sums (import_id, object_index, record_id)
select $1, s.object_index, s.record_id
from unnest($2::integer[], $3::uuid[]) as s(object_index, record_id)
on conflict do nothing;

-- name: sums
select record_id from import_sums
where import_id = $1 and object_index = $2::integer and record_id > $3
order by record_id limit $4::bigint;

-- name: begin_undo
update imports set state = 'undoing', undo_ordinal = null, finished_at = null
where id = $1 and state in ('done', 'failed');

-- name: advance_undo
update imports set undo_ordinal = $2 where id = $1 and state = 'undoing';

-- name: changes_of_import
-- Newest first; with each whether somebody else altered the record since.
select c.ordinal, c.object, c.record_id, c.version, c.kind, c.fields,
       exists (select 1 from changes later
               where later.record_id = c.record_id and later.version > c.version
                 and later.cause_id is distinct from $1)
from changes c
where c.cause_id = $1 and c.cause_kind = 'import' and ($2::bigint = 0 or c.ordinal < $2)
order by c.ordinal desc
limit $3::bigint;

-- name: altered_since
-- Which of these records somebody else than the import altered.
select distinct record_id from changes
where record_id = any($2::uuid[]) and cause_id is distinct from $1;

-- name: keys_of_import
-- Keys that an import gave to records that were there already.
select object, source, value, id, named_since from external_keys
where cause_id = $1 and (object, source, value) > ($2, $3, $4)
order by object, source, value
limit $5::bigint;

-- name: identities_of_import
-- Identities that an import gave to persons who were there already.
-- One that a user has worked on since is in use, too.
select i.id, i.person_id, i.kind, i.value, c.named_since or i.version > 1
from identity_causes c join identities i on i.id = c.identity_id
where c.cause_id = $1 and i.id > $2
order by i.id
limit $3::bigint;

-- name: forget_identities_of_import
delete from identity_causes where cause_id = $1;

-- name: add_not_undone
insert into import_not_undone (import_id, object, record_id, reason)
select $1, u.object, u.record_id, u.reason
from unnest($2::text[], $3::uuid[], $4::text[]) as u(object, record_id, reason)
on conflict do nothing;

-- name: not_undone
select object, record_id, reason from import_not_undone where import_id = $1
order by object, record_id, reason limit $2::bigint;

-- name: mappings
select id, name, text, changed_at from import_mappings order by name;

-- name: mapping
select id, name, text, changed_at from import_mappings where id = $1;

-- name: keep_mapping
insert into import_mappings (id, name, text, changed_at, changed_by) values ($1, $2, $3, $4, $5)
on conflict (id) do update set name = excluded.name, text = excluded.text,
  changed_at = excluded.changed_at, changed_by = excluded.changed_by;

-- name: remove_mapping
delete from import_mappings where id = $1;
