-- The named statements of jobs. Leases follow the database's clock, which all processes share; the
-- moment a job is due follows the program's, which scenarios set.

-- name: enqueue
-- One that is ready already is it. One that runs is run once more ($8: but for who needs no more
-- than that there is one), one that is parked only for who says so ($7).
insert into jobs (id, kind, key, payload, run_at, created_at)
values ($1, $2, nullif($3, ''), $4::jsonb, $5, $6)
on conflict (key) where state in ('ready', 'running', 'parked') do update
set state = case jobs.state when 'parked' then 'ready' else jobs.state end,
  attempts = case jobs.state when 'parked' then 0 else jobs.attempts end,
  run_at = case jobs.state when 'parked' then excluded.run_at else jobs.run_at end,
  again_at = case jobs.state when 'running' then least(jobs.again_at, excluded.run_at) end,
  payload = excluded.payload
where (jobs.state = 'parked' and $7::boolean) or (jobs.state = 'running' and not $8::boolean);

-- name: notify
select pg_notify('jobs', '');

-- name: reclaim
-- Jobs whose process died are ready again; that run counts as an attempt.
update jobs set state = 'ready', lease = null, lease_until = null, attempts = attempts + 1,
  reason = 'The process that ran it ended without a word.'
where id in (
  select id from jobs
  where state = 'running' and lease_until < clock_timestamp() and kind = any($1::text[])
  limit 100 for update skip locked);

-- name: claim
update jobs j set state = 'running', lease = $3, again_at = null,
  lease_until = clock_timestamp() + make_interval(secs => l.seconds)
from unnest($1::text[], $2::float8[]) as l(kind, seconds)
where j.kind = l.kind and j.id in (
  select id from jobs
  where state = 'ready' and run_at <= $4::timestamptz and kind = any($1::text[])
  order by run_at limit $5::bigint for update skip locked)
returning j.id, j.kind, j.payload, j.attempts;

-- name: next
select min(run_at) from jobs where state = 'ready' and kind = any($1::text[]);

-- name: renew
-- Gives back the ids whose lease still holds.
update jobs j set lease_until = clock_timestamp() + make_interval(secs => l.seconds)
from unnest($1::uuid[], $2::uuid[], $3::float8[]) as l(id, lease, seconds)
where j.id = l.id and j.lease = l.lease and j.state = 'running'
returning j.id;

-- name: finish
-- Done, or ready once more where it was asked for meanwhile.
update jobs set state = case when again_at is null then 'done' else 'ready' end,
  run_at = coalesce(again_at, run_at), lease = null, lease_until = null, reason = null,
  attempts = case when again_at is null then attempts else 0 end,
  finished_at = case when again_at is null then $3::timestamptz end
where id = $1 and lease = $2;

-- name: repeat
-- After a run that did not fail, not later than it was asked for meanwhile.
update jobs set state = 'ready', lease = null, lease_until = null,
  run_at = case when $4::integer = 0 then least($3, again_at) else $3 end,
  attempts = $4::integer, reason = nullif($5, '')
where id = $1 and lease = $2;

-- name: park
-- Unless it was asked for meanwhile: then it begins anew.
update jobs set state = case when again_at is null then 'parked' else 'ready' end,
  run_at = coalesce(again_at, run_at), lease = null, lease_until = null,
  attempts = case when again_at is null then $3::integer else 0 end, reason = $4
where id = $1 and lease = $2;

-- name: find
select id, kind, coalesce(key, ''), payload, coalesce(reason, ''), state, attempts, run_at
from jobs where key = $1 order by (state <> 'done') desc, created_at desc, id desc limit 1;

-- name: parked
select id, kind, coalesce(key, ''), payload, coalesce(reason, ''), state, attempts, run_at
from jobs where state = 'parked' order by run_at desc limit 500;

-- name: unpark
update jobs set state = 'ready', attempts = 0, run_at = $2
where id = $1 and state = 'parked';

-- name: sweep
delete from jobs where id in (
  select id from jobs where state = 'done' and finished_at < $1 limit 10000);
