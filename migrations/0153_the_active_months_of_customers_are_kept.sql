-- In which months each customer ordered or gave something back, what it came to, and what his warning
-- rests on: what cohorts, retention and reasons of leaving are counted from. A refresh writes who
-- differs, rescoring whose orders changed; nobody else does but erasure.
create table active_months (
  person_id uuid primary key,
  digest bigint not null,        -- of all that follows, as the program reckons it
  months smallint[] not null,    -- of the years since the year 0, ascending: 2026-11 is 24322
  sums bigint[] not null,        -- of each month, in ten-thousandths
  reasons smallint not null      -- bits in the order of churn_warning_codes; 0: not warned
);

-- The sums of all these rows, by the triggers below at any time: of each cohort (the period in which
-- its customers are first active) and period, how many were active, how many of these in the period
-- before too, and what it came to. `months` of a period: 1, or 3 where both are quarters of the years
-- since the year 0; 0: `period` is a reason, the lowest bit first.
create table cohort_cells (
  months smallint not null,
  cohort smallint not null,
  period smallint not null,
  customers integer not null,
  stayed integer not null,
  sum numeric not null,
  primary key (months, cohort, period)
) with (fillfactor = 50);

-- The zone and the currency of what is kept, once a refresh has kept all of it.
create table cohort_bases (
  zone text not null,
  currency text not null
);

-- Adds ('1') what rows count for, or takes it away ('-1').
create function count_cohorts() returns trigger language plpgsql as $$
begin
  insert into cohort_cells as c (months, cohort, period, customers, stayed, sum)
  with by_month as (
    select a.person_id, a.months[1] as cohort, u.month as period, u.sum
    from counted a cross join lateral unnest(a.months, a.sums) u (month, sum)),
  by_quarter as (
    select person_id, (cohort / 3)::smallint as cohort, (period / 3)::smallint as period,
           sum(sum) as sum
    from by_month group by person_id, 2, 3),
  marked as (
    select 1::smallint as months, cohort, period, sum,
           period - 1 = lag(period) over (partition by person_id order by period) as stayed
    from by_month
    union all
    select 3::smallint, cohort, period, sum,
           period - 1 = lag(period) over (partition by person_id order by period)
    from by_quarter),
  cells as (
    select months, cohort, period, count(*) as customers, count(*) filter (where stayed) as stayed,
           sum(sum) as sum
    from marked group by 1, 2, 3
    union all
    select 0::smallint, 0::smallint, r.reason::smallint, count(*), 0, 0
    from counted a cross join generate_series(0, 14) r (reason)
    where (a.reasons >> r.reason) & 1 = 1
    group by r.reason)
  select months, cohort, period, tg_argv[0]::integer * customers, tg_argv[0]::integer * stayed,
         tg_argv[0]::integer * sum
  from cells order by 1, 2, 3  -- as rows are locked
  on conflict (months, cohort, period) do update
  set customers = c.customers + excluded.customers, stayed = c.stayed + excluded.stayed,
      sum = c.sum + excluded.sum;
  return null;
end
$$;

-- A refresh in which most rows differ makes a new table, which needs the triggers as well.
create function count_cohorts_of(active regclass) returns void language plpgsql as $$
begin
  execute format('create trigger count_new after insert on %s referencing new table as counted '
                 'for each statement execute function count_cohorts(''1'')', active);
  execute format('create trigger count_old after delete on %s referencing old table as counted '
                 'for each statement execute function count_cohorts(''-1'')', active);
  execute format('create trigger count_before after update on %s referencing old table as counted '
                 'for each statement execute function count_cohorts(''-1'')', active);
  execute format('create trigger count_now after update on %s referencing new table as counted '
                 'for each statement execute function count_cohorts(''1'')', active);
end
$$;
select count_cohorts_of('active_months');
