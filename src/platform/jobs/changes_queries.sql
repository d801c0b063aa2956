-- The named statements of change listeners.

-- name: add_cursor
insert into listener_cursors (listener, epoch, xid, ordinal, moved_at)
values ($1, 0, '0', 0, $2) on conflict (listener) do nothing;

-- name: take_cursor
-- Whoever holds this row serves the listener; others go on to the next.
select epoch, xid::text, ordinal from listener_cursors where listener = $1
for update skip locked;

-- name: read
-- The last column says whether the change may be delivered: its transaction and all before it have
-- ended. Transactions of a former epoch have ended before the restore that raised it.
-- (A bare `order by xid` would mean the text of the output column, in which 1000 < 999.)
select object, record_id, version, person_id, kind, actor, cause_kind, cause_id, depth,
       array_to_string(persons, ' '), case when $5::boolean then fields end, at,
       epoch, xid::text, ordinal,
       xid < pg_snapshot_xmin(pg_current_snapshot())
         or epoch < (select current_epoch())
from changes
where (epoch, xid, ordinal) > ($1::bigint, $2::text::xid8, $3::bigint)
order by changes.epoch, changes.xid, changes.ordinal
limit $4::bigint;

-- name: move_cursor
update listener_cursors
set epoch = $2, xid = $3::text::xid8, ordinal = $4, moved_at = $5
where listener = $1;
