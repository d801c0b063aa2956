-- What scores were, and what they rested on: one wide row a customer, written when the cell, the
-- warning, the offer or the orders changed, and for everybody once a month. The reasons in words
-- follow from these columns alone.
create table scores (
  person_id uuid not null,
  as_of timestamptz not null,
  model uuid,
  rfm_cell text,
  lifetime_value numeric(19,4),
  probability_alive numeric(9,4),
  expected_purchases numeric(19,4),
  churn_warning text not null,
  profit numeric(19,4),
  historic_value numeric(19,4) not null,
  next_offer uuid,
  currency text not null,
  first_day date not null,
  last_day date not null,
  orders integer not null,
  returns integer not null,
  purchases integer not null,             -- days with a purchase
  average numeric(19,4) not null,         -- what one is expected to come to
  rhythm real not null,                   -- days between two, on average; 0: bought once
  bought numeric(19,4) not null,          -- in the last year …
  returned numeric(19,4) not null,        -- … and given back
  unresolved integer not null,            -- interactions of the last 90 days
  earlier_average numeric(19,4) not null,
  latest_average numeric(19,4) not null,
  offers json,                            -- [{"product","because","support","lift"}]
  primary key (person_id, as_of)
);

-- What scoring one customer needs between two refreshes: the models in use, the bounds of cells, the
-- costs of a minute. Read whole; the newest counts.
create table score_bases (
  as_of timestamptz primary key,
  basis json not null
);

create table refreshes (
  id uuid primary key,
  state text not null constraint refreshes_state_known check (state in ('running', 'done', 'failed')),
  started_at timestamptz not null,
  finished_at timestamptz,
  persons bigint not null default 0,
  seconds double precision,
  problem text
);
create index refreshes_newest on refreshes (started_at desc);
