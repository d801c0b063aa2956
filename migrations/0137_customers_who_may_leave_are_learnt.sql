-- The probability that a customer buys nothing within the next days, by a learnt model.
alter table scores add column churn_risk numeric(9,4);

-- What scoring by a learnt model reads again: its weights or trees, by the id of its fit.
create table learnt_models (
  id uuid primary key,
  kept_at timestamptz not null,
  saved text not null
);
