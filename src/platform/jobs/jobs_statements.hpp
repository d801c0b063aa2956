// The named statements of jobs. Leases follow the database's clock, which all processes share; the
// moment a job is due follows the program's, which scenarios set.
#pragma once

#include "store/database.hpp"

namespace rapport::platform::statements {

inline constexpr store::Statement kEnqueueJob{"jobs.enqueue", R"(
  insert into jobs (id, kind, key, payload, run_at, created_at)
  values ($1, $2, nullif($3, ''), $4::jsonb, $5, $6)
  on conflict (key) where state in ('ready', 'running', 'parked') do nothing)"};

inline constexpr store::Statement kNotifyJobs{"jobs.notify", "select pg_notify('jobs', '')"};

// Jobs whose process died are ready again; that run counts as an attempt.
inline constexpr store::Statement kReclaimJobs{"jobs.reclaim", R"(
  update jobs set state = 'ready', lease = null, lease_until = null, attempts = attempts + 1,
    reason = 'The process that ran it ended without a word.'
  where id in (
    select id from jobs
    where state = 'running' and lease_until < clock_timestamp() and kind = any($1::text[])
    limit 100 for update skip locked))"};

inline constexpr store::Statement kClaimJobs{"jobs.claim", R"(
  update jobs j set state = 'running', lease = $3,
    lease_until = clock_timestamp() + make_interval(secs => l.seconds)
  from unnest($1::text[], $2::float8[]) as l(kind, seconds)
  where j.kind = l.kind and j.id in (
    select id from jobs
    where state = 'ready' and run_at <= $4::timestamptz and kind = any($1::text[])
    order by run_at limit $5::bigint for update skip locked)
  returning j.id, j.kind, j.payload, j.attempts)"};

inline constexpr store::Statement kNextJob{"jobs.next", R"(
  select min(run_at) from jobs where state = 'ready' and kind = any($1::text[]))"};

// Gives back the ids whose lease still holds.
inline constexpr store::Statement kRenewJobs{"jobs.renew", R"(
  update jobs j set lease_until = clock_timestamp() + make_interval(secs => l.seconds)
  from unnest($1::uuid[], $2::uuid[], $3::float8[]) as l(id, lease, seconds)
  where j.id = l.id and j.lease = l.lease and j.state = 'running'
  returning j.id)"};

inline constexpr store::Statement kFinishJob{"jobs.finish", R"(
  update jobs set state = 'done', lease = null, lease_until = null, reason = null,
    finished_at = $3
  where id = $1 and lease = $2)"};

inline constexpr store::Statement kRepeatJob{"jobs.repeat", R"(
  update jobs set state = 'ready', lease = null, lease_until = null, run_at = $3,
    attempts = $4::integer, reason = nullif($5, '')
  where id = $1 and lease = $2)"};

inline constexpr store::Statement kParkJob{"jobs.park", R"(
  update jobs set state = 'parked', lease = null, lease_until = null,
    attempts = $3::integer, reason = $4
  where id = $1 and lease = $2)"};

inline constexpr store::Statement kFindJob{"jobs.find", R"(
  select id, kind, coalesce(key, ''), payload, coalesce(reason, ''), state, attempts, run_at
  from jobs where key = $1 order by (state <> 'done') desc, created_at desc, id desc limit 1)"};

inline constexpr store::Statement kParkedJobs{"jobs.parked", R"(
  select id, kind, coalesce(key, ''), payload, coalesce(reason, ''), state, attempts, run_at
  from jobs where state = 'parked' order by run_at desc limit 500)"};

inline constexpr store::Statement kUnparkJob{"jobs.unpark", R"(
  update jobs set state = 'ready', attempts = 0, run_at = $2
  where id = $1 and state = 'parked')"};

inline constexpr store::Statement kSweepJobs{"jobs.sweep", R"(
  delete from jobs where id in (
    select id from jobs where state = 'done' and finished_at < $1 limit 10000))"};

}  // namespace rapport::platform::statements
