-- The named statements of live updates.

-- name: begin
-- Where the log ends for a reader that begins now: everything from the snapshot's xmin on is new.
select current_epoch(), pg_snapshot_xmin(pg_current_snapshot())::text;

-- name: read
-- The last column says whether the change may be shown: its transaction and all before it have ended.
select object, record_id, version, epoch, xid::text, ordinal,
       xid < pg_snapshot_xmin(pg_current_snapshot()) or epoch < current_epoch()
from changes
where (epoch, xid, ordinal) > ($1::bigint, $2::text::xid8, $3::bigint)
order by epoch, xid, ordinal
limit $4::bigint;

-- name: behind
-- Changes a listener has still to take; counted up to a limit that means "many".
select count(*) from (
  select from changes, listener_cursors c
  where c.listener = $1 and (changes.epoch, changes.xid, changes.ordinal) > (c.epoch, c.xid, c.ordinal)
  limit 1000000) as waiting;
