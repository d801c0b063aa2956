-- How each fit that someone asked for ended: a refusal (too few customers who came back) is an answer
-- too, and none that a job would be tried again for.
create table fits (
  id uuid primary key,  -- that of its job
  model text not null,  -- bg_nbd … or auto
  state text not null constraint fits_state_known
    check (state in ('waiting', 'running', 'done', 'refused', 'failed')),
  asked_at timestamptz not null,
  finished_at timestamptz,
  kept uuid,            -- the model it made
  problem text
);
create index fits_newest on fits (asked_at desc);
